"""A root key in a security module that others wrote, by PKCS#11: SoftHSM."""

import os
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from naru.security import key_file, rotation
from naru.security.errors import KeyRefused
from naru.security.keys import KeyRing, create_master_key, open_ring
from tests.end_to_end.node import NARU, Node, environment
from tests.peers import installed
from tests.ports import free_port

pkcs11 = pytest.importorskip("pkcs11", reason="python-pkcs11, of the extra kms, is not installed")

NOW = datetime(2026, 1, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)
PIN = "TEST-4711"


@dataclass(frozen=True)
class Module:
    """One token of a module, in files of the test's own."""

    folder: Path
    library: Path

    @property
    def uri(self) -> str:
        pin = f"pin-source=file:{self.folder}/pin"
        return f"pkcs11:token=naru%20test;object=root?module-path={self.library}&{pin}"

    def goes_away(self) -> None:
        (self.folder / "tokens").rename(self.folder / "away")

    def comes_back(self) -> None:
        (self.folder / "away").rename(self.folder / "tokens")


@pytest.fixture(scope="module")
def library() -> Path:
    tool = Path(installed.program("softhsm2-util")).resolve()
    found = [*tool.parent.parent.glob("lib/**/libsofthsm2.so")]
    return found[0] if found else installed.absent("softhsm2-util")


@pytest.fixture(scope="module")
def module(library: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Module]:
    """A token with a root key. A process loads the module once, so the tests share it."""
    folder = tmp_path_factory.mktemp("softhsm")
    (folder / "tokens").mkdir()
    conf = folder / "softhsm2.conf"
    conf.write_text(f"directories.tokendir = {folder}/tokens\nobjectstore.backend = file\n")
    (folder / "pin").write_text(f"{PIN}\n")
    (folder / "pin").chmod(0o600)
    os.environ["SOFTHSM2_CONF"] = str(conf)
    made = ["--init-token", "--free", "--label", "naru test", "--pin", PIN, "--so-pin", PIN]
    subprocess.run([installed.program("softhsm2-util"), *made], check=True, capture_output=True)
    with (
        pkcs11.lib(str(library))
        .get_token(token_label="naru test")
        .open(rw=True, user_pin=PIN) as session
    ):
        session.generate_key(
            pkcs11.KeyType.AES,
            256,
            label="root",
            store=True,
            template={pkcs11.Attribute.SENSITIVE: True, pkcs11.Attribute.EXTRACTABLE: False},
        )
    yield Module(folder, library)
    del os.environ["SOFTHSM2_CONF"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    create_master_key(tmp_path)
    return tmp_path


def fresh(folder: Path) -> KeyRing:
    """The ring as another process would open it."""
    return open_ring.__wrapped__(folder)


def test_a_ring_goes_over_to_the_module_and_opens_what_was_sealed(
    folder: Path, module: Module
) -> None:
    before = fresh(folder)
    blob = before.sealer("p").seal(b"value", b"row")
    rotation.change_root(folder, module.uri, NOW)
    assert [one.name for one in folder.iterdir()] == ["ring.json"]
    assert fresh(folder).sealer("p").open(blob, b"row") == b"value"
    assert fresh(folder).derive("audit/chain") == before.derive("audit/chain")
    assert PIN not in (folder / "ring.json").read_text()
    rotation.announce(folder, NOW, SECOND)
    assert fresh(folder).keys().numbers == (2, 1)
    before.look()  # A process that runs sees both changes.
    assert before.keys().looking == (1, 2)


def test_a_process_that_was_forked_speaks_to_the_module_anew(folder: Path, module: Module) -> None:
    rotation.change_root(folder, module.uri, NOW)
    ring = fresh(folder)
    pid = os.fork()
    if not pid:
        status = 1
        try:
            rotation.announce(folder, NOW, SECOND)
            ring.look()
            status = 0 if ring.keys().numbers == (2, 1) else 2
        finally:
            os._exit(status)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


def test_a_module_that_is_away_is_named_and_nothing_is_half_done(
    folder: Path, module: Module
) -> None:
    rotation.change_root(folder, module.uri, NOW)
    ring = fresh(folder)
    blob = ring.sealer("p").seal(b"value", b"row")
    whole = (folder / "ring.json").read_bytes()
    module.goes_away()
    try:
        for attempt in (
            lambda: fresh(folder),
            lambda: rotation.announce(folder, NOW, SECOND),
            lambda: rotation.change_root(folder, "file:root-9.key", NOW),
        ):
            with pytest.raises(KeyRefused, match="does not answer"):
                attempt()
        # A node that runs needs the module for nothing that it opened once.
        assert ring.sealer("p").open(blob, b"row") == b"value"
    finally:
        module.comes_back()
    assert (folder / "ring.json").read_bytes() == whole
    assert rotation.announce(folder, NOW, SECOND) == 2


def test_another_modules_key_and_a_wrong_pin_are_refused(folder: Path, module: Module) -> None:
    rotation.change_root(folder, module.uri, NOW)
    ring = key_file.read(folder)
    assert ring is not None
    pin = module.folder / "pin"
    pin.write_text("TEST-0000")
    try:
        with pytest.raises(KeyRefused, match="PinIncorrect"):
            fresh(folder)
        pin.chmod(0o644)
        with pytest.raises(KeyRefused, match="open to others"):
            fresh(folder)
    finally:
        pin.write_text(PIN)
        pin.chmod(0o600)
    absent = module.uri.replace("object=root", "object=none")
    with pytest.raises(KeyRefused, match="NoSuchKey"):
        rotation.change_root(folder, absent, NOW)
    assert key_file.read(folder) == ring


def test_a_ring_goes_back_to_a_file(folder: Path, module: Module) -> None:
    blob = fresh(folder).sealer("p").seal(b"value", b"row")
    rotation.change_root(folder, module.uri, NOW)
    rotation.change_root(folder, "file:root-back.key", NOW)
    assert fresh(folder).sealer("p").open(blob, b"row") == b"value"


def test_a_node_whose_module_is_away_refuses_to_start_and_to_rotate(
    tmp_path: Path, module: Module
) -> None:
    data = tmp_path / "data"
    create_master_key(data / "keys")
    node = Node(data=data, options=("--sandbox", "--workers", "1"))
    node.start()
    node.stop()
    assert naru("keys", "root", module.uri, "--data", str(data)) == (0, "")
    node.start()
    before = (data / "keys" / "ring.json").read_bytes()
    module.goes_away()
    try:
        for refused in (
            naru("keys", "rotate", "--data", str(data)),
            naru("serve", "--sandbox", "--data", str(data), "--port", str(free_port())),
        ):
            assert refused[0] == 1
            assert "the security module of the root key does not answer" in refused[1]
            assert refused[1].count("\n") == 1
        # The node that runs has what it opened once, and goes on.
        with socket.create_connection(("127.0.0.1", node.port), 30) as page:
            page.sendall(b"GET /.well-known/naru HTTP/1.0\r\nHost: localhost\r\n\r\n")
            assert b" 200 " in page.recv(100)
    finally:
        module.comes_back()
    assert (data / "keys" / "ring.json").read_bytes() == before
    assert naru("keys", "rotate", "--data", str(data)) == (0, "")
    node.stop()


def naru(*words: str) -> tuple[int, str]:
    """A command's exit status and what it complained of."""
    ran = subprocess.run(
        [NARU, *words], env=environment(), capture_output=True, text=True, check=False
    )
    return ran.returncode, ran.stderr
