"""A certificate says what the run came to, and nothing of it can be changed unseen."""

import json
from pathlib import Path

import pytest

from naru.node.cli import main
from tests.conformance.plans import FAILURE, answering, found, query, registry_response, write


def certified(root: Path, answer: str) -> Path:
    write(root, "1", "a", query())
    file = root / "certificate.json"
    with answering(lambda _: answer) as base:
        run = ["conformance", "run", str(root), "--base", base, "--patient-domain", "2.999.1"]
        main([*run, "--certificate", str(file), "--subject", "시험 제품"])
    return file


def shown(file: Path, capsys: pytest.CaptureFixture[str], *more: str) -> tuple[int, list[str]]:
    capsys.readouterr()
    code = main(["conformance", "verify", str(file), *more])
    return code, capsys.readouterr().out.splitlines()


def test_a_pass_is_certified(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, lines = shown(certified(tmp_path, found()), capsys)
    assert code == 0
    assert {"subject: 시험 제품", "result: pass"} <= set(lines)
    key = tmp_path / "certificate.key.pem"
    assert key.stat().st_mode & 0o077 == 0


def test_a_failure_is_certified_as_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, lines = shown(certified(tmp_path, registry_response(FAILURE, "X")), capsys)
    assert (code, lines[1]) == (0, "result: fail")


def test_the_signer_is_compared(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = certified(tmp_path, found())
    fingerprint = shown(file, capsys)[1][-1].removeprefix("signed by: ")
    assert shown(file, capsys, "--fingerprint", fingerprint)[0] == 0
    assert shown(file, capsys, "--fingerprint", "00" * 32)[0] == 1


@pytest.mark.parametrize("part", ["statement", "signature", "public_key", "format"])
def test_what_was_changed_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], part: str
) -> None:
    file = certified(tmp_path, registry_response(FAILURE, "X"))
    parts = json.loads(file.read_text())
    parts[part] = parts[part].replace("fail", "pass") if part == "statement" else "AAAA"
    file.write_text(json.dumps(parts))
    assert shown(file, capsys)[0] == 1


@pytest.mark.parametrize("text", ["", "[]", "{}", "[" * 100_000])
def test_what_is_no_certificate_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    file = tmp_path / "certificate.json"
    file.write_text(text)
    assert shown(file, capsys)[0] == 1
    assert shown(tmp_path / "gone", capsys)[0] == 1
