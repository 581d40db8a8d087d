"""`naru document` on a file: each kind of document there and back, and what cannot be done."""

import json
import subprocess
import sys
from base64 import b64decode, b64encode
from collections.abc import Callable
from pathlib import Path

import pytest

from naru.formats.cda import read_consent
from naru.node import document_command
from naru.node.cli import main
from naru.node.document_files import example, kinds

CONSENTS = {"consent", "withdrawal"}
PAPERS = {"certificate", "diagnosis-list", "itemised-bill", "prescription", "receipt"}
PNG = b"\x89PNG\r\n\x1a\nTEST"
Run = Callable[..., tuple[int, bytes, str]]


@pytest.fixture
def run(capfdbinary: pytest.CaptureFixture[bytes]) -> Run:
    def run(*arguments: object) -> tuple[int, bytes, str]:
        status = main(["document", *map(str, arguments)])
        sys.stdout.flush()
        out, complaint = capfdbinary.readouterr()
        return status, out, complaint.decode()

    return run


@pytest.fixture
def made(run: Run, tmp_path: Path) -> Callable[[str], Path]:
    """A new document of a kind as CDA, in a file."""

    def made(kind: str) -> Path:
        file = tmp_path / f"{kind}.xml"
        assert run("new", kind, "--to", "cda", "--out", file)[0] == 0
        return file

    return made


def test_there_is_an_example_of_every_kind() -> None:
    assert set(kinds()) == PAPERS | CONSENTS | {
        "emergency-transfer",
        "radiology-report",
        "referral",
        "referral-letter",
        "reply",
        "return",
        "summary",
    }


@pytest.mark.parametrize("kind", kinds())
def test_an_example_is_sound_and_comes_back_from_each_form(
    run: Run, made: Callable[[str], Path], tmp_path: Path, cases: Path, kind: str
) -> None:
    file = made(kind)
    schemas = cases / "schemas/cda"
    options = ("--schemas", schemas) if schemas.is_dir() else ()
    assert run("check", file, *options) == (0, "오류 0건, 그 밖 0건\n".encode(), "")

    values = tmp_path / "values.json"
    assert run("convert", file, "--to", "json", "--out", values)[0] == 0
    assert values.read_bytes() == run("new", kind)[1]
    assert run("convert", values, "--to", "cda") == (0, file.read_bytes(), "")
    assert run("check", values)[0] == 0

    status, fhir, complaint = run("convert", file, "--to", "fhir")
    assert (status, complaint) == (0, "")
    assert json.loads(fhir)["type"] == "document"
    (tmp_path / "fhir.json").write_bytes(fhir)
    assert run("check", tmp_path / "fhir.json")[0] == 0
    assert run("convert", tmp_path / "fhir.json", "--to", "json")[1] == values.read_bytes()
    assert run("convert", tmp_path / "fhir.json", "--to", "cda")[1] == file.read_bytes()


def test_a_paper_of_somebody_else_is_refused_by_what_it_lacks(
    run: Run, made: Callable[[str], Path], tmp_path: Path
) -> None:
    bundle = json.loads(run("convert", made("prescription"), "--to", "fhir")[1])
    del bundle["entry"][0]["resource"]["extension"]
    file = tmp_path / "fhir.json"
    file.write_text(json.dumps(bundle))

    status, out, complaint = run("convert", file, "--to", "json")

    assert (status, out) == (2, b"")
    assert "StructureDefinition/prescription is missing" in complaint


