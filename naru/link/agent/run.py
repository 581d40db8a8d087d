"""The agent's round: take from the view, send what waits, wait. It listens nowhere."""

import logging
import tomllib
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Final

from naru.link.agent.files import lock
from naru.link.agent.folder import Folder, Taken
from naru.link.agent.view import Journal, View
from naru.link.config import config_from
from naru.link.errors import (
    ConfigurationWrong,
    LinkError,
    MessageWrong,
    NodeNotTrusted,
    NodeRefused,
    NodeUnreachable,
)
from naru.link.link import Link
from naru.link.message import kind_of, read_message, send

EVERY: Final = 1.0
"""Seconds between two looks at the folder."""
LONGEST_WAIT: Final = 60.0
"""Seconds between two attempts when the node stays away."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """One institution's agent; `view` is read as well where the EMR offers one."""

    link: Link
    folder: Folder
    view: View | None = None
    journal: Journal | None = None

    def round(self) -> None:
        """Handle all that waits.

        Raises a LinkError or OSError where something has to wait: the node is away or asks for
        patience, the view or a file cannot be read. Whatever could be done was done before.
        """
        waits: Exception | None = self._take_from_view()
        self.folder.take()
        for message in self.folder.taken():
            try:
                self._handle(message)
            except (NodeUnreachable, NodeNotTrusted):
                raise  # It would be the same for every other message.
            except (LinkError, OSError) as error:  # One file that cannot be read stops no other.
                log.warning("waits %s: %s", message.key, type(error).__name__)
                waits = error
        if waits is not None:
            raise waits

    def _take_from_view(self) -> LinkError | None:
        if self.view is not None and self.journal is not None:
            try:
                self.view.take(self.folder, self.journal)
            except LinkError as error:
                return error
        return None

    def _handle(self, message: Taken) -> None:
        if self.folder.has_receipt(message):
            self.folder.finish(message)
            return
        kind = "-"
        try:
            meant = read_message(message.file.read_bytes(), self.link.forms)
            kind = kind_of(meant)
            receipt = send(self.link, meant, key=message.key, written=message.written)
        except MessageWrong as wrong:
            self._fail(message, kind, wrong)
        except NodeRefused as refused:
            if refused.is_transient:
                raise
            self._fail(message, kind, refused)
        else:
            self.folder.put_sent(message, receipt)
            log.info("sent %s %s", kind, message.key)

    def _fail(self, message: Taken, kind: str, error: LinkError) -> None:
        # Neither the file's name nor the sentence goes into the log: both may name a person.
        log.warning("refused %s %s: %s", kind, message.key, type(error).__name__)
        self.folder.put_failed(message, error)

    def run(self, stop: Event) -> None:
        """Go round until told to stop; where something has to wait, wait longer each time."""
        wait = EVERY
        log.info("start, %s", "folder" if self.view is None else "folder and view")
        try:
            while not stop.is_set():
                wait = EVERY if self._goes_well() else min(wait * 2, LONGEST_WAIT)
                stop.wait(wait)
        finally:
            self.link.close()

    def _goes_well(self) -> bool:
        try:
            self.round()
        except (LinkError, OSError) as error:  # A full disk too is over some time.
            # No message's own words come this far, so that the sentence names nobody.
            sentence = error.sentence if isinstance(error, LinkError) else ""
            log.warning("waiting: %s %s", type(error).__name__, sentence)
            return False
        return True


def run_agent(file: Path, stop: Event) -> None:
    """The agent that a configuration file describes, alone in its folder."""
    try:
        data = tomllib.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigurationWrong(f"{file}: {type(error).__name__}") from None
    table = data.get("agent", {})
    root = file.parent / _text(table, "folder")
    folder = Folder.make(root)
    view = None
    if "view" in table:
        view = View(_text(table["view"], "url"), _text(table["view"], "name"))
    with lock(folder.work / ".lock"), Link(config_from(data, file.parent)) as link:
        journal = Journal(folder.work / "view.journal")
        Agent(link=link, folder=folder, view=view, journal=journal).run(stop)


def _text(table: object, name: str) -> str:
    value = table.get(name) if isinstance(table, dict) else None
    if not isinstance(value, str) or not value:
        raise ConfigurationWrong(f"[agent] {name} must be a text")
    return value
