"""What is kept of a case names people, so it lies sealed, bound to the row that it belongs to."""

import json
from collections.abc import Mapping
from typing import Final
from uuid import UUID

from naru.security import keys

_CONTENT: Final = "directory/entry"
_SHEET: Final = "directory/sheet"
_REQUEST: Final = "directory/request"


def seal_content(content: Mapping[str, str], case: UUID) -> bytes:
    """What was recorded in a step."""
    text = json.dumps(content, ensure_ascii=False).encode()
    return keys.ring().sealer(_CONTENT).seal(text, case.bytes)


def open_content(blob: bytes, case: UUID) -> Mapping[str, str]:
    """The same again; raises SealBroken."""
    opened: dict[str, str] = json.loads(keys.ring().sealer(_CONTENT).open(blob, case.bytes))
    return opened


def seal(pdf: bytes, sheet: UUID) -> bytes:
    """A paper."""
    return keys.ring().sealer(_SHEET).seal(pdf, sheet.bytes)


def open_sheet(blob: bytes, sheet: UUID) -> bytes:
    """The same again; raises SealBroken."""
    return keys.ring().sealer(_SHEET).open(blob, sheet.bytes)


def seal_request(request: bytes, case: UUID) -> bytes:
    """A certificate request, which may name whoever made it."""
    return keys.ring().sealer(_REQUEST).seal(request, case.bytes)


def open_request(blob: bytes, case: UUID) -> bytes:
    """The same again; raises SealBroken."""
    return keys.ring().sealer(_REQUEST).open(blob, case.bytes)
