from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.conftest import PROJECT
from tests.end_to_end import people, recordings
from tests.end_to_end.institutions import Exchange
from tests.end_to_end.node import Node, fresh_database
from tests.end_to_end.wire import Caller


@pytest.fixture(scope="session")
def published() -> Path:
    """The published cases, or an empty folder's name where there are none."""
    import os

    return Path(os.environ.get("NARU_CASES", PROJECT.parent / "shared" / "data"))


# What the recorded queries speak of besides what was submitted.
RECORDED_AUTHORITIES = (
    "1.3.6.1.4.1.21367.2017.2.5.45",
    "1.3.6.1.4.1.21367.2017.2.5.89",
    "1.3.6.1.4.1.21367.2017.2.5.93",
    "2.16.756.5.30.1.127.3.10.3",
    "1.1.1.2.2",
)
RECORDED_REPOSITORY = "1.3.6.1.4.1.21367.2017.2.3.54"
ESTABLISH = """
from django.core.management import call_command
from naru.repository import services
call_command("migrate", verbosity=0)
services.establish(oid=sys.argv[1], institution=UUID(int=0), name="Sandbox")
"""


@pytest.fixture(scope="session")
def codes(tmp_path_factory: pytest.TempPathFactory, published: Path) -> Path:
    """A code file that admits what the recorded messages say."""
    file = tmp_path_factory.mktemp("codes") / "codes.json"
    recorded = recordings.submissions(published) if (published / "ihe").is_dir() else []
    people.write_code_sets(file, recorded, *RECORDED_AUTHORITIES)
    return file


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory: pytest.TempPathFactory, codes: Path) -> Iterator[Node]:
    """A sandbox that runs for the whole session and stops cleanly at its end."""
    with a_sandbox(tmp_path_factory.mktemp("sandbox"), codes) as node:
        yield node


@pytest.fixture
def fresh_sandbox(tmp_path: Path, codes: Path) -> Iterator[Node]:
    """A sandbox in which nothing has happened yet."""
    with a_sandbox(tmp_path, codes) as node:
        yield node


@contextmanager
def a_sandbox(folder: Path, codes: Path) -> Iterator[Node]:
    with fresh_database() as database:
        node = Node(
            data=folder / "data",
            database=database,
            options=("--sandbox", "--codes", str(codes)),
        )
        node.data.mkdir()
        node.administer(ESTABLISH, RECORDED_REPOSITORY)
        node.start()
        yield node
        node.stop()


@pytest.fixture
def caller(sandbox: Node) -> Caller:
    return Caller(sandbox.port)


@pytest.fixture(scope="session")
def exchange(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Exchange]:
    """A node for real records with two hubs and their peers, for the whole session."""
    with fresh_database() as database:
        found = Exchange.establish(tmp_path_factory.mktemp("exchange"), database)
        found.node.start()
        yield found
        found.node.stop()
