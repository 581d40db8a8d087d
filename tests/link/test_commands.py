import argparse
import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from naru.domain.identifiers import Identifier
from naru.domain.registry_errors import ErrorCode
from naru.link import Link
from naru.link.commands import add_to
from naru.node.cli import main
from tests.link.conftest import Running
from tests.link.emr import AFFINITY, HOSPITAL, PATIENT, referral
from tests.link.messages import PATIENT as SOMEONE
from tests.link.messages import referral as message

MRN = PATIENT.mrn


def run(running: Running, *arguments: str) -> int:
    command, *rest = arguments
    return main(["link", command, "--config", str(running.config), *rest])


def test_a_file_is_sent_and_found_and_opened(
    running: Running, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "referral.json"
    file.write_text(json.dumps(message()), "utf-8")
    assert run(running, "send", str(file)) == 0
    unique_id = json.loads(capsys.readouterr().out)["unique_id"]

    assert run(running, "find", "--patient", MRN) == 0
    (found,) = json.loads(capsys.readouterr().out)
    assert (found["unique_id"], found["title"]) == (unique_id, "진료의뢰서")

    assert run(running, "open", unique_id) == 0
    assert "검사를 의뢰드립니다." in capsys.readouterr().out

    out = tmp_path / "out.xml"
    assert run(running, "open", unique_id, "-o", str(out)) == 0
    assert out.read_bytes() == running.node.documents[unique_id]


def test_a_visit_is_told(running: Running, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(running, "receive", "--affinity-id", "P-1", "--kind", "EMER") == 0
    (kept,) = running.node.encounters.values()
    assert json.loads(capsys.readouterr().out) == {"encounter": kept["id"]}
    assert kept["class"]["code"] == "EMER"


def test_an_untouched_file_is_the_same_message(
    running: Running, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "referral.json"
    file.write_text(json.dumps(message()), "utf-8")
    for repeated in (False, True):
        assert run(running, "send", str(file)) == 0
        assert json.loads(capsys.readouterr().out)["repeated"] is repeated
    os.utime(file, (1, 1))
    assert run(running, "send", str(file)) == 0
    assert json.loads(capsys.readouterr().out)["repeated"] is False
    assert len(running.node.documents) == 2


@pytest.mark.parametrize("withdraw", [False, True])
def test_a_consent_is_registered_and_withdrawn(running: Running, *, withdraw: bool) -> None:
    more = ["--withdraw"] if withdraw else ["--from", "2026-11-20", "--until", "2027-11-20"]
    more += ["--without-department", "0300", "--representative", "이어른", "--relationship", "모"]
    more += ["--authority", "power-of-attorney", "--authority-number", "TEST-1"]
    who = ["--patient", MRN, "--name", "김하늘", "--birth-date", "1980-05-05"]
    ticked = ["--box", "personal", "--box", "sensitive"]
    assert run(running, "consent", *who, *more, *([] if withdraw else ticked)) == 0
    (entry,) = running.node.entries.values()
    assert entry.title[0].value.endswith("철회서") is withdraw


def test_errors_are_words_and_a_number(
    running: Running, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "wrong.json"
    file.write_text('{"kind": "letter"}', "utf-8")
    assert run(running, "send", str(file)) == 3
    assert "중 하나여야 합니다" in capsys.readouterr().err
    assert run(running, "send", str(tmp_path / "none.json")) == 3
    assert run(running, "find", "--patient", "TEST-none") == 7
    assert run(running, "open", "2.999.404") == 6
    assert main(["link", "find", "--config", str(tmp_path / "none.toml"), "--patient", MRN]) == 2
    assert "Traceback" not in capsys.readouterr().err


def test_a_node_that_is_away_is_told_by_its_number(
    running: Running, link: Link, capsys: pytest.CaptureFixture[str]
) -> None:
    patient = link.register_patient(replace(PATIENT))
    link.send_referral(referral(patient), to=HOSPITAL)
    running.node.status = 503
    assert run(running, "find", "--patient", MRN) == 4
    assert "연결할 수 없습니다" in capsys.readouterr().err


def told(running: Running, file: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """What a refused file is told; nothing of it reached the node."""
    running.node.asked.clear()
    assert run(running, "send", str(file)) == 3
    assert running.node.asked == []
    return capsys.readouterr().err


def test_a_patients_file_gives_the_id_by_which_the_other_hospital_finds(
    running: Running, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    patient, sent = tmp_path / "patient.json", tmp_path / "referral.json"
    patient.write_text(json.dumps({"kind": "patient", "patient": SOMEONE}), "utf-8")
    assert run(running, "send", str(patient)) == 0
    known = json.loads(capsys.readouterr().out)
    assert known == {"affinity_id": f"P-{MRN}", "affinity_domain": AFFINITY}

    sent.write_text(json.dumps(message()), "utf-8")
    assert run(running, "send", str(sent)) == 0
    unique_id = json.loads(capsys.readouterr().out)["unique_id"]
    assert run(running, "find", "--affinity-id", known["affinity_id"]) == 0
    assert [each["unique_id"] for each in json.loads(capsys.readouterr().out)] == [unique_id]


def test_a_referral_is_filed_under_the_id_that_the_file_names(
    running: Running, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    back = message()
    back["referral"]["patient"] = SOMEONE | {"mrn": "TEST-B", "affinity_id": "P-1"}  # type: ignore[index]  # It is an object.
    file = tmp_path / "back.json"
    file.write_text(json.dumps(back), "utf-8")
    assert run(running, "send", str(file)) == 0
    (entry,) = running.node.entries.values()
    assert entry.patient_id == Identifier("P-1", AFFINITY)
    assert running.node.patients == set()
    back = {"kind": "patient", "patient": SOMEONE | {"affinity_id": "P-1"}}
    file.write_text(json.dumps(back), "utf-8")
    assert "patient.affinity_id" in told(running, file, capsys)


def test_find_tells_times_in_korea_and_institutions_by_name_and_oid(
    running: Running, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "referral.json"
    file.write_text(json.dumps(message()), "utf-8")
    assert run(running, "send", str(file)) == 0
    capsys.readouterr()
    assert run(running, "find", "--patient", MRN) == 0
    (found,) = json.loads(capsys.readouterr().out)
    assert (found["event"], found["event_dtm"]) == ("2026-11-20T00:00:00+09:00", "20261119150000")
    assert found["institutions"] == [{"name": "가람의원", "oid": "2.999.10.1"}]


@pytest.mark.parametrize(
    ("octets", "words"),
    [
        (b"", "비어 있습니다"),
        (b" \n", "비어 있습니다"),
        (b'{"kind": "patient",\n "patient": }', "2번째 줄 13번째 글자"),
        (b'{"kind": "patient",\n', "중간에 끝났습니다"),
        ('{"kind": "patient",\n "이름": "김"}'.encode("cp949"), "2번째 줄 3번째 글자: UTF-8이"),
    ],
)
def test_a_file_that_is_no_json_is_told_why_and_where(
    running: Running,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    octets: bytes,
    words: str,
) -> None:
    file = tmp_path / "one.json"
    file.write_bytes(octets)
    assert words in told(running, file, capsys)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"birth_date": "2999-01-01"}, "referral.patient.birth_date"),
        ({"name": " "}, "referral.patient.name"),
        ({"mrn": ""}, "referral.patient.mrn"),
        ({"resident_number": "1234"}, "referral.patient.resident_number: 숫자 13자리"),
        ({"resident_number": "901332-1234567"}, "[exchange] resident_number_authority"),
    ],
)
def test_what_no_patient_can_have_is_told_by_its_place(
    running: Running,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    wrong: dict[str, str],
    words: str,
) -> None:
    sent, file = message(), tmp_path / "one.json"
    sent["referral"]["patient"] = SOMEONE | wrong  # type: ignore[index]  # It is an object.
    file.write_text(json.dumps(sent), "utf-8")
    said = told(running, file, capsys)
    assert words in said
    assert "1234" not in said


@pytest.mark.parametrize(
    ("path", "value"),
    [("to.oid", "2.999.x"), ("to.oid", ""), ("to.name", ""), ("referral.diagnoses", [])],
)
def test_an_empty_or_malformed_value_is_told_by_its_place(
    running: Running,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    path: str,
    value: object,
) -> None:
    sent, file = message(), tmp_path / "one.json"
    table, name = path.split(".")
    sent[table][name] = value  # type: ignore[index]  # It is an object.
    file.write_text(json.dumps(sent), "utf-8")
    assert f"{path}: " in told(running, file, capsys)


def test_a_day_that_is_none_is_told_in_words(
    running: Running, capsys: pytest.CaptureFixture[str]
) -> None:
    who = ["--patient", MRN, "--name", "김하늘", "--birth-date", "1980-05-05"]
    with pytest.raises(SystemExit):
        run(running, "consent", *who, "--from", "2026/11/01")
    assert "날짜는 2026-11-20처럼" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["send", "receive", "find", "open", "consent", "agent"])
def test_help_describes_every_argument(command: str) -> None:
    parser = argparse.ArgumentParser()
    add_to(parser.add_subparsers())
    assert [each.dest for each in _arguments(parser, command) if not each.help] == []


def _arguments(parser: argparse.ArgumentParser, *names: str) -> list[argparse.Action]:
    """The arguments of `link` and the named command."""
    for name in ("link", *names):
        (choices,) = [each.choices for each in parser._actions if isinstance(each.choices, dict)]
        parser = choices[name]
    return parser._actions


def test_a_refused_institution_is_told_so(
    running: Running, capsys: pytest.CaptureFixture[str]
) -> None:
    running.node.status = 403
    assert run(running, "find", "--patient", MRN) == 6
    assert "참여가 멈추었거나 인증서가 등록되어" in capsys.readouterr().err


def test_a_recipient_whom_the_node_does_not_know_is_told_so(
    running: Running, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "referral.json"
    file.write_text(json.dumps(message()), "utf-8")
    running.node.refuses = [ErrorCode.XDSRegistryMetadataError]
    running.node.says = "intendedRecipient 1 names no participating institution"
    assert run(running, "send", str(file)) == 6
    said = capsys.readouterr().err
    assert "to.oid" in said
    assert "XDSRegistryMetadataError" in said
