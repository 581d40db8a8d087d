"""The published cases against a sandbox that the command itself starts, over real HTTP."""

import subprocess
from pathlib import Path

import pytest

from naru.conformance.library import open_library
from naru.conformance.not_applicable import NotApplicable
from naru.domain.identifiers import new_uuid_urn
from tests.conformance import plans
from tests.end_to_end.institutions import HUB_A, STRANGER, Exchange
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


FEED = "<PatientIdentityFeedTransaction><NoMetadata/></PatientIdentityFeedTransaction>"
NOTHING = "<ExpectedContents><Documents count='0'/></ExpectedContents>"


@pytest.fixture
def plans_for_a_live_node(tmp_path: Path) -> Path:
    plans.write(tmp_path, "1", "feed", plans.step(FEED))
    plans.write(tmp_path, "1", "ask", plans.query(NOTHING), asked=new_uuid_urn())
    return tmp_path


def against(exchange: Exchange, folder: Path, *credentials: str | Path) -> tuple[int, str]:
    """Run plans against a node for real records; the exit code and the last line, or what else."""
    command = [NARU, "conformance", "run", folder, "--patient-domain", f"{HUB_A}.1", *credentials]
    base = f"https://127.0.0.1:{exchange.node.tls_port}"
    ran = subprocess.run(
        [*map(str, command), "--base", base],
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    return ran.returncode, (ran.stdout.splitlines() or [ran.stderr])[-1]


def test_a_live_node_is_met_by_mutual_tls(exchange: Exchange, plans_for_a_live_node: Path) -> None:
    def shown(oid: str) -> list[str | Path]:
        files = exchange.folder / f"{oid}.pem", exchange.folder / f"{oid}.key"
        return ["--cert", files[0], "--key", files[1]]

    authority = ["--ca", exchange.node.data / "ca" / "ca.pem"]
    folder, last = plans_for_a_live_node, exchange.node.last_record()
    passed = "2 passed, 0 failed, 0 not attempted, 0 not applicable"
    assert against(exchange, folder, *authority, *shown(HUB_A)) == (0, passed)
    records = exchange.node.records_after(last)
    assert {one.transaction for one in records} == {"ITI-44", "ITI-18"}
    assert {str(one.institution) for one in records} == {exchange.institutions[HUB_A]}

    # Without a certificate, with a stranger's, and where the node's own is not believed.
    for wrong in (authority, [*authority, *shown(STRANGER)], shown(HUB_A)):
        code, told = against(exchange, folder, *wrong)
        assert code == 1
        assert told.startswith("0 passed, ")
