"""The whole past of a patient, from documents and records, as far as somebody may read each."""

import json
from dataclasses import replace

from naru.audit.models import Record as AuditRow
from naru.domain.clinical import (
    Content,
    Diagnosis,
    Medication,
)
from naru.domain.past_history import past_history
from naru.domain.records import Assigned, Change, Method
from naru.domain.records import Content as Kept
from naru.exchange.charts import past_history as past
from naru.exchange.documents import reading as read_documents
from naru.exchange.documents.provide_and_register import provide_and_register
from naru.exchange.records import single as records
from naru.formats import cda
from tests.documents import document, institution
from tests.exchange.hospitals import (
    TODAY,
    Hospital,
    Patient,
    a_record,
    addressed,
    bytes_of,
    now,
)
from tests.registry.synthetic import in_the_name_of, submission

DIABETES = Diagnosis(date=TODAY, code="TESTE119", name="시험 당뇨병")
DRUG = Medication(time=TODAY, code="TEST-D1", name="시험약정", dose="1정", times="2", days="30")


def summary(hospital: Hospital, patient: Patient, content: Content) -> bytes:
    place = institution(hospital.oid, f"시험병원 {hospital.oid}")
    return cda.write(document("summary", content, of=patient.own, by=place, time=now()))


def sends(hospital: Hospital, patient: Patient, octets: bytes, *to: Hospital) -> str:
    said = replace(a_record(patient), mime_type="text/xml")
    sent = in_the_name_of(submission(patient.affinity_id, said), hospital.oid)
    sent = addressed(sent, *(one.oid for one in to))
    kept = provide_and_register(
        hospital.access("ITI-41"), sent, {said.entry_uuid: bytes_of(octets)}
    )
    return kept.submission.entries[0].unique_id


def keeps_an_allergy(hospital: Hospital, patient: Patient) -> None:
    resource = {
        "resourceType": "AllergyIntolerance",
        "clinicalStatus": {"coding": [{"code": "active"}]},
        "category": ["medication"],
        "code": {"text": "페니실린"},
        "patient": {"reference": "Patient/1"},
        "recordedDate": TODAY.isoformat(),
    }

    def write(_assigned: Assigned) -> Kept:
        text = json.dumps(resource).encode()
        return Kept(text=text, patient=patient.key, event_date=TODAY)

    change = Change(method=Method.CREATE, type="AllergyIntolerance", write=write)
    records.change_one(hospital.access("FHIR create"), change)


def consented() -> tuple[Hospital, Hospital, Patient]:
    east, west = Hospital(), Hospital()
    patient = east.patient()
    patient.consents()
    return east, west, patient


def test_documents_and_records_of_several_are_one_past_with_their_origins() -> None:
    east, west, patient = consented()
    document = sends(east, patient, summary(east, patient, Content(diagnoses=(DIABETES,))))
    sends(
        west, patient, summary(west, patient, Content(diagnoses=(DIABETES,), medications=(DRUG,)))
    )
    keeps_an_allergy(west, patient)
    third = Hospital()
    third.receives(patient)
    access = third.access("past history")
    before = AuditRow.objects.count()

    gathered = past.gather(access, patient.key)

    found = past_history(gathered.sources)
    assert [line.item.code for line in found.diagnoses] == [DIABETES.code]
    assert len(found.diagnoses[0].told) == 2
    assert document in {one.document for one in found.diagnoses[0].origins} | {
        one.origin.document for one in found.diagnoses[0].told
    }
    assert [line.item.name for line in found.medications] == ["시험약정"]
    assert [line.item.name for line in found.allergies] == ["페니실린"]
    assert found.allergies[0].origins[0].institution == f"시험병원 {west.oid}"
    assert not gathered.unread
    assert AuditRow.objects.count() == before + 1
    assert access.recorded is not None
    assert access.told_all()


def test_who_does_not_treat_the_patient_reads_nothing_and_learns_of_nothing() -> None:
    east, west, patient = consented()
    sends(east, patient, summary(east, patient, Content(diagnoses=(DIABETES,))), west)
    sends(east, patient, b"<ClinicalDocument")
    keeps_an_allergy(east, patient)

    assert past.gather(Hospital().access(), patient.key) == past.Gathered((), ())
    assert len(past.gather(west.access(), patient.key).sources) == 1  # Sent to them by name.


def test_after_a_withdrawal_there_is_no_past() -> None:
    east, west, patient = consented()
    sends(east, patient, summary(east, patient, Content(diagnoses=(DIABETES,))))
    keeps_an_allergy(east, patient)
    west.receives(patient)
    assert len(past.gather(west.access(), patient.key).sources) == 2
    patient.withdraws()
    assert past.gather(west.access(), patient.key) == past.Gathered((), ())


def test_a_document_that_nobody_can_read_is_named() -> None:
    east, west, patient = consented()
    broken = sends(east, patient, b"<ClinicalDocument")
    west.receives(patient)

    gathered = past.gather(west.access(), patient.key)

    assert not gathered.sources
    assert [one.document for one in gathered.unread] == [broken]
    assert gathered.unread[0].repository == east.repository


def test_what_is_too_large_is_named_and_not_read() -> None:
    east, west, patient = consented()
    said = summary(east, patient, Content(diagnoses=(DIABETES,)))
    large = said + b"<!--" + b" " * read_documents.LARGEST + b"-->"
    sends(east, patient, large)
    west.receives(patient)
    gathered = past.gather(west.access(), patient.key)
    assert len(gathered.unread) == 1
    assert not gathered.sources
