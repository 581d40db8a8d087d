"""What BALP tells of an access beside ITI-20: plain FHIR, disclosures, decisions."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby
from typing import Final
from uuid import UUID

from naru.audit.records import AccessRecord, AuditedDecision, Outcome
from naru.domain.audit_message import (
    AuditMessage,
    CodedValue,
    EventActionCode,
    EventIdentification,
    ParticipantObject,
)
from naru.exchange.audit import messages as audit_messages
from naru.exchange.audit import objects
from naru.exchange.audit.events import EXPORT, PLAIN, SECURITY_ALERT, Event
from naru.exchange.audit.names import Names, names_in
from naru.exchange.audit.participants import participants

_REST: Final = CodedValue("rest", "audit-event-type", "Restful Operation")
_ACTIONS: Final = {
    "read": EventActionCode.READ,
    "vread": EventActionCode.READ,
    "create": EventActionCode.CREATE,
    "update": EventActionCode.UPDATE,
    "delete": EventActionCode.DELETE,
}
_MHD: Final = {"ITI-66": "search", "ITI-67": "search", "ITI-68": "read"}
_DISCLOSE: Final = CodedValue("disclose", "iso-21089-lifecycle", "Disclose Record Lifecycle Event")
_CONSENT: Final = ParticipantObject(
    id_type=CodedValue("Consent", "resource-types", "Consent"), name="Consent"
)
_AUTHZ: Final = CodedValue("AuthZ-Consent", "AuthZsubType", "")


def derive(record: AccessRecord) -> tuple[AuditMessage, ...]:
    """Every event of a record, always in the same order, which their ids count."""
    names = names_in((record,))
    if record.transaction.startswith(PLAIN):  # BALP has patterns of its own for these.
        return (*_restful(record, names), *_decisions(record, names))
    return (
        *(_as_restful(_as_disclosure(one)) for one in audit_messages.derive(record, names)),
        *_decisions(record, names),
    )


def _as_disclosure(message: AuditMessage) -> AuditMessage:
    """BALP 3:5.7.7: that a document was handed out is known when it happens."""
    if message.event.id != EXPORT or message.event.outcome != Outcome.SUCCESS:
        return message
    return replace(message, event=replace(message.event, types=(*message.event.types, _DISCLOSE)))


_OPERATIONS: Final = {"everything", "summary", "validate"}


def _as_restful(message: AuditMessage) -> AuditMessage:
    """MHD 4.2: what finds and retrieves is a restful event, with the transaction as a subtype."""
    event = message.event
    found = next((_MHD[one.code] for one in event.types if one.code in _MHD), None)
    if found is None:
        return message
    interaction = CodedValue(found, "restful-interaction", found)
    return replace(message, event=replace(event, id=_REST, types=(*event.types, interaction)))


def _restful(record: AccessRecord, names: Names) -> Iterator[AuditMessage]:
    """BALP 3:5.7.3: an event for each patient, or one that is about nobody."""
    name = record.transaction.removeprefix(PLAIN)
    code = "operation" if name in _OPERATIONS else name
    kind = CodedValue(code, "restful-interaction", code)
    event = Event(_REST, _ACTIONS.get(name, EventActionCode.EXECUTE), kind)
    for patient in record.patients or (None,):
        about = (*_patient(names, patient), *objects.query(record, event))
        yield _message(record, event, names, about)


def _decisions(record: AccessRecord, names: Names) -> Iterator[AuditMessage]:
    """BALP 3:5.7.6: what the person's consent permitted, and what it denied."""

    def side(decision: AuditedDecision) -> tuple[str, bool]:
        return str(decision.patient or ""), decision.permitted

    event = Event(SECURITY_ALERT, EventActionCode.EXECUTE, _AUTHZ)
    for (_, permitted), made in groupby(sorted(record.decisions, key=side), key=side):
        decided = list(made)
        patient = decided[0].patient or next(iter(record.patients), None)
        outcome = Outcome.SUCCESS if permitted else Outcome.SERIOUS_FAILURE
        reasons = () if permitted else tuple(sorted({one.reason.value for one in decided}))
        told = replace(record, outcome=outcome, errors=reasons)
        yield _message(told, event, names, (*_patient(names, patient), _CONSENT))


def _patient(names: Names, patient: UUID | None) -> tuple[ParticipantObject, ...]:
    known = names.identifier(patient) if patient else ""
    return (objects.patient(known),) if known else ()


def _message(
    record: AccessRecord, event: Event, names: Names, about: tuple[ParticipantObject, ...]
) -> AuditMessage:
    return AuditMessage(
        event=EventIdentification(
            id=event.id,
            types=(event.type,),
            outcome_description="; ".join(record.errors) if record.outcome else "",
            action=event.action,
            time=record.time,
            outcome=record.outcome,
        ),
        participants=participants(record, event, names),
        source=audit_messages.source(),
        objects=about,
    )
