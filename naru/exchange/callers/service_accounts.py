"""The accounts of programs: made, given new keys, suspended, by the operator."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from naru.accounts import service_accounts
from naru.accounts.errors import ClientInvalid
from naru.accounts.values import Service
from naru.audit.records import AuditedObject
from naru.directory import queries as directory
from naru.exchange.access import Access, changing
from naru.exchange.institutions.admission import INSTITUTION

SERVICE: Final = "service accounts"
"""The transaction, as the audit names it."""

ACCOUNT: Final = "service account"
"""The kind of an audited object that is such an account, with its client_id."""


def registered() -> tuple[Service, ...]:
    """Every account. It names no person, so it leaves no record of its own."""
    return service_accounts.everyone()


def register(
    access: Access, name: str, institution: UUID, scopes: Sequence[str], key_set: str
) -> Service:
    """A new account of an institution that is known; raises ClientInvalid, JwksRefused."""
    with changing(access):
        if directory.by_id(institution, on=access.time) is None:
            raise ClientInvalid("A service account is an institution's.")
        made = service_accounts.register(name, institution, scopes, key_set, access.time)
        access.objects.append(AuditedObject(INSTITUTION, str(institution)))
        access.objects.append(AuditedObject(ACCOUNT, made.id))
        return made


def rotate(access: Access, client_id: str, key_set: str) -> None:
    """New keys in place of the old, from the next request on. Raises NotFound, JwksRefused."""
    with changing(access):
        access.objects.append(AuditedObject(ACCOUNT, client_id))
        service_accounts.rotate(client_id, key_set, access.time)


def suspend(access: Access, client_id: str, *, suspended: bool) -> None:
    """Nothing more from the next request on, tokens it has included, or again. Raises NotFound."""
    with changing(access):
        access.objects.append(AuditedObject(ACCOUNT, client_id))
        service_accounts.suspend(client_id, suspended=suspended)
