"""Worlds and questions as Hypothesis draws them."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from naru.consent.snapshots import Exclusion
from naru.domain.caller import PurposeOfUse, Role
from naru.domain.korea import korean_day
from naru.domain.privacy_policies import Policy
from naru.domain.xds import AssociationType
from tests.one_answer import agreed
from tests.one_answer.adapters import Question
from tests.one_answer.places import Asker, Place, Places
from tests.one_answer.wire import Wire
from tests.one_answer.world import (
    APPROVED,
    DEPARTMENTS,
    DEPRECATED,
    SINGLE,
    Patient,
    Record,
    Said,
    World,
)

_WRITTEN = {"Observation": "effectiveDateTime", "Condition": "recordedDate"}


@st.composite
def worlds(draw: st.DrawFn, places: Places, wire: Wire) -> World:
    """Hospitals send, and patients say what may be seen of it."""
    world = World(places.hospitals)
    homes = [places.hospitals[0], draw(st.sampled_from(places.hospitals))]
    patients = [world.patient(home, received=False) for home in homes]
    for one in patients:
        _receives(draw, world, one, wire)
    steps = [_sends, _sends, _sends, _says, _says, _changes, _keeps, _signs, _books, _takes_on]
    for one in patients:
        if draw(st.integers(0, 5)):
            _grants(draw, world, one)
    for _ in range(draw(st.integers(3, 8))):
        draw(st.sampled_from(steps))(draw, world, draw(st.sampled_from(patients)), wire)
    if not draw(st.integers(0, 4)):
        world.merge(*patients)
        for _ in range(draw(st.integers(0, 2))):
            draw(st.sampled_from(steps))(draw, world, patients[0], wire)
    return world


def _receives(draw: st.DrawFn, world: World, patient: Patient, wire: Wire) -> None:
    """Most hospitals treat the patient; one may have done so, be booked, or may never have."""
    for place in world.places:
        how = draw(st.sampled_from([*["lasting"] * 4, "over", "booked", "never"]))
        if how == "booked":
            agreed.writes_an_appointment(world, patient, place, wire, draw(_AHEAD))
        elif how != "never":
            world.receives(place, patient, lasting=how == "lasting")


_NEWS = 12
"""Days: so long ago nothing that was sent by name has expired, and what follows has its time."""

_AHEAD = st.sampled_from([1, 3, 6, 8, 30])
"""Days. A booking counts a week before its moment: not seven, the hour would decide."""


def _books(draw: st.DrawFn, world: World, patient: Patient, wire: Wire) -> None:
    """The hospital that has registered the patient books them, and may take it back."""
    days = draw(_AHEAD)
    if draw(st.booleans()):
        booked = agreed.books_at_the_page(world, patient, days)
    else:
        booked = agreed.takes_a_slot(world, patient, wire, days)
    if not draw(st.integers(0, 2)):
        agreed.cancels(world, patient, *booked)


def _takes_on(draw: st.DrawFn, world: World, patient: Patient, _wire: Wire) -> None:
    """Somebody is sent the patient by name, in our days, and accepts."""
    early = world.now() - timedelta(days=_NEWS) - world.clock
    if early > timedelta():
        world.passes(early // timedelta(hours=1))
    receiver = draw(st.sampled_from(world.places))
    sender = draw(st.sampled_from([one for one in world.places if one is not receiver]))
    if world.sends(sender, patient, [_day(draw, world)], to=[receiver]):
        agreed.accepts(world, receiver, world.documents[-1])


def _day(draw: st.DrawFn, world: World) -> date:
    """About the moment; the days around it decide."""
    return korean_day(world.clock) + timedelta(days=draw(st.sampled_from([0, 0, 0, 1, -1, -30])))


def _grants(draw: st.DrawFn, world: World, patient: Patient) -> None:
    today = world.today
    # Not today: the test may run over midnight.
    until = draw(
        st.sampled_from([None, None, None, *(today + timedelta(one) for one in (-29, -1, 1))])
    )
    from_date = korean_day(world.clock) - timedelta(days=draw(st.sampled_from([0, 0, 3, -1])))
    world.say(patient, Said("grant", world.clock, from_date=from_date, until=until))


def _says(draw: st.DrawFn, world: World, patient: Patient, _wire: Wire) -> None:
    kind = draw(st.sampled_from(["grant", "grant", "withdraw", "exclude", "exclude", "exclude"]))
    if kind == "grant":
        _grants(draw, world, patient)
        return
    out = draw(_exclusions(world)) if kind == "exclude" else None
    world.say(patient, Said(kind, world.clock, exclusion=out))


def _signs(draw: st.DrawFn, world: World, patient: Patient, _wire: Wire) -> None:
    """A paper at the desk that knows the patient; a paper is itself a document."""
    papers = [Policy.CONSENT_WHOLE, Policy.CONSENT_WHOLE, Policy.WITHDRAWAL_WHOLE]
    world.signs(patient, draw(st.sampled_from(papers)))


def _exclusions(world: World) -> st.SearchStrategy[Exclusion]:
    places = st.sampled_from([one.id for one in world.places])
    departments = st.sampled_from([f"{one}^^2.999.3" for one in DEPARTMENTS])
    things = [one.unique_id for one in (*world.documents, *world.sets, *world.folders)]
    found: list[st.SearchStrategy[Exclusion]] = [
        st.builds(Exclusion, source=places),
        st.builds(Exclusion, viewer=places),
        st.builds(Exclusion, department=departments),
        st.builds(Exclusion, source=places, department=departments),
    ]
    if things:
        found.append(st.builds(Exclusion, document=st.sampled_from(things)))
    return st.one_of(found)


def _sends(draw: st.DrawFn, world: World, patient: Patient, _wire: Wire) -> None:
    world.passes(draw(st.sampled_from([1, 1, 24])))
    number = draw(st.integers(1, 2))
    world.sends(
        draw(st.sampled_from(world.places)),
        patient,
        [_day(draw, world) for _ in range(number)],
        departments=[draw(st.sampled_from(DEPARTMENTS)) for _ in range(number)],
        to=draw(st.lists(st.sampled_from(world.places), max_size=1)),
        in_folder=draw(st.booleans()),
    )


def _changes(draw: st.DrawFn, world: World, patient: Patient, _wire: Wire) -> None:
    """A document takes another's place, or adds to it."""
    held = [
        one
        for one in world.documents
        if one.patient.survivor is patient.survivor and one.status is APPROVED
    ]
    if not held:
        return
    target = draw(st.sampled_from(held))
    kind = draw(st.sampled_from([AssociationType.RPLC, AssociationType.APND]))
    source = target.source if kind is AssociationType.RPLC else draw(st.sampled_from(world.places))
    world.sends(source, patient, [_day(draw, world)], relation=(kind, target))


