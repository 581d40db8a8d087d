"""Accounts of programs: each asks in one institution's name, by its own keys and scopes."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from naru.accounts.clients import new_id
from naru.accounts.errors import ClientInvalid, NotFound
from naru.accounts.models import ServiceAccount
from naru.accounts.values import Service
from naru.security import jwks

_LONGEST_NAME = 100


def register(
    name: str, institution: UUID, scopes: Sequence[str], key_set: str, now: datetime
) -> Service:
    """Keep a new one; raises ClientInvalid, JwksRefused."""
    jwks.read(key_set)
    if not name.strip() or len(name) > _LONGEST_NAME or not scopes:
        raise ClientInvalid("A service account has a name and the scopes that it may ask for.")
    row = ServiceAccount.objects.create(
        client_id=new_id().replace("app-", "service-"),
        name=name.strip(),
        institution=institution,
        scopes=" ".join(sorted(set(scopes))),
        jwks=key_set,
        created_at=now,
        keys_at=now,
    )
    return value(row)


def rotate(client_id: str, key_set: str, now: datetime) -> Service:
    """The keys by which it signs from now on, and no others. Raises NotFound, JwksRefused."""
    jwks.read(key_set)
    row = _row(client_id)
    row.jwks, row.keys_at = key_set, now
    row.save(update_fields=["jwks", "keys_at"])
    return value(row)


def suspend(client_id: str, *, suspended: bool) -> Service:
    """Let it do nothing from the next request on, or let it again. Raises NotFound."""
    row = _row(client_id)
    row.suspended = suspended
    row.save(update_fields=["suspended"])
    return value(row)


def by_id(client_id: str) -> Service | None:
    """An account, a suspended one too."""
    row = ServiceAccount.objects.filter(client_id=client_id).first()
    return value(row) if row else None


def used(client_id: str, now: datetime) -> None:
    """It got a token just now."""
    ServiceAccount.objects.filter(client_id=client_id).update(used_at=now)


def everyone() -> tuple[Service, ...]:
    """Every account, the oldest first."""
    return tuple(map(value, ServiceAccount.objects.order_by("created_at", "pk")))


def value(row: ServiceAccount) -> Service:
    """The row for other rooms."""
    return Service(
        id=row.client_id,
        name=row.name,
        institution=row.institution,
        scopes=frozenset(row.scopes.split()),
        key_set=row.jwks,
        suspended=row.suspended,
        keys_at=row.keys_at,
        used=row.used_at,
    )


def _row(client_id: str) -> ServiceAccount:
    row = ServiceAccount.objects.filter(client_id=client_id).first()
    if row is None:
        raise NotFound
    return row
