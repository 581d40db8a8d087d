"""The published cases against a sandbox that the command itself starts, over real HTTP."""

import subprocess
from pathlib import Path

import pytest

from naru.conformance.library import open_library
from naru.conformance.not_applicable import NotApplicable
from tests.end_to_end.node import NARU, environment

SUBMITTED = ("Register", "ProvideAndRegister", "PatientIdentityFeed", "RegisterODDE")
TRANSACTIONS = ("StoredQuery", "Retrieve", *SUBMITTED)
# Below what the published set holds, so that a selection that shrinks is seen.
AT_LEAST = 380


@pytest.fixture(scope="module")
def published_plans(cases: Path) -> Path:
    folder = cases / "ihe" / "nist-toolkit2"
    if not (folder / "tests").is_dir():
        pytest.skip("no published test plans: NARU_CASES holds none")
    return folder


@pytest.mark.long  # CI runs the same by the command itself.
@pytest.mark.timeout(240)
def test_every_step_that_needs_only_these_transactions_passes(published_plans: Path) -> None:
    command = [
        str(NARU),
        "conformance",
        "run",
        str(published_plans),
        "--transactions",
        *TRANSACTIONS,
    ]
    ran = subprocess.run(command, env=environment(), capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout[-6000:] + ran.stderr
    last = ran.stdout.splitlines()[-1]
    passed = int(last.split(" passed")[0])
    assert " 0 failed, 0 not attempted, " in last
    assert passed >= AT_LEAST, last


def test_each_line_that_ships_names_a_step_that_is_there(published_plans: Path) -> None:
    steps = open_library([published_plans]).steps
    assert [key for key in NotApplicable.shipped().reasons if key not in steps] == []


def test_every_published_plan_can_be_read(published_plans: Path) -> None:
    assert open_library([published_plans]).unreadable == {}
