from datetime import UTC, datetime

import pytest
from django.template import Context, Template
from django.utils import translation

from naru.ui.clock import clock, moment, today
from naru.ui.korean import as_subject
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


def test_elsewhere_a_name_stands_as_it_is() -> None:
    with translation.override("en"):
        assert as_subject("푸른대학교병원") == "푸른대학교병원"


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
