"""A world of records, made step by step; what happened is kept as plain values for the model."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from naru.consent.snapshots import Exclusion
from naru.domain.arrangements import Relation, RelationKind, Visit
from naru.domain.caller import Assurance, Caller, PurposeOfUse, Role
from naru.domain.codes import Code
from naru.domain.dtm import from_datetime
from naru.domain.identifiers import Identifier, new_oid
from naru.domain.korea import korean_day
from naru.domain.person import Demographics, PatientRecord, PersonName
from naru.domain.privacy_policies import Policy
from naru.domain.registry_errors import RegistryFailure
from naru.domain.xds import (
    Association,
    AssociationType,
    AvailabilityStatus,
    DocumentEntry,
    Submission,
)
from naru.exchange.access import Access, changing
from naru.exchange.consent import acts as consent
from naru.exchange.documents.provide_and_register import provide_and_register
from naru.exchange.treatment import relations as treatment
from naru.formats.cda import forms
from naru.formats.cda.consent_paper import read_paper
from naru.patients import queries as patient_queries
from naru.patients import services as patient_services
from naru.repository import services as repository
from naru.storage.objects import ObjectWriter
from tests.exchange import papers
from tests.one_answer.charts import REFERRAL, chart
from tests.one_answer.facts import Act
from tests.one_answer.places import Place
from tests.registry.synthetic import (
    code,
    entry,
    folder,
    has_member,
    in_the_name_of,
    relate,
    submission,
)

APPROVED, DEPRECATED = AvailabilityStatus.APPROVED, AvailabilityStatus.DEPRECATED
DEPARTMENTS = ("internal", "surgery")
_REFERRAL = forms.newest(REFERRAL).codes["format_code"]
SINGLE = "시험"
"""Of what every single record of a world tells."""
REFERENCE = "TEST-ORDER^^^&2.999.9&ISO^urn:ihe:iti:xds:2013:order"


@dataclass(eq=False)
class Said:
    """One act of consent: `kind` is grant, withdraw, exclude or include."""

    kind: str
    time: datetime
    from_date: date | None = None
    until: date | None = None
    exclusion: Exclusion | None = None


@dataclass(eq=False)
class Patient:
    """A person as one feed told of them. `into` is who they were merged into."""

    key: UUID
    own: Identifier
    affinity_id: Identifier
    home: Place
    name: PersonName
    born: date
    """An adult's, another for each, so that a name and a birth date find few of many people."""
    said: list[Said | Act] = field(default_factory=list)
    relations: list[Relation] = field(default_factory=list)
    """Who received them, and how long it counts."""
    into: "Patient | None" = None
    merged: datetime | None = None

    @property
    def survivor(self) -> "Patient":
        return self.into or self


@dataclass(eq=False, kw_only=True)
class Thing:
    """Something registered, with what a decision looks at. `members` are a package's."""

    unique_id: str
    uuid: str
    patient: Patient
    told_of: Patient
    """Under whose key it was stored: after a merge the survivor's."""
    source: Place
    day: date | None
    registered: datetime
    recipients: tuple[Place, ...] = ()
    """Who may open it by name."""
    meant: tuple[Place, ...] = ()
    """To whom it was sent, whether or not the sending is over."""
    department: str = ""
    content: bytes = b""
    says: str = ""
    """To what the document tells an allergy."""
    mime_type: str = ""
    status: AvailabilityStatus = APPROVED
    created: str = ""
    members: list["Thing"] = field(default_factory=list)
    is_paper: bool = False
    """Whether it is a consent document."""
    beside: list["Thing"] = field(default_factory=list)
    """Folders of which a set brought a membership: it speaks of them, and does not hold them."""

    @property
    def parties(self) -> set[Place]:
        """Who sent it to whom, where it went to somebody by name."""
        others = {one for one in self.meant if one is not self.source}
        return {self.source, *others} if others else set()


@dataclass(eq=False)
class Link:
    """A relationship between two documents."""

    uuid: str
    type: str
    source: Thing
    target: Thing

    def __str__(self) -> str:
        return f"{self.source.unique_id} {self.type.rpartition(':')[2]} {self.target.unique_id}"


@dataclass(eq=False, kw_only=True)
class Record:
    """A single record that a hospital keeps."""

    type: str
    id: str
    patient: Patient
    source: Place
    day: date | None
    registered: datetime

    @property
    def unique_id(self) -> str:
        return f"{self.type}/{self.id}"


