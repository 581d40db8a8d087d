"""Which audit event each kind of access is, as data (ITI TF-2 3.20.4.1.1.1 and each transaction).

The names and codes are those of the transactions' own audit message tables; what is ours alone
(a page, a command) says so by its code system.
"""

from dataclasses import dataclass
from typing import Final

from naru.domain.audit_message import CodedValue, EventActionCode

DCM: Final = "DCM"
IHE: Final = "IHE Transactions"
OURS: Final = "Naru"

APPLICATION_ACTIVITY: Final = CodedValue("110100", DCM, "Application Activity")
AUDIT_LOG_USED: Final = CodedValue("110101", DCM, "Audit Log Used")
EXPORT: Final = CodedValue("110106", DCM, "Export")
IMPORT: Final = CodedValue("110107", DCM, "Import")
PATIENT_RECORD: Final = CodedValue("110110", DCM, "Patient Record")
QUERY: Final = CodedValue("110112", DCM, "Query")
SECURITY_ALERT: Final = CodedValue("110113", DCM, "Security Alert")
USER_AUTHENTICATION: Final = CodedValue("110114", DCM, "User Authentication")

APPLICATION_START: Final = CodedValue("110120", DCM, "Application Start")
APPLICATION_STOP: Final = CodedValue("110121", DCM, "Application Stop")
LOGIN: Final = CodedValue("110122", DCM, "Login")
NODE_AUTHENTICATION: Final = CodedValue("110126", DCM, "Node Authentication")
SECURITY_CONFIGURATION: Final = CodedValue("110129", DCM, "Security Configuration")

START: Final = "application start"
STOP: Final = "application stop"
NODE_REFUSED: Final = "ITI-19"
LOG_USED: Final = "audit log used"
"""Names of accesses that are no transaction's; the record of each derives as its event."""


NOT_UNDERSTOOD: Final = ("SOAP", "FHIR")
"""How a door names what a stranger wanted who was refused before that was understood."""


@dataclass(frozen=True, slots=True)
class Event:
    """`id` says what it is to DICOM, `type` which transaction or act it was."""

    id: CodedValue
    action: EventActionCode
    type: CodedValue

    @property
    def is_transaction(self) -> bool:
        """Whether a peer asked over the wire, by a transaction of IHE."""
        return self.type.system == IHE


def _transaction(number: str, name: str, event: CodedValue, action: EventActionCode) -> Event:
    return Event(event, action, CodedValue(number, IHE, name))


def _act(name: str, event: CodedValue, action: EventActionCode) -> Event:
    return Event(event, action, CodedValue(name, OURS, name))


_C, _R, _U, _E = (
    EventActionCode.CREATE,
    EventActionCode.READ,
    EventActionCode.UPDATE,
    EventActionCode.EXECUTE,
)

_TRANSACTIONS: Final = (
    _transaction("ITI-18", "Registry Stored Query", QUERY, _E),
    _transaction("ITI-38", "Cross Gateway Query", QUERY, _E),
    _transaction("ITI-39", "Cross Gateway Retrieve", EXPORT, _R),
    _transaction("ITI-41", "Provide and Register Document Set-b", IMPORT, _C),
    _transaction("ITI-42", "Register Document Set-b", IMPORT, _C),
    _transaction("ITI-43", "Retrieve Document Set", EXPORT, _R),
    _transaction("ITI-44", "Patient Identity Feed", PATIENT_RECORD, _C),
    _transaction("ITI-45", "PIX Query", QUERY, _E),
    _transaction("ITI-47", "Patient Demographics Query", QUERY, _E),
    _transaction("ITI-61", "Register On-Demand Document Entry", IMPORT, _C),
    _transaction("ITI-65", "Provide Document Bundle", IMPORT, _C),
    _transaction("ITI-66", "Find Document Lists", QUERY, _E),
    _transaction("ITI-67", "Find Document References", QUERY, _E),
    _transaction("ITI-68", "Retrieve Document", EXPORT, _R),
    _transaction("ITI-71", "Get Access Token", USER_AUTHENTICATION, _E),
    _transaction("ITI-78", "Mobile Patient Demographics Query", QUERY, _E),
    _transaction("ITI-81", "Retrieve ATNA Audit Event", AUDIT_LOG_USED, _R),
    _transaction("ITI-83", "Mobile Patient Identifier Cross-reference Query", QUERY, _E),
    _transaction("ITI-104", "Patient Identity Feed FHIR", PATIENT_RECORD, _C),
    _transaction("ITI-119", "Patient Demographics Match", QUERY, _E),
)

