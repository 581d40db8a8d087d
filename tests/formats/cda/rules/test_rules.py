"""Each rule on a referral: one thing is wrong, and one named finding says where."""

import json
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from lxml import etree

from naru.domain.clinical import ClinicalDocument
from naru.domain.findings import MOST, Severity, errors, rules
from naru.formats.cda import CdaRefused, read
from naru.formats.cda.forms import known, use
from naru.formats.cda.rules import NoSchema, check, schema_in
from naru.formats.cda.rules.header import PLACES
from naru.formats.cda.rules.paths import Elements, Places
from naru.formats.cda.rules.whole import code_of
from naru.formats.xml import XmlReason, parse
from tests.formats.cda.rules.spoiling import spoilt

DAY = date(2026, 11, 20)
V3 = "{urn:hl7-org:v3}"
Changed = Callable[[str, str], bytes]


def found(octets: bytes) -> list[str]:
    return [one.rule for one in check(octets, on=DAY)]


def test_a_sound_referral_has_no_finding(octets: bytes, maybe_schema: etree.XMLSchema) -> None:
    assert check(octets, on=DAY, schema=maybe_schema, claimed="referral") == ()


DIAGNOSIS = '<value xsi:type="CD" code="I20.9" codeSystem="1.2.410.100110.40.2.3.2"'
OF_SECTION = 'root="2.16.840.1.113883.10.20.22.2.5.1"'


@pytest.mark.parametrize(
    ("before", "after", "rule", "place"),
    [
        # The template and its version.
        ('40.2.1.1"/>', '40.2.1.1" extension="2099-01-01"/>', "template.newer", "templateId"),
        ('40.2.1.1"/>', '40.2.1.99"/>', "template.foreign", ""),
        ('code="57133-1"', 'code="18761-7"', "document.code", "code"),
        # What the form requires.
        ("<name>남궁하늘</name>", '<name nullFlavor="NI"/>', "header.missing", "patient/name"),
        ('extension="TEST-102"', "", "header.missing", "intendedRecipient/id/@extension"),
        ('GenderCode code="F"', 'GenderCode code="Q"', "header.sex", "administrativeGenderCode"),
        # What the reader refuses.
        (
            '<birthTime value="19800505"',
            '<birthTime value="19801399"',
            "document.unreadable",
            "recordTarget",
        ),
        ('code="AMB"', 'code="ZZZ"', "document.unreadable", "encompassingEncounter"),
        ('<telecom value="tel:02-000-0002"/>', "", "header.missing", "telecom/@value"),
        # Sections.
        ('code="11450-4"', 'code="11451-4"', "section.code", "section"),
        ("<title>진단내역</title>", "<title>투약내역</title>", "section.title", "section"),
        (
            "<th>상병코드</th><th>상병명</th>",
            "<th>상병명</th><th>상병코드</th>",
            "narrative.columns",
            "tr",
        ),
        (OF_SECTION, 'root="2.999.5"', "section.template", "section"),
        ('extension="2015-08-01"', 'extension="2014-08-01"', "section.version", "section"),
        # Codes.
        (
            'codeSystem="1.2.410.100110.40.2.3.2"',
            'codeSystem="2.16.840.1.113883.6.3"',
            "code.system",
            "observation/value",
        ),
        ("02||&amp;02", "09||&amp;02", "reason.code", "act/text"),
        # What a person reads and what a program reads.
        (DIAGNOSIS, DIAGNOSIS.replace("I20.9", "I21.9"), "narrative.code", "observation/value"),
        ("<td>상세불명의 협심증</td>", "<td>감기</td>", "narrative.code", "value"),
        ("<td>2026-11-20</td>", "<td>2026-11-02</td>", "narrative.time", "effectiveTime"),
        ("0.02 ng/mL</td>", "0.20 ng/mL</td>", "narrative.value", "observation/value"),
        # References and identifiers.
        ('value="#diagnoses-1"', 'value="#diagnoses-9"', "reference.target", "text/reference"),
        ('<id root="2.25.1234567890"', '<id root="2.025.1"', "id.leading-zero", "id"),
        ('<id root="2.25.1234567890"', '<id root="abc"', "id.form", "id"),
        ('<id root="2.25.1234567890"', f'<id root="2.25.{"1" * 60}"', "id.too-long", "id"),
        # Hostile narrative.
        (
            "<td>2026-11-20</td>",
            "<td>2026-11-20<script/></td>",
            "narrative.element",
            "td[1]/script",
        ),
        ("<td>I20.9</td>", '<td onclick="x">I20.9</td>', "narrative.attribute", "td"),
        ("<td>I20.9</td>", '<td style="x">I20.9</td>', "narrative.attribute", "td"),
        (
            "<td>I20.9</td>",
            '<td><linkHtml href="javascript:x">I20.9</linkHtml></td>',
            "narrative.link",
            "linkHtml",
        ),
        (
            "<td>I20.9</td>",
            '<td styleCode="background:url(http://x)">I20.9</td>',
            "narrative.style",
            "td",
        ),
        ("<ClinicalDocument", "<?xml-stylesheet href='x'?><ClinicalDocument", "xml.stylesheet", ""),
        ("<realmCode", "<?x y?><realmCode", "xml.instruction", ""),
        # No document at all.
        ("ClinicalDocument>\n", "", "xml.malformed", ""),
        ("<ClinicalDocument", "<!DOCTYPE x><ClinicalDocument", "xml.dtd", ""),
        ("<realmCode", "\x00<realmCode", "xml.nul", ""),
    ],
)
def test_one_wrong_thing_is_one_finding(
    changed: Changed, before: str, after: str, rule: str, place: str
) -> None:
    wrong = check(changed(before, after), on=DAY)
    assert {one.rule for one in wrong} == {rule}
    for one in wrong:
        assert place in one.path
        assert one.sentence.startswith(one.plain())
        assert one.said(english=True).isascii() or one.values


