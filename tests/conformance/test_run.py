"""The whole command against a server that answers rightly, wrongly, or not at all."""

import json
from pathlib import Path

import pytest
from lxml import etree

from naru.node.cli import main
from tests.conformance.plans import (
    FAILURE,
    Answer,
    answering,
    document,
    found,
    query,
    register,
    registry_response,
    step,
    write,
)

FEED = "<PatientIdentityFeedTransaction><NoMetadata/></PatientIdentityFeedTransaction>"
ONE = "<ExpectedContents><Documents count='1'/></ExpectedContents>"
USE = '<UseId testdir="../put" step="r" section="AssignedUuids" id="Document01" symbol="$uuid$"/>'
LOOK = (
    "<Assertions><DataRef file='THIS' as='o'/><Assert id='a'>"
    "//*[local-name()='ExtrinsicObject']/@status = '{}'</Assert></Assertions>"
)


def run(root: Path, answer: Answer, capsys: pytest.CaptureFixture[str], *more: str) -> tuple:
    with answering(answer) as base:
        arguments = ["conformance", "run", str(root), "--base", base, "--patient-domain", "2.999.1"]
        code = main([*arguments, "--not-applicable", str(nothing(root)), *more])
    return code, capsys.readouterr().out.splitlines()


def nothing(root: Path, *lines: str) -> Path:
    file = root / "not-applicable.tsv"
    if not file.exists() or lines:
        file.write_text("\n".join(["test\tsection\tposition\treason", *lines, ""]))
    return file


def rightly(body: etree._Element) -> str:
    """Remembers nothing: each query finds the one document that it asks for."""
    if etree.QName(body).localname == "SubmitObjectsRequest":
        return registry_response()
    (asked,) = [one.text or "" for one in body.iter("{*}Value")]
    return found(document(asked.strip("()'")))


@pytest.fixture
def cases(tmp_path: Path) -> Path:
    write(tmp_path, "1", "feed", step(FEED))
    write(tmp_path, "1", "put", register(id_="r"))
    write(tmp_path, "1", "ask", query(USE + ONE), asked="$uuid$")
    return tmp_path


