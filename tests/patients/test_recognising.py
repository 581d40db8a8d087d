"""Whose a new registration is: linked at once, a steward's case, or somebody new."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from naru.domain.identifiers import Identifier
from naru.domain.person import Address, Demographics, Gender, PatientRecord, PersonName, Telecom
from naru.patients import queries, romanised, services
from naru.patients.models import Joining

pytestmark = pytest.mark.django_db(transaction=True)

RED, BLUE, RESIDENT = "2.999.10", "2.999.11", "2.999.3"
NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
PHONE = (Telecom("tel:010-0123-4321"),)


def record(domain: str, value: str = "TEST-1", number: str = "", **more: object) -> PatientRecord:
    told: dict[str, object] = {
        "names": (PersonName(text="남궁민서"),),
        "birth_time": "19800102",
        "gender": Gender.FEMALE,
        "telecoms": PHONE,
        "other_ids": (Identifier(number, RESIDENT),) if number else (),
    }
    return PatientRecord(
        identifiers=(Identifier(value, domain),),
        demographics=Demographics(**(told | more)),  # type: ignore[arg-type]  # Its fields.
    )


def add(domain: str, value: str = "TEST-1", number: str = "", **more: object) -> UUID:
    return services.add(record(domain, value, number, **more), now=NOW)


def reasons() -> list[str]:
    return [line.reason for line in queries.waiting_cases()]


@pytest.mark.parametrize("text", ["남궁 민서", "남궁민서(1)", "남궁민셔"])
def test_a_person_who_comes_to_another_hospital_is_recognised(text: str) -> None:
    known = add(RED)
    assert add(BLUE, names=(PersonName(text=text),)) == known
    assert queries.cross_references(Identifier("TEST-1", RED), (BLUE,)) == (
        Identifier("TEST-1", BLUE),
    )
    assert reasons() == []
    (line,) = queries.recognised()
    assert line.bits > 38


def test_the_initial_law_hides_nobody() -> None:
    known = add(RED, names=(PersonName(text="이서준"),))
    assert add(BLUE, names=(PersonName(text="리서준"),)) == known


def test_who_agrees_in_name_and_birth_alone_is_a_stewards() -> None:
    known = add(RED, telecoms=())
    assert add(BLUE) != known
    assert reasons() == ["name-and-birth-only"]


def test_somebody_else_is_nobodys_case() -> None:
    known = add(RED)
    assert add(BLUE, names=(PersonName(text="김도윤"),), birth_time="19790506") != known
    assert reasons() == []


def test_two_numbers_of_one_source_are_a_stewards() -> None:
    known = add(RED)
    assert add(RED, "TEST-2") != known
    assert reasons() == ["same-source"]


def test_where_two_may_be_meant_neither_is_linked() -> None:
    one = add(RED)
    other = add(RED, "TEST-2")
    assert add(BLUE) not in {one, other}
    assert sorted(reasons()) == ["same-source", "several", "several"]


def test_numbers_that_contradict_keep_them_apart() -> None:
    known = add(RED, number="8033321234567")
    assert add(BLUE, number="8033327654321") != known
    assert reasons() == ["numbers-differ"]


def test_one_number_of_two_who_differ_otherwise_is_a_stewards() -> None:
    known = add(RED, number="8033321234567")
    stranger = add(
        BLUE,
        number="8033321234567",
        names=(PersonName(text="김도윤"),),
        birth_time="19990506",
        telecoms=(),
    )
    assert stranger != known
    assert reasons() == ["contradiction"]


def test_newborn_twins_are_left_to_a_steward() -> None:
    alike = {"names": (PersonName(text="남궁아기"),), "birth_time": "20261101"}
    first = add(RED, multiple_birth=True, **alike)
    assert add(BLUE, multiple_birth=True, **alike) != first
    assert reasons() == ["temporary"]


def test_a_revision_links_nobody_and_asks_a_steward() -> None:
    known = add(RED)
    other = add(BLUE, names=(PersonName(text="김도윤"),), birth_time="19790506", telecoms=())
    assert reasons() == []
    services.revise(record(BLUE), now=NOW)
    assert queries.identity_set(other) == (other,)
    (line,) = queries.waiting_cases()
    assert set(line.people) == {known, other}
    services.revise(record(BLUE), now=NOW)
    assert len(queries.waiting_cases()) == 1


def test_a_romanised_name_proposes_and_does_not_link() -> None:
    lives = (Address(lines=("물결로 12",), postal_code="91234"),)
    known = add(RED, names=(PersonName(text="박지민"),), addresses=lives, birth_time="19800102")
    latin = (PersonName(text="Park Jimin"),)
    assert add(BLUE, names=latin, addresses=lives) != known
    assert len(queries.waiting_cases()) == 1
    assert {"parkjimin", "jiminbak"} <= romanised.forms("박지민")
    assert "namgungminseo" in romanised.forms("남궁민서")
    assert romanised.forms("Park Jimin") == frozenset()


def test_a_foreigners_name_may_stand_in_any_order() -> None:
    known = add(RED, names=(PersonName(text="NGUYEN VAN AN"),))
    assert add(BLUE, names=(PersonName(text="Van An Nguyen"),)) == known


def test_racing_registrations_of_one_person_are_one_person() -> None:
    barrier = threading.Barrier(2)

    def act(domain: str) -> UUID:
        barrier.wait()
        try:
            return add(domain)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(act, (RED, BLUE)))
    one, other = (queries.resolve(Identifier("TEST-1", domain)) for domain in (RED, BLUE))
    assert one is not None
    assert other is not None
    assert one.patient == other.patient
    assert Joining.objects.count() == 1


def test_a_registration_asks_the_same_number_of_questions_however_many_look_alike() -> None:
    def statements(value: str) -> int:
        with CaptureQueriesContext(
            connection,
        ) as told:
            add(BLUE, value, telecoms=(), names=(PersonName(text="이서준"),))
        return len(told)

    for n in range(3):
        add(RED, f"TEST-{n}", names=(PersonName(text=f"김{'가나다'[n]}윤"),), telecoms=())
    few = statements("TEST-A")
    for n in range(20):
        add(
            RED,
            f"TEST-1{n}",
            names=(PersonName(text=f"박{chr(0xAC00 + 588 * (n % 19))}준"),),
            telecoms=(),
        )
    assert statements("TEST-B") <= few + 8


def test_a_registration_asks_little_of_the_database() -> None:
    for n in range(5):
        add(RED, f"TEST-{n}", names=(PersonName(text="남궁민" + "서사빈린준"[n]),))
    with CaptureQueriesContext(connection) as asked:
        add(BLUE, "TEST-NEW", telecoms=(Telecom("tel:010-0999-0000"),))
    # However many are compared: three writes of what is told, and each block asked once.
    assert len(asked) <= 24
    assert reasons()
