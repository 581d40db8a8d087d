"""Spreadsheets as release files, and what a hostile one may not do."""

import io
import zipfile
from datetime import date

import pytest

from naru.domain.terminology import System
from naru.formats.terminology import sheets
from naru.formats.terminology.refused import ReleaseFileRefused
from naru.formats.terminology.releases import read_release

DAY = date(2026, 1, 1)
SHEET = "xl/worksheets/sheet1.xml"
TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels"'
    ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-'
    'officedocument.spreadsheetml.sheet.main+xml"/>'
    '<Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.'
    'openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>'
)
RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKED = "http://schemas.openxmlformats.org/package/2006/relationships"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
BOOK = (
    f'<workbook xmlns="{MAIN}" xmlns:r="{RELATED}"><sheets><sheet name="1" sheetId="1"'
    ' r:id="rId1"/></sheets></workbook>'
)


def relations(kind: str, target: str) -> str:
    return (
        f'<Relationships xmlns="{PACKED}"><Relationship Id="rId1" Type="{RELATED}/{kind}"'
        f' Target="{target}"/></Relationships>'
    )


def spreadsheet(rows: str, **others: str) -> bytes:
    """An XLSX as its writers make it, with these rows in its first sheet."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("[Content_Types].xml", TYPES)
        parts.writestr("_rels/.rels", relations("officeDocument", "xl/workbook.xml"))
        parts.writestr("xl/workbook.xml", BOOK)
        parts.writestr(
            "xl/_rels/workbook.xml.rels", relations("worksheet", "worksheets/sheet1.xml")
        )
        data = f"<sheetData>{rows}</sheetData>"
        parts.writestr(SHEET, f'<worksheet xmlns="{MAIN}">{data}</worksheet>')
        for name, text in others.items():
            parts.writestr(name, text)
    return held.getvalue()


def cell(place: str, value: str) -> str:
    if value.replace(".", "").isdecimal():
        return f'<c r="{place}"><v>{value}</v></c>'
    return f'<c r="{place}" t="inlineStr"><is><t>{value}</t></is></c>'


def table(*rows: tuple[str, ...]) -> str:
    return "".join(
        f'<row r="{at}">'
        + "".join(cell(f"{'ABCDEF'[n]}{at}", value) for n, value in enumerate(row) if value)
        + "</row>"
        for at, row in enumerate(rows, start=1)
    )


GOOD = table(("제품코드", "제품명"), ("650000001", "시험약"), ("", ""), ("650000002", "둘째"))


def test_the_first_sheet_is_a_release() -> None:
    assert list(sheets.sheet(spreadsheet(GOOD)))[1] == (2, ["650000001", "시험약"])
    codes = table(("상병코드", "한글명칭"), ("E11", "2형 당뇨병"), ("E11.0", "혼수"))
    release, refused = read_release(spreadsheet(codes), System.KCD_8, version="1", since=DAY)
    assert [(one.code, one.display) for one in release.concepts] == [
        ("E11", "2형 당뇨병"),
        ("E110", "혼수"),
    ]
    assert refused == ()


def test_lines_keep_their_numbers() -> None:
    late = table(("상병코드", "한글명칭"), ("", ""), ("", ""), ("E11", "병")).replace(
        '<row r="2"></row><row r="3"></row>', ""
    )
    assert [line for line, cells in sheets.sheet(spreadsheet(late)) if any(cells)] == [1, 4]


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        (cell("A1", "a") + cell("XFD1048576", "b"), "too much"),
        ("<row r='1048576'/>" + "<c r='ZZ1'/>", "too much"),
        ("<row/>" * 100_000 + "<c r='ZZ1'/>", "too much"),
        ("<row><c><v>1</v></c></row>", "XLSX"),
        ("<x:row xmlns:x='urn:x'><x:c><v>1</v></x:c></x:row>", "XLSX"),
        ("<row r='1'><c r='A1'><v>1</v>", "XLSX"),
        ("\0", "XLSX"),
    ],
)
def test_cells_far_apart_or_without_a_place_are_refused(rows: str, why: str) -> None:
    with pytest.raises(ReleaseFileRefused, match=why):
        list(sheets.sheet(spreadsheet(rows)))


def test_what_unpacks_to_too_much_is_refused_however_small(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sheets, "LARGEST_UNPACKED", 3 * 1024 * 1024)
    bomb = spreadsheet(GOOD, **{"xl/media/x.bin": "0" * 4 * 1024 * 1024})
    assert len(bomb) < 20_000
    with pytest.raises(ReleaseFileRefused, match="too much"):
        list(sheets.sheet(bomb))
    small = bomb.replace((4 * 1024 * 1024).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    assert small != bomb  # The ZIP tells less of the part than it holds.
    with pytest.raises(ReleaseFileRefused):
        list(sheets.sheet(small))


@pytest.mark.parametrize("name", ["xl/workbook.bin", "content.xml"])
def test_another_format_is_refused(name: str) -> None:
    with pytest.raises(ReleaseFileRefused, match="XLSX"):
        list(sheets.sheet(spreadsheet(GOOD, **{name: "<a/>"})))


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_part_that_does_not_unpack_is_refused(method: int) -> None:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", method) as parts:
        parts.writestr("xl/workbook.xml", BOOK)
    packed = bytearray(held.getvalue())
    begins = packed.index(b"xl/workbook.xml") + len("xl/workbook.xml")
    packed[begins + 9 : begins + 40] = b"\xff" * 31
    with pytest.raises(ReleaseFileRefused, match="XLSX"):
        list(sheets.sheet(bytes(packed)))


def test_a_damaged_spreadsheet_is_refused_or_read_and_nothing_else() -> None:
    whole = spreadsheet(GOOD)
    for at in range(0, len(whole), 13):
        try:
            list(sheets.sheet(whole[:at] + whole[at + 5 :]))
        except ReleaseFileRefused:
            continue
