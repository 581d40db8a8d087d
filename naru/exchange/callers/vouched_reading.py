"""Reading in somebody's name: what a patient lets another see by a link of theirs.

Whoever holds a link is nobody whom the exchange knows. What they are shown is what the one who made
the link may see at this moment, by the same decision; the record names the holder, and not them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from naru.audit.queries import DOCUMENT
from naru.audit.records import AuditedDecision, AuditedObject
from naru.domain.caller import Assurance, Caller, PurposeOfUse, Role
from naru.domain.decision import Reason
from naru.domain.xds import DocumentRequest
from naru.exchange.access import Access

_T = TypeVar("_T")
_RULE = 6
"""Of the decision: what the patient directs to somebody."""


class Withheld(Exception):
    """Not all of it may be seen by whoever let it be seen: nothing of it is given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Voucher:
    """Who lets it be seen: the patient, or somebody who speaks for them."""

    role: Role
    person: UUID | None
    patient: UUID
    known_as: tuple[UUID, ...] = ()


def voucher(caller: Caller) -> Voucher:
    """Whoever asks, to be kept."""
    assert caller.patient is not None, "a citizen's caller names whose records are theirs"
    return Voucher(
        role=caller.role, person=caller.person, patient=caller.patient, known_as=caller.known_as
    )


def read_for(
    access: Access,
    by: Voucher,
    asked: Sequence[DocumentRequest],
    open_one: Callable[[Access, DocumentRequest], _T | None],
) -> tuple[_T, ...]:
    """All of these, as `by` may see them; raises Withheld, and gives nothing then."""
    own = Access(
        transaction=access.transaction,
        caller=_caller(by, access.caller.address),
        time=access.time,
        held=True,  # Never recorded: the holder's access tells of all.
    )
    found = [open_one(own, one) for one in asked]
    access.concerns(by.patient)
    may = {one.object_id for one in own.decisions if one.permitted}
    for one in asked:
        access.decided(
            _decision(one.document_unique_id, by, permitted=one.document_unique_id in may)
        )
    given = tuple(one for one in found if one is not None)
    if len(given) != len(asked):
        for one in asked:
            access.withheld(DOCUMENT, one.document_unique_id, one.repository_unique_id)
        raise Withheld
    access.objects += [
        AuditedObject(DOCUMENT, one.document_unique_id, one.repository_unique_id, by.patient)
        for one in asked
    ]
    return given


def _decision(document: str, by: Voucher, *, permitted: bool) -> AuditedDecision:
    reason = Reason.PATIENT_DIRECTED if permitted else Reason.NOT_DIRECTED
    return AuditedDecision(
        object_id=document, permitted=permitted, rule=_RULE, reason=reason, patient=by.patient
    )


def _caller(by: Voucher, address: str) -> Caller:
    return Caller(
        role=by.role,
        purpose=PurposeOfUse.PATIENT_REQUEST,
        assurance=Assurance.SESSION,
        person=by.person,
        patient=by.patient,
        known_as=by.known_as,
        address=address,
    )
