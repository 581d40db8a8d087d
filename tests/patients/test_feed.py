import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.db import connection

from naru.domain.identifiers import Identifier
from naru.domain.person import Demographics, Gender, PatientRecord, PersonName, Telecom
from naru.patients import queries, services
from naru.patients.errors import (
    AlreadySubsumed,
    DifferentPatients,
    TooLarge,
    UnknownDomain,
    UnknownIdentifier,
)
from naru.patients.models import Patient, PatientIdentifier, ResidentNumber, SourceRecord

pytestmark = pytest.mark.django_db(transaction=True)

AFFINITY, SECOND_AFFINITY, RESIDENT = "2.999.1", "2.999.2", "2.999.3"
RED, BLUE = "2.999.10", "2.999.11"
NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
# The thirteenth month makes these nobody's.
NUMBER, OTHER_NUMBER = "901332-1234567", "901333-1234567"


def a_record(
    *identifiers: Identifier,
    text: str = "남궁민수",
    number: str | None = None,
    gender: Gender | None = Gender.MALE,
    **more: object,
) -> PatientRecord:
    told = Demographics(
        names=(PersonName(text=text),),
        gender=gender,
        other_ids=(Identifier(number, RESIDENT),) if number else (),
        **more,  # type: ignore[arg-type]  # Fields of Demographics, as the test names them.
    )
    return PatientRecord(identifiers=identifiers, demographics=told)


def add(*identifiers: Identifier, number: str | None = None, **more: object) -> UUID:
    return services.add(a_record(*identifiers, number=number, **more), now=NOW)  # type: ignore[arg-type]  # As above.


def red(value: str = "TEST-1") -> Identifier:
    return Identifier(value, RED)


def blue(value: str = "TEST-1") -> Identifier:
    return Identifier(value, BLUE)


def test_a_person_added_by_a_hospital_gets_one_id_of_the_affinity_domain() -> None:
    patient = add(red())
    given = queries.affinity_id(patient)
    assert given is not None
    assert given.authority == AFFINITY
    assert len(given.value) == 16
    resolved = queries.resolve(given)
    assert resolved is not None
    assert resolved.patient == patient
    assert resolved.patients == (patient,)


def test_a_feed_of_the_affinity_domain_keeps_its_own_id() -> None:
    patient = add(Identifier("TEST-M", SECOND_AFFINITY))
    assert queries.affinity_id(patient) == Identifier("TEST-M", SECOND_AFFINITY)
    assert PatientIdentifier.objects.count() == 1


def test_an_id_added_again_is_taken_at_its_last_word() -> None:
    first = add(red(), text="홍길동")
    assert add(red(), text="홍길순") == first
    assert queries.demographics(first).names[0].text == "홍길순"
    assert SourceRecord.objects.count() == 1


def test_ids_of_other_domains_are_ignored() -> None:
    # ITI TF-2 3.44.4.1.4
    add(red(), Identifier("TEST-9", "2.999.99"))
    assert queries.resolve(Identifier("TEST-9", "2.999.99")) is None


def test_a_record_of_no_known_domain_is_refused() -> None:
    with pytest.raises(UnknownDomain):
        add(Identifier("TEST-9", "2.999.99"))
    assert Patient.objects.count() == 0


def test_the_same_value_in_two_domains_is_two_persons() -> None:
    assert add(red("TEST-7")) != add(blue("TEST-7"))


def test_nobody_is_revised_who_is_not_known() -> None:
    with pytest.raises(UnknownIdentifier):
        services.revise(a_record(red()), now=NOW)


def test_a_revision_replaces_the_demographics_and_keeps_the_identifiers() -> None:
    patient = add(red(), Identifier("TEST-M", AFFINITY))
    services.revise(a_record(red(), text="황보영"), now=LATER)
    assert queries.demographics(patient).names[0].text == "황보영"
    assert queries.cross_references(red()) == (Identifier("TEST-M", AFFINITY),)


def test_a_record_that_names_two_patients_is_refused() -> None:
    add(red())
    add(blue())
    with pytest.raises(DifferentPatients):
        services.revise(a_record(red(), blue()), now=NOW)


def test_an_ended_identifier_is_not_revived() -> None:
    add(red("TEST-1"))
    add(red("TEST-2"))
    services.merge(survivor=red("TEST-1"), subsumed=red("TEST-2"), now=NOW)
    for act in (services.add, services.revise):
        with pytest.raises(AlreadySubsumed):
            act(a_record(red("TEST-2")), now=NOW)


def test_the_same_resident_number_is_one_person_in_two_hospitals() -> None:
    patient = add(red(), number=NUMBER, text="홍길동")
    assert add(blue(), number=NUMBER.replace("-", ""), text="홍 길동") == patient
    assert {record.demographics.names[0].text for record in queries.sources(patient)} == {
        "홍길동",
        "홍 길동",
    }
    assert blue() in queries.cross_references(red())


def test_name_birth_and_sex_alone_link_nobody() -> None:
    assert add(red(), birth_time="19900101") != add(blue(), birth_time="19900101")


