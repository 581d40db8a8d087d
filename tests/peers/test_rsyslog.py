"""rsyslog as the audit record repository: it takes what a node sends by TLS, TCP and UDP (ITI-20).

It is away when the node starts and goes away once more, so that what waits for it is proved to
arrive: whole, in order, at least once.
"""

import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
from lxml import etree

from naru.domain.stored_query import FindDocuments
from naru.domain.xds import AvailabilityStatus
from naru.formats.atna import from_syslog, from_xml
from naru.formats.xml.schema import load_schema, validate
from naru.security.authority import create_authority
from tests.end_to_end import people
from tests.end_to_end.node import PATIENCE, Node, environment, fresh_database
from tests.end_to_end.wire import Caller
from tests.peers import installed
from tests.ports import free_port

PEER = "rsyslog"
pytestmark = [pytest.mark.peers, pytest.mark.xdist_group(PEER)]

BY_TRANSPORT = [
    pytest.param(one, marks=pytest.mark.peers(peer=PEER, door="ITI-20"), id=one)
    for one in ("tls", "tcp", "udp")
]

CONFIGURATION = """
global(workDirectory="{folder}" maxMessageSize="512k"
  defaultNetstreamDriver="gtls"
  defaultNetstreamDriverCAFile="{folder}/ca.pem"
  defaultNetstreamDriverCertFile="{folder}/rsyslog.pem"
  defaultNetstreamDriverKeyFile="{folder}/rsyslog.key")
module(load="imudp")
module(load="imtcp" streamDriver.name="gtls" streamDriver.mode="1"
  streamDriver.authMode="x509/certvalid")
module(load="imptcp")
template(name="whole" type="string" string="%rawmsg%\\n")
ruleset(name="tls") {{ action(type="omfile" file="{folder}/tls" template="whole") }}
ruleset(name="tcp") {{ action(type="omfile" file="{folder}/tcp" template="whole") }}
ruleset(name="udp") {{ action(type="omfile" file="{folder}/udp" template="whole") }}
input(type="imtcp" address="127.0.0.1" port="{tls}" ruleset="tls")
input(type="imptcp" address="127.0.0.1" port="{tcp}" ruleset="tcp")
input(type="imudp" address="127.0.0.1" port="{udp}" ruleset="udp")
"""


@dataclass
class Rsyslog:
    """One rsyslogd with a folder and ports of its own."""

    folder: Path
    ports: dict[str, int] = field(
        default_factory=lambda: {one: free_port() for one in ("tls", "tcp", "udp")}
    )
    process: subprocess.Popen[bytes] | None = None

    def start(self, program: str) -> None:
        configuration = self.folder / "rsyslog.conf"
        configuration.write_text(CONFIGURATION.format(folder=self.folder, **self.ports))
        command = [program, "-n", "-f", str(configuration), "-i", str(self.folder / "pid")]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(command, env=environment(), stdout=log, stderr=log)

    def stop(self) -> None:
        assert self.process is not None
        self.process.terminate()
        self.process.wait(PATIENCE)

    def held(self, transport: str) -> list[bytes]:
        """Each message as it came, in its order; one that is being written is left out."""
        file = self.folder / transport
        content = file.read_bytes() if file.exists() else b""
        return content.split(b"\n")[:-1]


def ask(node: Node, mark: str) -> None:
    patient = people.newcomer()
    query = FindDocuments(
        patient_id=type(patient)(f"{patient.value}-{mark}", patient.authority),
        status=(AvailabilityStatus.APPROVED,),
    )
    assert Caller(node.port).ask(query).response.errors == ()


def asked(messages: list[bytes]) -> list[str]:
    """The marks of the questions, in the order in which they first came."""
    whom = [
        found.id.partition("^")[0].rpartition("-")[2]
        for message in messages
        for found in from_xml(from_syslog(message).content).objects
        if found.role == "1"
    ]
    return list(dict.fromkeys(whom))


@pytest.fixture(scope="module")
def rsyslog(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rsyslog]:
    """An rsyslog that was away twice while a node was asked thirty questions."""
    program = installed.program("rsyslogd")
    made = Rsyslog(tmp_path_factory.mktemp("rsyslog"))
    with fresh_database() as database:
        urls = [f"{transport}://127.0.0.1:{port}" for transport, port in made.ports.items()]
        node = Node(
            data=tmp_path_factory.mktemp("node") / "data",
            database=database,
            options=("--sandbox", *(word for url in urls for word in ("--audit-to", url))),
        )
        node.start()
        _issue(node, made.folder)
        try:
            _ask_while_it_comes_and_goes(node, made, program)
            yield made
        finally:
            node.stop()
            made.stop()


def _ask_while_it_comes_and_goes(node: Node, made: Rsyslog, program: str) -> None:
    for each in range(10):
        ask(node, f"{each}x")
    made.start(program)
    _await(made, 10)
    made.stop()
    for each in range(10, 20):
        ask(node, f"{each}x")
    made.start(program)
    for each in range(20, 30):
        ask(node, f"{each}x")
    _await(made, 30)


def _issue(node: Node, folder: Path) -> None:
    # Without TLS doors of its own it is the node's worker that makes it: now, or in a moment.
    authority = create_authority(node.data / "ca", datetime.now(UTC))
    (folder / "ca.pem").write_bytes(authority.certificate)
    issued = authority.issue_server(["localhost"], datetime.now(UTC))
    issued.save(folder / "rsyslog.pem", folder / "rsyslog.key")


def _await(made: Rsyslog, number: int) -> None:
    deadline = time.monotonic() + 2 * PATIENCE
    # A datagram may be lost; but some have come when all else has.
    while min(len(asked(made.held(one))) for one in ("tls", "tcp")) < number or not made.held(
        "udp"
    ):
        assert time.monotonic() < deadline, (made.folder / "log").read_text()[-2000:]
        time.sleep(0.3)


@pytest.mark.parametrize("transport", BY_TRANSPORT)
def test_it_takes_every_message_as_an_audit_message(rsyslog: Rsyslog, transport: str) -> None:
    held = rsyslog.held(transport)
    assert held
    for message in held:
        read = from_syslog(message)
        assert read.is_audit
        assert (read.facility, read.severity) == (10, 5)
        assert read.time is not None


@pytest.mark.parametrize("transport", BY_TRANSPORT)
def test_what_it_holds_follows_the_schema(rsyslog: Rsyslog, transport: str, cases: Path) -> None:
    schema = load_schema(cases / "schemas" / "atna" / "dicom2017c.xsd")
    for message in rsyslog.held(transport):
        validate(etree.fromstring(from_syslog(message).content), schema)


@pytest.mark.parametrize("transport", BY_TRANSPORT[:2])
def test_nothing_is_lost_and_the_order_is_kept_while_it_comes_and_goes(
    rsyslog: Rsyslog, transport: str
) -> None:
    assert asked(rsyslog.held(transport)) == [f"{each}x" for each in range(30)]
