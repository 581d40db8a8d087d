"""Before the story: hospitals are admitted, people registered, the hospitals' links set up."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Final
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric import ec
from django.db import transaction

from naru.demo import cast, link_files, players, terms, timetable, whereabouts
from naru.demo.cast import (
    AGENCIES,
    BODIES,
    HANBIT,
    HOSPITALS,
    HUBS,
    IEUM,
    INSURER,
    ISLAND,
    MEMBERS,
    PUREUN,
    Body,
    Hospital,
    Hub,
)
from naru.demo.documents import consent_message, referral_message, summary_message
from naru.demo.population import ELDER, INFANT, ISLANDER, PATIENT, Person
from naru.demo.story import Story
from naru.domain.identifiers import Identifier
from naru.domain.person import Demographics, PatientRecord, PersonName, Telecom
from naru.domain.terminology import Release, System
from naru.exchange import identify, terminology
from naru.exchange.access import Access
from naru.exchange.callers import service_accounts
from naru.exchange.callers.service_accounts import SERVICE
from naru.exchange.institutions import admission
from naru.exchange.institutions.admission import Applicant
from naru.formats.terminology.releases import read_map, read_release
from naru.hira import services as hira
from naru.patients import services as patients
from naru.repository import services as repository
from naru.security.authority import Authority, create_authority
from naru.simulators.agency_node import SCOPES, public_keys
from naru.ui.clock import today

TERMS: Final = 600
"""Terms of the made-up KOSTOM; the other systems are as small beside their true size."""

_LOADED: Final = (
    (System.KOSTOM, date(2018, 3, 1)),
    (System.KCD_8, date(2021, 1, 1)),
    (System.KCD_9, date(2026, 1, 1)),
    (System.ATC, date(2026, 1, 1)),
    (System.EDI_MEDICATION, date(2026, 1, 1)),
    (System.KD, date(2026, 1, 1)),
    (System.EDI_PROCEDURE, date(2026, 1, 1)),
)
_NINE_FROM_EIGHT: Final = (System.KCD_8, System.KCD_9)


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Where the demo plays: its data folder, the authority's folder, and the node's wire doors."""

    data: Path
    authority: Path
    wire: str
    program: str
    """How `naru` is called from where the demo was started."""


def set_up(site: Site, now: datetime, people: Iterable[Person]) -> Story:
    """Admit the hospitals, register the people, and write what lies beside the hospitals' EMRs."""
    authority = create_authority(site.authority, now)
    hubs = {hub.key: _admit_hub(hub, authority, now) for hub in HUBS}
    members = {one.key: _admit(site, one, hubs[one.hub.key], authority, now) for one in MEMBERS}
    bodies = {one.key: _admit_body(site, one, authority, now) for one in BODIES}
    for one in AGENCIES:
        _engage_program(site, one, bodies[one.key], now)
    known = hubs | members | bodies
    whereabouts.describe(hubs | members, now)
    pilot = Access(transaction="hira pilot", caller=identify.operator(), time=now)
    hira.take_part(pilot, members[IEUM.key], today(now), None)
    patients_of = _people(people, now)
    patient = patients_of[PATIENT]
    players.engage(known, patients_of, now)
    timetable.open_times(known, patients_of, now)
    beside_the_sender = link_files.folder(site.data, IEUM)
    (beside_the_sender / "consent.json").write_bytes(consent_message(today(now)))
    (beside_the_sender / "referral.json").write_bytes(referral_message(today(now)))
    (beside_the_sender / "summary.json").write_bytes(summary_message(today(now)))
    return Story(
        patient=patient,
        sender=known[IEUM.key],
        receiver=known[PUREUN.key],
        program=site.program,
        folder=link_files.seen_from_here(site.data),
    )


def resume(site: Site, kept: Story) -> Story:
    """The story of last time, with the commands and the links as they are called today."""
    for hospital in MEMBERS:
        link_files.point_to(site.data, site.wire, hospital)
    return replace(kept, program=site.program, folder=link_files.seen_from_here(site.data))


