"""`naru provider`: an operator trusts an assertion provider, looks at it, and trusts it no more."""

import os
import subprocess
from itertools import count
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.assertions import Provider, ec_provider, rsa_provider
from tests.node.test_institution import PROGRAM, admit_hub
from tests.node.test_serve import environment, serving

_arcs = count(1)


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of a node that was started once."""
    folder = tmp_path_factory.mktemp("node")
    with serving(folder, "--tls-port", "0"):
        pass
    return folder / "node"


def run(node: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [PROGRAM, "provider", *arguments, "--data", str(node)],
        capture_output=True,
        text=True,
        timeout=60,
        env=environment(),
        check=False,
    )


def saved(provider: Provider, folder: Path) -> str:
    file = folder / f"{provider.certificate.serial_number:x}.pem"
    file.write_bytes(provider.pem)
    return str(file)


def test_a_provider_is_trusted_listed_and_distrusted(node: Path, tmp_path: Path) -> None:
    oid = f"2.999.{os.getpid()}.{next(_arcs)}"
    assert admit_hub(node, oid, tmp_path / "hub").returncode == 0
    given = ("--certificate", saved(rsa_provider(), tmp_path))

    trusted = run(node, "trust", "urn:example:idp", *given, "--institution", oid)
    assert trusted.returncode == 0, trusted.stderr
    fingerprint = trusted.stdout.strip()
    listed = run(node, "list").stdout
    assert fingerprint in listed
    assert "\t1 institutions\turn:example:idp" in listed

    assert run(node, "distrust", fingerprint).returncode == 0
    assert fingerprint not in run(node, "list").stdout
    again = run(node, "distrust", fingerprint)
    assert again.returncode == 1
    assert again.stderr.startswith("naru provider: ")


def test_a_provider_may_be_trusted_everywhere(node: Path, tmp_path: Path) -> None:
    given = ("--certificate", saved(ec_provider(), tmp_path))
    assert run(node, "trust", "urn:example:all", *given, "--everywhere").returncode == 0
    assert "\teverywhere\turn:example:all" in run(node, "list").stdout


def test_what_cannot_be_trusted_is_refused_in_a_line(node: Path, tmp_path: Path) -> None:
    short = Provider(rsa.generate_private_key(public_exponent=65537, key_size=1024))
    none = tmp_path / "none.pem"
    none.write_text("no certificate")
    given = ("--certificate", saved(short, tmp_path))
    for arguments in (
        (*given, "--everywhere"),
        ("--certificate", str(none), "--everywhere"),
        ("--certificate", str(tmp_path / "absent.pem"), "--everywhere"),
        ("--certificate", saved(ec_provider(), tmp_path), "--institution", "2.999.404"),
    ):
        refused = run(node, "trust", "urn:example:no", *arguments)
        assert refused.returncode == 1
        assert refused.stderr.startswith("naru provider: ")
        assert refused.stderr.count("\n") == 1
