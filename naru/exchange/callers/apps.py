"""The OAuth clients of the code flow: registered by the operator, opened with a patient."""

from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings

from naru.accounts import clients
from naru.accounts.errors import NotFound
from naru.accounts.values import OAuthClient, Session
from naru.domain.caller import Caller
from naru.exchange import identify
from naru.exchange.access import Access, changing, reading
from naru.exchange.callers import launches

CLIENT = "oauth client"
"""The transaction of each change, as the audit names it."""

LIST = "list apps"
LAUNCH = "launch app"
"""The transactions of the apps that open with a patient, and of opening one."""


def registered(access: Access) -> tuple[OAuthClient, ...]:
    """Every client, the suspended too."""
    with reading(access):
        return clients.registered()


def to_open(access: Access) -> tuple[OAuthClient, ...]:
    """The apps that the caller may open with a patient."""
    with reading(access):
        return _to_open(access)


def launch(access: Access, session: Session, patient: UUID, client_id: str) -> str:
    """The address that opens an app with the patient (SMART App Launch 2). Raises NotFound."""
    with reading(access):
        access.concerns(patient)
        able = _to_open(access)
        client = next((one for one in able if one.id == client_id), None)
        if client is None:
            raise NotFound
        told = {
            "iss": f"{settings.NARU.pages_url}/fhir",
            "launch": launches.launch(session.id, patient, access.time),
        }
        return f"{client.launch_uri}{'&' if '?' in client.launch_uri else '?'}{urlencode(told)}"


def register(access: Access, client: OAuthClient) -> OAuthClient:
    """Keep a new client; raises ClientInvalid."""
    with changing(access):
        return clients.register(client, access.time)


def suspend(access: Access, client_id: str, *, suspended: bool) -> OAuthClient:
    """Give it no codes and tokens from the next request on, or give them again. Raises NotFound."""
    with changing(access):
        return clients.suspend(client_id, suspended=suspended)


def _to_open(access: Access) -> tuple[OAuthClient, ...]:
    found = (one for one in clients.registered() if one.launch_uri)
    return tuple(one for one in found if _may_open(one, access.caller, access.time))


def _may_open(client: OAuthClient, caller: Caller, now: datetime) -> bool:
    try:
        identify.app(client.id, caller, now=now)
    except identify.NotIdentified:
        return False
    return True
