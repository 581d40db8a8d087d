"""What is arranged about a record holds at the next request, by everybody's own services."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from naru.audit import queries as audit
from naru.consent import cases
from naru.consent import queries as consent
from naru.consent.acts import ActKind
from naru.consent.cases import CaseKind
from naru.consent.errors import CaseClosed, NotPermitted
from naru.domain.arrangements import (
    Demand,
    EmergencyCase,
    RelationKind,
    Relationship,
    Sending,
    Visit,
)
from naru.domain.caller import Assurance, Caller, PurposeOfUse, Role
from naru.domain.codes import Code
from naru.domain.decision import CONSTANT_SENTENCE, Scope
from naru.domain.registry_errors import RegistryFailure
from naru.domain.stored_query import FindDocuments
from naru.domain.xds import AvailabilityStatus, DocumentRequest
from naru.exchange import arranging
from naru.exchange.access import Access, changing
from naru.exchange.audit import crossings
from naru.exchange.consent import mandates, wishes
from naru.exchange.documents.provide_and_register import provide_and_register
from naru.exchange.documents.retrieve import retrieve
from naru.exchange.documents.stored_query import stored_query
from naru.exchange.operating import UNLISTED
from naru.exchange.sendings import delivery
from naru.exchange.treatment import relations as treatment
from naru.exchange.without_consent import emergency, statutory
from naru.formats.fhir.records.visits import visit_of
from naru.notifications import models as notifications
from tests.exchange.hospitals import (
    TODAY,
    Hospital,
    Patient,
    a_record,
    addressed,
    bytes_of,
    now,
)
from tests.exchange.test_decide import merge
from tests.registry.synthetic import in_the_name_of, submission

pytestmark = pytest.mark.django_db(transaction=True)


def by(hospital: Hospital, role: Role, person: UUID | None = None) -> Access:
    """Somebody of a hospital."""
    access = hospital.access()
    person = person or uuid4()
    access.caller = replace(access.caller, role=role, person=person, assurance=Assurance.SESSION)
    return access


def by_patient(patient: Patient) -> Access:
    """The patient at their own portal."""
    caller = Caller(
        role=Role.PATIENT,
        purpose=PurposeOfUse.PATIENT_REQUEST,
        assurance=Assurance.SESSION,
        patient=patient.key,
    )
    return Access(transaction="TEST", caller=caller, time=now())


def finds(access: Access, patient: Patient) -> set[str]:
    """The uniqueIds of what is shown."""
    query = FindDocuments(patient_id=patient.affinity_id, status=tuple(AvailabilityStatus))
    return {each.unique_id for each in stored_query(access, query, leaf=True).entries}


def told(kind: str) -> int:
    return notifications.Notice.objects.filter(kind=kind).count()


def refuses(do: Callable[[], object]) -> None:
    """Refused with the one sentence, and recorded as a refusal."""
    with pytest.raises(NotPermitted, match=CONSTANT_SENTENCE):
        do()
    assert audit.between(None, None, limit=1)[0].record.errors == ("NotPermitted",)


def test_an_emergency_opens_a_record_for_who_opened_it_and_is_reviewed() -> None:
    here, there = Hospital(), Hospital()
    patient = here.patient()
    patient.consents()
    sent = here.sends(patient)
    patient.withdraws()
    doctor = uuid4()

    def asks(person: UUID) -> set[str]:
        access = by(there, Role.DOCTOR, person)
        access.caller = replace(access.caller, purpose=PurposeOfUse.EMERGENCY_TREATMENT)
        return finds(access, patient)

    assert asks(doctor) == set()
    opened = emergency.open_record(
        by(there, Role.DOCTOR, doctor), patient.key, EmergencyCase.UNCONSCIOUS, "시험"
    )
    assert opened.until - opened.since == timedelta(hours=24)
    assert asks(doctor) == {sent.unique_id}
    assert asks(uuid4()) == set()
    assert finds(by(there, Role.DOCTOR, doctor), patient) == set()  # For treatment, not emergency.
    assert told("emergency-access") == 1

    refuses(lambda: emergency.reviews(by(there, Role.DOCTOR)))
    (review,) = emergency.reviews(by(there, Role.PRIVACY_OFFICER)).waiting
    assert review.due - review.opened == timedelta(hours=72)
    assert emergency.escalate(review.due + timedelta(seconds=1)) == 1
    assert emergency.escalate(review.due + timedelta(seconds=2)) == 1
    late = notifications.Notice.objects.filter(kind="emergency-unreviewed")
    # No operating body is listed here, and its people read it all the same.
    assert {one.recipient for one in late} == {there.id, UNLISTED}
    assert told("emergency-unreviewed") == 2
    refuses(
        lambda: emergency.review(
            by(here, Role.PRIVACY_OFFICER), review.id, "다른 기관", justified=True
        )
    )
    refuses(  # Nor whoever opened it, in another post.
        lambda: emergency.review(
            by(there, Role.PRIVACY_OFFICER, doctor), review.id, "나는 옳았다", justified=True
        )
    )
    emergency.review(by(there, Role.PRIVACY_OFFICER), review.id, "시험", justified=True)
    with pytest.raises(CaseClosed):
        emergency.review(by(there, Role.PRIVACY_OFFICER), review.id, "다시", justified=False)

    emergency.close_record(by(there, Role.DOCTOR, doctor), patient.key, opened.id)
    assert asks(doctor) == set()


def test_an_emergency_is_opened_by_a_clinician_with_a_reason_and_not_against_the_patient() -> None:
    hospital = Hospital()
    patient = hospital.patient()
    case = EmergencyCase.NOBODY_TO_ASK

    def opens(role: Role, reason: str = "시험", hours: int | None = None) -> object:
        return emergency.open_record(by(hospital, role), patient.key, case, reason, hours=hours)

    for role in (Role.RECEPTION, Role.NURSE, Role.SYSTEM, Role.PRIVACY_OFFICER):
        refuses(lambda role=role: opens(role))  # type: ignore[misc]  # mypy: a default in a lambda.
    refuses(lambda: opens(Role.DOCTOR, " "))
    refuses(lambda: opens(Role.DOCTOR, hours=25))
    wishes.never_in_emergency(by_patient(patient), patient.key, never=True)
    refuses(lambda: opens(Role.PARAMEDIC))
    wishes.never_in_emergency(by_patient(patient), patient.key, never=False)
    opens(Role.PARAMEDIC, hours=1)


def test_a_mandate_opens_what_it_covers_until_its_last_day() -> None:
    hospital = Hospital()
    patient, other = hospital.patient(), hospital.patient()
    patient.consents()
    first, second = hospital.sends(patient), hospital.sends(patient)
    speaker = Caller(
        role=Role.REPRESENTATIVE,
        purpose=PurposeOfUse.PATIENT_REQUEST,
        assurance=Assurance.SESSION,
        person=other.key,
    )

    def asks() -> set[str]:
        return finds(Access(transaction="TEST", caller=speaker, time=now()), patient)

    def gives(access: Access, last: date | None = TODAY) -> UUID:
        scope = Scope(documents=frozenset({first.unique_id}))
        kind = Relationship.MANDATARY
        return mandates.give(access, patient.key, other.key, kind, last=last, scope=scope)

    assert asks() == set()
    refuses(lambda: gives(by_patient(other)))
    refuses(lambda: gives(by_patient(patient), None))
    refuses(lambda: gives(by_patient(patient), TODAY - timedelta(days=1)))
    mandate = gives(by_patient(patient))
    assert asks() == {first.unique_id} < {first.unique_id, second.unique_id}
    assert mandates.represented_by((other.key,), now()) == (patient.key,)
    assert mandates.represented_by((other.key,), now() + timedelta(days=1)) == ()

    mandates.flag_abuse(by(hospital, Role.CALL_CENTRE_AGENT), patient.key, "시험")
    assert asks() == set()
    refuses(lambda: mandates.lift_abuse_flag(by(hospital, Role.DOCTOR), patient.key, "시험"))
    mandates.lift_abuse_flag(by(hospital, Role.PRIVACY_OFFICER), patient.key, "시험")
    assert asks() == {first.unique_id}

    mandates.end(Access(transaction="TEST", caller=speaker, time=now()), patient.key, mandate)
    assert asks() == set()
    assert mandates.represented_by((other.key,), now()) == ()
    assert (told("mandate-begun"), told("mandate-ended")) == (1, 1)


def test_genetic_items_are_shown_to_no_representative_but_a_child_s() -> None:
    here = Hospital()
    desk = by(here, Role.RECEPTION)
    grown, child = here.patient(), here.patient(born=f"{TODAY.year - 9}0101")
    mandatary, mother = uuid4(), uuid4()
    last = TODAY + timedelta(days=9)
    mandates.give(by_patient(grown), grown.key, mandatary, Relationship.MANDATARY, last=last)
    mandates.give(desk, child.key, mother, Relationship.LEGAL_REPRESENTATIVE, last=last)
    for one in (grown, child):
        one.consents()
    told = {one: (sends_genetic(here, one), here.sends(one).unique_id) for one in (grown, child)}

    def represented(patient: Patient, person: UUID) -> set[str]:
        access = by_patient(patient)
        access.caller = replace(access.caller, role=Role.REPRESENTATIVE, person=person)
        return finds(access, patient)

    assert finds(by_patient(grown), grown) == {*told[grown]}
    assert represented(grown, mandatary) == {told[grown][1]}  # 생명윤리법 제46조제3항.
    assert represented(child, mother) == {*told[child]}  # By a setting: see policy.json.


def sends_genetic(hospital: Hospital, patient: Patient) -> str:
    """A genetic document of the hospital's own, by its uniqueId; sent for the same disease."""
    said = a_record(patient)
    codes = (*said.confidentiality_codes, Code("GDIS", "2.16.840.1.113883.5.4"))
    said = replace(said, confidentiality_codes=codes)
    there = Hospital()
    officer = by(hospital, Role.PRIVACY_OFFICER)
    wishes.same_disease(officer, patient.key, there.id, "TEST", days=9)
    sent = in_the_name_of(submission(patient.affinity_id, said), hospital.oid)
    sent = addressed(sent, there.oid)
    documents = {said.entry_uuid: bytes_of(b"secret")}
    kept = provide_and_register(hospital.access("ITI-41"), sent, documents)
    return kept.submission.entries[0].unique_id


