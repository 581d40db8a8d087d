"""The one access record of a request, from which every other kind of audit message derives.

Names nobody: people, institutions and patients stand here as surrogate ids.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Final, NewType
from uuid import UUID

from naru.domain.caller import Caller, Role
from naru.domain.decision import Reason

RecordId = NewType("RecordId", UUID)

OPERATING_BODY: Final = UUID(int=1)
"""Under which the records of the operating body's own people are found; no institution's id."""

_OF_NO_BODY: Final = frozenset({Role.PATIENT, Role.REPRESENTATIVE, Role.SYSTEM})
"""Who is of no institution and works for none: citizens, and the node itself."""


def found_under(role: Role, institution: UUID | None) -> UUID | None:
    """Whose officer looks a record through: the institution's, or the operating body's."""
    if institution is None and role not in _OF_NO_BODY:
        return OPERATING_BODY
    return institution


class Outcome(IntEnum):
    """EventOutcomeIndicator (DICOM PS3.15 A.5.2)."""

    SUCCESS = 0
    MINOR_FAILURE = 4
    SERIOUS_FAILURE = 8
    MAJOR_FAILURE = 12


@dataclass(frozen=True, slots=True)
class AuditedObject:
    """Something that the request touched: `kind` says what (document, submission set, query …).

    `patient` is needed only where a request touches several patients: each of them is shown what
    names them or, where the record is about them alone, everything.
    """

    kind: str
    id: str
    repository: str | None = None
    patient: UUID | None = None


@dataclass(frozen=True, slots=True)
class AuditedDecision:
    """What was decided of one object, and why (design, section 7)."""

    object_id: str
    permitted: bool
    rule: int
    reason: Reason
    patient: UUID | None = None


@dataclass(frozen=True, slots=True)
class PatientAct:
    """What a feed did to one patient: C, U or D, and the identifier (CX) under which it said so."""

    action: str
    identifier: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditedRequest:
    """The request in its sender's own words, kept sealed: these may name anybody.

    `endpoint` is the URI at which it was answered, `message_id` the HL7 v3 message's, `query_id`
    the stored query's. `patient_id` (CX) is whom it named, known here or not. `refused` are the
    objects that it asked for and did not get. `process` answered it. `user_refused` where the user
    whom it brought, or should have brought, was not believed.
    """

    endpoint: str = ""
    message_id: str = ""
    query_id: str = ""
    patient_id: str = ""
    submission_set: str = ""
    acts: tuple[PatientAct, ...] = ()
    refused: tuple[AuditedObject, ...] = ()
    process: int = 0
    user_refused: bool = False


NO_REQUEST: Final = AuditedRequest()


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessRecord:
    """Who did what to whose records, when, with what result.

    `transaction` is the standard's name (`ITI-18`), `query` the question as it was asked; it is
    kept sealed, as are the caller's address and the `request`. `errors` are codes and sentences
    free of personal data. `seen` are the patients of whom the caller was shown anything that it had
    not written itself.
    """

    transaction: str
    caller: Caller
    outcome: Outcome
    time: datetime
    request_id: UUID
    patients: tuple[UUID, ...] = ()
    objects: tuple[AuditedObject, ...] = ()
    query: str | None = None
    errors: tuple[str, ...] = ()
    decisions: tuple[AuditedDecision, ...] = ()
    request: AuditedRequest = NO_REQUEST
    seen: tuple[UUID, ...] = ()
