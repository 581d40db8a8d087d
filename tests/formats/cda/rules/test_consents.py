"""The rules of consents and withdrawals: one thing is wrong, and one named finding says so."""

from dataclasses import replace
from datetime import date

import pytest

from naru.domain.clinical import DocumentHeader, Patient
from naru.domain.consent_document import ConsentDocument, Scan
from naru.domain.consent_paper import Box, Part, Side
from naru.domain.findings import Severity, errors
from naru.domain.privacy_policies import Policy, privacy_policies
from naru.formats.cda import CdaRefused, read_consent, write_consent
from naru.formats.cda.rules import check
from tests.formats.cda.rules.spoiling import spoilt

DAY = date(2026, 11, 20)
CODES = privacy_policies().codes
BPPC = '<templateId root="1.3.6.1.4.1.19376.1.5.3.1.1.7"/>'
EVENT = ("<documentationOf", "</documentationOf>")


@pytest.fixture
def document(header: DocumentHeader) -> ConsentDocument:
    return ConsentDocument(
        header=header,
        patient=Patient(mrn="TEST-0001", name="김하늘", birth_date=date(1980, 5, 5)),
        policy=Policy.CONSENT_PARTIAL,
        from_date=DAY,
        until=date(2027, 11, 20),
        boxes=frozenset(Box) - {Box.EVALUATION},
        parts=(
            Part(department="2500", department_name="정신건강의학과", reason="알리고 싶지 않음"),
            Part(institution="2.999.10.4", side=Side.VIEWER),
        ),
    )


def found(octets: bytes) -> list[str]:
    return [one.rule for one in check(octets, on=DAY)]


def changed(document: ConsentDocument, before: str, after: str) -> bytes:
    octets = write_consent(document)
    assert before.encode() in octets
    return octets.replace(before.encode(), after.encode(), 1)


def test_a_sound_paper_has_no_finding(document: ConsentDocument) -> None:
    assert found(write_consent(document)) == []
    withdrawal = replace(document, policy=Policy.WITHDRAWAL_PARTIAL, boxes=None)
    assert found(write_consent(withdrawal)) == []
    scanned = replace(document, scan=Scan(b"%PDF-1.4"), boxes=None, parts=())
    assert found(write_consent(scanned)) == []


@pytest.mark.parametrize(
    ("before", "after", "rules"),
    [
        (
            CODES[Policy.CONSENT_PARTIAL].code,
            CODES[Policy.WITHDRAWAL_PARTIAL].code,
            ["consent.policy"],
        ),
        ("1.3.6.1.4.1.19376.1.5.3.1.2.6", "2.999.6", ["consent.events", "document.unreadable"]),
        (
            '<high value="20271120"/>',
            '<high value="20251120"/>',
            ["consent.period", "document.unreadable"],
        ),
        ('<low value="20261120"/>', "", ["consent.period", "document.unreadable"]),
        (BPPC, "", ["template.missing"]),
        ("2.16.840.1.113883.3.445.17", "2.999.17", ["template.missing"]),
        # What a person reads, and what a program reads.
        ("[동의함] 민감정보", "[동의하지 않음] 민감정보", ["narrative.value"]),
        (
            '<value xsi:type="BL" value="false"/>',
            '<value xsi:type="BL" value="true"/>',
            ["narrative.value"],
        ),
        ("정신건강의학과(2500)", "내과(0100)", ["narrative.value"]),
        ("열람에서 제외: 2.999.10.4", "열람에서 제외: 2.999.10.5", ["narrative.value"]),
        ("<paragraph>열람에서 제외: 2.999.10.4(2.999.10.4)</paragraph>", "", ["narrative.rows"]),
        (
            "</paragraph></text>",
            "</paragraph><paragraph>교류에서 제외: 내과</paragraph></text>",
            ["narrative.rows"],
        ),
        ('code="evaluation"', 'code="another"', ["document.unreadable"]),
    ],
)
def test_one_wrong_thing_is_named(
    document: ConsentDocument, before: str, after: str, rules: list[str]
) -> None:
    assert found(changed(document, before, after)) == rules


def test_what_is_kept_out_by_words_alone_is_named(document: ConsentDocument) -> None:
    octets = write_consent(document)
    start, end = octets.index(b'<entry typeCode="COMP"><act'), octets.rindex(b"</act></entry>")
    assert found(octets[:start] + octets[end + len(b"</act></entry>") :]) == ["narrative.rows"]


def test_a_consent_to_nothing_or_to_two_things_is_named(document: ConsentDocument) -> None:
    octets = write_consent(document)
    start, end = octets.index(b"<documentationOf"), octets.index(b"</documentationOf>") + 18
    event = octets[start:end]
    assert found(octets.replace(event, b"")) == ["consent.events", "document.unreadable"]
    other = event.replace(b"20271120", b"20281120")
    assert found(octets.replace(event, event + other)) == ["consent.events", "document.unreadable"]


def test_a_consent_without_boxes_is_a_warning(document: ConsentDocument) -> None:
    (one,) = check(write_consent(replace(document, boxes=None)), on=DAY)
    assert (one.rule, one.severity) == ("consent.boxes", Severity.WARNING)


def test_a_scan_without_its_template_is_named(document: ConsentDocument) -> None:
    scanned = replace(document, scan=Scan(b"%PDF-1.4"), boxes=None, parts=())
    assert found(changed(scanned, "1.3.6.1.4.1.19376.1.2.20", "2.999.20")) == ["template.missing"]


def test_each_thing_that_the_reader_refuses_is_named(document: ConsentDocument) -> None:
    refused = 0
    for wrong in spoilt(write_consent(document)):
        try:
            read_consent(wrong)
        except CdaRefused:
            refused += 1
            wrongs = check(wrong, on=DAY)
            assert errors(wrongs) or [one.rule for one in wrongs] == ["template.foreign"]
    assert refused > 20