def test_an_adult_has_no_legal_representative_and_a_desk_notes_a_court_s_guardian() -> None:
    hospital = Hospital()
    patient, other = hospital.patient(), hospital.patient()

    def notes(role: Role, kind: Relationship) -> UUID:
        return mandates.give(by(hospital, role), patient.key, other.key, kind, last=None)

    refuses(lambda: notes(Role.RECEPTION, Relationship.LEGAL_REPRESENTATIVE))
    refuses(lambda: notes(Role.DOCTOR, Relationship.COURT_GUARDIAN))
    notes(Role.RECEPTION, Relationship.COURT_GUARDIAN)


def test_no_desk_and_no_officer_speaks_for_a_patient_whom_their_institution_does_not_know() -> None:
    here, there = Hospital(), Hospital()
    patient, guardian = here.patient(), there.patient()
    desk, officer = by(there, Role.RECEPTION), Role.PRIVACY_OFFICER
    kind = Relationship.COURT_GUARDIAN

    refuses(lambda: mandates.give(desk, patient.key, guardian.key, kind, last=None))
    assert mandates.represented_by((guardian.key,), now()) == ()
    mandate = mandates.give(by(here, Role.RECEPTION), patient.key, guardian.key, kind, last=None)
    refuses(lambda: mandates.end(by(there, Role.RECEPTION), patient.key, mandate))
    refuses(lambda: mandates.flag_abuse(by(there, officer), patient.key, "시험"))
    mandates.flag_abuse(by(here, officer), patient.key, "시험")
    refuses(lambda: mandates.lift_abuse_flag(by(there, officer), patient.key, "시험"))
    refuses(lambda: mandates.correct_death(by(there, officer), patient.key, "시험"))
    assert mandates.represented_by((guardian.key,), now()) == ()


