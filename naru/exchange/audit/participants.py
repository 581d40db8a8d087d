"""Who took part in an access, as an audit message says it."""

import ipaddress
from typing import Final
from urllib.parse import urlsplit

from naru.audit.records import AccessRecord
from naru.domain.audit_message import ActiveParticipant, CodedValue, NetworkAccessPointTypeCode
from naru.domain.codes import Code
from naru.exchange.audit.events import APPLICATION_ACTIVITY, DCM, EXPORT, OURS, Event
from naru.exchange.audit.names import Names

SOURCE: Final = CodedValue("110153", DCM, "Source")
DESTINATION: Final = CodedValue("110152", DCM, "Destination")
APPLICATION: Final = CodedValue("110150", DCM, "Application")

ANONYMOUS: Final = "http://www.w3.org/2005/08/addressing/anonymous"
"""Who a peer is that has no name here; where our answers go, since none is asynchronous."""

_APPLICATION_ID: Final = "naru"


def participants(record: AccessRecord, event: Event, names: Names) -> tuple[ActiveParticipant, ...]:
    """The human where there is one, the peer, and this node; the source stands first."""
    human = _human(record)
    if event.id == APPLICATION_ACTIVITY or not _has_peer(record, event):
        return (*human, _own(record, (APPLICATION,)))
    # The document goes from us to the peer; everything else comes from the peer to us.
    sends = event.id == EXPORT
    peer = _peer(record, names, DESTINATION if sends else SOURCE, is_requestor=not human)
    own = _own(record, (SOURCE if sends else DESTINATION,))
    return (*human, own, peer) if sends else (*human, peer, own)


def _has_peer(record: AccessRecord, event: Event) -> bool:
    return event.is_transaction or bool(record.request.endpoint or record.caller.address)


def _human(record: AccessRecord) -> tuple[ActiveParticipant, ...]:
    caller = record.caller
    person = caller.person or caller.patient
    if person is None:
        return ()
    user = caller.user
    sent = tuple(coded(code) for code in user.roles) if user else ()
    return (
        ActiveParticipant(
            user_id=f"urn:uuid:{person}",
            user_name=user.name if user else "",  # ITI TF-2 3.40.4.2: alias<user@issuer>.
            is_requestor=True,
            roles=(CodedValue(caller.role.value, OURS, caller.role.value), *sent),
        ),
    )


def coded(code: Code) -> CodedValue:
    """A code as its sender wrote it."""
    return CodedValue(code.code, code.scheme, code.display[0].value if code.display else code.code)


def _peer(
    record: AccessRecord, names: Names, role: CodedValue, *, is_requestor: bool
) -> ActiveParticipant:
    institution = names.institution(record)
    point, kind = _access_point(record.caller.address)
    return ActiveParticipant(
        user_id=f"urn:oid:{institution.oid}" if institution and institution.oid else ANONYMOUS,
        user_name=institution.name if institution else "",
        is_requestor=is_requestor,
        roles=(role,),
        access_point=point,
        access_point_type=kind,
    )


def _own(record: AccessRecord, roles: tuple[CodedValue, ...]) -> ActiveParticipant:
    endpoint = record.request.endpoint
    point, kind = _access_point(urlsplit(endpoint).hostname or "" if endpoint else "")
    return ActiveParticipant(
        user_id=endpoint or _APPLICATION_ID,
        alternative_user_id=str(record.request.process or ""),
        is_requestor=False,
        roles=roles,
        access_point=point,
        access_point_type=kind,
    )


def _access_point(name: str) -> tuple[str, NetworkAccessPointTypeCode | None]:
    if not name:
        return "", None
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return name, NetworkAccessPointTypeCode.MACHINE_NAME
    return name, NetworkAccessPointTypeCode.IP_ADDRESS
