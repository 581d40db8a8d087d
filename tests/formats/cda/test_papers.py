"""Papers as CDA: every value comes back, every document follows schema and rules."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

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


def test_every_paper_has_a_form_with_codes_of_the_registry() -> None:
    for kind in KINDS:
        form = known().newest(kind)
        assert form.status == "unofficial"
        assert set(form.codes) == {"class_code", "type_code", "format_code", "content_type_code"}
