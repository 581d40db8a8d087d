"""One of each thing that a page may be asked about: of a patient, at a hospital, for an agency.

Whatever a route of the router has a key for is here, so that whoever may ask finds their own. Each
is made by the services that the pages call.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from functools import partial
from typing import Any, Final
from uuid import UUID, uuid4

from django.db import transaction

from naru.accounts import people, posts
from naru.accounts.posts import Invitation
from naru.accounts.values import Link, VerifiedPerson
from naru.consent import texts
from naru.consent.cases import CaseEntry, CaseKind, open_case
from naru.deliveries import choosing, sharing
from naru.deliveries import services as deliveries
from naru.deliveries.services import Submitting
from naru.deliveries.sharing import Asking, Sharing
from naru.desk import acts as desk
from naru.desk.forms import Signing
from naru.directory import joining, registers
from naru.domain.arrangements import Demand, EmergencyCase
from naru.domain.caller import Role
from naru.domain.consent_paper import NEEDED, Identification, Identified, Signed
from naru.domain.decision import Scope
from naru.domain.identifiers import Identifier
from naru.domain.joining import Kind
from naru.domain.person import Demographics, Gender, PatientRecord, PersonName
from naru.domain.referrals import ActKind
from naru.domain.registers import Brand
from naru.domain.terminology import System
from naru.exchange import identify
from naru.exchange.access import Access
from naru.exchange.audit import crossings
from naru.exchange.without_consent import emergency, statutory
from naru.formats.terminology.releases import read_release
from naru.notifications import services as notifications
from naru.notifications.models import Notice
from naru.notifications.services import Recipient
from naru.patients import queries as patients
from naru.patients import services as patient_services
from naru.referrals import acting, sending
from naru.scheduling import services as scheduling
from naru.terminology import uploads
from naru.tickets import services as tickets
from naru.ui.clock import now, today
from naru.viewer.opening import open_document
from tests.exchange.hospitals import Patient
from tests.referrals.hospitals import CHART, Hospital, plain_draft
from tests.scheduling.doctors import asks, doctor, says, slots

LOGO: Final = b"\x89PNG\r\n\x1a\n"
SAID: Final = replace(CHART, reason="추가 검사를 부탁드립니다.")
_SEEN: Final = Signing(
    identified=Identified(
        by=Identification.RESIDENT_CARD,
        signed=Signed.WITNESS,
        seen_by="시험접수",
        witness="시험증인",
    ),
    representative=None,
)


class Standing(StrEnum):
    """Whose things are asked for, and by whom."""

    OWN = "own"
    OTHER_PATIENT = "other patient"
    OTHER_INSTITUTION = "other institution"
    EXPIRED = "expired"
    ANONYMOUS = "anonymous"


@dataclass(frozen=True)
class Things:
    """What a page may be asked about, by names of its own; `KEYS` says which a route means.

    `sent` is a referral that the hospital sent, `referral` one that it received; of the tickets,
    `record_ticket` is about a document, `access_ticket` about an access, `call_ticket` of a call.
    """

    patient: UUID
    institution: UUID
    number: str
    act: UUID
    document: str
    withdrawal: UUID
    emergency: UUID
    demand: UUID
    refused: UUID
    released: UUID
    key: UUID
    sheet: UUID
    post: UUID
    account: UUID
    notice: UUID
    match: UUID
    upload: UUID
    schedule: UUID
    appointment: UUID
    sent: UUID
    referral: UUID
    submission: UUID
    link: UUID
    address: str
    fetched: str
    record: UUID
    record_ticket: UUID
    access_ticket: UUID
    call_ticket: UUID


KEYS: Final[Mapping[str, Mapping[str, str]]] = {
    "/console/emergencies/": {"case": "emergency"},
    "/console/statutory/<uuid:case>/end": {"case": "released"},
    "/console/statutory/<uuid:case>/refuse": {"case": "refused"},
    "/console/statutory/": {"case": "demand"},
    "/console/withdrawals/": {"case": "withdrawal"},
    "/console/matching/": {"key": "match"},
    "/clinic/referrals/<uuid:referral>/hira": {"referral": "sent"},
    "/portal/sendings/": {"referral": "sent"},
    "/portal/hospital/": {"hospital": "institution"},
    "/shl/file/": {"ticket": "fetched"},
}
"""Which of the things a route's word is, where it is not called so; the first beginning counts."""