def test_a_patient_sees_what_whoever_represents_them_looked_at() -> None:
    hospital = Hospital()
    patient, other = hospital.patient(), hospital.patient()
    last = TODAY + timedelta(days=1)
    kind = Relationship.MANDATARY
    mandates.give(by_patient(patient), patient.key, other.key, kind, last=last)
    speaker = Caller(
        role=Role.REPRESENTATIVE,
        purpose=PurposeOfUse.PATIENT_REQUEST,
        assurance=Assurance.SESSION,
        person=other.key,
        patient=patient.key,
    )
    finds(Access(transaction="TEST", caller=speaker, time=now()), patient)
    finds(by_patient(patient), patient)

    seen = crossings.who_saw(by_patient(patient), patient.key).seen
    people = [one.crossing.role for one in seen]
    assert Role.REPRESENTATIVE in people
    assert Role.PATIENT not in people


def test_a_death_ends_the_portal_and_queries_until_it_is_corrected() -> None:
    here, there = Hospital(), Hospital()
    patient = here.patient()
    patient.consents()
    sent = here.sends(patient)
    treatment.begin(by(here, Role.RECEPTION), patient.key, RelationKind.RECEPTION)
    treatment.begin(by(there, Role.RECEPTION), patient.key, RelationKind.RECEPTION)
    assert finds(by_patient(patient), patient) == {sent.unique_id}
    refuses(lambda: mandates.note_death(by(here, Role.RECEPTION), patient.key, TODAY))
    mandates.note_death(by(here, Role.DOCTOR), patient.key, TODAY)
    assert finds(by_patient(patient), patient) == set()
    assert there.finds(patient) == set()
    mandates.correct_death(by(here, Role.PRIVACY_OFFICER), patient.key, "시험")
    assert finds(by_patient(patient), patient) == there.finds(patient) == {sent.unique_id}


