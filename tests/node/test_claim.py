"""`naru claim` says what a genuine proof says, refuses others, and keeps who takes part."""

import base64
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.node.test_institution import PROGRAM, admit_hub
from tests.node.test_serve import environment, serving

OID = f"2.999.{os.getpid()}.77"

_MADE = """
import sys
from datetime import date
from pathlib import Path
from uuid import uuid4

from naru.node.institution import open_folder

open_folder(Path(sys.argv[1]))

from django.db import transaction

from naru.domain.referrals import AskedBy, Kind
from naru.hira import proof

said = proof.Statement(
    proof=uuid4(), referral="TEST-R-1", kind=Kind.REFERRAL, sender=sys.argv[2], document="2.999.1",
    day=date(2026, 11, 22), conditions="TEST", holds=("paper", "pilot"), asked_by=AskedBy.PATIENT,
)
with transaction.atomic():
    sys.stdout.buffer.write(proof.write(said))
"""


@dataclass(frozen=True)
class Folder:
    """A node's folder in which one proof was given."""

    data: Path
    proof: Path

    def claim(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [PROGRAM, "claim", *arguments, "--data", str(self.data)]
        return subprocess.run(
            command, env=environment(), capture_output=True, text=True, check=False, timeout=120
        )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    place = tmp_path_factory.mktemp("claim")
    with serving(place, "--tls-port", "0"):
        pass
    data = place / "node"
    assert admit_hub(data, OID, place / "hub").returncode == 0
    made = subprocess.run(
        [sys.executable, "-c", _MADE, str(data), OID],
        env=environment(), capture_output=True, check=True, timeout=120,
    )  # fmt: skip
    proof = data.with_name("proof.jws")
    proof.write_bytes(made.stdout)
    return Folder(data, proof)


def test_a_genuine_proof_is_told_in_lines(folder: Folder) -> None:
    told = folder.claim("verify", str(folder.proof))

    assert told.returncode == 0, told.stderr
    lines = dict(line.split("\t") for line in told.stdout.splitlines())
    assert lines == {
        "referral": "TEST-R-1",
        "kind": "referral",
        "sender": OID,
        "document": "2.999.1",
        "day": "2026-11-22",
        "conditions": "TEST",
        "holds": "paper pilot",
        "ledger": "pending",
    }


def test_a_changed_one_and_a_missing_file_are_refused(folder: Folder) -> None:
    header, payload, signature = folder.proof.read_bytes().split(b".")
    text = base64.urlsafe_b64decode(payload + b"=" * (-len(payload) % 4))
    other = base64.urlsafe_b64encode(text.replace(b"TEST-R-1", b"TEST-R-2")).rstrip(b"=")
    changed = folder.proof.with_name("changed.jws")
    changed.write_bytes(b".".join((header, other, signature)))

    refused = folder.claim("verify", str(changed))
    absent = folder.claim("verify", str(changed.with_name("nothing.jws")))

    assert (refused.returncode, refused.stdout) == (1, "")
    assert "is no proof of this node's" in refused.stderr
    assert absent.returncode == 1
    assert "cannot be read" in absent.stderr


def test_who_takes_part_in_the_pilot_is_kept_or_refused_with_a_sentence(folder: Folder) -> None:
    assert folder.claim("pilot", OID, "2026-11-22").returncode == 0
    unknown = folder.claim("pilot", "2.999.77.9", "2026-11-22")
    backwards = folder.claim("pilot", OID, "2026-11-22", "--last", "2026-11-21")
    assert (unknown.returncode, backwards.returncode) == (1, 1)
    assert "there is no institution" in unknown.stderr
    assert "it would end before it begins" in backwards.stderr