_ACTS: Final = (
    _act("consent", PATIENT_RECORD, _U),
    _act("own records", PATIENT_RECORD, _R),
    _act("forget audit destination", SECURITY_ALERT, _E),
    _act("admit institution", SECURITY_ALERT, _E),
    _act("certify institution", SECURITY_ALERT, _E),
    _act("accept certificate", SECURITY_ALERT, _E),
    _act("suspend institution", SECURITY_ALERT, _E),
    _act("approve institution", SECURITY_ALERT, _E),
    _act("revoke certificate", SECURITY_ALERT, _E),
    _act("suspend certificate", SECURITY_ALERT, _E),
    _act("resume certificate", SECURITY_ALERT, _E),
    _act("joining step", SECURITY_ALERT, _U),
    _act("import institutions", SECURITY_ALERT, _U),
    _act("trust provider", SECURITY_ALERT, _E),
    _act("trust client", SECURITY_ALERT, _E),
    _act("distrust provider", SECURITY_ALERT, _E),
    _act("rotate keys", SECURITY_ALERT, _E),
    _act("retire keys", SECURITY_ALERT, _E),
    _act("change root of keys", SECURITY_ALERT, _E),
)

# DICOM PS3.16 CID 403: what IHE has no transaction for.
_OVERRIDES: Final = {
    "emergency-access": CodedValue("110127", DCM, "Emergency Override Started"),
    "end-emergency-access": CodedValue("110128", DCM, "Emergency Override Stopped"),
}

EVENTS: Final = {
    **{event.type.code: event for event in (*_TRANSACTIONS, *_ACTS)},
    **{name: Event(PATIENT_RECORD, _E, code) for name, code in _OVERRIDES.items()},
    START: Event(APPLICATION_ACTIVITY, _E, APPLICATION_START),
    STOP: Event(APPLICATION_ACTIVITY, _E, APPLICATION_STOP),
    NODE_REFUSED: Event(SECURITY_ALERT, _E, NODE_AUTHENTICATION),
    LOG_USED: Event(AUDIT_LOG_USED, _R, CodedValue(LOG_USED, OURS, LOG_USED)),
    **{name: Event(SECURITY_ALERT, _E, NODE_AUTHENTICATION) for name in NOT_UNDERSTOOD},
}
"""By the access record's transaction. What is not here writes no audit message."""

PLAIN: Final = "FHIR "
"""How the names of FHIR interactions begin that are no IHE transaction."""
_INTERACTIONS: Final = {
    "read": (PATIENT_RECORD, _R),
    "vread": (PATIENT_RECORD, _R),
    "history-instance": (PATIENT_RECORD, _R),
    "create": (PATIENT_RECORD, _C),
    "update": (PATIENT_RECORD, _U),
    "delete": (PATIENT_RECORD, EventActionCode.DELETE),
    "search-type": (QUERY, _E),
    "everything": (PATIENT_RECORD, _E),
    "summary": (PATIENT_RECORD, _E),
}


def event_of(transaction: str, *, user_refused: bool = False) -> Event | None:
    """What an access was; None where it writes no audit message.

    A user who was not believed has tried to log on, whatever they wanted (ITI TF-2 3.40.4.1.3).
    """
    event = EVENTS.get(transaction) or _interaction(transaction)
    if not user_refused:
        return event
    wanted = event.type if event and event.is_transaction else LOGIN
    return Event(USER_AUTHENTICATION, _E, wanted)


def _interaction(transaction: str) -> Event | None:
    """A FHIR interaction with single records, which are a patient's or asked for as such."""
    name = transaction.removeprefix(PLAIN)
    if name == transaction or name not in _INTERACTIONS:
        return None
    kind, action = _INTERACTIONS[name]
    return Event(kind, action, CodedValue(name, "http://hl7.org/fhir/restful-interaction", name))
