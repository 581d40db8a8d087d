"""Whether a database refused because another transaction held it for too long."""

from typing import Final

_SQLITE: Final = "SQLITE_BUSY"
_POSTGRESQL: Final = frozenset({"55P03", "40P01"})  # lock_not_available, deadlock_detected.


def waited_too_long(error: BaseException) -> bool:
    """Whether `error`, as Django raises it, is a lock that was not had in time: try again later."""
    cause = error.__cause__
    name = getattr(cause, "sqlite_errorname", None) or ""
    return name.startswith(_SQLITE) or getattr(cause, "sqlstate", None) in _POSTGRESQL
