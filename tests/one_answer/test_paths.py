"""What is arranged about a record holds at every door: an emergency, a death, a mandate's end."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from naru.audit import queries as audit
from naru.consent import policy as policies
from naru.consent.programmes import Programme, ProgrammeKind
from naru.domain.arrangements import EmergencyCase, RelationKind, Relationship
from naru.domain.caller import Assurance, Caller, PurposeOfUse, Role
from naru.domain.korea import korean_day
from naru.domain.stored_query import FindDocuments
from naru.domain.xds import AvailabilityStatus
from naru.exchange.access import Access
from naru.exchange.consent import mandates, wishes
from naru.exchange.documents.stored_query import stored_query
from naru.exchange.treatment import relations as treatment
from naru.exchange.without_consent import emergency
from tests.one_answer.adapters import Question
from tests.one_answer.comparing import compare
from tests.one_answer.drawn import keep
from tests.one_answer.facts import Act
from tests.one_answer.places import PROGRAMMES, Asker, Place, Places
from tests.one_answer.sight import STUDY
from tests.one_answer.test_told_worlds import consents, withdraws
from tests.one_answer.wire import NotAdmitted, Wire
from tests.one_answer.world import APPROVED, Patient, World

ETREAT = PurposeOfUse.EMERGENCY_TREATMENT


def in_emergency(place: Place) -> Asker:
    return Asker(place, Role.CLINICIAN, purpose=ETREAT)


def by(place: Place, role: Role, person: UUID, world: World) -> Access:
    """Somebody of an institution at its own page, now."""
    caller = Caller(
        role=role,
        purpose=PurposeOfUse.TREATMENT,
        assurance=Assurance.SESSION,
        institution=place.id,
        person=person,
    )
    return Access(transaction="TEST", caller=caller, time=world.now())


def known_as(wire: Wire, asker: Asker) -> UUID:
    """Under which id the exchange knows the user of an asker."""
    assert wire.fhir(asker, "GET", "Observation", asked={"_id": str(uuid4())}).status_code == 200
    person = audit.between(None, None, limit=1)[0].record.caller.person
    assert person is not None
    return person


def opens_an_emergency(world: World, patient: Patient, place: Place) -> None:
    access = by(place, Role.CLINICIAN, world.users[place.id], world)
    begun = emergency.open_record(access, patient.key, EmergencyCase.UNCONSCIOUS, "시험")
    act = Act(
        kind="emergency",
        time=begun.since,
        key=begun.id,
        at=place.id,
        who=begun.person,
        form=str(begun.case),
        expires=begun.until,
    )
    patient.said.append(act)


def dies(world: World, patient: Patient, place: Place) -> None:
    desk = by(place, Role.RECEPTION, uuid4(), world)
    treatment.begin(desk, patient.key, RelationKind.RECEPTION, "TEST-1")
    access = by(place, Role.DOCTOR, uuid4(), world)
    mandates.note_death(access, patient.key, korean_day(access.time))
    patient.said.append(Act(kind="death", time=access.time))


Step = Callable[[World, Patient, Place], None]
STEPS: dict[str, tuple[Step, ...]] = {
    "an emergency": (lambda world, patient, _: withdraws(world, patient), opens_an_emergency),
    "a death": (dies,),
    "a death amid an emergency": (opens_an_emergency, dies),
}


@pytest.mark.parametrize("steps", STEPS.values(), ids=STEPS.keys())
def test_what_is_arranged_holds_at_every_door(
    places: Places, wire: Wire, steps: tuple[Step, ...]
) -> None:
    world = World(places.hospitals)
    source, viewer, other = places.hospitals
    patient = world.patient(source)
    consents(world, patient)
    assert world.sends(source, patient, [korean_day(world.clock)], in_folder=True)
    for place in (viewer, other):
        world.users[place.id] = known_as(wire, in_emergency(place))
    for step in steps:
        step(world, patient, viewer)
    for asker in (in_emergency(viewer), in_emergency(other), Asker(viewer)):
        compare(wire, Question(world=world, asker=asker, patient=patient))


def test_single_records_stand_beside_documents_at_every_door(places: Places, wire: Wire) -> None:
    world = World(places.hospitals)
    source, viewer, _ = places.hospitals
    patient = world.patient(source)
    consents(world, patient)
    assert world.sends(source, patient, [korean_day(world.clock)])
    for kind, days in (("Observation", 0), ("Observation", -1), ("Condition", 0)):
        keep(world, patient, wire, source, kind, days=days)
    citizen = Asker(viewer, Role.PATIENT, about=patient.affinity_id)
    for asker in (citizen, Asker(viewer), Asker(viewer, Role.CLINICIAN)):
        question = Question(world=world, asker=asker, patient=patient, status=(APPROVED,))
        compare(wire, question)


def joins(world: World, patient: Patient) -> UUID:
    access = own_page(world, patient)
    joined = wishes.join_programme(access, patient.key, STUDY)
    patient.said.append(Act(kind="programme", time=access.time, key=STUDY))
    return joined


def leaves(world: World, patient: Patient) -> None:
    access = own_page(world, patient)
    wishes.leave_programme(access, patient.key, STUDY)
    patient.said.append(Act(kind="programme-end", time=access.time, key=STUDY))


def own_page(world: World, patient: Patient) -> Access:
    caller = Caller(
        role=Role.PATIENT,
        purpose=PurposeOfUse.PATIENT_REQUEST,
        assurance=Assurance.SESSION,
        patient=patient.key,
    )
    return Access(transaction="TEST", caller=caller, time=world.now())


@pytest.fixture
def study(monkeypatch: pytest.MonkeyPatch) -> None:
    """An approved programme, which a purpose of use names."""
    shipped = policies.policy()
    today = korean_day(datetime.now(UTC))
    approved = Programme(
        code=STUDY,
        name="시험 연구",
        kind=ProgrammeKind.RESEARCH,
        approval="TEST",
        first=today - timedelta(days=9),
        last=today + timedelta(days=9),
        records=True,
        purpose=f"{STUDY}^^{PROGRAMMES}",
    )
    changed = replace(shipped, settings=replace(shipped.settings, programmes=(approved,)))
    monkeypatch.setattr(policies, "_policy", lambda *_, **__: changed)


def test_a_programme_reads_of_whom_joined_it_at_every_door(
    places: Places, wire: Wire, study: None
) -> None:
    world = World(places.hospitals)
    source, viewer, _other = places.hospitals
    patient = world.patient(source, received=False)
    consents(world, patient)
    assert world.sends(source, patient, [korean_day(world.clock)], in_folder=True)
    researcher = Asker(viewer, Role.RESEARCHER, programme=STUDY)
    asked = Question(world=world, asker=researcher, patient=patient)
    for step, sees in ((None, False), (joins, True), (leaves, False)):
        if step is not None:
            step(world, patient)
        assert asked.sight.sees(world.documents[0]) is sees
        compare(wire, asked)
    joins(world, patient)
    # Nobody asks for a programme who does not say so, nor for one that nobody approved.
    compare(wire, replace(asked, asker=Asker(viewer, Role.CLINICIAN)))
    with pytest.raises(NotAdmitted):
        wire.fhir(Asker(viewer, Role.RESEARCHER, programme="TEST-other"), "GET", "Observation")


def test_what_an_institution_wrote_is_its_own_chart_whatever_the_patient_says(
    places: Places, wire: Wire
) -> None:
    world = World(places.hospitals)
    source, viewer, _other = places.hospitals
    patient = world.patient(source, received=False)
    consents(world, patient)
    assert world.sends(source, patient, [korean_day(world.clock)], in_folder=True)
    withdraws(world, patient)
    own, others = (
        Question(world=world, asker=Asker(one), patient=patient) for one in (source, viewer)
    )
    assert own.sight.sees(world.documents[0])
    assert not others.sight.sees(world.documents[0])
    compare(wire, own)
    compare(wire, others)


def test_a_guardian_whose_mandate_ended_yesterday_is_refused_and_recorded(
    places: Places,
) -> None:
    world = World(places.hospitals)
    source = places.hospitals[0]
    patient, guardian = world.patient(source), uuid4()
    consents(world, patient)
    assert world.sends(source, patient, [korean_day(world.clock)])
    desk = by(source, Role.RECEPTION, uuid4(), world)
    then = replace(desk, time=desk.time - timedelta(days=9))
    last = korean_day(desk.time) - timedelta(days=1)
    mandates.give(then, patient.key, guardian, Relationship.COURT_GUARDIAN, last=last)

    query = FindDocuments(patient_id=patient.affinity_id, status=(AvailabilityStatus.APPROVED,))
    access = None
    for days, found in ((2, 1), (0, 0)):
        caller = Caller(
            role=Role.REPRESENTATIVE,
            purpose=PurposeOfUse.PATIENT_REQUEST,
            assurance=Assurance.SESSION,
            person=guardian,
        )
        access = Access(transaction="ITI-18", caller=caller, time=desk.time - timedelta(days=days))
        assert len(stored_query(access, query, leaf=True).entries) == found
    assert access is not None
    (refused,) = {one.reason for one in access.decisions}
    assert (refused, access.recorded is not None) == ("no-mandate", True)