def test_a_statutory_demand_opens_what_its_holder_s_officer_releases_and_no_more() -> None:
    here, there, agency = Hospital(), Hospital(), Hospital()
    patient = here.patient()
    patient.consents()
    mine, others = here.sends(patient), there.sends(patient)
    patient.withdraws()
    scope = Scope(first=TODAY)
    asked = Demand(clause="제21조제3항제4호", letter="TEST-1", recipient=agency.id, scope=scope)
    assert agency.finds(patient) == set()
    refuses(lambda: statutory.demand(by(here, Role.DOCTOR), patient.key, asked))
    officer = Role.PRIVACY_OFFICER
    without = replace(asked, scope=Scope())
    refuses(lambda: statutory.demand(by(here, officer), patient.key, without))
    unfounded = replace(asked, clause="제21조제3항제99호"), replace(asked, secret=True)
    for one in unfounded:
        refuses(lambda one=one: statutory.demand(by(here, officer), patient.key, one))
    case = statutory.demand(by(here, officer), patient.key, asked)
    assert agency.finds(patient) == set()
    refuses(lambda: statutory.release(by(there, officer), case, "시험"))
    statutory.release(by(here, officer), case, "시험")
    assert agency.finds(patient) == {mine.unique_id} != {others.unique_id}
    assert there.finds(patient) == {others.unique_id}  # Its own chart, as ever.
    assert told("statutory-release") == 1
    assert cases.still_open(CaseKind.STATUTORY) == ()
    statutory.end(by(here, officer), case)
    refuses(lambda: statutory.end(by(here, officer), case))
    assert agency.finds(patient) == set()


