"""How acts and what stands are kept: sealed, since to exclude a department says something."""

from typing import Final
from uuid import UUID

import msgspec

from naru.consent.acts import Act
from naru.consent.snapshots import NO_EXCLUSIONS, Exclusions
from naru.domain.arrangements import NO_ARRANGEMENTS, Arrangements
from naru.security import keys

_acts: Final = msgspec.json.Decoder(Act)
_exclusions: Final = msgspec.json.Decoder(Exclusions)
_arrangements: Final = msgspec.json.Decoder(Arrangements)


def encode_act(act: Act) -> bytes:
    """The bytes that say an act; the ledger's commitment is over these."""
    return msgspec.json.encode(act, order="deterministic")


def seal_act(act: UUID, content: bytes) -> bytes:
    """The stored form of an act."""
    return keys.ring().sealer("consent-act").seal(content, act.bytes)


def open_act(act: UUID, sealed: bytes) -> Act:
    """The act again."""
    return _acts.decode(keys.ring().sealer("consent-act").open(sealed, act.bytes))


def seal_exclusions(patient: UUID, exclusions: Exclusions) -> bytes | None:
    """The stored form; None where there are none, so that most snapshots open nothing."""
    if exclusions == NO_EXCLUSIONS:
        return None
    content = msgspec.json.encode(exclusions, order="deterministic")
    return keys.ring().sealer("consent-exclusions").seal(content, patient.bytes)


def open_exclusions(patient: UUID, sealed: bytes | memoryview | None) -> Exclusions:
    """The exclusions again."""
    if sealed is None:
        return NO_EXCLUSIONS
    return _exclusions.decode(
        keys.ring().sealer("consent-exclusions").open(bytes(sealed), patient.bytes)
    )


def seal_arrangements(patient: UUID, arrangements: Arrangements) -> bytes | None:
    """The stored form; None where nothing is arranged."""
    if arrangements == NO_ARRANGEMENTS:
        return None
    content = msgspec.json.encode(arrangements, order="deterministic")
    return keys.ring().sealer("consent-arrangements").seal(content, patient.bytes)


def open_arrangements(patient: UUID, sealed: bytes | memoryview | None) -> Arrangements:
    """The arrangements again."""
    if sealed is None:
        return NO_ARRANGEMENTS
    return _arrangements.decode(
        keys.ring().sealer("consent-arrangements").open(bytes(sealed), patient.bytes)
    )
