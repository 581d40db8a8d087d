"""The OAuth clients of the code flow, as the operator registers them."""

import secrets
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from naru.accounts.errors import ClientInvalid, NotFound
from naru.accounts.models import Client
from naru.accounts.values import OAuthClient

MOST_URIS: Final = 10
LONGEST_URI: Final = 500
_LOCAL: Final = frozenset({"127.0.0.1", "::1", "localhost"})


def new_id() -> str:
    """An id for a client that brings none."""
    return f"app-{secrets.token_hex(8)}"


def register(client: OAuthClient, now: datetime) -> OAuthClient:
    """Keep a new client; raises ClientInvalid.

    Redirect URIs are compared letter by letter, so each is whole, without fragment or wildcard.
    """
    uris = tuple(dict.fromkeys(client.redirect_uris))
    if not client.name.strip() or not 0 < len(uris) <= MOST_URIS:
        raise ClientInvalid("A client has a name and one to ten redirect URIs.")
    for uri in (*uris, *([client.launch_uri] if client.launch_uri else [])):
        _require_address(uri)
    if Client.objects.filter(client_id=client.id).exists():
        raise ClientInvalid("The client_id is taken.")
    row = Client.objects.create(
        client_id=client.id,
        name=client.name.strip()[:100],
        institution=client.institution,
        redirect_uris="\n".join(uris),
        launch_uri=client.launch_uri,
        scopes=" ".join(sorted(client.scopes)),
        confidential=client.confidential,
        created_at=now,
    )
    return value(row)


def suspend(client_id: str, *, suspended: bool = True) -> OAuthClient:
    """Give it no codes and tokens, or give them again; raises NotFound."""
    row = Client.objects.filter(client_id=client_id).first()
    if row is None:
        raise NotFound
    row.suspended = suspended
    row.save(update_fields=["suspended"])
    return value(row)


def by_id(client_id: str) -> OAuthClient | None:
    """A client that is registered and not suspended."""
    row = Client.objects.filter(client_id=client_id, suspended=False).first()
    return value(row) if row else None


def registered() -> tuple[OAuthClient, ...]:
    """Every client, the suspended too."""
    return tuple(value(row) for row in Client.objects.order_by("created_at"))


def value(row: Client) -> OAuthClient:
    """The row for other rooms."""
    return OAuthClient(
        id=row.client_id,
        name=row.name,
        institution=row.institution,
        redirect_uris=tuple(row.redirect_uris.split("\n")),
        launch_uri=row.launch_uri,
        scopes=frozenset(row.scopes.split()),
        confidential=row.confidential,
        suspended=row.suspended,
    )


def _require_address(uri: str) -> None:
    # OAuth 2.1 section 2.3.1; RFC 8252 section 7.3 lets an app listen on its own machine.
    try:
        parts = urlsplit(uri)
    except ValueError:
        raise ClientInvalid("A redirect URI cannot be read.") from None
    plain = uri.isascii() and uri.isprintable() and " " not in uri and "*" not in uri
    local = parts.scheme == "http" and parts.hostname in _LOCAL
    if not (plain and parts.hostname and (parts.scheme == "https" or local)):
        raise ClientInvalid("A redirect URI is a whole https address.")
    if "#" in uri or "@" in parts.netloc or len(uri) > LONGEST_URI:
        raise ClientInvalid("A redirect URI has no fragment and no user, and is not long.")