AGENCIES: Final = {"mma": ("병무청", "conscription"), "mpva": ("국가보훈부", "injury-grade")}
"""Two agencies of the data by their codes: the name in the directory, and one of the purposes."""

TICKETS: Final = {
    Role.PRIVACY_OFFICER: "access_ticket",
    Role.CALL_CENTRE_AGENT: "call_ticket",
}
"""Which ticket an office answers; all others that of a document."""

WORDS: Final = {
    "by": "department",
    "part_of": "signature",
    "agency": "mma",
    "factor": "passkey",
}
"""What stands in an address that is no key."""


def keys(path: str, role: Role | None, things: Things) -> dict[str, str]:
    """All the things by the words of that route, as somebody in this role has them."""
    named = {name: str(value) for name, value in asdict(things).items()}
    named["ticket"] = named[TICKETS.get(role, "record_ticket") if role else "record_ticket"]
    named["what"] = "hand-over" if "/hira/" in path else "cancel"
    meant = next((each for start, each in KEYS.items() if path.startswith(start)), {})
    return named | {word: named[each] for word, each in meant.items()}


def things(
    patient: Patient,
    hospital: Hospital,
    elsewhere: Hospital,
    agency: tuple[UUID, str],
    of_the_institution: Mapping[str, Any],
) -> Things:
    """One of each, of a patient who is known at both hospitals; `agency` with its code."""
    patient.consents()
    document = hospital.sends(patient).unique_id
    hospital.finds(patient)
    return Things(
        patient=patient.key,
        number=patient.own.value,
        document=document,
        **of_the_institution,
        **_of_consent(patient, hospital, document, agency[0]),
        **_of_treatment(patient, hospital, elsewhere),
        **_given_out(patient, document, agency[1]),
        **_asked(patient, document, hospital),
    )


def _of_consent(
    patient: Patient, hospital: Hospital, document: str, agency: UUID
) -> dict[str, Any]:
    wording = texts.of("ko", on=today(now())).wording
    act = desk.consent(
        asks(hospital, Role.RECEPTION), patient.key, wording, _SEEN, boxes=NEEDED, until=None
    )
    with transaction.atomic():
        withdrawal = open_case(
            CaseKind.WITHDRAWAL,
            patient=patient.key,
            act=act,
            institution=hospital.id,
            now=now(),
            within=timedelta(days=10),
            first=CaseEntry(who=Role.PATIENT, what="whole"),
        )
    opening = asks(hospital, Role.EMERGENCY_NURSE)
    emergency.open_record(opening, patient.key, EmergencyCase.UNCONSCIOUS, "시험")
    demanded = Demand(
        clause="제21조제3항제8호",
        letter="TEST-공문-1",
        recipient=agency,
        scope=Scope(documents=frozenset({document})),
    )
    officer = partial(asks, hospital, Role.PRIVACY_OFFICER)
    released = statutory.demand(officer(), patient.key, demanded)
    statutory.release(officer(), released, "시험")
    return {
        "act": act,
        "withdrawal": withdrawal,
        "emergency": UUID(opening.objects[-1].id),
        "demand": statutory.demand(officer(), patient.key, demanded),
        "refused": statutory.demand(officer(), patient.key, demanded),
        "released": released,
    }


