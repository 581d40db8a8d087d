"""`naru provider`: an operator trusts an assertion provider, looks at it, and trusts it no more."""

import os
import subprocess
import sys
from itertools import count
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.assertions import Provider, ec_provider, rsa_provider
from tests.node.test_institution import PROGRAM, admit_hub
from tests.node.test_serve import environment, serving

_arcs = count(1)
USERS = ("--for", "assertion-provider")
CLIENT = ("--for", "client")


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

    trusted = run(node, "trust", "urn:example:idp", *given, *USERS, "--institution", oid)
    assert trusted.returncode == 0, trusted.stderr
    fingerprint = trusted.stdout.strip()
    listed = run(node, "list").stdout
    assert fingerprint in listed
    assert "\tassertion-provider\t1 institutions\turn:example:idp" in listed

    assert run(node, "distrust", fingerprint).returncode == 0
    assert fingerprint not in run(node, "list").stdout
    again = run(node, "distrust", fingerprint)
    assert again.returncode == 1
    assert again.stderr.startswith("naru provider: ")


def test_a_client_is_trusted_as_such(node: Path, tmp_path: Path) -> None:
    oid = f"2.999.{os.getpid()}.{next(_arcs)}"
    assert admit_hub(node, oid, tmp_path / "hub").returncode == 0
    given = ("--certificate", saved(rsa_provider(), tmp_path))

    trusted = run(node, "trust", "urn:example:emr", *given, *CLIENT, "--institution", oid)
    assert trusted.returncode == 0, trusted.stderr
    assert "\tclient\t1 institutions\turn:example:emr" in run(node, "list").stdout
    assert run(node, "trust", "urn:example:emr", *given, "--institution", oid).returncode == 2
    assert run(node, "distrust", trusted.stdout.strip()).returncode == 0
    assert "urn:example:emr" not in run(node, "list").stdout


def test_a_provider_may_be_trusted_everywhere(node: Path, tmp_path: Path) -> None:
    given = ("--certificate", saved(ec_provider(), tmp_path))
    assert run(node, "trust", "urn:example:all", *given, *USERS, "--everywhere").returncode == 0
    assert "\teverywhere\turn:example:all" in run(node, "list").stdout


def test_the_doctor_names_what_was_trusted_before_kinds(node: Path, tmp_path: Path) -> None:
    given = ("--certificate", saved(ec_provider(), tmp_path))
    assert run(node, "trust", "urn:example:old", *given, *USERS, "--everywhere").returncode == 0
    older = (
        "import sys, pathlib; from naru.node.institution import open_folder;"
        "open_folder(pathlib.Path(sys.argv[1]));"
        "from naru.directory.models import Provider;"
        "Provider.objects.filter(issuer='urn:example:old').update(kind='undeclared')"
    )
    subprocess.run([sys.executable, "-c", older, str(node)], check=True, env=environment())

    assert "\tundeclared\teverywhere\turn:example:old" in run(node, "list").stdout
    told = examined(node)
    assert "✗ trusted certificates" in told
    assert "urn:example:old" in told
    assert run(node, "trust", "urn:example:old", *given, *USERS, "--everywhere").returncode == 0
    assert "✓ trusted certificates" in examined(node)


def examined(node: Path) -> str:
    command = [PROGRAM, "doctor", "--data", str(node), "--tls-port", "0"]
    told = subprocess.run(
        command, capture_output=True, text=True, timeout=60, env=environment(), check=False
    )
    return told.stdout


def test_what_cannot_be_trusted_is_refused_in_a_line(node: Path, tmp_path: Path) -> None:
    short = Provider(rsa.generate_private_key(public_exponent=65537, key_size=1024))
    none = tmp_path / "none.pem"
    none.write_text("no certificate")
    given = ("--certificate", saved(short, tmp_path))
    sound = ("--certificate", saved(ec_provider(), tmp_path))
    for arguments in (
        (*given, *USERS, "--everywhere"),
        ("--certificate", str(none), *USERS, "--everywhere"),
        ("--certificate", str(tmp_path / "absent.pem"), *USERS, "--everywhere"),
        (*sound, *USERS, "--institution", "2.999.404"),
        (*sound, *CLIENT, "--everywhere"),
    ):
        refused = run(node, "trust", "urn:example:no", *arguments)
        assert refused.returncode == 1
        assert refused.stderr.startswith("naru provider: ")
        assert refused.stderr.count("\n") == 1
