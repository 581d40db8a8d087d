"""An EHR launch (SMART App Launch 2): a clinician opens an app with the patient who is open.

The launch is sealed, good once in the sign-in from which it comes, for a few minutes.
"""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

import msgspec

from naru.security import keys, replay
from naru.security.errors import SealBroken

LIFETIME: Final = timedelta(minutes=5)


class _Launch(msgspec.Struct, frozen=True):
    id: UUID
    session: UUID
    patient: UUID
    ends: datetime


_read: Final = msgspec.json.Decoder(_Launch)
_AAD: Final = b"launch"


def launch(session: UUID, patient: UUID, now: datetime) -> str:
    """The value of `launch` for an app that is opened with this patient."""
    said = _Launch(uuid4(), session, patient, now + LIFETIME)
    return _sealer().seal(msgspec.json.encode(said), _AAD).hex()


def patient_of(text: str, session: UUID, now: datetime) -> UUID | None:
    """With whom the app was opened; None where it was not, or not from this sign-in."""
    try:
        said = _read.decode(_sealer().open(bytes.fromhex(text), _AAD))
    except (ValueError, SealBroken, msgspec.MsgspecError):
        return None
    if said.session != session or said.ends <= now:
        return None
    return said.patient


def use(text: str, now: datetime) -> bool:
    """Mark the launch as used; False where it was before."""
    said = _read.decode(_sealer().open(bytes.fromhex(text), _AAD))
    try:
        replay.use([f"launch\n{said.id}"], until=said.ends, now=now)
    except replay.Replayed:
        return False
    return True


def _sealer() -> keys.Sealer:
    return keys.ring().sealer("exchange/launch")