def test_what_is_answered_rightly_passes(cases: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, lines = run(cases, rightly, capsys)
    assert (code, lines[-1]) == (0, "3 passed, 0 failed, 0 not attempted, 0 not applicable")
    assert "Register: 1 passed, 0 failed, 0 not attempted, 0 not applicable" in lines


@pytest.mark.parametrize(
    "wrongly",
    [
        lambda _: registry_response(FAILURE, "XDSRegistryError"),
        lambda _: found(),
        lambda _: "fault",
        lambda _: 503,
        lambda _: "<nothing/>",
    ],
    ids=["failure", "nothing found", "fault", "503", "no answer of the standard"],
)
def test_what_is_answered_wrongly_fails(
    cases: Path, capsys: pytest.CaptureFixture[str], wrongly: Answer
) -> None:
    code, lines = run(cases, wrongly, capsys)
    assert code == 1
    assert not lines[-1].startswith("3 passed")
    assert any("StoredQuery 1 ask 1" in line and "expected" in line for line in lines)


def test_a_node_that_does_not_listen_fails_every_step(
    cases: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with answering(rightly) as gone:
        pass
    arguments = ["conformance", "run", str(cases), "--base", gone, "--patient-domain", "2.999.1"]
    assert main(arguments) == 1
    assert "0 passed" in capsys.readouterr().out.splitlines()[-1]


def test_a_step_that_cannot_be_attempted_is_no_success(
    cases: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(cases, "2", "odd", query("<ExpectedContents><Oddity/></ExpectedContents>"))
    write(cases, "3", "open", query(), asked="$nobody$")
    write(cases, "4", "dangling", query(USE.replace("../put", "../gone")), asked="$uuid$")
    code, lines = run(cases, rightly, capsys)
    assert (code, lines[-1]) == (1, "3 passed, 0 failed, 3 not attempted, 0 not applicable")
    assert any("2 odd 1" in line and "Oddity" in line for line in lines)
    assert any("3 open 1" in line and "$nobody$" in line for line in lines)
    assert any("4 dangling 1" in line and "not in the case set" in line for line in lines)


def test_a_line_of_the_data_file_alone_makes_a_step_not_applicable(
    cases: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(cases, "2", "odd", query("<ExpectedContents><Oddity/></ExpectedContents>"))
    nothing(cases, "2\todd\t1\tNobody knows an Oddity.")
    code, lines = run(cases, rightly, capsys)
    assert (code, lines[-1]) == (0, "3 passed, 0 failed, 0 not attempted, 1 not applicable")
    assert any("Nobody knows an Oddity." in line for line in lines)


def test_an_assertion_is_looked_at(cases: Path, capsys: pytest.CaptureFixture[str]) -> None:
    approved = "urn:oasis:names:tc:ebxml-regrep:StatusType:Approved"
    null = step(f"<NullTransaction>{LOOK.format(approved)}</NullTransaction>", status="")
    wrong = step(f"<NullTransaction>{LOOK.format('other')}</NullTransaction>", status="")
    broken = step("<NullTransaction><Assertions><Assert id='x'>(</Assert></Assertions>"
                  "</NullTransaction>", status="")  # fmt: skip
    empty = step("<NullTransaction/>", status="Success")
    write(cases, "2", "look", query(LOOK.format(approved)), null, wrong, broken, empty)
    code, lines = run(cases, rightly, capsys)
    assert (code, lines[-1]) == (1, "5 passed, 1 failed, 2 not attempted, 0 not applicable")
    assert any("Null 2 look 3" in line and "not true" in line for line in lines)


def test_only_steps_that_need_nothing_else_are_selected(
    cases: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    update = step("<MuTransaction><XDSb/><MetadataFile>submission.xml</MetadataFile>"
                  "</MuTransaction>", id_="u")  # fmt: skip
    use = USE.replace("../put", "../update").replace('"r"', '"u"')
    write(cases, "2", "put", register(id_="r"))
    write(cases, "2", "update", update)
    write(cases, "2", "z_after", query(USE + ONE), asked="$uuid$")
    write(cases, "2", "z_points", query(use + ONE), asked="$uuid$")
    write(cases, "2", "z_put", register())
    names = ["--transactions", "storedquery", "ITI-42,PatientIdentityFeed"]
    code, lines = run(cases, rightly, capsys, *names)
    assert (code, lines[-1]) == (0, "5 passed, 0 failed, 0 not attempted, 0 not applicable")


def test_what_relies_on_a_step_that_was_not_attempted_is_not_blamed(
    cases: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    update = step("<MuTransaction><XDSb/><MetadataFile>submission.xml</MetadataFile>"
                  "</MuTransaction>", id_="u")  # fmt: skip
    write(cases, "1", "putting_anew", update)
    write(cases, "1", "z_after", query(USE + "<ExpectedContents><Documents count='2'/>"
                                       "</ExpectedContents>"), asked="$uuid$")  # fmt: skip
    code, lines = run(cases, rightly, capsys)
    assert (code, lines[-1]) == (1, "3 passed, 0 failed, 2 not attempted, 0 not applicable")
    assert any(
        "1 z_after 1" in line and "relies on step 1 putting_anew 1" in line for line in lines
    )


def test_an_unknown_transaction_is_refused(cases: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["conformance", "run", str(cases), "--transactions", "Nonsense"]) == 2
    assert "Nonsense" in capsys.readouterr().err


def test_a_test_that_is_built_upon_is_carried_out_whole(
    cases: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    seen: list[str] = []

    def counting(body: etree._Element) -> str:
        seen.append(etree.QName(body).localname)
        return rightly(body)

    write(cases, "1", "zz_put_more", register())
    use = USE.replace("../put", "../../1/put")
    write(cases, "0", "ask", query(use), asked="$uuid$")
    code, _ = run(cases / "tests" / "0", counting, capsys)
    assert code == 0
    put, ask = "SubmitObjectsRequest", "AdhocQueryRequest"
    assert seen == [put, ask, put, ask]


@pytest.mark.parametrize("name", ["report.json", "report.tsv"])
def test_the_report_holds_every_step(
    cases: Path, capsys: pytest.CaptureFixture[str], name: str, tmp_path: Path
) -> None:
    write(cases, "2", "odd", query("<ExpectedContents><Oddity/></ExpectedContents>"))
    file = tmp_path / name
    run(cases, rightly, capsys, "--report", str(file))
    text = file.read_text()
    if name.endswith("json"):
        told = json.loads(text)
        assert told["counts"]["passed"] == 3
        assert {one["test"]: one["verdict"] for one in told["steps"]}["2"] == "not attempted"
    else:
        rows = [line.split("\t") for line in text.splitlines()]
        assert rows[0][:3] == ["test", "section", "position"]
        assert len(rows) == 5


@pytest.mark.parametrize(
    "line", ["1\tfeed\tone\twhy", "1\tfeed\t1", "1\tfeed\t1\t", "1\tfeed\t1\twhy\tmore"]
)
def test_a_line_without_a_reason_is_refused(
    cases: Path, capsys: pytest.CaptureFixture[str], line: str
) -> None:
    file = nothing(cases, line)
    assert main(["conformance", "run", str(cases), "--not-applicable", str(file)]) == 2


def test_what_was_sent_has_new_ids_and_the_tests_patient(
    cases: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sent: list[etree._Element] = []

    def keeping(body: etree._Element) -> str:
        sent.append(body)
        return rightly(body)

    write(cases, "1", "put_again", register())
    run(cases, keeping, capsys)
    values = [
        [one.get("value") for one in body.iter("{*}ExternalIdentifier")]
        for body in sent
        if etree.QName(body).localname == "SubmitObjectsRequest"
    ]
    (patient, first, *_), (same, second, *_) = values
    assert patient == same
    assert patient is not None
    assert patient.endswith("^^^&2.999.1&ISO")
    assert first != second
    assert len({one.get("id") for one in sent[0].iter("{*}ExtrinsicObject")} - {"Document01"}) == 1
