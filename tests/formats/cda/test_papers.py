"""Papers as CDA: every value comes back, every document follows schema and rules."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from io import BytesIO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree
from pypdf import PdfReader

from naru.domain.clinical import (
    DocumentHeader,
)
from naru.domain.papers import (
    PAPER_OF,
    Disease,
    ItemisedBill,
    Paper,
    PaperDocument,
    Prescription,
)
from naru.formats.cda.errors import CdaRefused, IncompleteDocument
from naru.formats.cda.forms import known
from naru.formats.cda.papers import read_paper_document, write_paper_document
from naru.formats.cda.rules import check
from naru.formats.cda.show import show_html, show_pdf
from naru.formats.xml import XmlRefused, parse
from naru.formats.xml.schema import validate
from tests import papers
from tests.formats.any_paper import paper_of

KINDS = tuple(PAPER_OF)


@pytest.fixture
def documents(header: DocumentHeader) -> dict[str, PaperDocument]:
    return {one.kind: one for one in papers.documents(header)}


@pytest.mark.parametrize("kind", KINDS)
def test_a_paper_follows_the_schema_and_its_own_rules(
    documents: dict[str, PaperDocument], cda_schema: etree.XMLSchema, kind: str
) -> None:
    octets = write_paper_document(documents[kind])
    validate(parse(octets), cda_schema)
    assert check(octets, on=papers.DAY, schema=cda_schema) == ()


@pytest.mark.parametrize("kind", KINDS)
def test_a_paper_comes_back_as_it_was(documents: dict[str, PaperDocument], kind: str) -> None:
    octets = write_paper_document(documents[kind])
    assert read_paper_document(octets) == documents[kind]
    assert octets == write_paper_document(documents[kind])


def _round_trip(document: PaperDocument, paper: Paper, schema: etree.XMLSchema | None) -> None:
    other = replace(document, paper=paper)
    octets = write_paper_document(other)
    assert read_paper_document(octets) == other
    if schema is not None:
        validate(parse(octets), schema)


SOME = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    deadline=None,
    max_examples=20,
)
MANY = settings(SOME, max_examples=10_000)


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
@SOME
def test_any_paper_comes_back_as_it_was(
    documents: dict[str, PaperDocument],
    maybe_schema: etree.XMLSchema | None,
    kind: str,
    data: st.DataObject,
) -> None:
    _round_trip(documents[kind], data.draw(paper_of(kind)), maybe_schema)


@pytest.mark.long
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
@MANY
def test_ten_thousand_papers_come_back_as_they_were(
    documents: dict[str, PaperDocument], kind: str, data: st.DataObject
) -> None:
    _round_trip(documents[kind], data.draw(paper_of(kind)), None)


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_missing_is_named(documents: dict[str, PaperDocument], kind: str) -> None:
    document = documents[kind]
    nobody = replace(document, author=replace(document.author, name=" "))
    with pytest.raises(IncompleteDocument, match="작성자 성명"):
        write_paper_document(nobody)


@pytest.mark.parametrize(
    "change",
    [
        lambda rx: replace(rx, note="가\x00"),
        lambda rx: replace(rx, diseases=(Disease(code="I20 9"),)),
        lambda rx: replace(rx, items=(replace(rx.items[0], dose=Decimal("1E-12")),)),
        lambda rx: replace(rx, items=(replace(rx.items[0], dose=Decimal("NaN")),)),
        lambda rx: replace(rx, valid_days=10**16),
    ],
)
def test_what_cda_cannot_carry_is_refused(
    documents: dict[str, PaperDocument], change: Callable[[Prescription], Prescription]
) -> None:
    document = documents["prescription"]
    assert isinstance(document.paper, Prescription)
    with pytest.raises(IncompleteDocument):
        write_paper_document(replace(document, paper=change(document.paper)))


@pytest.mark.parametrize("kind", KINDS)
def test_a_damaged_paper_is_refused_or_read_and_nothing_else(
    documents: dict[str, PaperDocument], kind: str
) -> None:
    octets = write_paper_document(documents[kind])
    for at in range(0, len(octets), 61):
        cut = octets[:at] + octets[at + 7 :]
        check(cut, on=papers.DAY)
        try:
            read_paper_document(cut)
        except (CdaRefused, XmlRefused):
            continue


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('currency="KRW"', 'currency="USD"'),
        ('value="1.5"', 'value="NaN"'),
        ('<code code="price"', '<code code="no-such"'),
        ('<code code="price"', '<code code="total"'),
    ],
)
def test_a_field_that_is_none_is_refused(
    documents: dict[str, PaperDocument], before: str, after: str
) -> None:
    document = documents["itemised-bill"]
    assert isinstance(document.paper, ItemisedBill)
    lines = (replace(document.paper.lines[0], times=Decimal("1.5")), *document.paper.lines[1:])
    text = write_paper_document(replace(document, paper=replace(document.paper, lines=lines)))
    assert before.encode() in text
    octets = text.replace(before.encode(), after.encode(), 1)
    with pytest.raises(CdaRefused):
        read_paper_document(octets)
    assert "paper.unreadable" in {one.rule for one in check(octets, on=papers.DAY)}


def test_a_breach_is_found_where_it_stands(documents: dict[str, PaperDocument]) -> None:
    octets = write_paper_document(documents["receipt"])
    wrong = octets.replace(b'value="25360"', b'value="25361"').replace(b"25,360", b"25,361")
    found = {one.rule: one for one in check(wrong, on=papers.DAY)}
    assert set(found) == {"receipt.total", "receipt.payer-share"}
    (place,) = (
        parse(wrong)
        .getroottree()
        .xpath(
            "/"
            + "/".join(
                f"*[local-name()='{name.partition('[')[0]}']"
                + (f"[{name.partition('[')[2]}" if "[" in name else "")
                for name in found["receipt.total"].path.strip("/").split("/")
            )
        )
    )
    assert place[0].get("code") == "total"
    assert "25,361" in found["receipt.total"].sentence
    assert "25,361" not in found["receipt.total"].plain()


def test_who_reads_the_paper_and_who_reads_its_entries_read_the_same(
    documents: dict[str, PaperDocument],
) -> None:
    for kind, before, after in (
        ("prescription", "<td>식후 30분</td>", "<td>식전 30분</td>"),
        ("receipt", ">660</content>", ">66</content>"),
        ("itemised-bill", "<td>17,040</td>", "<td>17,004</td>"),
        ("diagnosis-list", "<td>I209</td>", "<td>I219</td>"),
        ("certificate", "<td>회사 제출</td>", "<td>학교 제출</td>"),
    ):
        octets = write_paper_document(documents[kind])
        assert before.encode() in octets
        found = check(octets.replace(before.encode(), after.encode(), 1), on=papers.DAY)
        assert [one.rule for one in found] == ["narrative.value"], kind


def heads(root: etree._Element) -> list[etree._Element]:
    """The heads of tables, and of the rows of facts."""
    return list(root.iterfind(".//{*}table//{*}th"))


@pytest.mark.parametrize("kind", KINDS)
def test_two_heads_in_each_other_s_place_are_found(
    documents: dict[str, PaperDocument], kind: str
) -> None:
    """Of a receipt: the patient's share read as the payer's, while every sum holds."""
    octets = write_paper_document(documents[kind])
    count = len(heads(parse(octets)))
    assert count >= 9
    for at in range(count - 1):
        root = parse(octets)
        one, other = heads(root)[at : at + 2]
        one.text, other.text = other.text, one.text
        found = check(bytes(etree.tostring(root, encoding="UTF-8")), on=papers.DAY)
        if one.text == other.text:
            assert found == ()
        else:
            assert [each.rule for each in found] == ["narrative.columns"] * 2, (at, one.text)


def test_shares_of_a_receipt_are_not_swapped_with_their_heads_alone(
    documents: dict[str, PaperDocument],
) -> None:
    root = parse(write_paper_document(documents["receipt"]))
    shares = ("급여 일부 본인부담(본인부담금)", "급여 일부 본인부담(공단부담금)")
    patient, payer = (one for one in heads(root) if one.text in shares)
    patient.text, payer.text = payer.text, patient.text
    first, second = check(bytes(etree.tostring(root, encoding="UTF-8")), on=papers.DAY)
    assert (first.rule, second.rule) == ("narrative.columns",) * 2
    assert "본인부담금" in first.sentence
    assert first.path.endswith("/text/table/thead/tr/th[2]")
    assert second.path.endswith("/text/table/thead/tr/th[3]")


@pytest.fixture
def prescribed(documents: dict[str, PaperDocument]) -> Callable[..., PaperDocument]:
    """The prescription with some of its values changed."""

    def prescribed(**changes: object) -> PaperDocument:
        document = documents["prescription"]
        assert isinstance(document.paper, Prescription)
        return replace(document, paper=replace(document.paper, **changes))

    return prescribed


def emptied(octets: bytes, *fields: str) -> bytes:
    """The document without these observations, and without what a person reads of them."""
    root = parse(octets)
    for field in fields:
        (code,) = root.iterfind(f".//{{*}}observation/{{*}}code[@code='{field}']")
        relation = code.getparent().getparent()
        relation.getparent().remove(relation)
        for row in root.iterfind(f".//{{*}}tr[{{*}}th='{code.get('displayName')}']"):
            row.getparent().remove(row)
    return bytes(etree.tostring(root, encoding="UTF-8"))


def test_a_prescription_names_the_licence_and_its_medicines(
    prescribed: Callable[..., PaperDocument],
) -> None:
    item = papers.prescription().items[0]
    for changes, name in (
        ({"license_kind": ""}, "면허종류"),
        ({"license_number": " "}, "면허번호"),
        ({"items": (item, replace(item, name=""))}, "의약품의 명칭"),
        ({"items": ()}, "의약품의 명칭"),
    ):
        with pytest.raises(IncompleteDocument, match=name):
            write_paper_document(prescribed(**changes))
    octets = emptied(write_paper_document(prescribed()), "license_kind", "license_number")
    first, second = check(octets, on=papers.DAY)
    assert first.rule == second.rule == "paper.missing"
    assert "처방 의료인의 면허종류" in first.sentence
    assert "처방 의료인의 면허번호" in second.sentence
    assert first.path == "/ClinicalDocument/component/structuredBody/component[1]/section"


def test_what_a_form_asks_for_and_is_empty_is_told_where_it_would_stand(
    prescribed: Callable[..., PaperDocument],
) -> None:
    item = papers.prescription().items[0]
    octets = write_paper_document(prescribed(fax="", items=(item, replace(item, usage=""))))
    fax, usage = check(octets, on=papers.DAY)
    assert (fax.rule, fax.severity, usage.rule) == ("paper.asked", "warning", "paper.asked")
    assert "팩스번호" in fax.sentence
    assert usage.path.endswith("/component[3]/section/entry[2]")


def test_what_the_pharmacy_fills_in_is_read_by_people_too(
    prescribed: Callable[..., PaperDocument],
) -> None:
    one = papers.prescription().dispensings[0]
    octets = write_paper_document(prescribed(dispensings=(one, replace(one, pharmacy="또약국"))))
    pages = PdfReader(BytesIO(show_pdf(octets))).pages
    printed = "".join("".join(page.extract_text().split()) for page in pages)
    for words in (
        "조제명세",
        "다온약국",
        "또약국",
        "한약사",
        "2026-11-24",
        "대체조제",
        "02-000-0002",
        "TEST-101",
    ):
        assert words in show_html(octets).decode()
        assert words in printed
    wrong = octets.replace("<td>또약국</td>".encode(), "<td>저약국</td>".encode())
    assert [one.rule for one in check(wrong, on=papers.DAY)] == ["narrative.value"]
    late = prescribed(dispensings=(replace(one, dispensed=papers.PRESCRIBED.replace(year=2027)),))
    (found,) = check(write_paper_document(late), on=papers.DAY)
    assert found.rule == "prescription.dispensed-day"
    assert found.path.endswith("/component[4]/section/entry")


def test_a_prescription_of_an_older_day_is_of_the_older_form_which_loses_nothing(
    prescribed: Callable[..., PaperDocument],
) -> None:
    new = prescribed()
    old = replace(new, header=replace(new.header, time=new.header.time.replace(day=21)))
    with pytest.raises(IncompleteDocument) as refused:
        write_paper_document(old)
    places = ("pharmacy", "pharmacist", "dispensed", "days", "change")
    assert refused.value.paths == ("fax", *(f"dispensings.{one}" for one in places))
    rx = replace(papers.prescription(), fax="", dispensings=(), license_number="")
    bare = replace(old, paper=rx)
    octets = write_paper_document(bare)
    assert b'extension="2026-11-21"' in octets
    assert read_paper_document(octets) == bare
    assert check(octets, on=papers.DAY) == ()


def test_every_paper_has_a_form_with_codes_of_the_registry() -> None:
    for kind in KINDS:
        form = known().newest(kind)
        assert form.status == "unofficial"
        assert set(form.codes) == {"class_code", "type_code", "format_code", "content_type_code"}
