"""What a data folder is: a sandbox, a demo, or a place for real records. Never two of them."""

from datetime import datetime
from typing import Final

from naru.node.models import MARK, Mark
from naru.security.errors import SealBroken
from naru.security.keys import ring

_PURPOSE: Final = "node/mark"


class SandboxRefused(Exception):
    """A sandbox and a real data folder may not become each other."""


class DemoRefused(Exception):
    """A demo, whose pages open without sign-in, and any other data folder are kept apart."""


class KeyOfAnother(Exception):
    """The master key is not the one under which this data folder was sealed."""


def settle(*, sandbox: bool, demo: bool = False, now: datetime) -> None:
    """Mark a new data folder, or check that it still is what it was at its first start.

    Raises SandboxRefused or DemoRefused: open consent or open pages over real records would give
    them to anyone. Raises KeyOfAnother: under a wrong key every patient would be unknown.
    """
    mark, _ = Mark.objects.get_or_create(
        id=1, defaults={"sandbox": sandbox, "demo": demo, "since": now, "sealed": _sealed()}
    )
    _require_key(mark)
    if sandbox and not mark.sandbox:
        raise SandboxRefused(
            "this data folder was used without --sandbox; "
            "a sandbox needs a folder of its own (--data DIR)"
        )
    if mark.sandbox and not sandbox:
        raise SandboxRefused(
            "this data folder is a sandbox; start it with --sandbox, or choose another (--data DIR)"
        )
    if mark.demo is not demo:
        raise DemoRefused(
            "this data folder is a demo's; only `naru demo` opens it"
            if mark.demo
            else "this data folder is no demo's; `naru demo` needs one of its own (--data DIR)"
        )


def require_key() -> None:
    """Raise KeyOfAnother where the master key does not open the mark; change nothing."""
    mark = Mark.objects.filter(id=1).first()
    if mark and mark.sealed:
        _open(mark)


def _require_key(mark: Mark) -> None:
    if not mark.sealed:  # Made by a version that kept no seal: this key is believed, once.
        mark.sealed = _sealed()
        mark.save(update_fields=["sealed"])
    _open(mark)


def _open(mark: Mark) -> None:
    try:
        ring().sealer(_PURPOSE).open(bytes(mark.sealed), MARK)
    except SealBroken as broken:
        raise KeyOfAnother(
            "the master key is not the one of these data: "
            "put keys/master.key of this node back from the backup"
        ) from broken


def _sealed() -> bytes:
    return ring().sealer(_PURPOSE).seal(MARK, MARK)
