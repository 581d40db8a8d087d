"""Why a database could not do what was asked just now, so that it may be tried again."""

from typing import Final

_BUSY: Final = "SQLITE_BUSY"
_NO_LOCK: Final = frozenset({"55P03", "40P01"})  # lock_not_available, deadlock_detected.
_FULL: Final = ("SQLITE_FULL", "SQLITE_IOERR_WRITE", "SQLITE_IOERR_FSYNC", "SQLITE_IOERR_SHM")
_DISK_FULL: Final = "53100"


def waited_too_long(error: BaseException) -> bool:
    """Whether `error`, as Django raises it, is a lock that was not had in time: try again later."""
    name, state = _told(error)
    return name.startswith(_BUSY) or state in _NO_LOCK


def had_no_room(error: BaseException) -> bool:
    """Whether `error`, as Django raises it, is a disk that is full: nothing was kept."""
    name, state = _told(error)
    return name.startswith(_FULL) or state == _DISK_FULL


def _told(error: BaseException) -> tuple[str, str]:
    cause = error.__cause__
    name = getattr(cause, "sqlite_errorname", None) or ""
    return name, getattr(cause, "sqlstate", None) or ""
