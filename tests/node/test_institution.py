"""`naru institution`: an operator admits a hospital, and its link files open the wire doors."""

import os
import subprocess
import sys
import tomllib
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256

from naru.security.authority import create_authority
from tests.node.test_serve import environment, serving

PROGRAM = str(Path(sys.executable).with_name("naru"))
_arcs = count(1)


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of a node that was started once."""
    folder = tmp_path_factory.mktemp("node")
    with serving(folder, "--tls-port", "0"):
        pass
    return folder / "node"


@pytest.fixture
def oid() -> str:
    return f"2.999.{os.getpid()}.{next(_arcs)}"


PAST = ["--past-the-procedure", "TEST: a node of tests"]


def run(node: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    more = PAST if arguments[0] == "admit" and PAST[0] not in arguments else []
    return subprocess.run(
        [PROGRAM, "institution", *arguments, *more, "--data", str(node)],
        capture_output=True,
        text=True,
        timeout=60,
        env=environment(),
        check=False,
    )


def admit_hub(node: Path, oid: str, out: Path) -> subprocess.CompletedProcess[str]:
    hub = ["--oid", oid, "--repository", f"{oid}.7", "--telephone", "02"]
    return run(node, "admit", "동부거점병원", *hub, "--out", str(out))


def test_an_admitted_hub_gets_a_certificate_and_a_configuration(
    node: Path, oid: str, tmp_path: Path
) -> None:
    out = tmp_path / "hub"

    assert admit_hub(node, oid, out).returncode == 0

    configuration = tomllib.loads((out / "link.toml").read_text("utf-8"))
    assert configuration["institution"]["oid"] == oid
    assert configuration["exchange"]["repository_oid"] == f"{oid}.7"
    assert "resident_number_authority" not in configuration["exchange"]
    assert "facility_type" not in configuration["institution"]
    assert (out / "key.pem").stat().st_mode & 0o077 == 0
    assert b"BEGIN CERTIFICATE" in (out / "certificate.pem").read_bytes()


def test_a_member_names_its_hub_and_uses_its_repository(
    node: Path, oid: str, tmp_path: Path
) -> None:
    admit_hub(node, oid, tmp_path / "hub")
    member = ["--oid", f"{oid}001", "--hub", oid, "--out", str(tmp_path / "member")]
    member += ["--facility-type", "31"]

    assert run(node, "admit", "이음내과의원", *member).returncode == 0

    configuration = tomllib.loads((tmp_path / "member" / "link.toml").read_text("utf-8"))
    assert configuration["institution"]["facility_type"] == "31"
    assert configuration["exchange"]["repository_oid"] == f"{oid}.7"
    assert f"{oid}001\t-\tmember\tapproved\t이음내과의원" in run(node, "list").stdout


def test_a_suspended_institution_is_listed_as_such(node: Path, oid: str, tmp_path: Path) -> None:
    admit_hub(node, oid, tmp_path / "hub")

    assert run(node, "suspend", oid).returncode == 0

    assert f"{oid}\t-\thub\tsuspended" in run(node, "list").stdout


def test_a_suspended_institution_is_approved_again(node: Path, oid: str, tmp_path: Path) -> None:
    admit_hub(node, oid, tmp_path / "hub")
    run(node, "suspend", oid)

    assert run(node, "approve", oid).returncode == 0

    assert f"{oid}\t-\thub\tapproved" in run(node, "list").stdout


def test_a_lost_key_is_replaced_and_its_certificate_revoked(
    node: Path, oid: str, tmp_path: Path
) -> None:
    admit_hub(node, oid, tmp_path / "old")
    certificate = x509.load_pem_x509_certificate(
        (tmp_path / "old" / "certificate.pem").read_bytes()
    )
    fingerprint = certificate.fingerprint(SHA256()).hex(":")
    new = ["certificate", oid, "--telephone", "02", "--out", str(tmp_path / "new")]

    assert run(node, *new).returncode == 0
    assert run(node, "revoke", fingerprint).returncode == 0

    old, made = (tmp_path / one / "link.toml" for one in ("old", "new"))
    assert made.read_text("utf-8") == old.read_text("utf-8")
    assert (tmp_path / "new" / "key.pem").read_bytes() != (
        tmp_path / "old" / "key.pem"
    ).read_bytes()
    assert run(node, "revoke", fingerprint).returncode == 1  # It is valid no more.
    assert run(node, "revoke", "--all", oid).stdout == "1 revoked\n"
    assert run(node, "revoke", "--all", oid).stdout == "0 revoked\n"


def test_a_repository_is_not_taken_from_its_institution(
    node: Path, oid: str, tmp_path: Path
) -> None:
    admit_hub(node, oid, tmp_path / "first")
    other = ["--oid", f"{oid}008", "--repository", f"{oid}.7", "--out", str(tmp_path / "second")]

    refused = run(node, "admit", "서부거점병원", *other)

    assert refused.returncode == 1
    assert "another institution's" in refused.stderr
    assert f"{oid}008" not in run(node, "list").stdout
    assert not (tmp_path / "second").exists()


def test_whose_files_could_not_be_written_is_told_how_to_get_them(
    node: Path, oid: str, tmp_path: Path
) -> None:
    program = (
        "import sys; from naru.node import cli, institution_files\n"
        "def full(*_): raise OSError(28, 'No space left on device')\n"
        "institution_files.write = full\n"
        "sys.exit(cli.main(sys.argv[1:]))"
    )
    arguments = ["institution", "admit", "동부거점병원", "--oid", oid, "--repository", f"{oid}.7"]
    arguments += PAST
    folders = ["--out", str(tmp_path / "out"), "--data", str(node)]
    refused = subprocess.run(
        [sys.executable, "-c", program, *arguments, *folders],
        capture_output=True,
        text=True,
        timeout=60,
        env=environment(),
        check=False,
    )
    assert refused.returncode == 1
    assert f"naru institution certificate {oid} --out DIR" in refused.stderr


@pytest.mark.parametrize("reason", ["", "  ", "a\nb\x1b[2J", "x" * 501])
def test_nobody_is_admitted_past_the_joining_procedure_without_a_reason(
    node: Path, oid: str, tmp_path: Path, reason: str
) -> None:
    out = tmp_path / "hub"
    hub = ["--oid", oid, "--repository", f"{oid}.7", "--out", str(out)]

    refused = run(node, "admit", "동부거점병원", *hub, "--past-the-procedure", reason)

    assert refused.returncode == 1
    assert "procedure" in refused.stderr or "a reason is one line" in refused.stderr
    assert oid not in run(node, "list").stdout
    assert not out.exists()


def test_why_an_institution_went_past_the_procedure_stands_in_the_chain(
    node: Path, oid: str, tmp_path: Path
) -> None:
    hub = ["--oid", oid, "--repository", f"{oid}.7", "--out", str(tmp_path / "hub")]
    why = f"TEST why {oid}"
    assert run(node, "admit", "동부거점병원", *hub, "--past-the-procedure", why).returncode == 0

    assert why in audited(node, "admit institution")


def audited(node: Path, transaction: str) -> str:
    """What the chain keeps of this transaction's records: query, outcome and objects."""
    program = (
        "import sys; from pathlib import Path; from naru.node.institution import open_folder\n"
        "open_folder(Path(sys.argv[1]))\n"
        "from naru.audit import queries\n"
        "found = [one.record for one in queries.between(None, None, limit=500)]\n"
        "said = [(one.query, one.outcome.name, [each.id for each in one.objects]) for one in found"
        " if one.transaction == sys.argv[2]]\n"
        "print(said)"
    )
    return subprocess.run(
        [sys.executable, "-c", program, str(node), transaction],
        capture_output=True, text=True, timeout=60, env=environment(), check=True,
    ).stdout  # fmt: skip


