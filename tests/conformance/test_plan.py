"""What a plan says is read whole; what is not understood is told, never passed over."""

from pathlib import Path

import pytest

from naru.conformance import expectations
from naru.conformance.library import CasesRefused, open_library
from naru.conformance.plan import ASYNCHRONOUS, PEER, StepKey, Where
from naru.conformance.session import NotAttempted
from tests.conformance.plans import query, register, step, the_step, write


def test_a_step_is_read_with_all_that_it_expects(tmp_path: Path) -> None:
    contents = "<ExpectedContents><Documents count='2'/><DocApp/></ExpectedContents>"
    use = '<UseId testdir="../b" step="s" section="AssignedUids" id="D" symbol="$u$"/>'
    more = "<ExpectedErrorCode>A,B</ExpectedErrorCode><ExpectedErrorCode>C</ExpectedErrorCode>"
    write(tmp_path, "1", "a", query(use + contents, more=more))
    _, found = the_step(tmp_path)
    assert found.key == StepKey("1", "a", 1)
    assert (found.transaction, found.statuses) == ("StoredQuery", ("Success",))
    assert found.error_codes == ("A", "B", "C")
    assert [part.tag for part in found.contents] == ["Documents", "DocApp"]
    assert found.references == (Where("s", path="../b"),)
    assert not found.not_understood


@pytest.mark.parametrize(
    "inside",
    [
        "<Surprise/>",
        "<MetadataFile>twice.xml</MetadataFile>",
        "<WaitBefore>soon</WaitBefore>",
        "<AssignUuids><Only/></AssignUuids>",
        "<Assertions><Assert><Odd/></Assert></Assertions>",
    ],
)
def test_what_is_not_understood_is_told(tmp_path: Path, inside: str) -> None:
    write(tmp_path, "1", "a", query(inside))
    assert the_step(tmp_path)[1].not_understood


def test_a_word_beside_the_transaction_is_told_too(tmp_path: Path) -> None:
    write(tmp_path, "1", "a", query(more="<ExpectedWeather>fine</ExpectedWeather>"))
    assert the_step(tmp_path)[1].not_understood == ("ExpectedWeather",)


@pytest.mark.parametrize(
    ("inside", "needed"),
    [
        ("<ASync/>", ASYNCHRONOUS),
        ("<Assertions><Assert process='x'><SimReference/></Assert></Assertions>", PEER),
    ],
)
def test_what_no_transaction_gives_is_needed_besides(
    tmp_path: Path, inside: str, needed: str
) -> None:
    write(tmp_path, "1", "a", query(inside))
    assert the_step(tmp_path)[1].beyond == {needed}


@pytest.mark.parametrize(
    "contents",
    [
        "<SSwithThreeDoc/>",
        "<Documents/>",
        "<Documents count='many'/>",
        "<DocApp count='1'/>",
        "<DocumentEntries/>",
        "<DocumentEntries><Perhaps/></DocumentEntries>",
        "<DocumentEntries><Include><DocumentEntry/></Include></DocumentEntries>",
    ],
)
def test_unknown_contents_are_not_attempted(tmp_path: Path, contents: str) -> None:
    write(tmp_path, "1", "a", query(f"<ExpectedContents>{contents}</ExpectedContents>"))
    with pytest.raises(NotAttempted):
        expectations.require_known(the_step(tmp_path)[1])


@pytest.mark.parametrize("status", ["Splendid", ""])
def test_an_unknown_or_missing_expectation_is_not_attempted(tmp_path: Path, status: str) -> None:
    write(tmp_path, "1", "a", query(status=status))
    with pytest.raises(NotAttempted):
        expectations.require_known(the_step(tmp_path)[1])


def test_an_assertion_by_a_process_is_not_attempted(tmp_path: Path) -> None:
    write(tmp_path, "1", "a", query("<Assertions><Assert process='sameImgs'/></Assertions>"))
    with pytest.raises(NotAttempted):
        expectations.require_known(the_step(tmp_path)[1])


