"""Release files: what their rows become, and which are refused for what."""

import unicodedata
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from naru.demo import terms
from naru.domain.terminology import Language, Relation, Release, System, Validity
from naru.formats.terminology import releases, tables
from naru.formats.terminology.refused import ReleaseFileRefused
from naru.formats.terminology.releases import layout_of, read_map, read_release

DAY = date(2026, 1, 1)
KOSTOM = (
    "개념코드,대표어여부,한글용어,영문용어,KCD-9\n"
    "H00000001,N,소모증,,E14\n"
    "H00000001,Y,당뇨병,Diabetes mellitus,E14\n"
    "H00000002,Y,골절,Fracture,\n"
)


def read(text: str | bytes, system: System = System.KOSTOM, **columns: str) -> Release:
    content = text.encode() if isinstance(text, str) else text
    release, refused = read_release(content, system, version="1", since=DAY, columns=columns)
    assert refused == ()
    return release


def refused(text: str, system: System = System.KOSTOM) -> list[tuple[int, str]]:
    return list(read_release(text.encode(), system, version="1", since=DAY)[1])


def test_rows_of_one_code_are_one_concept_with_its_representative_term() -> None:
    release = read(KOSTOM)
    first, second = release.concepts
    assert (first.code, first.display, first.english) == (
        "H00000001",
        "당뇨병",
        "Diabetes mellitus",
    )
    assert {(one.text, one.language, one.preferred) for one in first.designations} == {
        ("당뇨병", Language.KOREAN, True),
        ("소모증", Language.KOREAN, False),
        ("Diabetes mellitus", Language.ENGLISH, False),
    }
    (only,) = release.maps
    assert (only.source_code, only.target, only.target_code, only.relation) == (
        "H00000001",
        System.KCD_9,
        "E14",
        Relation.WIDER,
    )
    assert second.display == "골절"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949", "utf-16"])
def test_files_come_in_several_encodings(encoding: str) -> None:
    assert read(KOSTOM.encode(encoding)).concepts == read(KOSTOM).concepts


def test_columns_may_be_parted_by_tabs_and_named_by_the_user() -> None:
    tabs = KOSTOM.replace(",", "\t").replace("개념코드", "내 코드").replace("한글용어", "이름")
    assert read(tabs, code="내 코드", korean="이름").concepts == read(KOSTOM).concepts


def test_a_kcd_file_may_write_dots_and_its_codes_stand_below_each_other() -> None:
    text = "상병코드,한글명칭,적용종료일자\nE11,병,99991231\nE11.9,병2,\nE1190,병3,20251231\n"
    release = read(text, System.KCD_8)
    assert [(one.code, one.parent) for one in release.concepts] == [
        ("E11", ""),
        ("E119", "E11"),
        ("E1190", "E119"),
    ]
    assert [one.validity.until for one in release.concepts] == [None, None, date(2025, 12, 31)]


def test_a_code_that_a_file_calls_deprecated_is_retired_from_the_releases_day() -> None:
    heads = "LOINC_NUM,LONG_COMMON_NAME,STATUS,RELATEDNAMES2"
    text = f"{heads}\n1-8,Old,DEPRECATED,A; B\n2-6,New,ACTIVE,\n"
    old, new = read(text, System.LOINC).concepts
    assert (old.validity, new.validity) == (Validity(None, DAY), Validity())
    assert [one.text for one in old.designations] == ["Old", "A", "B"]


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (",Y,말,,", "no code"),
        ("H0\x07,Y,말,,", "no code"),
        (f"{'H' * 65},Y,말,,", "too long"),
        (f"H00000009,Y,{'말' * 501},,", "too long"),
        ("H00000009,Y,말\x00,,", "control character"),
        ("H00000009,Y,,,", "no term"),
    ],
)
def test_a_row_that_cannot_be_taken_is_told_and_the_others_are_taken(row: str, why: str) -> None:
    content = f"{KOSTOM}{row}\n".encode()
    release, told = read_release(content, System.KOSTOM, version="1", since=DAY)
    assert [one.code for one in release.concepts] == ["H00000001", "H00000002"]
    ((line, sentence),) = told
    assert why in sentence
    assert line in {0, 5}