def test_the_law_may_forbid_that_the_patient_is_told() -> None:
    here, agency = Hospital(), Hospital()
    patient = here.patient()
    asked = Demand(
        clause="제21조제3항제6호",
        letter="TEST-1",
        recipient=agency.id,
        scope=Scope(first=TODAY),
        secret=True,
    )
    officer = Role.PRIVACY_OFFICER
    case = statutory.demand(by(here, officer), patient.key, asked)
    statutory.release(by(here, officer), case, "시험")
    assert told("statutory-release") == 0


def test_a_delivery_is_opened_once_and_recalled_until_then() -> None:
    here, pharmacy = Hospital(), Hospital()
    patient = here.patient()
    patient.consents()
    first, second = here.sends(patient), here.sends(patient)
    patient.withdraws()
    chosen = {first.unique_id, second.unique_id}

    def opens(document: str) -> bool:
        asked = DocumentRequest(repository_unique_id=here.repository, document_unique_id=document)
        got = retrieve(by(pharmacy, Role.PHARMACIST), [asked])
        return [b"".join(one.chunks) for one in got.documents] == [b"secret"]

    refuses(
        lambda: delivery.direct(
            by(here, Role.DOCTOR), patient.key, pharmacy.id, chosen, purpose="시험", days=1
        )
    )
    given = delivery.direct(
        by_patient(patient), patient.key, pharmacy.id, chosen, purpose="시험", days=1
    )
    assert finds(by(pharmacy, Role.PHARMACIST), patient) == chosen
    assert opens(first.unique_id)
    assert not opens(first.unique_id)
    assert finds(by(pharmacy, Role.PHARMACIST), patient) == {second.unique_id}
    delivery.recall(by_patient(patient), patient.key, given)
    assert not opens(second.unique_id)
    refuses(lambda: delivery.recall(by_patient(patient), patient.key, given))


def test_a_delivery_of_who_was_merged_since_is_opened_once_by_its_recipient() -> None:
    here, pharmacy = Hospital(), Hospital()
    survivor, subsumed = here.patient(), here.patient()
    for one in (survivor, subsumed):
        one.consents()
    chosen = here.sends(subsumed).unique_id
    other = here.sends(survivor).unique_id
    directed = by_patient(subsumed)
    delivery.direct(directed, subsumed.key, pharmacy.id, {chosen}, purpose="시험", days=1)
    merge(here, survivor, subsumed)

    def opens(document: str) -> bool:
        asked = DocumentRequest(repository_unique_id=here.repository, document_unique_id=document)
        got = retrieve(by(pharmacy, Role.PHARMACIST), [asked])
        return [b"".join(one.chunks) for one in got.documents] == [b"secret"]

    assert finds(by(pharmacy, Role.PHARMACIST), survivor) == {chosen}
    assert [opens(one) for one in (other, chosen, chosen)] == [False, True, False]
    assert finds(by(pharmacy, Role.PHARMACIST), survivor) == set()


def test_no_way_hides_what_another_shows() -> None:
    here, there = Hospital(), Hospital()
    patient, doctor = here.patient(), uuid4()
    letter = here.sends(patient, there)

    def in_emergency() -> Access:
        access = by(there, Role.DOCTOR, doctor)
        access.caller = replace(access.caller, purpose=PurposeOfUse.EMERGENCY_TREATMENT)
        return access

    emergency.open_record(in_emergency(), patient.key, EmergencyCase.UNCONSCIOUS, "시험")
    wishes.never_in_emergency(by_patient(patient), patient.key, never=True)
    assert finds(in_emergency(), patient) == {letter.unique_id}  # It was sent to them by name.
    patient.consents()
    patient.withdraws()
    assert finds(in_emergency(), patient) == set()  # The sending is held.
    delivery.direct(
        by_patient(patient), patient.key, there.id, {letter.unique_id}, purpose="시험", days=1
    )
    assert finds(in_emergency(), patient) == {letter.unique_id}
    assert finds(by(there, Role.DOCTOR), patient) == {letter.unique_id}


