"""The plan that ships is written out whole, can be read, and writes over nothing."""

from pathlib import Path

import pytest

from naru.conformance.library import open_library
from naru.conformance.sandbox import authorities_of, codes_of
from naru.node import codes
from naru.node.cli import main


@pytest.fixture
def written(tmp_path: Path) -> Path:
    assert main(["conformance", "first-day", str(tmp_path / "plan")]) == 0
    return tmp_path / "plan"


def test_every_step_is_understood(written: Path) -> None:
    library = open_library([written])
    assert library.unreadable == {}
    steps = list(library.steps.values())
    assert [one.transaction for one in steps] == [
        "PatientIdentityFeed",
        "Register",
        "StoredQuery",
        "ProvideAndRegister",
        "StoredQuery",
        "Retrieve",
        "Register",
    ]
    assert [one.not_understood for one in steps] == [()] * len(steps)


def test_its_codes_are_among_our_own_and_its_patients_nobodys(written: Path) -> None:
    file = codes_of(open_library([written]).roots)
    assert file is not None
    assert all(one.startswith("2.999.") for one in authorities_of(file))
    own = codes.load(None)
    needed = codes.load(file)
    assert needed.codes
    for attribute, listed in needed.codes.items():
        assert listed <= own.codes[attribute], attribute
    assert needed.mime_types <= own.mime_types


def test_nothing_is_written_over(written: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (written / "mine").write_text("mine")
    assert main(["conformance", "first-day", str(written)]) == 2
    assert "not empty" in capsys.readouterr().err
    assert (written / "mine").read_text() == "mine"