@dataclass(repr=False)
class World:
    """Everything that happened, an hour apart, in the days before now."""

    places: Sequence[Place]
    clock: datetime = field(
        default_factory=lambda: datetime.now(UTC).replace(microsecond=0) - timedelta(days=30)
    )
    patients: list[Patient] = field(default_factory=list)
    documents: list[Thing] = field(default_factory=list)
    sets: list[Thing] = field(default_factory=list)
    folders: list[Thing] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    records: list[Record] = field(default_factory=list)
    users: dict[UUID, UUID] = field(default_factory=dict)
    """Under which id the exchange knows the user of an institution, where it matters."""

    def passes(self, hours: int = 1) -> datetime:
        """Let time pass, never up to now."""
        self.clock += timedelta(hours=hours)
        assert self.clock < datetime.now(UTC)
        return self.clock

    def now(self) -> datetime:
        """The moment itself, at which people act at pages."""
        return datetime.now(UTC)

    @property
    def today(self) -> date:
        return korean_day(datetime.now(UTC))

    def patient(self, home: Place, *, received: bool = True) -> Patient:
        """One more patient, of whom a hospital tells; every hospital has received them."""
        own = Identifier(f"TEST-{new_oid()[-12:]}", home.oid)
        name = PersonName(text=f"김{own.value}", family="김", given=(own.value,))
        born = date(1960, 1, 1) + timedelta(days=len(self.patients) + int(own.value[-4:]) % 9_000)
        told = Demographics(names=(name,), birth_time=f"{born:%Y%m%d}")
        record = PatientRecord(identifiers=(own,), demographics=told)
        key = patient_services.add(record, now=self.passes())
        affinity_id = patient_queries.affinity_id(key)
        assert affinity_id is not None
        found = Patient(key, own, affinity_id, home, name, born)
        self.patients.append(found)
        for one in self.places if received else ():
            self.receives(one, found)
        return found

    def receives(self, place: Place, patient: Patient, *, lasting: bool = True) -> None:
        """A hospital begins to treat the patient: until now and longer, or for a day of then."""
        until = self.now() + timedelta(days=1) if lasting else None
        kind = RelationKind.ADMISSION if lasting else RelationKind.RECEPTION
        access = place.access(self.clock, "reception")
        with changing(access):
            visit = Visit(kind=kind, until=until, name="TEST-VISIT")
            begun = treatment.note_visit(access, patient.key, visit)
        assert begun is not None
        patient.relations.append(begun)

    def members(self, patient: Patient) -> list[Patient]:
        """Everyone who is this person."""
        return [one for one in self.patients if one.survivor is patient.survivor]

    def merge(self, survivor: Patient, subsumed: Patient) -> None:
        time = self.passes()
        patient_services.merge(
            survivor=survivor.affinity_id, subsumed=subsumed.affinity_id, now=time
        )
        subsumed.into, subsumed.merged = survivor, time

    def say(self, patient: Patient, said: Said) -> None:
        """An act of consent, for everyone who is the person."""
        said.time = self.passes()
        caller = Caller(
            role=Role.PATIENT,
            purpose=PurposeOfUse.PATIENT_REQUEST,
            assurance=Assurance.SESSION,
            patient=patient.survivor.key,
        )
        access = Access(transaction="consent", caller=caller, time=said.time)
        _SAY[said.kind](access, patient.survivor.key, said)
        for one in self.members(patient):
            one.said.append(said)

    def sends(  # noqa: PLR0913  # All that a submission differs in.
        self,
        source: Place,
        patient: Patient,
        days: Sequence[date],
        *,
        departments: Sequence[str] = ("internal",),
        to: Sequence[Place] = (),
        in_folder: bool = False,
        relation: tuple[AssociationType, Thing] | None = None,
        text: str = "",
        confidentiality: Code | None = None,
    ) -> bool:
        """Documents of some days in one submission; whether it was taken.

        Each tells of an allergy to something else, or all of them to `text`. Those that go to
        somebody by name are referrals.
        """
        time = self.passes()
        patient_id = patient.survivor.affinity_id
        said = [text or f"시험물질{new_oid()[-12:]}" for _ in days]
        refers = any(one is not source for one in to)
        contents = [chart(one, time, referral=refers) for one in said]
        entries = [
            _entry(patient_id, f"document-{at}", day, department, time)
            for at, (day, department) in enumerate(zip(days, departments, strict=False))
        ]
        if refers:
            entries = [replace(one, format_code=_REFERRAL) for one in entries]
        if confidentiality is not None:
            entries = [replace(one, confidentiality_codes=(confidentiality,)) for one in entries]
        folders = [folder(patient_id)] if in_folder else []
        links: list[Association] = [
            has_member(one.entry_uuid, each.entry_uuid) for one in folders for each in entries
        ]
        if relation is not None:
            links.append(relate("document-0", relation[0], relation[1].uuid))
        sent = in_the_name_of(
            submission(
                patient_id,
                *entries,
                folders=folders,
                associations=links,
                submission_time=from_datetime(time),
                intended_recipients=tuple(f"시험병원^^^^^^^^^{one.oid}" for one in to),
            ),
            source.oid,
        )
        written = {
            one.entry_uuid: _written(content)
            for one, content in zip(entries, contents, strict=True)
        }
        try:
            kept = provide_and_register(source.access(time, "ITI-41"), sent, written).submission
        except RegistryFailure:
            return False
        self._take(kept, contents, days, time, patient.survivor, source, tuple(to))
        for one, allergen in zip(self.documents[-len(said) :], said, strict=True):
            one.says = allergen
        return True

    def signs(self, patient: Patient, policy: Policy) -> bool:
        """A consent or a withdrawal on paper, at the desk where the patient is registered."""
        time, source, whole = self.passes(), patient.home, patient.survivor.affinity_id
        day = korean_day(time)
        entry = papers.described(_entry(whole, "document-0", day, "internal", time), policy, day)
        content = papers.paper(entry.unique_id, whole, policy, signed=time, from_date=day)
        sent = in_the_name_of(
            submission(whole, entry, submission_time=from_datetime(time)), source.oid
        )
        written = {entry.entry_uuid: _written(content)}
        try:
            kept = provide_and_register(
                source.access(time, "ITI-41"), sent, written, read_paper
            ).submission
        except RegistryFailure:
            return False
        self._take(kept, [content], [day], time, patient.survivor, source, ())
        paper = next(one for one in self.documents if one.unique_id == entry.unique_id)
        paper.is_paper = True
        kind = "withdraw" if policy.withdraws else "grant"
        for one in self.members(patient):
            one.said.append(Said(kind, time, from_date=day))
        return True

    def _take(  # The one place where what was kept becomes what the model looks at.
        self,
        kept: Submission,
        contents: Sequence[bytes],
        days: Sequence[date],
        time: datetime,
        patient: Patient,
        source: Place,
        to: tuple[Place, ...],
    ) -> None:
        shared: dict[str, Any] = {
            "patient": patient,
            "told_of": patient,
            "source": source,
            "recipients": to,
            "meant": to,
            "registered": time,
        }
        here: dict[str, Thing] = {}
        for one, content, day in zip(kept.entries, contents, days, strict=True):
            assert one.practice_setting_code is not None
            here[one.entry_uuid] = Thing(
                unique_id=one.unique_id,
                uuid=one.entry_uuid,
                day=day,
                department=one.practice_setting_code.code,
                content=content,
                mime_type=one.mime_type,
                created=one.creation_time or "",
                **shared,
            )
        self.documents += here.values()
        day = korean_day(time)
        for each in kept.folders:
            here[each.entry_uuid] = Thing(
                unique_id=each.unique_id, uuid=each.entry_uuid, day=day, **shared
            )
            self.folders.append(here[each.entry_uuid])
        whole = kept.submission_set
        brought = Thing(unique_id=whole.unique_id, uuid=whole.entry_uuid, day=day, **shared)
        self.sets.append(brought)
        here[whole.entry_uuid] = brought
        known = {one.uuid: one for one in self.documents}
        for link in sorted(kept.associations, key=_memberships_first):
            if link.type == AssociationType.HAS_MEMBER:
                if link.target in here and link.source in here:
                    here[link.source].members.append(here[link.target])
            else:
                self._relate(
                    Link(link.entry_uuid, link.type, here[link.source], known[link.target])
                )

    def _relate(self, link: Link) -> None:
        if link.type == AssociationType.RPLC:
            link.target.status = DEPRECATED
            # ITI TF-2 3.42.4.1.3.6: what takes its place stands in its folders, which are updated.
            for folder_ in self.folders:
                if link.target in folder_.members:
                    folder_.members.append(link.source)
                    folder_.day = korean_day(link.source.registered)
                    brought = next(one for one in self.sets if link.source in one.members)
                    brought.beside.append(folder_)
            for one in self.links:
                if one.type == AssociationType.APND and one.target is link.target:
                    one.source.status = DEPRECATED
        self.links.append(link)