def test_a_consent_keeps_its_signature_and_is_of_the_kind_that_its_policy_says(
    run: Run, tmp_path: Path
) -> None:
    values = json.loads(example("consent"))
    file = tmp_path / "values.json"
    file.write_text(json.dumps({**values, "signature": b64encode(PNG).decode()}))
    _, cda, _ = run("convert", file, "--to", "cda")
    (tmp_path / "signed.xml").write_bytes(cda)
    assert read_consent(cda).signature == PNG
    back = json.loads(run("convert", tmp_path / "signed.xml", "--to", "json")[1])
    assert b64decode(back["signature"]) == PNG
    assert "교류에서 제외: 나루병원" in run("show", tmp_path / "signed.xml")[1].decode()
    for change in ({"policy": "withdrawal-whole"}, {"signature": "*"}, {"boxes": ["none"]}):
        file.write_text(json.dumps({**values, **change}))
        status, out, complaint = run("check", file)
        assert (status, out) == (2, b"")
        assert next(iter(change)) in complaint


def test_a_document_is_shown_in_each_form(run: Run, made: Callable[[str], Path]) -> None:
    file = made("referral")
    assert run("show", file)[1].decode().startswith("진료의뢰서\n")
    assert b"<html" in run("show", file, "--as", "html")[1]
    assert run("show", file, "--as", "pdf")[1].startswith(b"%PDF-")
    assert run("convert", file, "--to", "text")[1] == run("show", file)[1]


def test_a_bill_is_held_against_its_receipt(run: Run, tmp_path: Path) -> None:
    bill, receipt = tmp_path / "bill.json", tmp_path / "receipt.json"
    bill.write_bytes(example("itemised-bill"))
    receipt.write_bytes(example("receipt"))
    assert run("check", bill, "--receipt", receipt)[0] == 0

    values = json.loads(example("receipt"))
    values["paper"]["cells"][0]["won"] += 1
    values["header"]["patient_id"]["value"] = values["patient"]["mrn"] = "TEST-9"
    receipt.write_text(json.dumps(values))
    status, out, _ = run("check", bill, "--receipt", receipt, "--json")
    said = [one["rule"] for one in json.loads(out)["findings"]]
    assert (status, said) == (1, ["bill.receipt-visit", "bill.receipt-item"])
    status, out, complaint = run("check", bill, "--receipt", bill)
    assert (status, out) == (2, b"")
    assert "영수증" in complaint


