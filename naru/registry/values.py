"""What the registry is handed and what it hands out, beside the values of the domain."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from naru.domain.identifiers import Identifier
from naru.domain.registry_errors import RegistryError
from naru.domain.xds import AvailabilityStatus, DocumentEntryType, Submission


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """From where a submission comes, in the directory's surrogate ids."""

    institution: UUID | None
    recipients: tuple[UUID, ...] = ()
    """The institutions that intendedRecipient names, as the directory knows them."""
    assembled_from: tuple[str, ...] | None = None
    """The entries from which the submission's document was assembled here; none: it was sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Indexed:
    """The light row of an object: all that the consent decision needs, nothing that is sealed.

    `patient` is the survivor of all merges. Codes are written `code^^scheme`. `event_date` is a day
    of Korea's calendar. A submission set or folder that is judged has no `kind`, no `repository`
    and no `confidentiality`.
    """

    entry_uuid: str
    unique_id: str
    patient: UUID
    institution: UUID | None
    event_date: date | None
    department: str | None = None
    kind: str = ""
    confidentiality: tuple[str, ...] = ()
    recipients: tuple[UUID, ...] = ()
    status: AvailabilityStatus = AvailabilityStatus.APPROVED
    object_type: DocumentEntryType = DocumentEntryType.STABLE
    repository: str | None = None
    mime_type: str = ""
    hash: str | None = None
    size: int | None = None
    format: str = ""
    assembled_from: tuple[str, ...] | None = None
    """The entries from which a snapshot was assembled here; none: it was sent."""
    registered: datetime | None = None
    """When it was registered; nothing while it is being registered."""
    under: UUID | None = None
    """The key under which it stands, where that may be one who was merged into the patient."""

    @property
    def owner(self) -> UUID:
        """Whose it is if the persons are taken apart again: the access record names this key."""
        return self.under or self.patient


Permit = Callable[[Sequence[Indexed]], Sequence[bool]]
"""Answers for each item whether it may be shown; items may belong to several patients."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """What a registration did. `submission` carries the ids and statuses as they were kept."""

    submission: Submission
    patient: UUID
    entries: tuple[Indexed, ...]
    packages: tuple[Indexed, ...]
    """The SubmissionSet, then the folders."""
    deprecated: tuple[str, ...] = ()
    warnings: tuple[RegistryError, ...] = ()


class Resolved(Protocol):
    """A known person, merges considered."""

    @property
    def patient(self) -> UUID:
        """The survivor of all merges."""

    @property
    def subsumed(self) -> bool:
        """Whether the id asked for gave way to another in a merge."""

    @property
    def patients(self) -> tuple[UUID, ...]:
        """Everyone merged into the person, the survivor included."""


class PatientIndex(Protocol):
    """What the registry asks of the patients room; `naru.patients.queries` answers it."""

    def resolve(self, identifier: Identifier, /) -> Resolved | None:
        """The person whom an id names, or nothing where no feed has told of it."""

    def identity_sets(self, patients: Collection[UUID], /) -> Mapping[UUID, tuple[UUID, ...]]:
        """Everyone who is each person, the survivor first, by the key that they are asked by."""

    def affinity_id(self, patient: UUID, /) -> Identifier | None:
        """The person's surviving id in the affinity domain, if there is one."""
