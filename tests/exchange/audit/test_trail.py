"""Who may read which audit events, and what of them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from naru.audit import queries as audit
from naru.audit import services
from naru.audit.records import AccessRecord, AuditedDecision, Outcome, RecordId
from naru.domain.audit_message import AuditMessage
from naru.domain.caller import Assurance, Caller, PurposeOfUse, Role
from naru.domain.decision import Reason
from naru.exchange.access import Access
from naru.exchange.audit import patterns as audit_patterns
from naru.exchange.audit import trail as audit_trail
from naru.exchange.audit.trail import AuditQuery, NotTheirs
from tests.exchange.hospitals import Hospital, Patient, now

OPERATOR = Caller(role=Role.OPERATOR, purpose=PurposeOfUse.OPERATIONS, assurance=Assurance.SESSION)


def citizen(patient: Patient) -> Caller:
    return replace(
        OPERATOR, role=Role.PATIENT, purpose=PurposeOfUse.PATIENT_REQUEST, patient=patient.key
    )


def look(caller: Caller, query: AuditQuery = AuditQuery()) -> list[AuditMessage]:  # noqa: B008  # A frozen value.
    access = Access(transaction="ITI-81", caller=caller, time=now())
    found = audit_trail.find(access, query, lambda _: True, count=100)
    return [one.message for one in found.events]


def types(messages: list[AuditMessage]) -> list[str]:
    return [one.event.types[0].code for one in messages]


def record(hospital: Hospital, *patients: UUID, **more: object) -> RecordId:
    told = AccessRecord(
        transaction="ITI-78",
        caller=hospital.access().caller,
        outcome=Outcome.SUCCESS,
        time=now(),
        request_id=UUID(int=1),
        patients=patients,
        query="Patient?name=TEST-ELSE",
    )
    return services.record_now(replace(told, **more))  # type: ignore[arg-type]  # Its fields.


def test_a_patient_sees_their_own_events_without_the_words_of_the_question() -> None:
    hospital = Hospital()
    mine, other = hospital.patient(), hospital.patient()
    record(hospital, mine.key, other.key)
    record(hospital, other.key)
    (message,) = look(citizen(mine))
    assert [one.id for one in message.objects if one.role == "1"] == [str(mine.affinity_id)]
    assert all(one.query is None for one in message.objects)
    assert all(one.access_point == "" for one in message.participants)
    # To ask for another's shows nothing, whoever they are.
    assert look(citizen(mine), AuditQuery(patient=other.key)) == []
    assert len(look(OPERATOR, AuditQuery(patient=other.key))) == 2


def test_a_patient_reads_no_event_of_another_by_its_id() -> None:
    hospital = Hospital()
    mine, other = hospital.patient(), hospital.patient()
    kept = record(hospital, mine.key, other.key)

    def read(caller: Caller, number: int) -> audit_trail.AuditedEvent | None:
        access = Access(transaction="ITI-81", caller=caller, time=now())
        return audit_trail.one(access, kept, number)

    assert read(citizen(mine), 0) is not None
    assert read(citizen(mine), 1) is None
    assert read(OPERATOR, 1) is not None
    assert read(OPERATOR, 2) is None


def test_a_patient_reads_no_event_that_is_about_nobody() -> None:
    kept = record(Hospital())
    citizen_ = citizen(Hospital().patient())
    access = Access(transaction="ITI-81", caller=citizen_, time=now())
    assert audit_trail.one(access, kept, 0) is None


def test_a_privacy_officer_sees_what_their_own_institution_did() -> None:
    mine, other = Hospital(), Hospital()
    patient = mine.patient()
    theirs = record(other, patient.key)
    own = record(mine, patient.key)
    officer = replace(OPERATOR, role=Role.PRIVACY_OFFICER, institution=mine.id)
    access = Access(transaction="ITI-81", caller=officer, time=now())
    found = audit_trail.find(access, AuditQuery(patient=patient.key), lambda _: True, count=100)
    assert [one.id for one in found.events] == [f"{own}-0"]
    access = Access(transaction="ITI-81", caller=officer, time=now())
    assert audit_trail.one(access, theirs, 0) is None


@pytest.mark.parametrize("role", [Role.SYSTEM, Role.CLINICIAN, Role.AGENCY_CLERK, Role.RECEPTION])
def test_others_have_no_right(role: Role) -> None:
    with pytest.raises(NotTheirs):
        look(replace(OPERATOR, role=role))


def test_decisions_are_told_as_consent_permitted_and_denied() -> None:
    hospital = Hospital()
    patient = hospital.patient()
    made = [
        AuditedDecision(
            "1", permitted=True, rule=14, reason=next(iter(Reason)), patient=patient.key
        ),
        AuditedDecision(
            "2", permitted=False, rule=9, reason=next(iter(Reason)), patient=patient.key
        ),
    ]
    kept = audit.one(record(hospital, patient.key, decisions=tuple(made)))
    assert kept is not None
    told = {one.event.types[0].code: one for one in audit_patterns.derive(kept)}
    assert set(told) == {"ITI-78", "AuthZ-Consent"}
    outcomes = [
        one.event.outcome
        for one in audit_patterns.derive(kept)
        if one.event.types[0].code == "AuthZ-Consent"
    ]
    assert outcomes == [8, 0]


def test_a_plain_fhir_interaction_is_a_restful_event() -> None:
    hospital = Hospital()
    patient = hospital.patient()
    kept = audit.one(record(hospital, patient.key, transaction="FHIR read"))
    assert kept is not None
    (message,) = audit_patterns.derive(kept)
    assert (message.event.id.code, message.event.action) == ("rest", "R")


def test_the_span_of_time_is_found_among_records_out_of_order() -> None:
    hospital = Hospital()
    patient = hospital.patient()
    start = datetime(2027, 1, 1, tzinfo=UTC)
    minutes = [0, 7, 3, 90, 80, 200, 199, 400, 1000]
    kept = {
        each: record(hospital, patient.key, time=start + timedelta(minutes=each))
        for each in minutes
    }
    for since, until in ((0, 1001), (3, 8), (80, 200), (199, 201), (401, 999), (1000, 2000)):
        found = audit.between(
            start + timedelta(minutes=since), start + timedelta(minutes=until), limit=100
        )
        ids = {one.id for one in found}
        wanted = {kept[each] for each in minutes if since <= each < until}
        assert wanted <= ids
    newest = look(OPERATOR, AuditQuery(since=start + timedelta(minutes=80)))
    assert [one.event.time for one in newest] == [
        start + timedelta(minutes=each) for each in (1000, 400, 199, 200, 80, 90)
    ]