def _entry(
    patient_id: Identifier, uuid: str, day: date, department: str, time: datetime
) -> DocumentEntry:
    return entry(
        patient_id,
        uuid,
        hash=None,
        size=None,
        repository_unique_id=None,
        creation_time=from_datetime(time),
        service_start_time=f"{day:%Y%m%d}",
        service_stop_time=f"{day:%Y%m%d}",
        practice_setting_code=code(department),
        reference_ids=(REFERENCE,),
    )


def _memberships_first(link: Association) -> bool:
    return link.type != AssociationType.HAS_MEMBER


def _written(content: bytes) -> ObjectWriter:
    writer = repository.receive()
    writer.write(content)
    return writer.close()


def _grant(access: Access, patient: UUID, said: Said) -> None:
    assert said.from_date is not None
    with changing(access):
        consent.grant_within(
            access, patient, from_date=said.from_date, text_version="TEST-1", until=said.until
        )


def _withdraw(access: Access, patient: UUID, _said: Said) -> None:
    consent.withdraw(access, patient, text_version="TEST-1")


def _exclude(access: Access, patient: UUID, said: Said) -> None:
    assert said.exclusion is not None
    with changing(access):
        consent.exclude_within(access, patient, said.exclusion, text_version="TEST-1")


_SAY = {"grant": _grant, "withdraw": _withdraw, "exclude": _exclude}
