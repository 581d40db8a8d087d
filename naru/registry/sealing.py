"""The sealed whole of each object, bound to its kind and id."""

from functools import cache
from typing import Final, Generic, TypeVar

import msgspec

from naru.domain.xds import Association, DocumentEntry, Folder, SubmissionSet
from naru.security.keys import Sealer, ring

_Kept = TypeVar("_Kept", DocumentEntry, SubmissionSet, Folder, Association)

_PURPOSE: Final = "registry"
_ENCODER: Final = msgspec.json.Encoder()


@cache
def _sealer() -> Sealer:
    return ring().sealer(_PURPOSE)


class Seal(Generic[_Kept]):
    """Seals and opens the objects of one kind."""

    def __init__(self, kind: type[_Kept]) -> None:
        self._prefix = f"{kind.__name__} ".encode()
        self._decoder: msgspec.json.Decoder[_Kept] = msgspec.json.Decoder(kind)

    def seal(self, kept: _Kept) -> bytes:
        """The object, sealed under its kind and entryUUID."""
        bound = self._prefix + kept.entry_uuid.encode()
        return _sealer().seal(_ENCODER.encode(kept), bound)

    def open(self, entry_uuid: str, sealed: bytes) -> _Kept:
        """The object as it was sealed; raises SealBroken where the blob is of another."""
        plain = _sealer().open(bytes(sealed), self._prefix + entry_uuid.encode())
        return self._decoder.decode(plain)


ENTRY: Final = Seal(DocumentEntry)
SUBMISSION_SET: Final = Seal(SubmissionSet)
FOLDER: Final = Seal(Folder)
ASSOCIATION: Final = Seal(Association)
