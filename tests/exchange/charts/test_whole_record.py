"""A whole record between hospitals: what each may see now, with its origin, and nothing else."""

from dataclasses import replace
from uuid import UUID

import pytest

from naru.domain.clinical import Content
from naru.domain.consent_document import ConsentDocument
from naru.domain.consent_paper import Part
from naru.domain.privacy_policies import Policy
from naru.domain.records import NotHeld
from naru.exchange.access import Access
from naru.exchange.charts import past_history
from naru.exchange.charts.whole_record import whole_record
from naru.node.reading import READERS
from tests.exchange.charts.test_past_history import (
    DIABETES,
    DRUG,
    consented,
    keeps_an_allergy,
    sends,
)
from tests.exchange.charts.test_past_history import summary as written
from tests.exchange.consent.test_documents import of_consent, signs
from tests.exchange.hospitals import TODAY, Hospital, now
from tests.exchange.papers import paper
from tests.exchange.records.test_single import created

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
    assert sourced.opened is None  # It is no document that anybody could read.
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


def test_a_page_of_the_past_and_the_whole_read_decide_and_note_the_same() -> None:
    east, west, patient = consented()
    third = Hospital()
    for hospital, content in (
        (east, Content(diagnoses=(DIABETES,))),
        (west, Content(diagnoses=(DIABETES,), medications=(DRUG,))),
    ):
        sends(hospital, patient, written(hospital, patient, content))
    addressed = sends(east, patient, written(east, patient, Content(diagnoses=(DIABETES,))), third)
    keeps_an_allergy(west, patient)
    third.receives(patient)

    def noted(access: Access) -> tuple[set[object], set[object], list[UUID], bool]:
        assert access.recorded is not None
        # What was sent to the caller is its own chart's from the first look on: another reason.
        # The whole tells who the patient is, too, which is decided on for each that knows them.
        knowing = {str(east.id), str(west.id)}
        things = (one for one in access.decisions if one.object_id not in knowing)
        decided = {(one.object_id, one.permitted) for one in things}
        return {*access.objects}, decided, access.seen, access.held

    looking, taking = third.access("past history"), third.access("FHIR everything")
    gathered = past_history.gather(looking, patient.key)
    whole = whole_record(taking, patient.key, READERS.record_types)

    assert noted(looking) == noted(taking)
    contents = [one.opened.content for one in whole.documents if one.opened is not None]
    assert contents == [one.content for one in gathered.sources if one.origin.repository]
    assert len(contents) == 3
    assert addressed in {one.origin.unique_id for one in whole.documents}
    authored = [one.opened.authorship for one in whole.documents if one.opened is not None]
    assert {one.custodian.oid for one in authored if one} == {east.oid, west.oid}


def test_a_consent_is_told_to_the_hospital_to_which_it_was_said_and_to_no_other() -> None:
    desk, other, viewer = Hospital(), Hospital(), Hospital()
    patient = desk.patient()
    part = Part(institution=other.oid, reason="말하지 않은 이유")
    entry = replace(of_consent(patient, Policy.CONSENT_PARTIAL), mime_type="text/xml")
    said = paper(
        entry.unique_id,
        patient.own,
        Policy.CONSENT_PARTIAL,
        signed=now(),
        from_date=TODAY,
        parts=(part,),
    )
    signs(desk, patient, Policy.CONSENT_PARTIAL, entry=entry, octets=said)
    seen = desk.sends(patient)
    for one in (other, viewer):
        one.receives(patient)

    def told(hospital: Hospital) -> tuple[set[str], list[ConsentDocument]]:
        documents = whole_record(hospital.access(), patient.key, TYPES).documents
        opened = (one.opened for one in documents if one.opened is not None)
        found = [one.consent for one in opened if one.consent is not None]
        return {one.origin.unique_id for one in documents}, found

    names, (consent,) = told(desk)
    assert names == {entry.unique_id, seen.unique_id}
    assert consent.parts == (part,)
    assert told(viewer) == ({seen.unique_id}, [])
    assert told(other) == (set(), [])