def test_an_insurer_that_was_admitted_as_an_agency_becomes_one(
    node: Path, oid: str, tmp_path: Path
) -> None:
    body = ["--oid", oid, "--kind", "agency", "--out", str(tmp_path / "body")]
    admitted = run(node, "admit", "시험손해보험", *body)
    assert admitted.returncode == 0, admitted.stderr
    written = {one.name for one in (tmp_path / "body").iterdir()}
    assert written == {"authority.pem", "certificate.pem", "key.pem"}

    why = f"TEST it insures {oid}"
    assert run(node, "kind", oid, "insurer", "--reason", why).returncode == 0

    assert f"{oid}\t-\tinsurer\tapproved\t시험손해보험" in run(node, "list").stdout
    kept = audited(node, "change institution kind")
    assert f"('{why}', 'SUCCESS'" in kept
    assert "'agency to insurer'" in kept


def test_an_oid_is_given_once(node: Path, oid: str, tmp_path: Path) -> None:
    admit_hub(node, oid, tmp_path / "first")

    assert admit_hub(node, oid, tmp_path / "second").returncode == 1
    assert not (tmp_path / "second").exists()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["admit", "x", "--oid", "one", "--repository", "2.999.1"], "no OID"),
        (["admit", "x", "--oid", "2.999.9", "--hub", "2.999.404"], "no institution here"),
        (["admit", 'x"y', "--oid", "2.999.9", "--repository", "2.999.9.1"], "no quote"),
        (["suspend", "2.999.404"], "no institution here"),
        (["approve", "2.999.404"], "no institution here"),
        (["revoke", "ab:cd"], "No valid certificate"),
        (["revoke", "--all", "2.999.404"], "no institution here"),
    ],
)
def test_what_cannot_be_done_is_refused_in_a_sentence_and_leaves_nothing(
    node: Path, arguments: list[str], sentence: str, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    more = ["--out", str(out)] if arguments[0] == "admit" else []

    refused = run(node, *arguments, *more)

    assert refused.returncode == 1
    assert sentence in refused.stderr
    assert "Traceback" not in refused.stderr
    assert not out.exists()


def test_a_certificate_that_others_issued_makes_an_institution_known(
    node: Path, oid: str, tmp_path: Path
) -> None:
    assert admit_hub(node, oid, tmp_path / "hub").returncode == 0
    issued = create_authority(tmp_path / "elsewhere", datetime.now(UTC)).issue_client(
        "elsewhere", [], datetime.now(UTC)
    )
    file = tmp_path / "own.pem"
    file.write_bytes(issued.certificate)

    accepted = run(node, "accept", oid, "--certificate", str(file))

    assert accepted.returncode == 0
    assert issued.fingerprint_sha256 in accepted.stdout
    again = run(node, "accept", oid, "--certificate", str(file))
    assert again.returncode == 1
    assert "already" in again.stderr
    file.write_bytes(b"no certificate")
    assert run(node, "accept", oid, "--certificate", str(file)).returncode == 1
