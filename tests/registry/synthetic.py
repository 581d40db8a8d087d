"""Made-up submissions and the ports that a registry test needs."""

import itertools
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from uuid import UUID, uuid4

from naru.domain.codes import Code, LocalizedString
from naru.domain.identifiers import Identifier
from naru.domain.xds import (
    Association,
    AssociationType,
    Author,
    DocumentEntry,
    Folder,
    Submission,
    SubmissionSet,
    SubmissionSetStatus,
)
from naru.registry.values import Indexed, Origin

AUTHORITY = "2.999.1"
HOSPITAL = UUID("00000000-0000-4000-8000-00000000000a")
ORIGIN = Origin(institution=HOSPITAL)
NOW = datetime(2026, 11, 20, 3, 4, 5, tzinfo=UTC)
REPOSITORY = "2.999.7"
SCHEME = "2.999.3"
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Person:
    """What the patients room answers."""

    patient: UUID
    identifier: Identifier
    patients: tuple[UUID, ...]
    subsumed: bool = False


@dataclass
class People:
    """A patients room in a dictionary."""

    known: dict[Identifier, Person] = field(default_factory=dict)

    def add(self, value: str) -> Identifier:
        identifier = Identifier(value, AUTHORITY)
        patient = uuid4()
        self.known[identifier] = Person(patient, identifier, (patient,))
        return identifier

    def subsume(self, survivor: Identifier, subsumed: Identifier) -> None:
        one, other = self.known[survivor], self.known[subsumed]
        everyone = (*one.patients, *other.patients)
        self.known[survivor] = replace(one, patients=everyone)
        self.known[subsumed] = Person(one.patient, survivor, everyone, subsumed=True)

    def resolve(self, identifier: Identifier, /) -> Person | None:
        return self.known.get(identifier)

    def identity_sets(self, patients: Collection[UUID], /) -> dict[UUID, tuple[UUID, ...]]:
        everyone = (one.patients for one in self.known.values())
        return {one: each for each in everyone for one in each if one in patients}

    def affinity_id(self, patient: UUID, /) -> Identifier | None:
        return next(one.identifier for one in self.known.values() if patient in one.patients)


def oid() -> str:
    return f"2.999.4.{next(_numbers)}.{uuid4().int % 10**9}"


def code(value: str = "a") -> Code:
    return Code(value, SCHEME, (LocalizedString(f"the code {value}", "en"),))


def entry(patient: Identifier, uuid: str = "document", **changes: object) -> DocumentEntry:
    whole = DocumentEntry(
        entry_uuid=uuid,
        unique_id=oid(),
        patient_id=patient,
        mime_type="text/xml",
        authors=(Author(person="11375^가나다^^^^^^^&2.999.5&ISO", institutions=("나루병원",)),),
        class_code=code("class"),
        confidentiality_codes=(code("N"),),
        creation_time="20260102030405",
        format_code=code("format"),
        hash="a" * 40,
        healthcare_facility_type_code=code("hospital"),
        language_code="ko-KR",
        practice_setting_code=code("internal"),
        repository_unique_id=REPOSITORY,
        service_start_time="20260101",
        service_stop_time="20260102",
        size=7,
        source_patient_id=Identifier("TEST-1", "2.999.6"),
        title=(LocalizedString("진료기록", "ko-KR"),),
        type_code=code("type"),
    )
    return replace(whole, **changes)  # type: ignore[arg-type]  # The caller names fields.


def folder(patient: Identifier, uuid: str = "folder", **changes: object) -> Folder:
    whole = Folder(
        entry_uuid=uuid,
        unique_id=oid(),
        patient_id=patient,
        codes=(code("folder"),),
        title=(LocalizedString("임신", "ko-KR"),),
    )
    return replace(whole, **changes)  # type: ignore[arg-type]  # The caller names fields.


def submission_set(patient: Identifier, **changes: object) -> SubmissionSet:
    whole = SubmissionSet(
        entry_uuid="set",
        unique_id=oid(),
        patient_id=patient,
        source_id="2.999.8",
        submission_time="20260103",
        content_type_code=code("content"),
        authors=(Author(person="^라마바"),),
    )
    return replace(whole, **changes)  # type: ignore[arg-type]  # The caller names fields.


def has_member(
    source: str, target: str, status: SubmissionSetStatus | None = None, uuid: str = ""
) -> Association:
    return Association(
        entry_uuid=uuid or f"member-{next(_numbers)}",
        type=AssociationType.HAS_MEMBER,
        source=source,
        target=target,
        submission_set_status=status,
    )


def relate(source: str, kind: str, target: str) -> Association:
    return Association(
        entry_uuid=f"relation-{next(_numbers)}", type=kind, source=source, target=target
    )


def submission(
    patient: Identifier,
    *entries: DocumentEntry,
    folders: Sequence[Folder] = (),
    associations: Sequence[Association] = (),
    **changes: object,
) -> Submission:
    """A whole submission: each entry and folder is made a member."""
    members = [has_member("set", one.entry_uuid, SubmissionSetStatus.ORIGINAL) for one in entries]
    members += [has_member("set", one.entry_uuid) for one in folders]
    for one in associations:
        if one.type == AssociationType.HAS_MEMBER and one.source != "set":
            members.append(has_member("set", one.entry_uuid))
    return Submission(
        submission_set=submission_set(patient, **changes),
        entries=entries,
        folders=tuple(folders),
        associations=(*members, *associations),
    )


def in_the_name_of(sent: Submission, institution: str) -> Submission:
    """The submission as that institution, an OID, sends it: source and authors are its own."""
    here = (f"시험병원^^^^^^^^^{institution}",)

    def signed(authors: Sequence[Author]) -> tuple[Author, ...]:
        return tuple(replace(one, institutions=here) for one in authors)

    described = sent.submission_set
    return replace(
        sent,
        submission_set=replace(described, source_id=institution, authors=signed(described.authors)),
        entries=tuple(replace(one, authors=signed(one.authors)) for one in sent.entries),
    )


def all_permitted(items: Sequence[Indexed]) -> list[bool]:
    return [True] * len(items)