def test_the_path_leads_to_the_element(changed: Changed) -> None:
    octets = changed(DIAGNOSIS, DIAGNOSIS.replace("I20.9", "I21.9"))
    (one,) = check(octets, on=DAY)
    path = re.sub(r"/([A-Za-z]+)", r"/h:\1", one.path)
    (element,) = Elements(path)(parse(octets))
    assert element.get("code") == "I21.9"
    assert "I21.9" in one.sentence
    assert "I21.9" not in one.plain() + one.path


def test_a_missing_mandatory_section_is_named(octets: bytes) -> None:
    root = parse(octets)
    body = root.find(f"{V3}component/{V3}structuredBody")
    assert body is not None
    body.remove(body[0])
    (one,) = check(etree.tostring(root), on=DAY)
    assert (one.rule, one.severity) == ("section.missing", Severity.ERROR)
    assert "진단내역" in one.sentence


def test_an_empty_mandatory_section_is_named(octets: bytes) -> None:
    root = parse(octets)
    section = root.find(f".//{V3}section")
    assert section is not None
    section.set("nullFlavor", "NI")
    assert found(etree.tostring(root)) == ["section.empty"]


def test_sections_out_of_order_or_twice_are_named(octets: bytes) -> None:
    root = parse(octets)
    body = root.find(f"{V3}component/{V3}structuredBody")
    assert body is not None
    body.append(body[1])
    assert "section.order" in found(etree.tostring(root))

    twice = parse(octets)
    body = twice.find(f"{V3}component/{V3}structuredBody")
    assert body is not None
    body.insert(1, etree.fromstring(etree.tostring(body[0])))
    assert {"section.twice", "reference.twice"} <= set(found(etree.tostring(twice)))


def test_a_foreign_section_is_a_warning(octets: bytes) -> None:
    section = (
        '<component><section><code code="1" codeSystem="2.999"/><title>x</title>'
        "<text>x</text></section></component>"
    )
    end = b"</structuredBody>"
    (one,) = check(octets.replace(end, section.encode() + end), on=DAY)
    assert (one.rule, one.severity) == ("section.foreign", Severity.WARNING)


def test_rows_without_entries_are_named(changed: Changed) -> None:
    row = '<tr ID="x"><td>2026-11-20</td><td>C34</td><td>폐암</td></tr></tbody>'
    assert found(changed("</tbody>", row)) == ["narrative.rows"]