def load_terms(now: datetime) -> None:
    """Made-up code systems, small: what they are for can be tried, and no code is anybody's.

    What the story's documents say is in them, so that nothing is found wrong with these.
    """
    made = terms.files(TERMS)
    told = terms.of_the_story()
    for system, since in _LOADED:
        content = (made[f"{system}.csv"]() + told.get(system, "")).encode()
        _load(read_release(content, system, version="TEST-1", since=since)[0], now)
    became = made["kcd-8-to-kcd-9.csv"]().encode()
    _load(read_map(became, *_NINE_FROM_EIGHT, version="TEST-1", since=date(2026, 1, 1))[0], now)


def _load(release: Release, now: datetime) -> None:
    access = Access(transaction="load terminology", caller=identify.operator(), time=now)
    terminology.load(access, release, dry=False)


def _admit_hub(hub: Hub, authority: Authority, now: datetime) -> UUID:
    applicant = Applicant(name=hub.name, oid=hub.oid, code=hub.code, repository=hub.repository_oid)
    admitted, _certificate = admission.admit(_access(now), applicant, authority)
    with transaction.atomic():
        repository.establish(
            oid=hub.repository_oid, institution=admitted.id, name=hub.repository_name
        )
    return admitted.id


def _admit(site: Site, hospital: Hospital, hub: UUID, authority: Authority, now: datetime) -> UUID:
    applicant = Applicant(name=hospital.name, oid=hospital.oid, code=hospital.code, hub=hub)
    admitted, issued = admission.admit(_access(now), applicant, authority)
    link_files.write(site.data, site.wire, authority.certificate, hospital, issued)
    return admitted.id


def _admit_body(site: Site, body: Body, authority: Authority, now: datetime) -> UUID:
    insurer = body == INSURER
    applicant = Applicant(
        name=body.name, oid=body.oid, code=body.code, agency=not insurer, insurer=insurer
    )
    admitted, issued = admission.admit(_access(now), applicant, authority)
    link_files.write_identity(site.data, authority.certificate, body, issued)
    return admitted.id


def _engage_program(site: Site, body: Body, known: UUID, now: datetime) -> None:
    """An account for the agency's own system, which asks what was submitted to it."""
    key = ec.generate_private_key(ec.SECP256R1())
    access = Access(transaction=SERVICE, caller=identify.operator(), time=now)
    name, scopes = f"{body.name} 접수 시스템", SCOPES.split()
    account = service_accounts.register(access, name, known, scopes, public_keys(key))
    link_files.write_service(site.data, body, account.id, key)


def _access(now: datetime) -> Access:
    return Access(transaction="admit institution", caller=identify.operator(), time=now)


def _people(people: Iterable[Person], now: datetime) -> dict[Person, UUID]:
    """Register everyone where they are treated; answer by which keys they are known here."""
    with transaction.atomic():
        for oid in (cast.AFFINITY_DOMAIN, *(one.numbers for one in MEMBERS)):
            patients.know_domain(oid)
        return {person: patients.add(_record(person), now=now) for person in people}


_TREATED: Final = {
    PATIENT: (IEUM, PUREUN),
    INFANT: (IEUM,),
    ELDER: (HANBIT, PUREUN),
    ISLANDER: (PUREUN, ISLAND),
}
"""Where those are known of whom a story tells; everybody else at one hospital."""


def _record(person: Person) -> PatientRecord:
    one_of_all = (HOSPITALS[person.number % len(HOSPITALS)],)
    treated_at = _TREATED.get(person, one_of_all)
    return PatientRecord(
        identifiers=(
            Identifier(person.affinity_number, cast.AFFINITY_DOMAIN),
            *(Identifier(person.chart_number(one.key), one.numbers) for one in treated_at),
        ),
        demographics=Demographics(
            names=(PersonName(text=person.name),),
            gender=person.gender,
            birth_time=f"{person.born:%Y%m%d}",
            telecoms=(Telecom(f"tel:{person.telephone}"),) if person.telephone else (),
            other_ids=(Identifier(person.resident_number, cast.RESIDENT_NUMBERS),),
        ),
    )
