"""How a referral and its acts are kept: JSON under a seal, bound to their own ids."""

from typing import Final
from uuid import UUID

import msgspec

from naru.domain.referral_course import fold
from naru.domain.referrals import Act, Referral, Sent
from naru.referrals import models
from naru.security import keys

_sent: Final = msgspec.json.Decoder(Sent)
_act: Final = msgspec.json.Decoder(Act)


def seal_sent(sent: Sent) -> bytes:
    """How it began, bound to the referral."""
    return _seal("referral", msgspec.json.encode(sent), sent.id)


def seal_act(act: Act) -> bytes:
    """What happened, bound to the act."""
    return _seal("referral-act", msgspec.json.encode(act), act.id)


def value(row: models.Referral, acts: list[models.Act]) -> Referral:
    """What stands by a row and its acts, in their order."""
    sent = _sent.decode(_open("referral", row.content, row.referral))
    told = (_act.decode(_open("referral-act", one.content, one.act)) for one in acts)
    return fold(sent, told)


def _seal(purpose: str, plain: bytes, whose: UUID) -> bytes:
    return keys.ring().sealer(purpose).seal(plain, whose.bytes)


def _open(purpose: str, stored: bytes, whose: UUID) -> bytes:
    return keys.ring().sealer(purpose).open(bytes(stored), whose.bytes)
