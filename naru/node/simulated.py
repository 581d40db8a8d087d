"""The world outside of a demo: programs on loopback that begin and end with it."""

import secrets
import signal
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from naru.node.notices import FILE as NOTICES_FILE
from naru.node.relay import FILE as RELAY_FILE

if TYPE_CHECKING:
    from naru.demo.outside import Outside
    from naru.simulators import hira_relay, identity_provider, message_sender


IDENTITY_KEY: Final = "identity.key"
_RELAY_KEY: Final = "relay.key"
_SENDER_KEY: Final = "sender.key"
_REPORT_KEY: Final = "sender-reports.key"
"""The files of the secrets that the node shares with each of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Every program that stands beside the node."""

    identity: "identity_provider.Simulator"
    relay: "hira_relay.Simulator"
    sender: "message_sender.Simulator"

    def places(self) -> Sequence["Outside"]:
        """Where each of them is."""
        from naru.demo.outside import Outside

        return (
            Outside(key="identity", name="", address=self.identity.address),
            Outside(key="relay", name="", address=self.relay.address),
            Outside(key="sender", name="", address=self.sender.address),
        )

    def connect(self, data: Path) -> None:
        """Tell the node of this folder where they are."""
        _keep_secret(data / IDENTITY_KEY, self.identity.secret)
        _keep_secret(data / _RELAY_KEY, self.relay.secret)
        _keep_secret(data / _SENDER_KEY, self.sender.key)
        _keep_secret(data / _REPORT_KEY, self.sender.report_key)
        told = f'url = "{self.relay.url}"\nkey_file = "{_RELAY_KEY}"\n'
        (data / RELAY_FILE).write_text(told, "ascii")
        channels = (
            f'[{one}]\nurl = "{self.sender.at(one)}"\nkey_file = "{_SENDER_KEY}"\n'
            f'report_key_file = "{_REPORT_KEY}"\n'
            for one in ("chat", "sms", "email")
        )
        (data / NOTICES_FILE).write_text("\n".join(channels), "ascii")


@contextmanager
def world() -> Iterator[World]:
    """Each on a port of its own, with secrets of its own; they end with the demo."""
    from naru.notifications.kinds import chat_templates
    from naru.simulators import hira_relay, identity_provider, message_sender
    from naru.simulators.program import serving

    # Before any thread: one that took a signal would end the demo without its cleaning up.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    with ExitStack() as programs:
        identity = identity_provider.Simulator(0, _secret(), known=_known())
        relay = hira_relay.Simulator(0, _secret())
        sender = message_sender.Simulator(
            0, _secret(), report_key=_secret(), approved=chat_templates()
        )
        yield World(
            identity=programs.enter_context(serving(identity)),
            relay=programs.enter_context(serving(relay)),
            sender=programs.enter_context(serving(sender)),
        )


@contextmanager
def agencies(data: Path, wire: str) -> Iterator[Sequence["Outside"]]:
    """The agencies' own systems, each with the files of its folder; they ask the wire doors."""
    from naru.demo.cast import AGENCIES
    from naru.demo.outside import Outside
    from naru.simulators.agency import Simulator
    from naru.simulators.agency_node import Account, Node
    from naru.simulators.program import serving

    with ExitStack() as programs:
        found = []
        for one in AGENCIES:
            if not (data / one.key / "service.json").exists():
                continue  # The folder is of a time when agencies had no system of their own.
            node = Node(wire, Account.of_folder(data / one.key))
            program = programs.enter_context(serving(Simulator(0, one.name, node)))
            found.append(Outside(key="agency", name=one.name, address=program.address))
        yield tuple(found)


def _keep_secret(file: Path, secret: str) -> None:
    file.touch(mode=0o600)
    file.write_text(f"{secret}\n", "ascii")


def _secret() -> str:
    return secrets.token_urlsafe(24)


def _known() -> Sequence[dict[str, str]]:
    """Whom one can be at the provider of 본인확인 by one press."""
    from naru.demo.population import NEWCOMER, PATIENT

    return [
        {
            "name": one.name,
            "born": f"{one.born}",
            "gender": one.gender.value,
            "phone": one.telephone,
        }
        for one in (PATIENT, NEWCOMER)
    ]
