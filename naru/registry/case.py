"""A submission beside what the registry holds: the view in which its rules are judged."""

from collections.abc import Collection
from dataclasses import dataclass, field
from enum import Enum
from typing import Self
from uuid import UUID

from naru.domain.xds import Association, AssociationType, DocumentEntryType, Submission
from naru.registry.held import Held
from naru.registry.models import Entry, Package, Status
from naru.registry.rows import OBJECT_TYPE
from naru.registry.values import Resolved


class Kind(Enum):
    """What an association's end is."""

    SUBMISSION_SET = "SubmissionSet"
    ENTRY = "DocumentEntry"
    FOLDER = "Folder"
    MEMBERSHIP = "FD-DE HasMember"
    ASSOCIATION = "other Association"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """One end of an association: `new` when the submission brings it."""

    uuid: str
    kind: Kind
    new: bool
    patient: UUID | None = None
    institution: UUID | None = None
    approved: bool = True
    stable: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Everything that a rule on the registry's state looks at. All ids are UUIDs by now.

    `institution` is that which submits. `ends` has what the submission brings and, of what is held,
    only what the submitter may read: a rule cannot tell anything else from what was never there.
    """

    submission: Submission
    resolved: Resolved
    institution: UUID | None
    held: Held
    ends: dict[str, End] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        submission: Submission,
        *,
        resolved: Resolved,
        institution: UUID | None,
        held: Held,
        readable: Collection[str],
    ) -> Self:
        """The case with every object that an association may name."""
        case = cls(submission=submission, resolved=resolved, institution=institution, held=held)
        for uuid in held.entries.keys() & readable:
            case.ends[uuid] = _held_entry(held.entries[uuid], case)
        for uuid in held.packages.keys() & readable:
            case.ends[uuid] = _held_package(held.packages[uuid], case)
        case._add(Kind.SUBMISSION_SET, submission.submission_set.entry_uuid)
        for new in submission.entries:
            case._add(
                Kind.ENTRY, new.entry_uuid, stable=new.object_type is DocumentEntryType.STABLE
            )
        for folder in submission.folders:
            case._add(Kind.FOLDER, folder.entry_uuid)
        for uuid in held.associations.keys() & readable:
            case.ends[uuid] = End(uuid=uuid, kind=Kind.ASSOCIATION, new=False)
        for one in submission.associations:
            joins = one.type == AssociationType.HAS_MEMBER and case.source(one).kind is Kind.FOLDER
            case._add(Kind.MEMBERSHIP if joins else Kind.ASSOCIATION, one.entry_uuid)
        return case

    @property
    def patient(self) -> UUID:
        """The submission's patient."""
        return self.resolved.patient

    def survivor(self, stored: UUID) -> UUID:
        """The submission's patient for any who were merged into them, else who is stored."""
        return self.patient if stored in self.resolved.patients else stored

    def _add(self, kind: Kind, uuid: str, *, stable: bool = True) -> None:
        self.ends[uuid] = End(
            uuid=uuid,
            kind=kind,
            new=True,
            patient=self.patient,
            institution=self.institution,
            stable=stable,
        )

    def source(self, association: Association) -> End:
        """The source of an association, NOTHING where it is nowhere."""
        return self._end(association.source)

    def target(self, association: Association) -> End:
        """The target of an association, NOTHING where it is nowhere."""
        return self._end(association.target)

    def _end(self, uuid: str) -> End:
        return self.ends.get(uuid) or End(uuid=uuid, kind=Kind.NOTHING, new=False)


def _held_entry(row: Entry, case: Case) -> End:
    return End(
        uuid=row.entry_uuid,
        kind=Kind.ENTRY,
        new=False,
        patient=case.survivor(row.patient),
        institution=row.institution,
        approved=row.status == Status.APPROVED,
        stable=row.object_type == OBJECT_TYPE[DocumentEntryType.STABLE],
    )


def _held_package(row: Package, case: Case) -> End:
    folder = row.kind == Package.Kind.FOLDER
    return End(
        uuid=row.entry_uuid,
        kind=Kind.FOLDER if folder else Kind.SUBMISSION_SET,
        new=False,
        patient=case.survivor(row.patient),
        institution=row.institution,
        approved=row.status == Status.APPROVED,
    )
