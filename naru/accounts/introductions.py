"""Codes by which somebody is named without being known: shown on one's own page, good once."""

import secrets
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from naru.accounts import people, sealed
from naru.accounts.errors import NotFound
from naru.accounts.models import Introduction, User

LIFETIME: Final = timedelta(minutes=10)
"""As long as it takes to hand a telephone over, or to read sixteen letters out."""


def introduce(account: UUID, now: datetime) -> str:
    """A new code of the account in place of the one before; shown now and kept as a token."""
    user = User.objects.get(public_id=account)
    code = "".join(secrets.choice(people.CODE_LETTERS) for _ in range(people.CODE_LENGTH))
    token = sealed.token("introduction", code)
    Introduction.objects.update_or_create(
        user=user, defaults={"token": token, "ends_at": now + LIFETIME}
    )
    return people.grouped(code)


def introduced(code: str, now: datetime) -> UUID:
    """The account that showed the code, which is used up by it; raises NotFound."""
    plain = "".join(letter for letter in code.upper() if letter in people.CODE_LETTERS)
    rows = Introduction.objects.filter(
        token=sealed.token("introduction", plain), ends_at__gt=now, user__is_active=True
    )
    found = rows.select_related("user").first()
    if found is None or not Introduction.objects.filter(pk=found.pk, token=found.token).delete()[0]:
        raise NotFound
    return found.user.public_id
