"""Whoever's assertion or token speaks of one patient learns of nobody else, whatever they ask."""

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

import pytest

from naru.domain.caller import Role
from naru.domain.identifiers import Identifier
from naru.domain.patient_messages import PatientAdd, PatientMerge, PatientRevise
from naru.domain.patient_query import IdentifierQuery, PatientQuery
from naru.domain.person import Demographics, PatientRecord, PersonName
from naru.domain.records import Change, Criteria, Find, Method, NotHeld, NotPermitted
from naru.domain.stored_query import FindDocuments
from naru.domain.xds import AvailabilityStatus, DocumentRequest
from naru.exchange.access import Access
from naru.exchange.audit import trail as audit_trail
from naru.exchange.audit.trail import AuditQuery
from naru.exchange.documents import sharing as document_sharing
from naru.exchange.documents.retrieve import retrieve
from naru.exchange.patients import identity as patient_identity
from naru.exchange.records import single as records
from naru.patients import queries as patients
from naru.patients import services as patient_services
from naru.patients.errors import OfAnotherPatient, UnknownIdentifier
from tests.exchange.hospitals import Hospital, Patient, now
from tests.exchange.records.test_single import created, creating, found, of

TOLD = Demographics(names=(PersonName(text="김나루"),), birth_time="19700101")


class Spoken:
    """A hospital whose caller speaks of one of its two patients."""

    def __init__(self) -> None:
        self.hospital = Hospital()
        self.patient, self.other = self.hospital.patient(), self.hospital.patient()
        for one in (self.patient, self.other):
            one.consents()

    def asks(self, about: UUID | None) -> Access:
        access = self.hospital.access("ITI-47")
        access.caller = replace(access.caller, about=about)
        return access


@pytest.fixture
def spoken() -> Spoken:
    return Spoken()


def documents(access: Access, patient: Patient) -> int:
    query = FindDocuments(patient_id=patient.affinity_id, status=tuple(AvailabilityStatus))
    return len(document_sharing.find(access, query).found.entries)


def people(access: Access, patient: Patient) -> int:
    return len(
        patient_identity.demographics(access, PatientQuery(identifiers=(patient.affinity_id,)))
    )


def alike(access: Access, patient: Patient) -> int:
    asked = PatientRecord(identifiers=(patient.own,), demographics=TOLD)
    found = patient_identity.matching(access, asked)
    return sum(one.patient == patient.key for one in found)


def single(access: Access, patient: Patient) -> int:
    return found(access, Find(criteria=of(patient), count=10)).total


def references(access: Access, patient: Patient) -> int:
    try:
        patient_identity.cross_references(access, IdentifierQuery(patient=patient.own))
    except UnknownIdentifier:
        return 0
    return 1


def by_key(access: Access, patient: Patient) -> int:
    try:
        patient_identity.cross_reference(access, patient.key)
    except UnknownIdentifier:
        return 0
    return 1


def events(access: Access, patient: Patient) -> int:
    access.caller = replace(access.caller, role=Role.PRIVACY_OFFICER)
    query = AuditQuery(patient=patient.key)
    return min(1, len(audit_trail.find(access, query, lambda _: True, count=1).events))


ASKED: list[Callable[[Access, Patient], int]] = [
    documents,
    people,
    alike,
    single,
    references,
    by_key,
    events,
]


@pytest.mark.parametrize("ask", ASKED, ids=lambda one: one.__name__)
def test_every_question_finds_the_one_patient_alone(
    spoken: Spoken, ask: Callable[[Access, Patient], int]
) -> None:
    for one in (spoken.patient, spoken.other):
        spoken.hospital.sends(one)
        created(spoken.hospital, one)
    about = spoken.patient.key
    assert ask(spoken.asks(None), spoken.other) == 1
    assert ask(spoken.asks(about), spoken.patient) == 1
    assert ask(spoken.asks(about), spoken.other) == 0
    # Of whom nobody here has heard.
    assert ask(spoken.asks(UUID(int=0)), spoken.patient) == 0


def test_after_a_merge_both_keys_are_the_one_patient(spoken: Spoken) -> None:
    patient_services.merge(survivor=spoken.patient.own, subsumed=spoken.other.own, now=now())
    for about in (spoken.patient.key, spoken.other.key):
        assert people(spoken.asks(about), spoken.patient) == 1
        assert events(spoken.asks(about), spoken.patient) == 1


def test_a_document_of_another_is_as_if_it_were_not_there(spoken: Spoken) -> None:
    sent = {one.key: spoken.hospital.sends(one) for one in (spoken.patient, spoken.other)}

    def given(patient: Patient) -> int:
        wanted = DocumentRequest(
            repository_unique_id=spoken.hospital.repository,
            document_unique_id=sent[patient.key].unique_id,
        )
        found = retrieve(spoken.asks(spoken.patient.key), [wanted])
        for one in found.documents:
            one.chunks.close()
        return len(found.documents)

    assert (given(spoken.patient), given(spoken.other)) == (1, 0)


def test_the_audit_trail_without_a_patient_is_that_of_the_one(spoken: Spoken) -> None:
    for one in (spoken.patient, spoken.other):
        people(spoken.asks(None), one)
    access = spoken.asks(spoken.patient.key)
    access.caller = replace(access.caller, role=Role.PRIVACY_OFFICER)
    found = audit_trail.find(access, AuditQuery(), lambda _: True, count=100)
    named = {o.id for one in found.events for o in one.message.objects if o.role == "1"}
    assert named == {str(spoken.patient.affinity_id)}


def test_nothing_is_changed_of_another(spoken: Spoken) -> None:
    other = created(spoken.hospital, spoken.other).held.key
    about = spoken.patient.key
    write = creating(spoken.other.key).write
    for method in (Method.UPDATE, Method.DELETE):
        change = Change(method=method, type=other.type, id=other.id, write=write)
        with pytest.raises(NotHeld):
            records.change(spoken.asks(about), [change])
    with pytest.raises(NotPermitted):
        records.change(spoken.asks(about), [creating(spoken.other.key)])
    # A conditional create tells nothing of what its own institution keeps of another.
    condition = Criteria(type="Observation", patients=(spoken.other.key,))
    with pytest.raises(NotPermitted):
        records.change(
            spoken.asks(about), [replace(creating(spoken.other.key), criteria=condition)]
        )
    records.change(spoken.asks(about), [creating(spoken.patient.key)])


def test_nobody_else_is_told_of_in_a_feed(spoken: Spoken) -> None:
    about, hospital = spoken.patient.key, spoken.hospital
    other = PatientRecord(identifiers=(spoken.other.own,), demographics=TOLD)
    new = PatientRecord(identifiers=(Identifier("TEST-NEW", hospital.oid),), demographics=TOLD)
    own = PatientRecord(identifiers=(spoken.patient.own,), demographics=TOLD)
    merge = PatientMerge(survivor=spoken.patient.own, subsumed=spoken.other.own)
    for act in (PatientAdd(record=new), PatientRevise(record=other), merge):
        with pytest.raises(OfAnotherPatient):
            patient_identity.feed(spoken.asks(about), (act,))
    assert patients.resolve(new.identifiers[0]) is None
    assert patients.identity_set(spoken.other.key) == (spoken.other.key,)
    patient_identity.feed(spoken.asks(about), (PatientRevise(record=own),))
