"""Every request of every page leaves exactly one access record, whoever asks and whatever becomes.

The routes are the router's; those that leave none by rule stand in `unrecorded.tsv`, with reasons.
"""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from naru.audit import queries as audit
from naru.audit.models import Record
from naru.audit.records import Outcome, RecordId
from naru.domain.caller import Role
from naru.exchange.callers import strangers
from tests.role_matrix import routes
from tests.role_matrix.conftest import Person, World
from tests.role_matrix.crossing import PAGES, addressed

UNRECORDED = Path(__file__).with_name("unrecorded.tsv")
REFUSED = 400
PARTS = 4
"""Parts into which the pages are cut, so that each has its own world."""


@cache
def unrecorded() -> dict[str, str]:
    lines = UNRECORDED.read_text("utf-8").splitlines()
    return dict(line.split("\t") for line in lines if line and not line.startswith("#"))


@pytest.fixture(autouse=True)
def each_stranger_by_themself(monkeypatch: pytest.MonkeyPatch) -> None:
    """Strangers are counted where they are many (tests/end_to_end/test_strangers.py); not here."""
    monkeypatch.setattr(strangers, "EACH", 1_000_000)


def test_what_leaves_no_record_is_a_public_page_of_the_router() -> None:
    assert unrecorded().keys() <= set(PAGES)
    assert [path for path in unrecorded() if not routes.table()[path].public] == []
    assert all(unrecorded().values())


@pytest.mark.parametrize("part", range(PARTS))
def test_every_request_of_every_page_leaves_one_record(world: World, part: int) -> None:
    people = _People(world)
    wrong = [
        f"{who} {method} {path}: {told}"
        for path in PAGES[part::PARTS]
        for who in people.who_ask(path)
        for method in ("get", "post")
        for told in people.asks(who, method, path)
    ]

    assert wrong == [], "see naru/exchange/page_access.py and tests/role_matrix/unrecorded.tsv"


def test_a_form_from_elsewhere_leaves_one_record(world: World) -> None:
    person, wary = world.person(Role.PATIENT), Client(enforce_csrf_checks=True)
    wary.cookies = person.client.cookies
    before = _records()

    answer = wary.post("/portal/consent/withdraw", {})

    assert answer.status_code == REFUSED + 3
    (left,) = _records() - before
    found = audit.one(left)
    assert found is not None
    assert (found.transaction, found.outcome) == ("withdraw-consent", Outcome.MINOR_FAILURE)


class _People:
    """Somebody of each role, made where they are first needed, and somebody who is nobody."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._known: dict[Role, Person] = {}

    def who_ask(self, path: str) -> list[Role | None]:
        """One who may, one who may not, and a stranger."""
        row = routes.table()[path]
        may = Role.PATIENT if row.public else min(row.who)
        may_not = next((one for one in (Role.RESEARCHER, Role.PATIENT) if one not in row.who), None)
        return [may, *([may_not] if may_not and not row.public else []), None]

    def asks(self, who: Role | None, method: str, path: str) -> Iterator[str]:
        """Whatever is wrong with what such a request leaves."""
        client = Client(raise_request_exception=False)
        if who is not None:
            person = self._known.setdefault(who, self._known.get(who) or self._world.person(who))
            person.put_back()
            client = person.client
        address, form = addressed(path, self._world.mine)
        before = _records()
        answer = getattr(client, method)(address, form)
        yield from _wrong(path, answer, _records() - before)


def _wrong(path: str, answer: Any, left: set[RecordId]) -> Iterator[str]:
    wanted = 0 if path in unrecorded() else 1
    if answer.status_code == REFUSED + 5 and routes.table()[path].public:
        wanted = 0  # Nobody is asked who comes by a method that a public page does not know.
    if len(left) != wanted:
        yield f"answered with {answer.status_code}, left {len(left)} records instead of {wanted}"
    for one in left:
        found = audit.one(one)
        assert found is not None
        if answer.status_code >= REFUSED and found.outcome is Outcome.SUCCESS:
            yield f"answered with {answer.status_code}, and recorded as a success"


def _records() -> set[RecordId]:
    return {RecordId(one) for one in Record.objects.values_list("record", flat=True)}