def test_a_day_that_is_none_is_told() -> None:
    assert refused("상병코드,한글명칭,적용시작일자\nE11,병,2025-13-01\n", System.KCD_8) == [
        (2, "a day cannot be read")
    ]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "empty"),
        (b"a,b\n1,2\n", "--column code"),
        (b"\xff\xff\xff", "neither"),
        (b"PK\x03\x04...", "XLSX"),
        ('개념코드,한글용어\n"열린 따옴표,말\n'.encode(), "CSV"),
        ("개념코드,한글용어\n당뇨병,H1\n골절,H2\n".encode(), "look like"),
        (("a," * 300 + "\n").encode(), "too many columns"),
        (f"개념코드,한글용어\nH00000001,{'가' * 200_000}\n".encode(), "CSV"),
    ],
)
def test_a_file_that_is_no_release_is_refused(content: bytes, why: str) -> None:
    with pytest.raises(ReleaseFileRefused, match=why):
        read_release(content, System.KOSTOM, version="1", since=DAY)


def test_a_file_beyond_the_limits_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MOST", 2)
    with pytest.raises(ReleaseFileRefused, match="more than 2 rows"):
        read(KOSTOM)
    monkeypatch.setattr(tables, "LARGEST", 10)
    with pytest.raises(ReleaseFileRefused, match="larger"):
        read(KOSTOM)


def test_a_column_that_is_not_there_or_not_ours_is_refused() -> None:
    for columns in ({"code": "없음"}, {"colour": "개념코드"}):
        with pytest.raises(ReleaseFileRefused):
            read(KOSTOM, **columns)


def test_a_map_is_read_with_its_relations() -> None:
    text = "source,target,relation\nE11.9,E11,wider\nE14,E14,\nE1,E2,cousin\n"
    release, told = read_map(text.encode(), System.KCD_8, System.KCD_9, version="1", since=DAY)
    assert [(one.source_code, one.target_code, one.relation) for one in release.maps] == [
        ("E119", "E11", Relation.WIDER),
        ("E14", "E14", Relation.EQUIVALENT),
    ]
    assert told == ((4, "a relation is none of those known"),)


@given(
    st.binary(max_size=200)
    | st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace"))
)
def test_whatever_the_file_holds_it_is_read_or_refused(content: bytes) -> None:
    for head in (b"", "개념코드,한글용어\n".encode()):
        try:
            release, _ = read_release(head + content, System.KOSTOM, version="1", since=DAY)
        except ReleaseFileRefused:
            continue
        assert all(one.code and one.display for one in release.concepts)


def test_every_layout_names_what_it_needs() -> None:
    for system in System:
        assert "code" in layout_of(system).columns
    assert releases.layout_of(System.KOSTOM).official is False


def test_made_up_releases_have_the_size_and_form_of_true_ones_and_no_code_of_theirs() -> None:
    made = terms.files(1_000)
    whole = {
        "kostom.csv": System.KOSTOM,
        "kcd-8.csv": System.KCD_8,
        "kcd-9.csv": System.KCD_9,
        "atc.csv": System.ATC,
        "edi-medication.csv": System.EDI_MEDICATION,
        "edi-procedure.csv": System.EDI_PROCEDURE,
        "kd.csv": System.KD,
    }
    for name, system in whole.items():
        release = read(made[name](), system)
        assert all(one.code.startswith("TEST-") for one in release.concepts)
        assert made[name]() == made[name]()
        if system is System.KOSTOM:
            assert sum(len(one.designations) for one in release.concepts) == 1_000
    text = made["kcd-8-to-kcd-9.csv"]().encode()
    release, told = read_map(text, System.KCD_8, System.KCD_9, version="1", since=DAY)
    assert not told


def test_a_row_that_ends_before_it_begins_is_refused_by_its_line() -> None:
    heads = "상병코드,한글명칭,적용시작일자,적용종료일자\n"
    told = refused(f"{heads}E10,병,20250101,20260101\nE11,병2,20260101,20250101\n", System.KCD_8)
    assert told == [(3, "a code ends before it begins")]


def test_a_code_without_a_term_is_named_by_its_first_line() -> None:
    told = refused("상병코드,한글명칭\nE10,병\nE11,\nE11,\n", System.KCD_8)
    assert [line for line, _ in told] == [3]


def test_heads_may_be_decomposed() -> None:
    assert read(unicodedata.normalize("NFD", KOSTOM)).concepts == read(KOSTOM).concepts


@pytest.mark.parametrize("content", ["", "\n", "\ufeff"])
def test_an_empty_file_is_said_to_be_empty(content: str) -> None:
    with pytest.raises(ReleaseFileRefused, match="empty"):
        read(content)
