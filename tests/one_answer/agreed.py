"""What a hospital agrees with a patient, at a door: a booking or a referral begins treatment."""

from datetime import datetime, time, timedelta
from itertools import count
from typing import Any
from uuid import UUID, uuid4

from naru.consent.policy import policy
from naru.domain.arrangements import Relation, RelationKind
from naru.domain.caller import Assurance, Caller, PurposeOfUse, Role
from naru.domain.korea import korean_day, midnight
from naru.domain.scheduling import Hours, Schedule, Slot
from naru.exchange.access import Access
from naru.referrals.models import Referral
from naru.scheduling import schedules
from tests.one_answer.places import Asker, Place
from tests.one_answer.wire import Wire
from tests.one_answer.world import Patient, Record, Thing, World
from tests.staging import looking_as

DEPARTMENT = "01^^http://www.hl7korea.or.kr/CodeSystem/hira-medical-department"
OPEN = (Hours(time(9), time(18)),)
_doctors = count(1)


def counts_when_booked(place: Place, start: datetime, end: datetime) -> Relation:
    """From some days before its day until some days after it, as policy says."""
    settings = policy().settings
    return Relation(
        institution=place.id,
        kind=RelationKind.BOOKING,
        since=start - timedelta(days=settings.booking_days),
        until=end + timedelta(days=settings.relation_days[RelationKind.BOOKING]),
    )


def counts_when_accepted(place: Place, now: datetime) -> Relation:
    days = policy().settings.relation_days[RelationKind.REFERRAL]
    return Relation(
        institution=place.id,
        kind=RelationKind.REFERRAL,
        since=now,
        until=now + timedelta(days=days),
    )


def writes_an_appointment(
    world: World, patient: Patient, place: Place, wire: Wire, days: int
) -> Relation:
    """The hospital's own system says that they come in so many days; of no schedule here.

    Treatment begins by it whether or not the record may be kept (docs/adr/0027).
    """
    start = midnight(world.today + timedelta(days=days)) + timedelta(hours=10)
    end = start + timedelta(minutes=30)
    answer = wire.fhir(Asker(place), "POST", "Appointment", json=_appointment(patient, start, end))
    assert answer.status_code in {201, 202}, answer.text
    if answer.status_code == 201:
        _kept(world, patient, place, answer.json()["id"], start)
    patient.relations.append(relation := counts_when_booked(place, start, end))
    return relation


def takes_a_slot(world: World, patient: Patient, wire: Wire, days: int) -> tuple[str, Relation]:
    """The same of a schedule here, at the hospital that has registered the patient."""
    place, slot = patient.home, _offered(world, patient.home, days)
    said = _appointment(patient, slot.start, slot.end)
    said["slot"] = [{"reference": f"Slot/{slot.name}"}]
    answer = wire.fhir(Asker(place), "POST", "Appointment", json=said)
    assert answer.status_code == 201, answer.text
    return _booked(world, patient, answer.json()["id"], slot)


def books_at_the_page(world: World, patient: Patient, days: int) -> tuple[str, Relation]:
    """Whoever books at the hospital that has registered the patient presses a free time."""
    place, slot = patient.home, _offered(world, patient.home, days)
    client = looking_as(patient.survivor.key, place.id)
    form = {"patient": str(patient.survivor.key), "once": str(uuid4()), "slot": str(slot.name)}
    answer = client.post("/clinic/appointments/book", form)
    assert answer.status_code == 302, answer.content.decode()
    return _booked(world, patient, answer.headers["Location"].rpartition("/")[2], slot)


def cancels(world: World, patient: Patient, appointment: str, relation: Relation) -> None:
    """The hospital takes its booking back at the page; the record says so from then on."""
    client = looking_as(patient.survivor.key, patient.home.id)
    assert client.post(f"/clinic/appointments/{appointment}/cancel").status_code == 302
    patient.relations.remove(relation)


def accepts(world: World, place: Place, sent: Thing) -> bool:
    """Who was sent a patient takes them on; whether that was still to be done."""
    found = Referral.objects.filter(document=sent.unique_id, receiver=place.id).first()
    if found is None:
        return False
    client = looking_as(sent.patient.survivor.key, place.id)
    where = f"/clinic/referrals/{found.referral}/act"
    client.post(where, {"act": "received"})  # Once; again it is refused.
    if client.post(where, {"act": "accepted"}).status_code != 302:
        return False
    sent.patient.relations.append(counts_when_accepted(place, world.now()))
    return True


def _appointment(patient: Patient, start: datetime, end: datetime) -> dict[str, Any]:
    number = patient.survivor.affinity_id
    whose = {"system": f"urn:oid:{number.authority}", "value": number.value}
    return {
        "resourceType": "Appointment",
        "status": "booked",
        "start": start.isoformat(),
        "end": end.isoformat(),
        "participant": [
            {"actor": {"type": "Patient", "identifier": whose}, "status": "accepted"},
        ],
    }


def _offered(world: World, place: Place, days: int) -> Slot:
    """A time of a doctor of their own on that day; nobody has two appointments at once."""
    schedule = Schedule(
        id=uuid4(),
        institution=place.id,
        department=DEPARTMENT,
        practitioner=f"의사 {next(_doctors)}",
        weekly=(OPEN,) * 7,
        slot=timedelta(minutes=30),
        first=world.today,
        closed_on_holidays=False,
    )
    caller = Caller(
        role=Role.REFERRAL_COORDINATOR,
        purpose=PurposeOfUse.TREATMENT,
        assurance=Assurance.SESSION,
        institution=place.id,
        person=uuid4(),
    )
    schedules.keep(Access(transaction="TEST", caller=caller, time=world.now()), schedule)
    day = midnight(world.today + timedelta(days=days))
    slots = [*schedule.slots(day, day + timedelta(days=1))]
    return slots[len(world.records) % len(slots)]


def _booked(world: World, patient: Patient, id_: str, slot: Slot) -> tuple[str, Relation]:
    _kept(world, patient, patient.home, str(UUID(id_)), slot.start)
    patient.relations.append(relation := counts_when_booked(patient.home, slot.start, slot.end))
    return id_, relation


def _kept(world: World, patient: Patient, place: Place, id_: str, start: datetime) -> None:
    kept = Record(
        type="Appointment",
        id=id_,
        patient=patient,
        source=place,
        day=korean_day(start),
        registered=world.now(),
    )
    world.records.append(kept)