def test_the_sets_own_list_gives_the_order(tmp_path: Path) -> None:
    for test, section in (("1", "a"), ("1", "b"), ("2", "c")):
        write(tmp_path, test, section, query(), query())
    (tmp_path / "cases.json").write_text(
        '[{"test": "2", "sections": [{"section": "c"}]},'
        ' {"test": "1", "sections": [{"section": "b"}, {"section": "a"}]}]'
    )
    assert [str(key) for key in open_library([tmp_path]).steps] == (
        ["2 c 1", "2 c 2", "1 b 1", "1 b 2", "1 a 1", "1 a 2"]
    )


def test_one_test_alone_knows_the_others_beside_it(tmp_path: Path) -> None:
    write(tmp_path, "1", "a", query())
    write(tmp_path, "2", "b", query())
    library = open_library([tmp_path / "tests" / "2"])
    assert library.chosen == {StepKey("2", "b", 1)}
    assert len(library.steps) == 2


@pytest.mark.parametrize(
    ("where", "meant"),
    [
        (Where("r", path="../b"), StepKey("1", "b", 1)),
        (Where("r", path="../../2/c"), StepKey("2", "c", 1)),
        (Where("r", path="../2"), StepKey("2", "c", 1)),
        (Where("r", test="2", section="c"), StepKey("2", "c", 1)),
        (Where("q"), StepKey("1", "a", 1)),
        (Where("r", test="2", section="gone"), None),
        (Where("r", path="../../9/c"), None),
        (Where("r", path="../../../../etc"), None),
    ],
)
def test_a_reference_finds_its_step_or_none(
    tmp_path: Path, where: Where, meant: StepKey | None
) -> None:
    write(tmp_path, "1", "a", query(id_="q"))
    write(tmp_path, "1", "b", register(id_="r"))
    write(tmp_path, "2", "c", register(id_="r"))
    library = open_library([tmp_path])
    assert library.resolve(library.steps[StepKey("1", "a", 1)], where) == meant


@pytest.mark.parametrize("name", ["../../../secret", "/etc/passwd", "link", "gone", "."])
def test_no_file_outside_of_the_set_is_read(tmp_path: Path, name: str) -> None:
    (tmp_path / "secret").write_text("secret")
    folder = write(tmp_path, "1", "a", query())
    (folder / "link").symlink_to(tmp_path / "secret")
    library, found = the_step(tmp_path)
    with pytest.raises(CasesRefused):
        library.file(found, name)


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">]><TestPlan>&a;</TestPlan>'
READS = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><TestPlan>&a;</TestPlan>'


@pytest.mark.parametrize("plan", [BOMB, READS, "<TestPlan>", "<Other/>", "<a>" * 99 + "</a>" * 99])
def test_a_hostile_plan_does_no_harm(tmp_path: Path, plan: str) -> None:
    write(tmp_path, "1", "a", query())
    write(tmp_path, "2", "b", query())
    (tmp_path / "tests" / "2" / "b" / "testplan.xml").write_text(plan)
    library = open_library([tmp_path])
    assert list(library.steps) == [StepKey("1", "a", 1)]
    assert list(library.unreadable) == ["2 b"]


@pytest.mark.parametrize("index", ["{", '[{"test": 1}]', "[" * 100_000])
def test_a_broken_list_is_refused(tmp_path: Path, index: str) -> None:
    write(tmp_path, "1", "a", query())
    (tmp_path / "cases.json").write_text(index)
    with pytest.raises(CasesRefused):
        open_library([tmp_path])


def test_a_folder_without_plans_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CasesRefused):
        open_library([tmp_path])
    with pytest.raises(CasesRefused):
        open_library([tmp_path / "gone"])


def test_steps_without_a_transaction_are_read_as_such(tmp_path: Path) -> None:
    write(tmp_path, "1", "a", step("<NewPatientId/>"))
    found = the_step(tmp_path)[1]
    assert (found.transaction, found.flags) == ("", {"NewPatientId"})