def without_entries(octets: bytes, code: str) -> bytes:
    """The document in which the entries of one section are gone, and its rows are there."""
    root = parse(octets)
    for section in root.iter(f"{V3}section"):
        if code_of(Places(("code",))(section))[0] == code:
            for entry in section.findall(f"{V3}entry"):
                section.remove(entry)
    return etree.tostring(root)


@pytest.mark.parametrize(
    "code", ["11450-4", "10160-0", "30954-2", "47519-4", "48765-2", "42349-1", "18776-5"]
)
def test_rows_of_which_no_program_reads_any_are_named(octets: bytes, code: str) -> None:
    changed = without_entries(octets, code)
    assert changed.count(b"<entry>") < octets.count(b"<entry>"), "no such section"
    assert "narrative.rows" in found(changed)


def test_each_thing_that_the_reader_refuses_is_named(octets: bytes) -> None:
    """What is missing or wrong anywhere: no document is sound to `check` that `read` refuses."""
    refused = 0
    for wrong in spoilt(octets):
        try:
            read(wrong)
        except CdaRefused:
            refused += 1
            wrongs = check(wrong, on=DAY)
            assert errors(wrongs) or [one.rule for one in wrongs] == ["template.foreign"]
    assert refused > 30


def test_what_the_reader_refuses_is_told_beside_all_else(changed: Changed) -> None:
    without = changed('<birthTime value="19800505"/>', "")
    assert found(without) == ["header.missing", "document.unreadable"]
    fields = changed("02||&amp;02||&amp;||&amp;", "02||&amp;02||&amp;")
    assert found(fields) == ["reason.fields", "document.unreadable"]


def test_an_authenticator_for_whom_the_form_asks_is_named(octets: bytes) -> None:
    start, end = octets.index(b"<authenticator "), octets.index(b"</authenticator>")
    assert found(octets[:start] + octets[end + len(b"</authenticator>") :]) == [
        "header.authenticator"
    ]


def test_a_visit_that_is_not_told_is_information(octets: bytes) -> None:
    start, end = octets.index(b"<componentOf"), octets.index(b"</componentOf>")
    (one,) = check(octets[:start] + octets[end + len(b"</componentOf>") :], on=DAY)
    assert (one.rule, one.severity) == ("header.encounter", Severity.INFORMATION)


def test_a_document_of_another_form_than_promised_is_named(octets: bytes) -> None:
    rules_found = [one.rule for one in check(octets, on=DAY, claimed="return")]
    assert rules_found == ["template.format"]


def test_what_the_schema_forbids_is_named_without_the_value(
    changed: Changed, cda_schema: etree.XMLSchema
) -> None:
    octets = changed('classCode="PAT"', 'classCode="남궁"')
    (one,) = check(octets, on=DAY, schema=cda_schema)
    assert one.rule == "schema.value"
    assert one.path.endswith("/recordTarget/patientRole")
    assert "patientRole/@classCode" in one.sentence
    assert "남궁" not in one.sentence

    octets = changed("<realmCode", "<no-such/><realmCode")
    assert "schema.element" in {one.rule for one in check(octets, on=DAY, schema=cda_schema)}


@pytest.mark.parametrize(
    ("before", "after", "rule"),
    [
        ('<typeId root="2.16.840.1.113883.1.3"', '<typeId no-such="x"', "schema.attribute"),
        (
            '<patientRole classCode="PAT">',
            '<patientRole classCode="PAT" no-such="x">',
            "schema.attribute",
        ),
    ],
)
def test_an_attribute_that_the_schema_does_not_have_is_named(
    changed: Changed, cda_schema: etree.XMLSchema, before: str, after: str, rule: str
) -> None:
    found = {one.rule for one in check(changed(before, after), on=DAY, schema=cda_schema)}
    assert rule in found


