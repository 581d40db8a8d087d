"""What a notice says, sealed: whoever reads the table learns who was told when, not what."""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

import msgspec

from naru.security import keys

_values: Final = msgspec.json.Decoder(dict[str, str])


def seal(values: Mapping[str, str], notice: UUID) -> bytes:
    """The values, bound to their notice."""
    plain = msgspec.json.encode(dict(values))
    return keys.ring().sealer("notifications").seal(plain, notice.bytes)


def unseal(stored: bytes | memoryview, notice: UUID) -> dict[str, str]:
    """The values again."""
    opened = keys.ring().sealer("notifications").open(bytes(stored), notice.bytes)
    return _values.decode(opened)