def test_twins_are_never_linked() -> None:
    alike = {"birth_time": "20261101", "multiple_birth": True, "text": "김아기"}
    # Newborns have no number yet: hospitals write zeros after the sex digit, for both.
    twins = add(red("TEST-1"), number="261301-3000000", **alike)
    assert add(red("TEST-2"), number="261301-3000000", **alike) != twins
    assert queries.flagged() == ()


@pytest.mark.parametrize("number", ["901332-1******", "901332", "901332-5000000"])
def test_a_number_that_is_not_one_persons_own_links_nobody(number: str) -> None:
    assert add(red(), number=number) != add(blue(), number=number)


def test_a_wrong_checksum_refuses_nothing() -> None:
    patients = {add(red(f"TEST-{n}"), number=f"90133{n}-123456{n}") for n in range(10)}
    assert len(patients) == 10


def test_a_sex_digit_that_disagrees_is_only_flagged() -> None:
    patient = add(red(), number=NUMBER, gender=Gender.FEMALE)
    assert queries.flagged() == (patient,)
    assert queries.demographics(patient).gender is Gender.FEMALE


def test_a_changed_number_leaves_history_and_links_no_more() -> None:
    patient = add(red(), number=NUMBER)
    services.revise(a_record(red(), number=OTHER_NUMBER), now=LATER)
    assert queries.resident_number(patient) == OTHER_NUMBER.replace("-", "")
    assert [row.until for row in ResidentNumber.objects.order_by("id")] == [LATER, None]
    assert add(blue("TEST-1"), number=NUMBER) != patient
    assert add(blue("TEST-2"), number=OTHER_NUMBER) == patient


def test_a_number_that_turns_up_at_another_person_is_flagged_and_links_nobody() -> None:
    first = add(red(), number=NUMBER)
    second = add(blue())
    services.revise(a_record(blue(), number=NUMBER), now=LATER)
    assert queries.flagged() == (second,)
    assert queries.identity_set(first) == (first,)


def test_the_resident_number_never_leaves_with_the_demographics() -> None:
    patient = add(red(), number=NUMBER)
    assert queries.demographics(patient).other_ids == ()


def test_nothing_of_a_person_is_stored_in_the_clear() -> None:
    add(red("TEST-PLAIN"), number=NUMBER, text="TESTNAME", birth_time="19900101")
    stored = b""
    for table in connection.introspection.table_names():
        if table.startswith("patients_"):
            with connection.cursor() as cursor:
                cursor.execute(f'SELECT * FROM "{table}"')
                stored += repr(
                    [[bytes(c) if isinstance(c, memoryview) else c for c in row] for row in cursor]
                ).encode()
    assert b"sealed" not in stored
    assert RED.encode() in stored
    for secret in (b"TEST-PLAIN", b"TESTNAME", b"testname", b"19900101", b"9013321234567"):
        assert secret not in stored


def test_names_are_kept_composed() -> None:
    decomposed = "\u1112\u1169\u11bc\u1100\u1175\u11af\u1103\u1169\u11bc"
    patient = add(red(), text=decomposed)
    assert queries.demographics(patient).names[0].text == "홍길동"


def test_a_domain_is_named_by_its_oid_only() -> None:
    with pytest.raises(UnknownDomain, match="OID"):
        services.know_domain("urn:oid:2.999.10")


def test_a_record_with_more_than_any_person_has_is_refused() -> None:
    with pytest.raises(TooLarge):
        add(*(red(f"TEST-{n}") for n in range(101)))
    with pytest.raises(TooLarge):
        add(red(), telecoms=tuple(Telecom(f"010-{n}") for n in range(2000)))
    assert Patient.objects.count() == 0


def test_racing_adds_of_one_identifier_give_one_person() -> None:
    found = at_once([a_record(red(), text=f"홍길{n}") for n in "동순남북"])
    assert len(set(found)) == 1
    assert Patient.objects.count() == 1


def test_racing_adds_of_one_person_in_two_hospitals_give_one_person() -> None:
    found = at_once([a_record(domain(), number=NUMBER) for domain in (red, blue)])
    assert len(set(found)) == 1
    # Either hospital's, and one of the affinity domain that was not ended.
    assert PatientIdentifier.objects.filter(subsumed_by=None).count() == 3


def at_once(records: list[PatientRecord]) -> list[UUID]:
    barrier = threading.Barrier(len(records))

    def act(record: PatientRecord) -> UUID:
        barrier.wait()
        try:
            return services.add(record, now=NOW)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(records)) as threads:
        return list(threads.map(act, records))


def test_a_number_of_a_register_makes_nobody_one_person_and_is_not_kept() -> None:
    """Whoever's arc a passport's number comes under; a resident number is one wherever it comes."""
    passport = (Identifier("TEST-M1", RED), Identifier("TEST-M1", BLUE))

    first = add(red(), text="김하나", register_ids=passport)
    second = add(blue(), text="이두리", register_ids=passport)

    assert first != second
    for one in (first, second):
        told = queries.demographics(one)
        assert (told.other_ids, told.register_ids) == ((), ())
    assert add(red("TEST-2"), text="박셋", register_ids=(Identifier(NUMBER, RESIDENT),)) == add(
        blue("TEST-2"), text="박셋", number=NUMBER
    )
