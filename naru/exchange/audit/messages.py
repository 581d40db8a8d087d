"""The 0 to n audit messages of one access record (ITI TF-2 3.20.7.1).

Derived after the access was answered, from what its record says and nothing else but the names of
patients and institutions. One message is about one patient at most.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from django.conf import settings
from django.db import Error

from naru.audit import queries as audit
from naru.audit.records import AccessRecord, AuditedObject, Outcome, RecordId
from naru.domain.audit_message import (
    AuditMessage,
    AuditSource,
    CodedValue,
    EventActionCode,
    EventIdentification,
    ParticipantObject,
)
from naru.domain.caller import Assurance, PurposeOfUse
from naru.exchange.audit import objects
from naru.exchange.audit.events import (
    AUDIT_LOG_USED,
    DCM,
    EXPORT,
    IMPORT,
    LOGIN,
    NOT_UNDERSTOOD,
    PATIENT_RECORD,
    QUERY,
    SECURITY_ALERT,
    SECURITY_CONFIGURATION,
    USER_AUTHENTICATION,
    Event,
    event_of,
)
from naru.exchange.audit.names import Names, names_in
from naru.exchange.audit.participants import coded, participants

_PURPOSES = "2.16.840.1.113883.5.8"
_APPLICATION_SERVER = CodedValue("4", DCM, "Application Server Process")


@dataclass(frozen=True, slots=True)
class Broken:
    """A record of which no message can be made, now or ever; `reason` is the kind of error."""

    reason: str


def of_records(records: Sequence[RecordId]) -> tuple[tuple[AuditMessage, ...] | Broken, ...]:
    """The messages of each record that was kept, none for one that is not known.

    A record that cannot be read costs no other its messages. Raises what the database raises.
    """
    kept = audit.unopened(records)
    try:
        opened = {record: stored.opened() for record, stored in kept.items()}
        names = names_in(opened.values())
        return tuple(derive(opened[one], names) if one in opened else () for one in records)
    except Error:
        raise
    except Exception:  # noqa: BLE001  # Which record it was is found by deriving each alone.
        return tuple(_alone(kept[one]) if one in kept else () for one in records)


def _alone(stored: audit.Unopened) -> tuple[AuditMessage, ...] | Broken:
    try:
        return derive(stored.opened())
    except Error:
        raise
    except Exception as error:  # noqa: BLE001  # Told by its kind: its values may name a patient.
        return Broken(type(error).__name__)


def derive(record: AccessRecord, names: Names | None = None) -> tuple[AuditMessage, ...]:
    """The messages of a record, in the order in which they are sent.

    `names` are those of all who stand in the record, where they were asked for already.
    """
    event = event_of(record.transaction, user_refused=record.request.user_refused)
    if event is None or not _is_told(record):
        return ()
    names = names or names_in((record,))
    if event.id == USER_AUTHENTICATION:  # ITI TF-2 Table 3.20.4.1.1.1-1: no objects.
        return (_message(record, event, names, ()),)
    if record.request.acts:
        return tuple(_of_acts(record, event, names))
    if event.id in {SECURITY_ALERT, AUDIT_LOG_USED}:
        return (_message(record, event, names, _about_security(record, event)),)
    return tuple(
        message
        for half, given in _halves(record, event)
        for message in _for_each_patient(half, event, names, given)
    )


def source() -> AuditSource:
    """Who writes our messages: this node, by an OID that is its own."""
    options = settings.NARU
    oid = options.oid_root or next(iter(options.affinity_domains), "naru")
    site = options.home_community or oid
    return AuditSource(id=oid, enterprise_site=site, types=(_APPLICATION_SERVER,))


def _is_told(record: AccessRecord) -> bool:
    # What somebody who was identified sent malformed is no transaction, and no alert either.
    return record.transaction not in NOT_UNDERSTOOD or record.caller.assurance is Assurance.NONE


def _halves(
    record: AccessRecord, event: Event
) -> Iterator[tuple[AccessRecord, tuple[AuditedObject, ...]]]:
    """A partial success is a success and a failure (ITI TF-2 3.43.5.1)."""
    if event.id != EXPORT:
        yield record, record.objects
        return
    refused = record.request.refused
    if record.objects or not refused:
        outcome = Outcome.SUCCESS if refused else record.outcome
        errors = () if refused else record.errors
        yield replace(record, outcome=outcome, errors=errors), record.objects
    if refused:
        yield record, refused


def _for_each_patient(
    record: AccessRecord, event: Event, names: Names, given: tuple[AuditedObject, ...]
) -> Iterator[AuditMessage]:
    # ITI TF-2 3.20.7.1: more than one identifiable patient, a message for each.
    for patient in record.patients or (None,):
        whom = _identifier(record, names, patient)
        yield _message(
            record,
            event,
            names,
            (
                *((objects.patient(whom),) if whom else ()),
                *(objects.submission_set(record) if event.id == IMPORT else ()),
                *(objects.query(record, event) if event.id == QUERY else ()),
                *(objects.documents(given, patient) if event.id == EXPORT else ()),
            ),
        )


def _of_acts(record: AccessRecord, event: Event, names: Names) -> Iterator[AuditMessage]:
    """A feed: a message for each patient, so that a merge writes two (ITI TF-2 3.8.5.1)."""
    for act in record.request.acts:
        patient = next(iter(record.patients), None)
        whom = act.identifier or _identifier(record, names, patient)
        about = (objects.patient(whom, record.request.message_id),) if whom else ()
        yield _message(record, event, names, about, EventActionCode(act.action))


def _about_security(record: AccessRecord, event: Event) -> tuple[ParticipantObject, ...]:
    return (objects.audit_log(),) if event.id == AUDIT_LOG_USED else objects.alert(record)


def _identifier(record: AccessRecord, names: Names, patient: UUID | None) -> str:
    """The person's identifier of the affinity domain; else the one asked for."""
    known = names.identifier(patient) if patient else ""
    return known or record.request.patient_id


def _message(
    record: AccessRecord,
    event: Event,
    names: Names,
    about: tuple[ParticipantObject, ...],
    action: EventActionCode | None = None,
) -> AuditMessage:
    types: tuple[CodedValue, ...] = (event.type,)
    if event.id == SECURITY_ALERT and event.type.system != DCM:
        types = (SECURITY_CONFIGURATION, event.type)
    if event.id == USER_AUTHENTICATION and event.type != LOGIN:
        types = (LOGIN, event.type)
    return AuditMessage(
        event=EventIdentification(
            id=event.id,
            types=types,
            outcome_description="; ".join(record.errors) if record.outcome else "",
            purposes_of_use=_purposes(record, event),
            action=action or event.action,
            time=record.time,
            outcome=record.outcome,
        ),
        participants=participants(record, event, names),
        source=source(),
        objects=about,
    )


def _purposes(record: AccessRecord, event: Event) -> tuple[CodedValue, ...]:
    """Why, where somebody said or it follows from who they are (ITI TF-2 3.20.7.1.2)."""
    if not (event.is_transaction or event.id == PATIENT_RECORD):
        return ()
    user = record.caller.user
    if user and user.purposes:  # ITI TF-2 3.40.4.1.2.3.1: as it was sent.
        return tuple(map(coded, user.purposes))
    purpose: PurposeOfUse = record.caller.purpose
    return (CodedValue(purpose.value, _PURPOSES, purpose.name.replace("_", " ").capitalize()),)