def _keeps(draw: st.DrawFn, world: World, patient: Patient, wire: Wire) -> None:
    """A hospital writes a single record, at the door; it is taken as far as it may be."""
    source, kind = draw(st.sampled_from(world.places)), draw(st.sampled_from([*_WRITTEN]))
    keep(world, patient, wire, source, kind, days=draw(st.sampled_from([0, 0, -1, -30])))


def keep(
    world: World, patient: Patient, wire: Wire, source: Place, kind: str, *, days: int
) -> None:
    """A single record of so many days from today."""
    day = world.today + timedelta(days=days)
    number = patient.survivor.affinity_id
    told: dict[str, Any] = {
        "resourceType": kind,
        "subject": {"identifier": {"system": f"urn:oid:{number.authority}", "value": number.value}},
        "code": {"text": SINGLE},
        _WRITTEN[kind]: day.isoformat(),
    }
    if kind == "Observation":
        told["status"] = "final"
    answer = wire.fhir(Asker(source), "POST", kind, json=told)
    assert answer.status_code in {201, 403}, answer.text
    if answer.status_code == 201:
        id_, now = answer.json()["id"], datetime.now(UTC)
        world.records.append(
            Record(type=kind, id=id_, patient=patient, source=source, day=day, registered=now)
        )


def askers(draw: st.DrawFn, world: World, places: Places) -> Asker:
    """Any of those who may come to a door."""
    hospital = st.sampled_from(places.hospitals)
    anyone = st.sampled_from([one.survivor for one in world.patients]).map(
        lambda one: one.affinity_id
    )
    place = draw(
        st.one_of(
            hospital,
            hospital,
            hospital,
            hospital,
            st.sampled_from([places.suspended, places.agency, places.insurer, places.stranger]),
        )
    )
    role = draw(st.sampled_from([Role.SYSTEM] * 5 + [*_USERS]))
    if role is Role.SYSTEM:
        return Asker(place)
    if role is Role.CLINICIAN:
        purpose = draw(st.sampled_from([*_PURPOSES]))
        return Asker(place, role, draw(st.none() | anyone), purpose)
    return Asker(place, role, draw(anyone))


_USERS = (Role.CLINICIAN, Role.PATIENT, Role.REPRESENTATIVE)
_PURPOSES = (None, PurposeOfUse.TREATMENT, PurposeOfUse.EMERGENCY_TREATMENT, PurposeOfUse.RESEARCH)


@st.composite
def questions(draw: st.DrawFn, world: World, places: Places) -> Question:
    """Any asker's question about any patient, narrowed or not."""
    created = sorted({one.created for one in world.documents if one.created})
    return Question(
        world=world,
        asker=askers(draw, world, places),
        patient=draw(st.sampled_from(world.patients)),
        status=draw(st.sampled_from([(APPROVED,), (APPROVED,), (APPROVED, DEPRECATED)])),
        since=draw(st.sampled_from(["", "", *created])),
        department=draw(st.sampled_from(["", "", *DEPARTMENTS])),
    )
