"""Forms are data: a new version, or an operator's own, is a file and no code."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from naru.domain.clinical import ClinicalDocument
from naru.formats.cda import CdaRefused, FormWrong, forms, read, show_text, write
from naru.formats.cda.forms import load
from naru.formats.xml import parse

KINDS = {
    "referral": "1.2.410.100110.40.2.1.1",
    "return": "1.2.410.100110.40.2.1.2",
    "reply": "1.2.410.100110.40.2.1.3",
    "summary": "1.2.410.100110.40.2.1.4",
    "radiology-report": "1.2.410.100110.40.2.1.5",
    "emergency-transfer": "1.2.410.100110.40.2.1.6",
    "consent": "1.2.410.100110.40.2.2.1.1",
    "withdrawal": "1.2.410.100110.40.2.2.1.2",
}
NEWER: dict[str, Any] = {
    "base": "referral-2018-03",
    "version": "2026-11-01",
    "title": "진료의뢰서(개정)",
    "templates": [{"root": "1.2.410.100110.40.2.1.1", "extension": "2026-11-01"}],
    "sections": [
        {"name": "diagnoses", "title": "진단"},
        {"name": "vital_signs"},
        {"name": "reason"},
    ],
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


@pytest.fixture(autouse=True)
def _only_ours_afterwards() -> Iterator[None]:
    yield
    forms.use(None)


def put(folder: Path, name: str, data: object) -> None:
    (folder / name).write_text(json.dumps(data, ensure_ascii=False), "utf-8")


def plain(document: ClinicalDocument) -> ClinicalDocument:
    content = document.content
    return replace(
        document,
        content=replace(
            content,
            medications=(),
            test_results=(),
            procedures=(),
            allergies=(),
            opinion="",
            appointments=(),
        ),
    )


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_has_a_form_that_says_it_is_unofficial(kind: str) -> None:
    form = load().newest(kind)
    assert form.templates[0].root == KINDS[kind]
    assert form.status == "unofficial"
    assert form.codes["type_code"].code == form.code


def test_a_new_version_is_written_from_its_day_and_both_are_read(
    folder: Path, referral_document: ClinicalDocument
) -> None:
    put(folder, "referral-2026-11.json", NEWER)
    both = load(folder)
    now = plain(referral_document)
    before = replace(now, header=replace(now.header, time=now.header.time.replace(month=10)))

    new, old = write(now, both), write(before, both)

    assert "진료의뢰서(개정)" in show_text(new)
    assert "진료의뢰서(개정)" not in show_text(old)
    assert read(new, both) == now
    assert read(old, both) == before
    assert both.newest("referral").version == date(2026, 11, 1)


def test_a_form_of_the_same_version_takes_the_place_of_ours(folder: Path) -> None:
    put(folder, "referral-2018-03.json", {"base": "referral-2018-03", "title": "의뢰서"})
    assert [form.title for form in load(folder) if form.kind == "referral"] == ["의뢰서"]


def test_another_kind_needs_no_code(folder: Path, referral_document: ClinicalDocument) -> None:
    own = NEWER | {
        "kind": "nursing",
        "title": "간호기록지",
        "templates": [{"root": "2.999.7.1"}],
    }
    put(folder, "nursing.json", own)
    forms.use(folder)
    document = replace(plain(referral_document), kind="nursing")
    octets = write(document)
    assert parse(octets).find("{*}templateId").get("root") == "2.999.7.1"  # type: ignore[union-attr]  # It has one.
    assert read(octets) == document
    forms.use(None)
    with pytest.raises(CdaRefused, match="another template"):
        read(octets)


RECEIPT = {
    "base": "receipt-2026-11",
    "version": "2027-01-01",
    "templates": [{"root": "2.999.7.2", "extension": "2027-01-01"}],
}


def test_a_form_may_demand_any_field_of_a_paper(folder: Path) -> None:
    named = [
        {"path": f"paper.{one}", "name": one} for one in ("cells.won", "visit.department.code")
    ]
    put(folder, "receipt.json", RECEIPT | {"mandatory": named})
    found = load(folder).newest("receipt").mandatory
    assert found == tuple((one["path"], one["name"]) for one in named)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ("{", "no JSON"),
        ([], "no JSON object"),
        ({"kind": "x"}, "'code_systems' is missing"),
        (NEWER | {"base": "nothing"}, "no such base"),
        (NEWER | {"version": "2026"}, "2026"),
        (NEWER | {"templates": []}, "a form has a template"),
        (NEWER | {"templates": [{"root": "1.2.x"}]}, "no OID"),
        (NEWER | {"sections": [{"name": "nothing"}]}, "'title' is missing"),
        (NEWER | {"sections": [{"name": "reason", "text": "nothing"}]}, "no part"),
        (NEWER | {"mandatory": [{"path": "content.nothing", "name": "x"}]}, "no part"),
        (NEWER | {"mandatory": [{"path": "paper.items", "name": "x"}]}, "no part"),
        (RECEIPT | {"mandatory": [{"path": "paper.cells.wone", "name": "x"}]}, "no part"),
        (RECEIPT | {"mandatory": [{"path": "paper.visit.doctor.x", "name": "x"}]}, "no part"),
        (NEWER | {"asked": [{"path": "content.opinion", "name": "x"}]}, "no part of a paper"),
    ],
)
def test_a_broken_file_is_named_with_what_is_wrong(folder: Path, data: object, told: str) -> None:
    if isinstance(data, str):
        (folder / "broken.json").write_text(data, "utf-8")
    else:
        put(folder, "broken.json", data)
    with pytest.raises(FormWrong, match=rf"broken(\.json)?: .*{told}"):
        load(folder)


def test_bases_in_a_circle_are_refused(folder: Path) -> None:
    put(folder, "a.json", NEWER | {"base": "b"})
    put(folder, "b.json", NEWER | {"base": "a"})
    with pytest.raises(FormWrong, match="circle"):
        load(folder)


def test_a_folder_that_is_none_is_refused(folder: Path) -> None:
    with pytest.raises(FormWrong, match="no folder"):
        load(folder / "nowhere")
