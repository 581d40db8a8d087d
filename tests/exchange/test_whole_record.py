"""A whole record between hospitals: what each may see now, with its origin, and nothing else."""

from uuid import UUID

import pytest

from naru.domain.records import NotHeld
from naru.exchange.whole_record import whole_record
from tests.exchange.hospitals import Hospital
from tests.exchange.test_records import created

TYPES = ("Observation",)


def test_what_another_hospital_wrote_is_seen_with_consent_and_a_visit_and_not_after() -> None:
    hospital, other = Hospital(), Hospital()
    patient = hospital.patient()
    patient.consents()
    record = created(hospital, patient)
    entry = hospital.sends(patient)
    other.receives(patient)

    access = other.access("FHIR everything")
    whole = whole_record(access, patient.key, TYPES)
    assert [one.held.key for one in whole.records] == [record.held.key]
    (sourced,) = whole.documents
    assert sourced.origin.unique_id == entry.unique_id
    assert sourced.origin.institution == hospital.id
    assert sourced.origin.institution_name == f"시험병원 {hospital.oid}"
    assert sourced.content is None  # It is no document that anybody could read.
    assert access.recorded is not None
    assert {(one.kind, one.id) for one in access.objects} == {
        ("record", str(record.held.key)),
        ("document", entry.unique_id),
    }
    assert access.seen == [patient.key]

    patient.withdraws()
    whole = whole_record(other.access(), patient.key, TYPES)
    assert (whole.records, whole.documents) == ((), ())


def test_a_hospital_to_which_the_patient_never_came_sees_nothing_of_others() -> None:
    hospital, other = Hospital(), Hospital()
    patient = hospital.patient()
    patient.consents()
    created(hospital, patient)
    hospital.sends(patient)

    access = other.access()
    whole = whole_record(access, patient.key, TYPES)
    assert (whole.records, whole.documents) == ((), ())
    assert access.objects == []
    assert {one.permitted for one in access.decisions} == {False}


def test_one_type_brings_no_other() -> None:
    hospital = Hospital()
    patient = hospital.patient()
    patient.consents()
    created(hospital, patient)

    assert whole_record(hospital.access(), patient.key, ("Condition",)).records == ()


def test_of_nobody_there_is_one_refusal_and_one_record() -> None:
    hospital = Hospital()
    access = hospital.access()
    with pytest.raises(NotHeld):
        whole_record(access, UUID(int=7), TYPES)
    assert access.recorded is not None
    assert access.objects == []