def of_the_institution(hospital: Hospital) -> dict[str, Any]:
    """What is the hospital's own, or the node's."""
    at = now()
    nurse = Invitation(
        institution=hospital.id, role=Role.NURSE, name="시험간호", first_day=today(at)
    )
    somebody = VerifiedPerson(
        name="시험직원", born=date(1970, 1, 1), gender=Gender.FEMALE, di=str(uuid4())
    )
    officer = Recipient.at_institution(hospital.id, Role.PRIVACY_OFFICER)
    with transaction.atomic():
        leaving = joining.begin(Kind.TERMINATION, hospital.id, time=at)
        sheet = joining.file_sheet(leaving.id, "협약해지통보서", hospital.id, b"%PDF-1.7", time=at)
        notifications.notify("match-review", officer, {}, key=str(uuid4()))
    registers.show_as(hospital.id, Brand(colour="#003366", logo=LOGO))
    return {
        "institution": hospital.id,
        "key": leaving.id,
        "sheet": sheet,
        "post": posts.invite(nurse, at)[0].id,
        "account": people.sign_up(somebody, Link.UNKNOWN, None, at),
        "notice": Notice.objects.get(recipient=hospital.id, kind="match-review").notice,
        "upload": _uploaded(),
        "match": _doubted(),
    }


def _uploaded() -> UUID:
    content = "code,korean\nTEST-1000000000001,가짜약 하나\n".encode()
    release, _refused = read_release(content, System.KD, version="TEST-9", since=today(now()))
    return uploads.bring(release, content, [], now=now(), by=None)


def _doubted() -> UUID:
    """The case of two persons who look alike; made once."""
    known = patients.waiting_cases()
    for oid in ("2.999.810", "2.999.811") if not known else ():
        patient_services.know_domain(oid)
        told = Demographics(
            names=(PersonName(text="황보민서"),), birth_time="19800102", gender=Gender.FEMALE
        )
        record = PatientRecord(identifiers=(Identifier("TEST-1", oid),), demographics=told)
        patient_services.add(record, now=now())
    (case,) = patients.waiting_cases()
    return case.key


def _of_treatment(patient: Patient, hospital: Hospital, elsewhere: Hospital) -> dict[str, Any]:
    schedule = doctor(hospital)
    first, *_ = slots(schedule)
    sent = sending.send(hospital.doctor(), plain_draft(elsewhere.id, patient.key, said=SAID))
    received = sending.send(elsewhere.doctor(), plain_draft(hospital.id, patient.key, said=SAID))
    acting.do(hospital.doctor(), received.id, ActKind.RECEIVED)
    return {
        "schedule": schedule.id,
        "appointment": scheduling.book(asks(hospital), first.name, patient.key).id,
        "sent": sent.id,
        "referral": received.id,
    }


def _given_out(patient: Patient, document: str, agency: str) -> dict[str, Any]:
    chosen = choosing.chosen(says(patient), patient.key, [document])
    asked = Submitting(
        agency=agency,
        purpose=AGENCIES[agency][1],
        documents=(document,),
        days=7,
        shown=choosing.shown(chosen),
        once=uuid4(),
    )
    sharing_ = Sharing(documents=(document,), hours=24, times=10, with_passcode=True, once=uuid4())
    made = sharing.share(says(patient), patient.key, sharing_)
    stranger = Access(transaction="TEST", caller=identify.stranger(address=""), time=now())
    by = Asking(address=made.address, passcode=made.passcode, recipient="시험앱", by_app=True)
    _share, _opened, fetched = sharing.open_link(stranger, by, open_document)
    return {
        "submission": deliveries.submit(says(patient), patient.key, asked).id,
        "link": made.id,
        "address": made.address,
        "fetched": fetched,
    }


def _asked(patient: Patient, document: str, hospital: Hospital) -> dict[str, Any]:
    """An access by the hospital's system, and what the patient asks about it and the document."""
    seen = crossings.of_patient(says(patient), patient.key)
    record = next(one.record for one in seen if one.institution == hospital.id)
    agent = asks(None, Role.CALL_CENTRE_AGENT)
    whose, words = patient.key, "시험"
    return {
        "record": record,
        "record_ticket": tickets.about_record(says(patient), whose, document, words, uuid4()),
        "access_ticket": tickets.about_access(says(patient), whose, record, words, uuid4()),
        "call_ticket": tickets.of_call(agent, whose, words, uuid4()),
    }
