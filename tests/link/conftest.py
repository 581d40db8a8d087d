import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from naru.link import CareInstitution, Link
from naru.link.config import read_config
from naru.security.authority import Authority, create_authority
from tests.link.emr import CLINIC, configuration
from tests.link.recorded_node import RecordedNode, Server


@dataclass
class Running:
    """A recorded node that answers, and the configuration of a link to it."""

    node: RecordedNode
    config: Path
    port: int


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return create_authority(tmp_path_factory.mktemp("authority") / "ca", datetime.now(UTC))


def write_configuration(
    folder: Path, authority: Authority, url: str, institution: CareInstitution = CLINIC
) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    issued = authority.issue_client(institution.name, [institution.oid], datetime.now(UTC))
    issued.save(folder / "link.pem", folder / "link.key")
    (folder / "ca.pem").write_bytes(authority.certificate)
    (folder / "link.toml").write_text(configuration(url, institution), "utf-8")
    return folder / "link.toml"


def server_tls(folder: Path, authority: Authority) -> ssl.SSLContext:
    folder.mkdir(parents=True, exist_ok=True)
    authority.issue_server(["localhost"], datetime.now(UTC)).save(
        folder / "server.pem", folder / "server.key"
    )
    (folder / "trusted.pem").write_bytes(authority.certificate)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.pem", folder / "server.key")
    context.load_verify_locations(folder / "trusted.pem")
    context.verify_mode = ssl.CERT_REQUIRED
    return context


@pytest.fixture
def running(tmp_path: Path, authority: Authority) -> Iterator[Running]:
    node = RecordedNode()
    tls = server_tls(tmp_path / "server", authority)
    with Server(node, ("127.0.0.1", 0), tls) as server:
        port = int(server.server_address[1])
        config = write_configuration(tmp_path / "link", authority, f"https://localhost:{port}")
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield Running(node, config, port)
        server.shutdown()


@pytest.fixture
def link(running: Running) -> Iterator[Link]:
    with Link(read_config(running.config), retries=(0.0, 0.0, 0.0)) as link:
        yield link
