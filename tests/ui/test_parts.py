from datetime import UTC, datetime

import pytest
from django.template import Context, Template
from django.test import Client, RequestFactory
from django.utils import translation

from naru.ui.clock import clock, moment, today
from naru.ui.gallery import gallery
from naru.ui.korean import as_means, as_subject
from naru.ui.parts import Column, Field, Nothing, Option, Step, StepState, Table
from naru.ui.sizes import in_words


@pytest.mark.parametrize(
    ("name", "subject"),
    [
        ("푸른대학교병원", "푸른대학교병원이"),
        ("건강센터", "건강센터가"),
        ("Clinic", "Clinic가"),
        ("", ""),
    ],
)
def test_a_name_takes_the_particle_of_its_last_sound(name: str, subject: str) -> None:
    with translation.override("ko"):
        assert as_subject(name) == subject


@pytest.mark.parametrize("name", ["본인확인으로", "패스키로", "전화 한 줄로", "Clinic로"])
def test_a_name_by_which_takes_its_particle(name: str) -> None:
    with translation.override("ko"):
        assert as_means(name.removesuffix("로").removesuffix("으")) == name


def test_elsewhere_a_name_stands_as_it_is() -> None:
    with translation.override("en"):
        assert as_subject("푸른대학교병원") == "푸른대학교병원"
        assert as_means("푸른대학교병원") == "푸른대학교병원"


def test_times_are_told_as_in_korea() -> None:
    late = datetime(2026, 11, 20, 15, 0, 1, tzinfo=UTC)

    assert moment(late) == "2026-11-21 00:00:01"
    assert clock(late) == "00:00:01"
    assert f"{today(late)}" == "2026-11-21"


@pytest.mark.parametrize(
    ("size", "words"), [(0, "0 B"), (999, "999 B"), (48_200, "48.2 KB"), (2_500_000, "2.5 MB")]
)
def test_sizes_are_told_by_thousands(size: int, words: str) -> None:
    assert in_words(size) == words


def test_what_a_part_is_given_is_escaped() -> None:
    text = Template("{% load ui %}{% tag 'ok' word %}{% command word %}{% empty word word %}")

    written = text.render(Context({"word": "<script>"}))

    assert "<script>" not in written
    assert written.count("&lt;script&gt;") == 4


def test_a_switch_says_what_it_is_and_asks_for_the_other_state() -> None:
    text = Template("{% load ui %}{% switch name='s' action='/x' label='동의' on=on %}")

    on, off = (text.render(Context({"on": on})) for on in (True, False))

    assert 'role="switch" aria-checked="true" name="wanted" value="off"' in on
    assert 'role="switch" aria-checked="false" name="wanted" value="on"' in off


def test_an_asset_changes_its_address_with_its_content() -> None:
    written = Template("{% load ui %}{% asset 'ui/naru.css' %}").render(Context())

    assert written.startswith("/static/ui/naru.css?v=")


def field_html(**told: object) -> str:
    written = Template("{% load ui %}{% wrong fields %}{% field fields.0 %}")
    return written.render(Context({"fields": [Field("reason", "사유", **told)]}))


def test_what_is_wrong_with_a_field_is_said_with_it_and_above_the_form() -> None:
    wrong = field_html(error="적어 주세요", hint="짧게")

    assert 'aria-describedby="reason-hint reason-error" aria-invalid="true"' in wrong
    assert 'id="reason-error">적어 주세요' in wrong
    assert '<a class="line-link" href="#reason">사유: 적어 주세요</a>' in wrong


def test_of_a_field_without_fault_nothing_is_said() -> None:
    right = field_html(value='"><script>')

    assert "aria-invalid" not in right
    assert "alert" not in right
    assert "<script>" not in right


@pytest.mark.parametrize("kind", sorted(Field.KINDS))
def test_each_kind_of_field_keeps_what_was_typed_but_a_secret(kind: str) -> None:
    written = field_html(kind=kind, value="typed", options=(Option("typed", "t"),))

    assert ("typed" in written) == (kind not in {"password", "file"})


def test_a_table_s_cells_know_their_columns() -> None:
    table = Table("검사", (Column("항목"), Column("결과", number=True)), (("<b>", "1"),))
    written = Template("{% load ui %}{% table table %}").render(Context({"table": table}))

    assert '<th scope="row" role="rowheader">&lt;b&gt;</th>' in written
    assert '<td role="cell" data-name="결과" class="right num">1</td>' in written
    with pytest.raises(ValueError, match="one cell for each column"):
        Table("검사", (Column("항목"),), (("a", "b"),))


@pytest.mark.parametrize("why", Nothing)
def test_an_empty_place_says_why(why: Nothing) -> None:
    written = Template("{% load ui %}{% nothing why %}").render(Context({"why": why}))

    assert str(why.what) in written
    assert str(why.why) in written


def test_only_the_step_at_which_one_is_stands_out() -> None:
    steps = [Step("a", StepState.DONE), Step("b", StepState.NOW), Step("c", StepState.LATER)]
    written = Template("{% load ui %}{% course steps %}").render(Context({"steps": steps}))

    assert written.count('aria-current="step"') == 1
    assert written.count('class="unseen"') == 3


def test_the_parts_are_shown_on_a_node_without_real_records_alone() -> None:
    answer = gallery(RequestFactory().get("/gallery"))

    assert answer.status_code == 200
    assert Client().get("/gallery").status_code == 404
