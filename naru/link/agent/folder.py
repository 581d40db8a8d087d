"""The agent's folder.

    outbox/NAME.json             written by the EMR
    work/KEY.TIME.NAME.json      taken by the agent: all ids of the message come from KEY and TIME
    sent/NAME.json               what was sent, with NAME.receipt.json beside it
    failed/NAME.json             what was refused, with NAME.reason.json beside it

Every step is a whole file or a rename, in an order in which any of them may be the last before the
power goes: what was taken is sent again under its key, and the node knows it by that.
"""

import json
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Self
from uuid import UUID, uuid4

from naru.domain.clinical import in_korea
from naru.link.agent.files import move, write_whole
from naru.link.errors import LinkError
from naru.link.link import Receipt
from naru.link.message import KnownPatient

SETTLE: Final = 2.0
"""Seconds for which a file must not have changed; an EMR that renames it into place needs none."""
LONGEST_NAME: Final = 150
"""Octets of an EMR's own name that are kept: file systems take 255 in all."""
_TIME: Final = "%Y%m%dT%H%M%SZ"
_TAKEN: Final = re.compile(r"([0-9a-f]{32})\.(\d{8}T\d{6}Z)\.(.*)\.json", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A message that the agent has taken: under this key and time, however often it is sent."""

    file: Path
    name: str
    key: UUID
    written: datetime


class Folder:
    """Where an EMR leaves its messages."""

    def __init__(
        self,
        root: Path,
        *,
        settle: float = SETTLE,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._settle = settle
        self._now = now
        self.outbox, self.work = root / "outbox", root / "work"
        self.sent, self.failed = root / "sent", root / "failed"

    @classmethod
    def make(cls, root: Path, *, settle: float = SETTLE) -> Self:
        """The folder, with its four parts made where they are missing."""
        folder = cls(root, settle=settle)
        for part in (folder.outbox, folder.work, folder.sent, folder.failed):
            part.mkdir(parents=True, exist_ok=True)
        return folder

    def take(self) -> None:
        """Take every message that nobody is writing any more; a rename, so never half of one."""
        for _, file in sorted(_with_times(self.outbox)):
            if self._is_settled(file):
                time = self._now().strftime(_TIME)
                try:
                    move(file, self.work / f"{uuid4().hex}.{time}.{_short(file.stem)}.json")
                except (FileNotFoundError, PermissionError):
                    # The EMR took it back, or still holds it open on Windows.
                    continue

    def _is_settled(self, file: Path) -> bool:
        try:
            found = file.stat()
        except OSError:
            return False
        return self._now().timestamp() - found.st_mtime >= self._settle

    def taken(self) -> list[Taken]:
        """What was taken and is not finished, oldest first; of a run before this one too."""
        found = [each for file in self.work.glob("*.json") if (each := _taken(file)) is not None]
        return sorted(found, key=lambda each: (each.written, each.file.stat().st_mtime_ns))

    def has_receipt(self, message: Taken) -> bool:
        """Whether the message was sent, and only the file is still to be moved."""
        return self._name(self.sent, message, "receipt") is not None

    def finish(self, message: Taken) -> None:
        """Move the message beside its receipt."""
        name = self._name(self.sent, message, "receipt")
        assert name is not None
        move(message.file, self.sent / f"{name}.json")

    def put_sent(self, message: Taken, receipt: Receipt | KnownPatient) -> None:
        """Keep the receipt, then move the message beside it."""
        self._put(self.sent, message, "receipt", asdict(receipt))

    def put_failed(self, message: Taken, error: LinkError) -> None:
        """Keep the reason, then move the message beside it."""
        reason: dict[str, object] = {
            "error": type(error).__name__,
            "sentence": error.sentence,
            "codes": getattr(error, "codes", ()),
            "detail": str(error),
            "time": in_korea(self._now()),
        }
        self._put(self.failed, message, "reason", reason)

    def _put(self, part: Path, message: Taken, kind: str, record: dict[str, object]) -> None:
        name = self._name(part, message, kind) or self._free_name(part, message, kind)
        octets = json.dumps(
            {"key": message.key, **record}, default=_text, ensure_ascii=False, indent=1
        )
        write_whole(part / f"{name}.{kind}.json", octets.encode() + b"\n")
        move(message.file, part / f"{name}.json")

    def _names(self, message: Taken) -> tuple[str, str]:
        """The message's own name, and one that no other message has."""
        return message.name, f"{message.name}.{message.key.hex}"

    def _name(self, part: Path, message: Taken, kind: str) -> str | None:
        """The name under which a record of this very message stands."""
        for name in self._names(message):
            if _key_of(part / f"{name}.{kind}.json") == str(message.key):
                return name
        return None

    def _free_name(self, part: Path, message: Taken, kind: str) -> str:
        """A name whose record may be written: nobody's receipt is overwritten."""
        own, apart = self._names(message)
        used = (part / f"{own}.{kind}.json").exists() or (part / f"{own}.json").exists()
        return apart if used else own


def _short(name: str) -> str:
    """The name, so far as a file system lets the key, the time and an ending stand beside it."""
    return os.fsencode(name)[:LONGEST_NAME].decode(errors="ignore")


def _taken(file: Path) -> Taken | None:
    match = _TAKEN.fullmatch(file.name)
    if match is None:
        return None
    key, time, name = match.groups()
    written = datetime.strptime(time, _TIME).replace(tzinfo=UTC)
    return Taken(file=file, name=name, key=UUID(key), written=written)


def _with_times(outbox: Path) -> Iterator[tuple[int, Path]]:
    for file in outbox.glob("*.json"):
        if not file.name.startswith("."):
            try:
                yield file.stat().st_mtime_ns, file
            except FileNotFoundError:
                continue


def _key_of(file: Path) -> str | None:
    try:
        found = json.loads(file.read_bytes()).get("key")
    except (OSError, ValueError):
        return None
    return found if isinstance(found, str) else None


def _text(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
