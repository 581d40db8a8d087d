"""The page tells what stands at this moment, and each control is told as wrong when it is."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client, override_settings

from naru.audit import anchors
from naru.audit import services as audit
from naru.domain.operation import Layer, State
from naru.node import controls
from naru.public import privacy_presenters
from naru.public.proofs import _PROOFS, proofs
from naru.security.keys import create_master_key
from naru.statistics.counting import count_all
from naru.ui.clock import now
from tests.exchange.hospitals import Hospital
from tests.statistics.histories import record

pytestmark = pytest.mark.django_db(transaction=True)


def found() -> dict[str, State]:
    return {one.id: one.state for one in controls.look(now())}


def settle() -> None:
    """As a worker leaves it."""
    record(now())
    count_all(now())


def test_every_layer_has_a_control_and_every_control_its_words() -> None:
    told = controls.look(now())

    assert {one.layer for one in told} == set(Layer)
    assert [one.id for one in told] == list(privacy_presenters._CONTROLS)
    assert len({one.id for one in told}) == len(told)


def test_the_page_says_what_each_control_is_at_this_moment() -> None:
    settle()
    states = found()

    page = Client().get("/privacy").content.decode()

    for word, state in (("정상", State.WELL), ("살펴보는 중", State.WRONG)):
        assert page.count(f">{word}</span>") == list(states.values()).count(state)
    assert str(settings.NARU.data) not in page


def test_a_changed_record_is_told() -> None:
    settle()
    assert found()["audit"] is State.WELL
    with connection.cursor() as cursor:
        cursor.execute("UPDATE audit_record SET body = %s", [b"{}"])

    assert found()["audit"] is State.WRONG
    assert "살펴볼 보호 장치가" in Client().get("/privacy").content.decode()


def test_a_worker_that_stands_still_is_told() -> None:
    count_all(now() - controls.BEHIND - timedelta(seconds=5))
    assert found()["worker"] is State.WRONG
    count_all(now())
    assert found()["worker"] is State.WELL


@pytest.mark.parametrize(
    ("control", "broken"),
    [
        ("folders", lambda data: data.chmod(0o755)),
        ("keys", lambda data: [one.chmod(0o644) for one in (data / "keys").iterdir()]),
    ],
)
def test_what_others_may_read_is_told(
    control: str, broken: Callable[[Path], object], tmp_path: Path
) -> None:
    data = tmp_path / "data"
    data.mkdir(mode=0o700)
    options = replace(settings.NARU, data=data)
    create_master_key(options.keys)
    with override_settings(NARU=options):
        assert found()[control] is State.WELL
        broken(data)
        assert found()[control] is State.WRONG


def test_what_is_switched_off_is_told_as_such() -> None:
    off = replace(settings.NARU, tls_port=0, sandbox=True, audit_to=())
    with override_settings(NARU=off):
        states = found()

    assert {one for one, state in states.items() if state is State.OFF} == {
        "transport", "callers", "cookies", "forwarding",
    }  # fmt: skip


def test_heads_that_are_not_kept_any_more_are_told(tmp_path: Path) -> None:
    (tmp_path / "keys").symlink_to(settings.NARU.keys)
    options = replace(settings.NARU, data=tmp_path)
    record(now() - timedelta(hours=2))
    with override_settings(NARU=options):
        assert found()["heads"] is State.WRONG
        audit.anchor(tmp_path / anchors.FILE, now())
        assert found()["heads"] is State.WELL


def test_every_answer_leads_to_the_screen_that_proves_it() -> None:
    page = Client().get("/faq").content.decode()

    told = proofs()
    assert set(told) == set(_PROOFS)
    for question in ("protected", "what", "since", "history"):
        assert told[question], question
        assert f'id="{question}"' in page
    for each in told.values():
        for one in each:
            assert f'href="{one.path}"' in page
            answer = Client().get(one.path)
            assert answer.status_code == (302 if one.own else 200), one.path
            if one.own:
                assert answer.headers["Location"].startswith("/sign-in?next=")


def test_the_leaflet_has_the_numbers_of_now() -> None:
    Hospital()

    page = Client().get("/leaflet").content.decode()

    assert "거점의료기관 1곳, 협력의료기관 0곳이 참여합니다" in page