def test_versions_older_than_ours_and_between_them_are_named(
    changed: Changed, tmp_path: Path
) -> None:
    root = '<templateId root="1.2.410.100110.40.2.1.1"'
    for day in ("2020-01-01", "2022-01-01"):
        (tmp_path / f"{day}.json").write_text(
            json.dumps(
                {
                    "base": "referral-2018-03",
                    "version": day,
                    "templates": [{"root": "1.2.410.100110.40.2.1.1", "extension": day}],
                }
            )
        )
    (tmp_path / "referral-2018-03.json").write_text(
        json.dumps(
            {
                "base": "referral-2018-03",
                "templates": [{"root": "1.2.410.100110.40.2.1.1", "extension": "2018-03-01"}],
            }
        )
    )
    use(tmp_path)
    try:
        for version, rule in (
            ("2017-01-01", "template.older"),
            ("2021-01-01", "template.version"),
            ("2023-01-01", "template.newer"),
        ):
            wrong = changed(f"{root}/>", f'{root} extension="{version}"/>')
            assert found(wrong) == [rule]
    finally:
        use(None)


def test_a_folder_without_a_schema_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NoSchema, match=r"CDA\.xsd"):
        schema_in(tmp_path)
    (tmp_path / "CDA.xsd").write_text("<x/>")
    with pytest.raises(NoSchema, match="no schema"):
        schema_in(tmp_path)


def test_findings_are_bounded_and_always_in_the_same_order(octets: bytes) -> None:
    many = "".join(f'<td onclick="{at}">x</td>' for at in range(300))
    wrong = octets.replace(b"<tr ID", f"<tr>{many}</tr><tr ID".encode())
    first = check(wrong, on=DAY)
    assert 0 < len(first) <= MOST
    assert first == check(wrong, on=DAY)


def test_a_long_text_is_quoted_in_part(changed: Changed) -> None:
    octets = changed(DIAGNOSIS, DIAGNOSIS.replace("I20.9", "I" * 5000))
    assert all(len(one.sentence) < 400 for one in check(octets, on=DAY))


def test_every_mandatory_path_of_a_form_has_its_place_in_cda() -> None:
    for form in known():
        if form.sections or "paper_sections" in form.raw:
            elsewhere = ("content.", "paper.")
            paths = {path for path, _ in form.mandatory if not path.startswith(elsewhere)}
            assert paths <= set(PLACES), form.kind


def test_every_reason_of_the_reader_of_xml_is_a_rule() -> None:
    assert {f"xml.{one}" for one in XmlReason} <= rules().keys()


def test_every_rule_has_both_sentences_and_its_own_id() -> None:
    for one in rules().values():
        assert one.korean
        assert one.english.isascii()
        assert bool(one.detail_korean) == bool(one.detail_english)


def test_a_large_narrative_is_refused_by_its_size(octets: bytes) -> None:
    big = octets.replace(b"<td>I20.9</td>", b"<td>" + b"x" * (50 * 1024 * 1024) + b"</td>")
    assert found(big) == ["xml.too-large"]


@pytest.mark.parametrize(
    "bomb", ["<!DOCTYPE a [<!ENTITY b 'c'>]>", "<!DOCTYPE a SYSTEM 'file:///x'>"]
)
def test_an_entity_is_never_expanded(changed: Changed, bomb: str) -> None:
    assert found(changed("<ClinicalDocument", f"{bomb}<ClinicalDocument")) == ["xml.dtd"]


def test_a_document_of_the_form_s_own_writer_keeps_its_rules(
    referral_document: ClinicalDocument, octets: bytes
) -> None:
    assert referral_document.kind == "referral"
    for at in range(0, len(octets), 211):
        check(octets[:at] + octets[at + 9 :], on=DAY)  # Whatever is damaged, nothing is raised.


def test_a_processing_instruction_is_no_cell_of_a_table(octets: bytes) -> None:
    head = b"<thead><tr>"
    assert head in octets
    assert found(octets.replace(head, head + b"<?other x?>")) == ["xml.instruction"]
    empty = re.sub(rb"<thead><tr>.*?</tr>", head + b"<?other x?></tr>", octets, count=1)
    assert "narrative.columns" in found(empty)


def test_an_id_that_stands_twice_is_seen_outside_of_hl7_s_names_too(octets: bytes) -> None:
    twice = b'<a xmlns="urn:other" ID="x"/>' * 2
    whole = octets.replace(b"</ClinicalDocument>", twice + b"</ClinicalDocument>")
    assert whole != octets
    assert "reference.twice" in found(whole)
