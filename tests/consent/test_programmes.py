"""The operator's file of programmes: what it has to say, and that an edit holds at once."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import override_settings

from naru.consent import programmes
from naru.consent.errors import InvalidPolicy
from naru.consent.policy import policy
from naru.consent.programmes import ProgrammeKind, ProgrammeStatus, given, read
from naru.node.options import NodeOptions
from naru.node.preparation import NotPrepared, require_files

DAY = date(2026, 11, 22)
PAGE = Path(__file__).parents[2] / "docs" / "cases.md"


def row(**changed: Any) -> dict[str, Any]:
    """A programme as the file has it."""
    whole = {
        "code": "TEST-R",
        "name": "시험 연구",
        "kind": "research",
        "approver": "시험기관생명윤리위원회",
        "approval": "TEST-IRB-1",
        "basis": "생명윤리 및 안전에 관한 법률 제16조",
        "first": "2026-11-01",
        "last": "2027-10-31",
        "records": True,
        "status": "approved",
        "purpose": "TEST-R^^2.999.77",
        "papers": {"11506-3^^2.16.840.1.113883.6.1": "경과기록"},
    }
    return {name: value for name, value in (whole | changed).items() if value is not None}


def file(*rows: dict[str, Any], **more: Any) -> bytes:
    return json.dumps({"version": "TEST", "programmes": rows, **more}).encode()


@contextmanager
def named(path: Path | None) -> Iterator[None]:
    with override_settings(NARU=replace(settings.NARU, programmes=path)):
        yield


def test_a_programme_says_who_approved_it_on_what_and_what_it_may_see() -> None:
    (one,) = read(file(row()))

    assert (one.code, one.kind, one.status) == (
        "TEST-R", ProgrammeKind.RESEARCH, ProgrammeStatus.APPROVED
    )  # fmt: skip
    assert (one.approver, one.approval) == ("시험기관생명윤리위원회", "TEST-IRB-1")
    assert one.may_see("11506-3^^2.16.840.1.113883.6.1")
    assert not one.may_see("18842-5^^2.16.840.1.113883.6.1")
    assert not one.may_see("")
    assert read(file(row(papers=None)))[0].may_see("")


@pytest.mark.parametrize("name", ["approver", "approval", "basis", "name", "first", "status"])
def test_nothing_of_an_approval_may_be_left_out(name: str) -> None:
    with pytest.raises(InvalidPolicy):
        read(file(row(**{name: None})))
    with pytest.raises(InvalidPolicy):
        read(file(row(**{name: " "})))


@pytest.mark.parametrize(
    "bad",
    [
        b"", b"[]", b"{}", b"\xff", b'{"\xff": 1}', b"[" * 100_000, file(row(), row()),
        file(row(last="2026-10-31")),
        file(row(code="")), file(row(code="../x")), file(row(code="가")), file(row(code="A" * 65)),
        file(row(purpose="TEST-R")), file(row(purpose="a b^^2.999")), file(row(papers={"x": ""})),
        file(row(papers=["x"])), file(row(records="yes")), file(row(kind="war")),
        file(row(status="secret")), file(row(first="2026-02-30")), file(row(patients=["x"])),
        file(row(), row(code="TEST-S")), file(row(), extra=1), b" " * (1024 * 1024 + 1),
        file(*(row(code=f"T{each}", purpose=None) for each in range(501))),
    ],
    ids=range(25),
)  # fmt: skip
def test_a_file_that_is_none_is_refused(bad: bytes) -> None:
    with pytest.raises(InvalidPolicy):
        read(bad)


def test_an_edit_holds_at_once_and_a_broken_file_approves_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "programmes.json"

    def edit(content: bytes) -> None:
        path.write_bytes(content)
        moments.append(moments[-1] + 1_000_000_000)
        os.utime(path, ns=(moments[-1], moments[-1]))

    moments = [1_700_000_000_000_000_000]
    edit(file(row()))
    with named(path):
        assert policy(on=DAY).programme("TEST-R", DAY) is not None
        assert policy(on=DAY) is policy(on=DAY)
        assert policy(on=DAY).programme_of("TEST-R^^2.999.77", DAY) is not None
        for status in ("suspended", "ended"):
            edit(file(row(status=status)))
            assert policy(on=DAY).programme("TEST-R", DAY) is None
            assert policy(on=DAY).programme_of("TEST-R^^2.999.77", DAY) is None
        edit(file(row()))
        assert policy(on=DAY).programme("TEST-R", DAY) is not None
        assert policy(on=DAY).programme("TEST-R", date(2027, 11, 1)) is None
        edit(b"{")
        assert policy(on=DAY).settings.programmes == ()
        assert "No programme is approved" in caplog.text
        path.unlink()
        assert policy(on=DAY).settings.programmes == ()
    with named(None):
        assert policy(on=DAY).settings.programmes == ()
    assert given(None) == ()


def test_a_node_does_not_start_with_a_file_that_is_none(tmp_path: Path) -> None:
    path = tmp_path / "programmes.json"
    options = NodeOptions.from_environment({"NARU_PROGRAMMES": str(path)})
    with pytest.raises(NotPrepared, match="NARU_PROGRAMMES"):
        require_files(options)
    path.write_bytes(file(row(basis="")))
    with pytest.raises(NotPrepared, match="on what basis"):
        require_files(options)
    path.write_bytes(file(row()))
    require_files(options)
    assert NodeOptions.from_environment(options.to_environment()).programmes == path


def test_the_example_of_the_page_is_such_a_file() -> None:
    text = PAGE.read_text("utf-8").split("```json\n")[1].split("```")[0]

    assert [one.code for one in programmes.read(text.encode())] == ["TEST-COPD"]
