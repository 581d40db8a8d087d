"""Passkeys as they are kept: added, used, taken away."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction

from naru.accounts import passkeys, sealed
from naru.accounts.errors import CeremonyInvalid, NotFound, NotRecognised
from naru.accounts.models import Passkey, User
from naru.accounts.passkeys import Challenge

MOST: Final = 20
"""Passkeys of one account."""

_LONGEST_NAME: Final = 60

NAMED: Final = "passkey"
"""The purpose under which the name of one is sealed."""


def attested(account: UUID) -> tuple[bytes, ...]:
    """The account's credentials, so that no authenticator makes a second one."""
    rows = Passkey.objects.filter(user__public_id=account)
    return tuple(bytes(one) for one in rows.values_list("credential", flat=True))


def add(
    account: UUID, challenge: Challenge, answer: Mapping[str, Any], name: str, now: datetime
) -> None:
    """Keep the passkey that was made; raises CeremonyInvalid."""
    made = passkeys.registered(challenge, answer, now)
    user = User.objects.get(public_id=account)
    if user.passkeys.count() >= MOST:
        raise CeremonyInvalid("enough passkeys")
    public_id = uuid4()
    try:
        with transaction.atomic():
            Passkey.objects.create(
                public_id=public_id,
                user=user,
                digest=sealed.digest(made.id),
                credential=made.attested,
                sign_count=made.sign_count,
                sealed=sealed.seal_text(name.strip()[:_LONGEST_NAME], NAMED, public_id),
                created_at=now,
            )
    except IntegrityError:  # 7.1 step 26: one credential, one account.
        raise CeremonyInvalid("registered before") from None


def use(challenge: Challenge, answer: Mapping[str, Any], now: datetime) -> UUID:
    """The account whose passkey signed the challenge; raises NotRecognised, CeremonyInvalid."""
    row = (
        Passkey.objects.select_for_update(of=("self",))
        .select_related("user")
        .filter(digest=sealed.digest(passkeys.claimed_id(answer)), user__is_active=True)
        .first()
    )
    if row is None:
        raise NotRecognised
    account = row.user.public_id
    count = passkeys.signed(challenge, bytes(row.credential), account, answer, now)
    # 7.2 step 22: a counter that does not grow is a copied authenticator's.
    if (count or row.sign_count) and count <= row.sign_count:
        raise CeremonyInvalid("the counter went back")
    row.sign_count, row.used_at = count, now
    row.save(update_fields=["sign_count", "used_at"])
    return account


def remove(account: UUID, passkey: UUID) -> None:
    """Take one away; raises NotFound."""
    deleted, _ = Passkey.objects.filter(user__public_id=account, public_id=passkey).delete()
    if not deleted:
        raise NotFound