def test_forms_of_an_operator_are_written_and_known(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "forms"
    folder.mkdir()
    newer = {
        "base": "referral-2018-03",
        "version": "2026-11-01",
        "templates": [{"root": "1.2.410.100110.40.2.1.1", "extension": "2026-11-01"}],
    }
    (folder / "referral-2026-11.json").write_text(json.dumps(newer))
    file = tmp_path / "newer.xml"
    assert run("new", "referral", "--to", "cda", "--forms", folder, "--out", file)[0] == 0
    assert b'extension="2026-11-01"' in file.read_bytes()
    assert run("check", file, "--forms", folder)[0] == 0
    status, out, _ = run("check", file)
    assert (status, b"template.newer" in out) == (1, True)
    monkeypatch.setenv("NARU_FORMS", str(folder))
    assert run("check", file)[0] == 0
    status, out, complaint = run("check", file, "--forms", tmp_path / "none")
    assert (status, out) == (2, b"")
    assert "서식" in complaint
    monkeypatch.delenv("NARU_FORMS")
    assert run("check", file)[0] == 1


def test_values_with_two_numbers_of_a_patient_are_refused(run: Run, tmp_path: Path) -> None:
    for kind in ("referral", "receipt", "consent"):
        values = json.loads(example(kind))
        values["patient"]["mrn"] = "ANOTHER"
        file = tmp_path / f"{kind}.json"
        file.write_text(json.dumps(values))
        status, out, complaint = run("check", file)
        assert (status, out) == (2, b"")
        assert "patient.mrn" in complaint
        assert "ANOTHER" not in complaint


def test_a_column_without_a_name_is_told_and_not_a_traceback(run: Run, tmp_path: Path) -> None:
    values = json.loads(example("receipt"))
    values["paper"]["sums"][0]["column"] = ""
    file = tmp_path / "receipt.json"
    file.write_text(json.dumps(values))
    status, out, _ = run("convert", file, "--to", "fhir")
    assert (status, json.loads(out)["type"]) == (0, "document")
    assert run("check", file)[0] == 1


def test_findings_are_lines_or_json_and_an_exit_code(
    run: Run, made: Callable[[str], Path], tmp_path: Path
) -> None:
    broken = tmp_path / "broken.xml"
    broken.write_bytes(made("receipt").read_bytes().replace(b"15260", b"15261", 1))

    status, out, _ = run("check", broken)
    assert status == 1
    lines = out.decode().splitlines()
    assert lines[0].startswith("error\treceipt.payer-share\t/ClinicalDocument/component/")
    assert "적힌 금액 15,261원, 계산한 금액 15,260원" in lines[0]
    assert lines[-1].startswith("오류 2건")

    status, out, _ = run("check", broken, "--json", "--language", "en")
    found = json.loads(out)["findings"]
    assert (status, found[0]["rule"], found[0]["severity"]) == (1, "receipt.payer-share", "error")
    assert "stated 15,261 won" in found[0]["sentence"]


def test_a_hostile_file_is_told_by_its_rule(run: Run, tmp_path: Path) -> None:
    for content, rule in (
        (b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "xml.dtd"),
        (b"<a/>", "cda.no-document"),
        (b"no XML", "xml.malformed"),
    ):
        file = tmp_path / "hostile.xml"
        file.write_bytes(content)
        status, out, _ = run("check", file)
        assert status == 1
        assert out.decode().startswith(f"error\t{rule}\t")


def test_what_cannot_be_read_is_said_in_both_languages(
    run: Run, made: Callable[[str], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    values = tmp_path / "values.json"
    empty = tmp_path / "empty"
    empty.touch()
    for content, korean, english in (
        (b'{"kind": "referral"}', "반드시 있어야 합니다", "wrong"),
        (b'{"kind": "receipt"}', "객체", "wrong"),
        (b'{"kind": "referral", "typo": 1}', "알 수 없는 이름", "typo"),
        (b'{"resourceType": "Bundle"}', "FHIR", "document"),
        (example("referral").replace(b'"referral"', b'"referral\\u0000"', 1), "문자", "character"),
        (example("referral").replace(b'"referral"', b'"referral\\ud800"', 1), "문자", "character"),
        (b"{", "JSON이 아닙니다", "JSON"),
    ):
        values.write_bytes(content)
        for language, words in (("ko", korean), ("en", english)):
            status, out, complaint = run("convert", values, "--to", "cda", "--language", language)
            assert (status, out) == (2, b""), content
            assert words in complaint, content
    for arguments, words in (
        (("check", tmp_path / "no-such"), "읽을 수 없습니다"),
        (("check", empty), "비어 있습니다"),
        (("new", "no-such"), "중 하나여야"),
        (("new", "referral", "--out", values), "이미 있습니다"),
        (("check", values, "--schemas", tmp_path), "JSON"),
        (("convert", empty, "--to", "cda"), "비어 있습니다"),
        (("check", made("referral"), "--schemas", tmp_path), "CDA.xsd가 있는 폴더"),
    ):
        status, _, complaint = run(*arguments)
        assert status == 2
        assert words in complaint
    monkeypatch.setattr(document_command, "LARGEST", 0)
    assert "보다 큽니다" in run("check", values)[2]


@pytest.mark.parametrize(
    ("declared", "codec"),
    [("UTF-8", "utf-8-sig"), ("UTF-16", "utf-16"), ("EUC-KR", "euc-kr"), ("EUC-KR", "cp949")],
)
def test_a_document_is_read_in_the_writings_of_korean_emrs(
    run: Run, made: Callable[[str], Path], tmp_path: Path, declared: str, codec: str
) -> None:
    """With a mark at the beginning, ends of lines of Windows, and syllables beyond EUC-KR."""
    text = made("referral").read_text("utf-8").replace('"UTF-8"', f'"{declared}"', 1)
    name = "남궁하늘" if codec == "euc-kr" else "남궁똠뷁"
    file = tmp_path / "windows.xml"
    file.write_bytes(text.replace("남궁하늘", name).replace("\n", "\r\n").encode(codec))

    assert run("check", file)[0] == 0
    assert f"환자: {name}" in run("show", file)[1].decode()
    assert json.loads(run("convert", file, "--to", "json")[1])["patient"]["name"] == name


@pytest.mark.parametrize(
    ("content", "status", "korean"),
    [
        (b"", 2, "비어 있습니다"),
        (b"\xef\xbb\xbf \r\n", 2, "비어 있습니다"),
        (b"%PDF-1.7\n\0\1", 1, "NUL 글자"),
        ('<?xml version="1.0"?><a>가</a>'.encode("cp949"), 1, "글자 부호"),
        (b"[]", 2, "객체"),
        ("{}".encode("utf-16"), 2, "UTF-8로 저장하십시오"),
        ('{"kind": "가"}'.encode("cp949"), 2, "UTF-8로 저장하십시오"),
    ],
    ids=["empty", "blank", "pdf", "undeclared", "list", "utf-16", "cp949"],
)
def test_what_is_no_document_is_told_alike_by_each_command(
    run: Run, tmp_path: Path, content: bytes, status: int, korean: str
) -> None:
    file = tmp_path / "file"
    file.write_bytes(content)
    found, out, complaint = run("check", file)
    assert (found, korean in f"{out.decode()}{complaint}") == (status, True)
    for command in (("show", file), ("convert", file, "--to", "json")):
        found, out, complaint = run(*command)
        assert (found, out, korean in complaint) == (2, b"", True)


def test_why_a_file_cannot_be_had_or_made_is_told_in_korean_too(run: Run, tmp_path: Path) -> None:
    nowhere = tmp_path / "none" / "file"
    for command, korean in (
        (("check", tmp_path), "폴더입니다"),
        (("show", nowhere), "그런 것이 없습니다"),
        (("new", "referral", "--out", nowhere), "쓸 수 없습니다(그런 것이 없습니다)"),
    ):
        status, out, complaint = run(*command)
        assert (status, out, korean in complaint) == (2, b"", True)
        english = run(*command, "--language", "en")[2]
        assert english.isascii()


@pytest.mark.parametrize(
    ("command", "end", "korean"),
    [("new referral", ">/dev/full", "자리가 없습니다"), ("check -", "<&-", "닫혀 있습니다")],
)
def test_a_full_or_closed_pipe_is_told_and_no_traceback(
    command: str, end: str, korean: str
) -> None:
    program = "import sys; from naru.node.cli import main; sys.exit(main(sys.argv[1:]))"
    done = subprocess.run(
        ["/bin/sh", "-c", f'exec "$0" -c "$1" document {command} {end}', sys.executable, program],
        capture_output=True,
        check=False,
    )
    said = done.stderr.decode()
    assert (done.returncode, said.count("\n"), korean in said) == (2, 1, True), said


def test_a_foreign_document_is_shown_and_checked_but_not_turned_into_values(
    run: Run, made: Callable[[str], Path], tmp_path: Path
) -> None:
    foreign = tmp_path / "foreign.xml"
    octets = made("referral").read_bytes()
    foreign.write_bytes(octets.replace(b'"1.2.410.100110.40.2.1.1"', b'"2.999.1"', 1))
    status, out, _ = run("check", foreign)
    assert (status, out.decode().split("\t")[:2]) == (0, ["information", "template.foreign"])
    assert run("show", foreign)[0] == 0
    assert run("convert", foreign, "--to", "json")[0] == 2


def test_no_django_is_started_and_a_pipe_is_read(made: Callable[[str], Path]) -> None:
    program = (
        "import sys; from naru.node.cli import main; status = main(['document', 'check', '-']);"
        "assert 'django' not in sys.modules; sys.exit(status)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        input=made("referral").read_bytes(),
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
