"""A case moves by its parties' records alone, along the steps that it began with."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.test import override_settings

from naru.directory import cases, joining, numbers, procedures, queries, services
from naru.directory.errors import (
    CaseOpen,
    Incomplete,
    NotThisParty,
    NotThisStep,
    ProcedureBroken,
    UnknownCase,
)
from naru.directory.models import Entry as EntryRow
from naru.directory.models import Sheet as SheetRow
from naru.directory.queries import System
from naru.domain.institution import InstitutionKind
from naru.domain.joining import Act, Case, Kind, Party, State

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)


def a_case(kind: Kind = Kind.JOIN) -> Case:
    hub = services.note(name="거점", kind=InstitutionKind.HUB, hub=None)
    spoke = services.note(name="협력", kind=InstitutionKind.MEMBER, hub=hub)
    return joining.begin(kind, spoke, time=NOW)


def filled(case: Case) -> dict[str, str]:
    step = case.procedure.step(case.step)
    return {one.id: "yes" if one.agreed else "2026-12-01" for one in step.fields}


def recorded(case: Case, party: Party | None = None, **changed: str) -> Case:
    by = party or case.procedure.step(case.step).by[0]
    content = filled(case) | changed
    return joining.record(case.id, case.step, by, content, person=uuid4(), time=NOW)


def test_a_case_goes_through_every_step_in_order_and_is_done() -> None:
    case = a_case()
    passed = []
    while case.state is State.OPEN:
        passed.append(case.step)
        step = case.procedure.step(case.step)
        for party in step.by if step.signed else step.by[:1]:
            case = recorded(case, party)
    assert passed == [one.id for one in case.procedure.steps]
    assert (case.state, case.step) == (State.DONE, "")
    assert [one.step for one in case.entries if one.act is Act.DONE] == [
        one for one in passed if one != "agreement"
    ]


def test_no_step_is_left_out_or_done_by_another_party() -> None:
    case = a_case()
    with pytest.raises(NotThisStep):
        joining.record(case.id, "operation", Party.OPERATOR, {}, person=None, time=NOW)
    with pytest.raises(NotThisParty):
        recorded(case, Party.SPOKE)
    assert cases.case(case.id).step == "recruiting"
    with pytest.raises(UnknownCase):
        joining.record(uuid4(), "recruiting", Party.HUB, {}, person=None, time=NOW)


@pytest.mark.parametrize("firewall", ["", "no", "on"])
def test_the_imaging_firewall_must_be_agreed(firewall: str) -> None:
    case = recorded(a_case())
    assert case.step == "consultation"
    with pytest.raises(Incomplete):
        recorded(case, firewall=firewall)
    assert recorded(case).step == "application"


@pytest.mark.parametrize("given", ["", "  ", "x" * 3000, "a\x00b"])
def test_what_a_step_asks_for_must_be_given(given: str) -> None:
    with pytest.raises(Incomplete):
        recorded(a_case(), contact=given)


def until(step: str) -> Case:
    case = a_case()
    while case.step != step:
        case = recorded(case)
    return case


def test_both_directors_sign_in_either_order_and_each_once() -> None:
    case = until("agreement")
    case = recorded(case, Party.SPOKE)
    assert (case.step, cases.awaits(case)) == ("agreement", (Party.HUB,))
    with pytest.raises(NotThisParty):
        recorded(case, Party.SPOKE)
    assert recorded(case, Party.HUB).step == "approval"


def test_a_reviewer_gives_back_with_a_reason_and_it_comes_again() -> None:
    case = until("review")
    with pytest.raises(Incomplete):
        joining.give_back(case.id, "review", Party.OPERATOR, " ", person=None, time=NOW)
    back = joining.give_back(case.id, "review", Party.OPERATOR, "번호", person=None, time=NOW)
    assert back.step == "application"
    assert cases.awaits(back) == (Party.SPOKE,)
    assert recorded(back, purpose="다시").content("application")["purpose"] == "다시"
    with pytest.raises(NotThisStep):
        joining.give_back(back.id, "registration", Party.SPOKE, "이유", person=None, time=NOW)


def test_a_case_is_withdrawn_or_refused_and_then_closed() -> None:
    case = until("review")
    closed = joining.close(case.id, Party.SPOKE, "그만둡니다", person=None, time=NOW)
    assert (closed.state, cases.awaits(closed)) == (State.WITHDRAWN, ())
    with pytest.raises(NotThisStep):
        recorded(case)
    again = joining.begin(Kind.JOIN, case.institution, time=NOW)
    assert joining.close(again.id, Party.HUB, "거절", person=None, time=NOW).state is State.REFUSED


def test_one_case_of_a_kind_is_open_at_a_time() -> None:
    case = a_case()
    with pytest.raises(CaseOpen):
        joining.begin(Kind.JOIN, case.institution, time=NOW)


def test_where_a_hub_joins_the_operating_body_is_the_other_party() -> None:
    hub = services.note(name="거점", kind=InstitutionKind.HUB, hub=None)
    case = joining.begin(Kind.JOIN, hub, time=NOW)
    assert cases.awaits(case) == (Party.OPERATOR,)
    while case.step != "agreement":
        case = recorded(case, case.parties(case.procedure.step(case.step))[0])
    assert cases.awaits(case) == (Party.OPERATOR, Party.SPOKE)
    case = recorded(recorded(case, Party.OPERATOR), Party.SPOKE)
    assert case.step == "approval"


@pytest.fixture
def edited(tmp_path: Path) -> Iterator[Path]:
    file = tmp_path / "joining.json"
    text, _ = procedures.text_of(Kind.JOIN)
    assert text.steps
    ours = Path(procedures.__file__).parent / "data" / "joining.json"
    file.write_text(ours.read_text("utf-8"), "utf-8")
    with override_settings(NARU=replace(settings.NARU, joining=file)):
        yield file


def test_an_edited_file_changes_the_next_case_and_no_running_one(edited: Path) -> None:
    running = a_case()
    data = json.loads(edited.read_text("utf-8"))
    data["version"] = "next"
    data["join"]["steps"].insert(
        1, {"id": "visit", "ko": "현장 방문", "en": "Visit", "by": ["operator"]}
    )
    edited.write_text(json.dumps(data), "utf-8")
    later = a_case()
    assert recorded(later).step == "visit"
    assert later.procedure.version == "next"
    assert recorded(running).step == "consultation"
    assert cases.case(running.id).procedure.version != "next"


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data["join"]["steps"].pop(),
        lambda data: data["join"]["steps"].append(data["join"]["steps"][0]),
        lambda data: data["join"]["steps"][0].update(by=["anybody"]),
        lambda data: data["join"]["steps"][0].update(by=[]),
        lambda data: data["join"]["steps"][0].update(effect="admit"),
        lambda data: data["join"]["steps"][5].update(effect=""),
        lambda data: data["join"]["steps"][0].update(returns_to="operation"),
        lambda data: data["join"].update(steps=[]),
        lambda data: data.pop("join"),
        lambda data: data.pop("version"),
    ],
)
def test_a_file_that_would_let_anybody_in_or_cannot_be_read_opens_no_case(
    edited: Path, change: object
) -> None:
    data = json.loads(edited.read_text("utf-8"))
    change(data)  # type: ignore[operator]  # One of the functions above.
    edited.write_text(json.dumps(data), "utf-8")
    with pytest.raises(ProcedureBroken):
        a_case()
    edited.write_text("[", "utf-8")
    with pytest.raises(ProcedureBroken):
        a_case()


def test_what_names_people_lies_sealed() -> None:
    case = recorded(a_case(), contact="가나다 02-000-0000")
    key = joining.file_sheet(case.id, "이용신청서", None, b"%PDF of " + b"secret", time=NOW)
    assert b"02-000" not in bytes(EntryRow.objects.get().content)
    assert b"secret" not in bytes(SheetRow.objects.get().content)
    assert cases.pdf_of(key) == b"%PDF of secret"
    assert cases.case(case.id).content("recruiting")["contact"] == "가나다 02-000-0000"


def test_numbers_are_given_once_and_never_again() -> None:
    given: list[str] = []
    for name in ("가", "나", "다"):
        one = services.note(name=name, kind=InstitutionKind.MEMBER, hub=None)
        oid = numbers.next_oid("2.999.40")
        services.designate(one, System.OID, oid, on=NOW.date())
        given.append(oid)
        if name == "나":
            services.change_oid(one, "2.999.41", from_date=NOW.date() + timedelta(days=1))
    assert given == ["2.999.40.10.1", "2.999.40.10.2", "2.999.40.10.3"]
    assert numbers.next_oid("").startswith("2.25.")


def standing_at(institution: UUID, moment: datetime) -> bool:
    return queries.is_admitted(institution, on=moment)


def test_a_standing_ends_at_its_second_and_not_with_its_day() -> None:
    one = services.note(name="가", kind=InstitutionKind.MEMBER, hub=None)
    assert not standing_at(one, NOW)
    services.approve(one, on=NOW)
    end = NOW + timedelta(days=30, hours=3)
    services.suspend(one, on=end)
    assert not standing_at(one, NOW - timedelta(seconds=1))
    assert standing_at(one, NOW)
    assert standing_at(one, end - timedelta(seconds=1))
    assert not standing_at(one, end)
    assert not queries.is_admitted(one, on=end.date())  # Of a day it is said as the day ends.
