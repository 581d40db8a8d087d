"""Keys are rotated, retired, or put under another root: by the operator, and recorded."""

from datetime import timedelta
from pathlib import Path
from typing import Final

from naru.audit.records import AuditedObject
from naru.exchange.access import Access, changing
from naru.security import rotation

GENERATION: Final = "key generation"
"""The kind of an audited object that is a generation of keys, with its number."""


def rotate(access: Access, folder: Path, settle: timedelta) -> int:
    """Make the next generation of keys. Raises RotationRefused, KeyRefused."""
    with changing(access):
        number = rotation.announce(folder, access.time, settle)
        access.objects.append(AuditedObject(GENERATION, str(number)))
    return number


def retire(access: Access, folder: Path, number: int) -> None:
    """Destroy a generation that nothing needs. Raises RotationRefused, KeyRefused."""
    access.objects.append(AuditedObject(GENERATION, str(number)))
    with changing(access):
        rotation.retire(folder, number, access.time)


def change_root(access: Access, folder: Path, uri: str) -> None:
    """Wrap the generations under another root. Raises KeyRefused."""
    with changing(access):
        rotation.change_root(folder, uri, access.time)