def test_what_is_from_before_the_consent_is_sent_where_the_patient_ticked_it() -> None:
    here, there = Hospital(), Hospital()
    patient = here.patient()
    patient.consents()
    old = TODAY - timedelta(days=9)
    with pytest.raises(RegistryFailure):
        here.sends(patient, there, day=old)
    access = by(here, Role.DOCTOR)
    ticked = Sending(
        id=uuid4(),
        since=access.time,
        until=access.time + timedelta(days=1),
        sender=here.id,
        recipient=there.id,
        older=True,
    )
    with changing(access):
        arranging.say(access, patient.key, ActKind.SENDING, sending=ticked)
    sent = here.sends(patient, there, day=old)
    assert there.finds(patient) == {sent.unique_id}


def test_who_opened_what_was_sent_to_them_is_known_after_the_consent_ended() -> None:
    here, there = Hospital(), Hospital()
    patient = here.patient()
    patient.consents()
    opened, unopened = here.sends(patient, there), here.sends(patient, there)
    asked = DocumentRequest(
        repository_unique_id=here.repository, document_unique_id=opened.unique_id
    )
    for one in retrieve(there.access(), [asked]).documents:
        one.chunks.close()
    patient.withdraws()
    received = [
        consent.has_received([patient.key], one.unique_id, there.id) for one in (opened, unopened)
    ]
    assert received == [True, False]
    assert there.finds(patient) == set()  # The exchange's copies are blocked at once.


def test_a_relation_lasts_as_long_as_policy_says_and_ends_when_told() -> None:
    hospital = Hospital()
    patient = hospital.patient()
    refuses(
        lambda: treatment.begin(by(hospital, Role.PHARMACIST), patient.key, RelationKind.RECEPTION)
    )
    begun = treatment.begin(
        by(hospital, Role.RECEPTION), patient.key, RelationKind.ADMISSION, "TEST-1"
    )
    assert begun.until - begun.since == timedelta(days=30)
    (standing,) = consent.standings([patient.key], hospital.id).values()
    assert standing.relations == (begun,)
    assert consent.standings([patient.key], uuid4())[patient.key].relations == ()
    treatment.end(by(hospital, Role.NURSE), patient.key, RelationKind.ADMISSION, "TEST-1")
    (standing,) = consent.standings([patient.key], hospital.id).values()
    assert not standing.relations[0].stands(now())
    refuses(
        lambda: treatment.end(
            by(hospital, Role.NURSE), patient.key, RelationKind.ADMISSION, "TEST-1"
        )
    )


def test_only_a_relation_opens_what_others_wrote() -> None:
    here, there = Hospital(), Hospital()
    patient = here.patient()
    patient.consents()
    sent = here.sends(patient)

    def seen(hospital: Hospital) -> set[str]:
        return hospital.finds(patient, received=False)

    assert seen(here) == {sent.unique_id}  # Who wrote it treated the patient.
    assert seen(there) == set()
    treatment.begin(by(there, Role.RECEPTION), patient.key, RelationKind.RECEPTION, "TEST-1")
    assert seen(there) == {sent.unique_id}
    treatment.end(by(there, Role.RECEPTION), patient.key, RelationKind.RECEPTION, "TEST-1")
    assert seen(there) == set()


