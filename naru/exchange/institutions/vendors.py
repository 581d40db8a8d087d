"""What a vendor sees of its own: the apps and the certificates of the institution it works for."""

from dataclasses import dataclass
from typing import Final

from naru.accounts import clients
from naru.accounts.values import OAuthClient
from naru.audit.records import AuditedObject
from naru.directory import certificates
from naru.directory.certificates import Held
from naru.exchange.access import Access, reading
from naru.exchange.institutions.admission import INSTITUTION

VENDOR: Final = "vendor"
"""The transaction, as the audit names it."""


@dataclass(frozen=True, slots=True)
class Own:
    """The vendor's own apps and test certificates; none where its post is at no institution."""

    clients: tuple[OAuthClient, ...]
    certificates: tuple[Held, ...]


def own(access: Access) -> Own:
    """What is the caller's own; certificates for real doors are not among it."""
    with reading(access):
        institution = access.caller.institution
        if institution is None:
            return Own((), ())
        access.objects.append(AuditedObject(INSTITUTION, str(institution)))
        held = certificates.of_institution(institution, on=access.time)
        return Own(
            tuple(one for one in clients.registered() if one.institution == institution),
            tuple(one for one in held if one.test),
        )
