"""What is told of regions, institutions and minutes equals the audit log, and is for few."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest

from naru.audit.records import Outcome
from naru.directory import registers
from naru.directory import services as directory
from naru.domain.caller import Role
from naru.domain.institution import InstitutionKind
from naru.domain.registers import Profile
from naru.exchange import identify
from naru.exchange.access import Access
from naru.hira import reports
from naru.statistics import capacity, flow, open_data, services
from naru.statistics.counting import count_all
from naru.statistics.measures import measures, report_form
from naru.statistics.models import Count, Room
from naru.statistics.services import MayNotSee
from tests.exchange.hospitals import Hospital
from tests.statistics.histories import NOON, drawn, in_the_log, record

pytestmark = pytest.mark.django_db(transaction=True)

OCTOBER = date(2026, 10, 1)


def operating(transaction: str = "TEST") -> Access:
    return Access(transaction=transaction, caller=identify.operator(), time=NOON)


def at(hospital: Hospital, role: Role = Role.DIRECTOR) -> Access:
    caller = replace(hospital.access().caller, role=role)
    return Access(transaction="TEST", caller=caller, time=NOON)


def lies(hospital: Hospital, address: str) -> None:
    registers.describe(hospital.id, Profile(address=address))


def test_a_month_by_region_equals_the_audit_log() -> None:
    seoul, busan, nowhere = Hospital(), Hospital(), Hospital()
    lies(seoul, "서울특별시 종로구 가상로 1")
    lies(busan, "부산 동구 가상로 1")
    drawn(7, [seoul.id, busan.id, nowhere.id], NOON)
    log = in_the_log()
    count_all(NOON)

    found = services.policy_month(operating(), OCTOBER)

    place = {seoul.id: "11", busan.id: "26", nowhere.id: "?", None: ""}
    wanted = Counter[tuple[str, str]]()
    for (month, who, transaction, outcome), number in log.items():
        if month == "2026-10":
            wanted[place[who], "requests"] += number
            wanted[place[who], "refused"] += number * (outcome is not Outcome.SUCCESS)
            for one in measures().measures:
                answered = outcome is Outcome.SUCCESS and transaction in one.of
                wanted[place[who], one.id] += number * answered
    assert found.as_of == NOON
    assert {one.code for one in found.lines} == {"11", "26", "?", ""}
    for line in found.lines:
        assert line.requests == wanted[line.code, "requests"]
        assert line.refused == wanted[line.code, "refused"]
        assert line.measured == {one.id: wanted[line.code, one.id] for one in measures().measures}
    assert found.requests == sum(n for (month, *_), n in log.items() if month == "2026-10")


def test_a_month_is_compared_with_the_log_and_a_changed_number_is_found() -> None:
    hospital = Hospital()
    drawn(3, [hospital.id], NOON, 60)
    count_all(NOON)
    record(NOON, hospital.id)  # Not counted yet: it is left out on both sides.

    same = services.compare(operating(), OCTOBER)
    Count.objects.filter(day__gte=OCTOBER, transaction="ITI-43").update(requests=99)
    other = services.compare(operating(), OCTOBER)

    assert same.counted == same.recounted > 0
    assert (same.differing, same.whole) == ((), True)
    assert other.differing == ("ITI-43",)


def test_who_may_not_see_the_policys_numbers() -> None:
    with pytest.raises(MayNotSee):
        services.policy_month(at(Hospital()), OCTOBER)
    with pytest.raises(MayNotSee):
        services.compare(at(Hospital(), Role.HUB_ADMIN), OCTOBER)


def test_a_report_equals_the_institutions_own_records() -> None:
    here, there = Hospital(), Hospital()
    record(NOON, here.id, "ITI-41", documents=2)
    record(NOON, here.id, "ITI-41", Outcome.MINOR_FAILURE, documents=1)
    record(NOON + timedelta(days=1), here.id, "ITI-43", documents=3)
    record(NOON + timedelta(days=1), here.id, "ITI-18", Outcome.SERIOUS_FAILURE)
    record(NOON - timedelta(days=30), here.id, "ITI-43", documents=5)
    record(NOON, there.id, "ITI-43", documents=7)
    count_all(NOON + timedelta(days=2))

    found = services.report(at(here), here.id, OCTOBER)

    assert found.institution.id == here.id
    assert found.values == {
        "requests": 4, "answered": 2, "refused": 1, "failed": 1, "answered_percent": 50,
        "days_used": 2, "registered": 1, "documents_sent": 2, "searched": 0, "opened": 1,
        "documents_opened": 3, "records": 0, "identified": 0, "patients": 0,
    }  # fmt: skip
    told = {"month", "oid", "code", "name", "as_of", *found.values, *reports.FEES}
    assert {one.measure for one in report_form().columns} <= told


def test_a_report_is_for_its_own_people_its_hub_and_the_operator() -> None:
    hub, other = Hospital(), Hospital()
    spoke = directory.admit(
        name="시험의원", kind=InstitutionKind.MEMBER, on=date(2026, 1, 1),
        oid="2.999.277.1", hub=hub.id,
    )  # fmt: skip
    count_all(NOON)

    assert services.report(at(hub, Role.HUB_ADMIN), spoke.id, OCTOBER).values["requests"] == 0
    assert services.report(operating(), spoke.id, OCTOBER).institution.id == spoke.id
    with pytest.raises(MayNotSee):
        services.report(at(other), spoke.id, OCTOBER)
    with pytest.raises(MayNotSee):
        services.report(at(hub, Role.DOCTOR), hub.id, OCTOBER)


def test_what_is_open_holds_no_small_number() -> None:
    seoul, busan = Hospital(), Hospital()
    lies(seoul, "서울 종로구")
    lies(busan, "부산 동구")
    for hospital, number in ((seoul, 6), (busan, 2)):
        for _ in range(number):
            record(NOON, hospital.id, "ITI-43")
    count_all(NOON)

    found = open_data.open_month(OCTOBER)

    opened = {one.region: one.count for one in found.cells if one.measure == "opened"}
    assert opened == {"": 8, "11": None, "26": None}
    assert {one.count for one in found.cells if one.measure == "searched"} == {0}
    assert open_data.open_months(date(2026, 11, 21))[-1] == OCTOBER
    told = open_data.series(date(2026, 9, 1), OCTOBER)
    assert told.numbers["opened"] == (0, 8)


def test_the_last_minutes_are_drawn_as_the_log_has_them() -> None:
    here, there = Hospital(), Hospital()
    record(NOON - timedelta(minutes=20), here.id)
    record(NOON - timedelta(minutes=14, seconds=30), here.id)
    record(NOON - timedelta(seconds=30), here.id)
    record(NOON - timedelta(seconds=20), here.id, outcome=Outcome.MINOR_FAILURE)
    record(NOON - timedelta(seconds=10), there.id, "ITI-43")

    everything = flow.flow(operating())
    own = flow.flow(at(there))

    (first, second) = everything.streams
    assert (first.transaction, first.total, first.refused) == ("ITI-18", 3, 1)
    assert first.minutes == (1, *([0] * 13), 2)
    assert second.minutes[-1] == 1
    assert [one.transaction for one in own.streams] == ["ITI-43"]
    assert everything.whole


def test_errors_are_counted_by_their_codes() -> None:
    here, there = Hospital(), Hospital()
    refused, broken = Outcome.MINOR_FAILURE, Outcome.SERIOUS_FAILURE
    for who, outcome, errors in (
        (here, refused, ("XDSRegistryError", "XDSRegistryError")),
        (there, broken, ("XDSRegistryError",)),
        (there, refused, ("3 more requests of strangers were refused",)),
        (there, Outcome.SUCCESS, ()),
    ):
        record(NOON - timedelta(hours=2), who.id, outcome=outcome, errors=errors)
    record(NOON - timedelta(hours=25), here.id, outcome=refused, errors=("XDSRegistryError",))

    found = flow.failures(operating())
    own = flow.failures(at(here))

    (first, second) = found.failures
    assert (first.code, first.count, first.serious, first.institutions) == (
        "XDSRegistryError", 2, 1, 2,
    )  # fmt: skip
    assert second.code == "more requests of strangers were refused"
    assert found.requests == 4
    assert [(one.code, one.count) for one in own.failures] == [("XDSRegistryError", 1)]


def test_capacity_says_for_how_many_days_the_disk_will_last() -> None:
    now = capacity.measured(NOON)
    a_day = now.free // 100
    for back in (3, 5, 10):
        Room.objects.create(
            day=now.day - timedelta(days=back), free=now.free + back * a_day, total=now.total,
            database=0, documents=0,
        )  # fmt: skip

    found = capacity.capacity(operating())

    assert found.now.total == now.total
    assert found.now.database > 0 or found.now.documents == 0
    assert found.left == pytest.approx(100, rel=0.05)
    with pytest.raises(capacity.MayNotLook):
        capacity.capacity(at(Hospital()))


def test_no_pace_is_told_of_two_days() -> None:
    capacity.keep(NOON - timedelta(days=1))
    capacity.keep(NOON - timedelta(days=1))
    assert Room.objects.count() == 1

    found = capacity.capacity(operating())

    assert (found.pace, found.left) == (None, None)