def test_an_institution_s_own_record_of_a_visit_begins_and_ends_its_relation() -> None:
    hospital = Hospital()
    patient = hospital.patient()

    def stands() -> list[RelationKind]:
        (standing,) = consent.standings([patient.key], hospital.id).values()
        return [one.kind for one in standing.relations if one.stands(now())]

    def writes(**said: object) -> None:
        access = hospital.access("FHIR update")
        visit = visit_of({"resourceType": "Encounter", **said})
        assert visit is not None
        with changing(access):
            treatment.note_visit(access, patient.key, visit, "Encounter/1")

    writes(status="in-progress", **{"class": {"code": "AMB"}})
    assert stands() == [RelationKind.RECEPTION]
    writes(status="in-progress", **{"class": {"code": "IMP"}})
    assert stands() == [RelationKind.ADMISSION]
    writes(status="entered-in-error")
    assert stands() == []
    writes(status="planned", period={"start": "2026-11-23T09:00:00+09:00"})
    assert stands() == [RelationKind.BOOKING]
    writes(status="finished", period={"start": "2020-01-01", "end": "2020-01-02"})
    assert stands() == []
    assert visit_of({"resourceType": "Observation"}) is None


@pytest.mark.parametrize(
    ("said", "since", "until"),
    [
        ({"status": "booked"}, -7, 1),
        ({"status": "arrived"}, -7, 1),
        ({"status": "checked-in"}, -7, 1),
        ({"status": "fulfilled"}, -7, 1),
        ({"status": "booked", "end": "2026-11-23T01:00:00Z"}, -7, 1 + 1 / 24),
        ({"status": "proposed"}, None, None),
        ({"status": "waitlist"}, None, None),
        ({"status": "cancelled"}, None, None),
        ({"status": "noshow"}, None, None),
        ({"status": "entered-in-error"}, None, None),
        ({"status": "booked", "start": None}, None, None),
        (
            {
                "status": "booked",
                "participant": [{"actor": {"reference": "Patient/1"}, "status": "declined"}],
            },
            None,
            None,
        ),
    ],
)
def test_an_appointment_counts_from_some_days_before_to_policy_s_days_after(
    said: dict[str, object], since: float | None, until: float | None
) -> None:
    hospital, start = Hospital(), datetime(2026, 11, 23, tzinfo=UTC)
    patient = hospital.patient()
    access = replace(hospital.access("FHIR create"), time=start - timedelta(days=2))
    told = {"resourceType": "Appointment", "start": start.isoformat(), **said}
    visit = visit_of({name: value for name, value in told.items() if value is not None})
    assert visit is not None
    with changing(access):
        relation = treatment.note_visit(access, patient.key, visit, "Appointment/1")

    if since is None or until is None:
        assert relation is None
    else:
        assert relation is not None
        assert relation.kind is RelationKind.BOOKING
        assert relation.since == start + timedelta(days=since)
        late = timedelta(seconds=1)  # A moment without its fraction lasts a second.
        assert timedelta() <= relation.until - start - timedelta(days=until) <= late


def test_a_system_begins_treatment_by_its_visits_alone_and_nobody_by_a_referral() -> None:
    hospital = Hospital()
    patient = hospital.patient()
    kinds = (RelationKind.RECEPTION, RelationKind.ADMISSION, RelationKind.BOOKING)
    for kind in RelationKind:
        refuses(
            lambda kind=kind: treatment.begin(hospital.access(), patient.key, kind, "TEST-1")  # type: ignore[misc]
        )
    refuses(
        lambda: treatment.begin(
            by(hospital, Role.DOCTOR), patient.key, RelationKind.REFERRAL, "TEST-1"
        )
    )
    access = hospital.access()
    with pytest.raises(NotPermitted), changing(access):
        treatment.note_visit(access, patient.key, Visit(kind=RelationKind.REFERRAL))
    for kind in kinds:
        access = hospital.access()
        with changing(access):
            relation = treatment.note_visit(access, patient.key, Visit(kind=kind, name=f"{kind}"))
        assert relation is not None
        assert relation.reference
        assert f"{kind}" not in relation.reference.split()  # It may hold a patient's number.
