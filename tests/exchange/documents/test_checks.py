"""A document that breaks its form is flagged or refused as the operator set, and never lost."""

from dataclasses import replace

import pytest
from django.test import override_settings

from naru.audit.models import Record
from naru.domain.codes import Code
from naru.domain.findings import Checking
from naru.domain.registry_errors import ErrorCode, RegistryFailure, Severity
from naru.exchange.documents import checks as document_checks
from naru.exchange.documents.provide_and_register import provide_and_register
from naru.formats.cda import write_paper_document
from naru.formats.cda.forms import known
from naru.repository import services as repository
from naru.repository.models import Document, Findings
from naru.viewer.opening import open_document
from naru.viewer.showing import document
from tests import papers
from tests.exchange.documents.hubs import Hospital, Patient, first, requested
from tests.registry.synthetic import in_the_name_of, submission

FORMAT = Code("urn:oid:2.25.279126366289637767714409908982798392340.1.2", "NARU-FORMAT")
RULE = "receipt.payer-share"


@pytest.fixture
def receipt() -> bytes:
    document = next(one for one in papers.documents(papers.header()) if one.kind == "receipt")
    return write_paper_document(document)


@pytest.fixture
def broken(receipt: bytes) -> bytes:
    """A won was moved, for the person and the program alike."""
    moved = receipt.replace(b'value="15260"', b'value="15261"')
    return moved.replace(b"15,260", b"15,261")


def said(octets: bytes) -> dict[str, object]:
    return {"content": octets, "mime_type": "text/xml", "format_code": FORMAT}


def checking(rule: Checking) -> override_settings:
    return override_settings(DOCUMENT_CHECKING=rule)


def test_a_sound_document_has_no_finding(
    source: Hospital, patient: Patient, receipt: bytes
) -> None:
    with checking(Checking.REFUSE):
        registered = source.provide(patient, **said(receipt))
    assert registered.warnings == ()
    assert not Findings.objects.exists()


def test_a_flagged_document_is_kept_with_what_was_found(
    source: Hospital, other: Hospital, patient: Patient, broken: bytes
) -> None:
    with checking(Checking.FLAG):
        registered = source.provide(patient, **said(broken))
    (warning,) = registered.warnings
    assert (warning.code, warning.severity) == (
        ErrorCode.XDSRepositoryMetadataError,
        Severity.WARNING,
    )
    assert warning.context.startswith(f"[{RULE}] ")
    assert " at /ClinicalDocument/component/structuredBody/" in warning.context
    assert "15" not in warning.context.partition(" at ")[0], "it says nothing of the document"

    kept = first(registered)
    assert other.read(kept) == [broken]
    opened = open_document(other.access("ITI-43"), requested(kept))
    assert opened is not None
    assert [one.rule for one in opened.findings] == [RULE]
    note = document(opened).article
    assert "15,261" in note
    stored = bytes(Findings.objects.get().sealed)
    assert RULE.encode() not in stored


def test_a_refused_document_leaves_nothing_but_the_record_of_its_refusal(
    source: Hospital, patient: Patient, broken: bytes
) -> None:
    records = Record.objects.count()
    with checking(Checking.REFUSE), pytest.raises(RegistryFailure) as refused:
        source.provide(patient, **said(broken))
    (error,) = refused.value.errors
    assert (error.code, error.severity) == (ErrorCode.XDSRepositoryMetadataError, Severity.ERROR)
    assert f"[{RULE}]" in error.context
    assert not Document.objects.exists()
    assert Record.objects.count() == records + 1


def test_a_bill_is_held_against_the_receipt_that_comes_with_it(
    source: Hospital, patient: Patient
) -> None:
    made = {one.kind: one for one in papers.documents(papers.header())}
    cheaper = replace(made["receipt"], paper=replace(papers.receipt(), total=1))
    codes = {kind: known().newest(kind).codes["format_code"] for kind in made}
    for receipt, rules in ((made["receipt"], set()), (cheaper, {"bill.receipt-total"})):
        sent, received = [], {}
        for paper in (made["itemised-bill"], receipt):
            writer = repository.receive()
            writer.write(write_paper_document(paper))
            entry = source.document(
                patient,
                paper.kind,
                mime_type="text/xml",
                format_code=codes[paper.kind],
                hash=None,
                size=None,
            )
            sent.append(entry)
            received[entry.entry_uuid] = writer.close()
        whole = in_the_name_of(submission(patient.id, *sent), source.oid)
        with checking(Checking.FLAG):
            warnings = provide_and_register(source.access("ITI-41"), whole, received).warnings
        of_bill = [one for one in warnings if one.location == sent[0].entry_uuid]
        assert {one.context.partition("]")[0].removeprefix("[") for one in of_bill} == rules


def test_where_nothing_is_checked_nothing_is_found(
    source: Hospital, patient: Patient, broken: bytes
) -> None:
    with checking(Checking.OFF):
        registered = source.provide(patient, **said(broken))
    assert registered.warnings == ()
    assert not Findings.objects.exists()


@pytest.mark.parametrize(
    ("before", "after", "rule"),
    [
        (b"<ClinicalDocument", b"<?xml-stylesheet href='x'?><ClinicalDocument", "xml.stylesheet"),
        (b"<ClinicalDocument", b"<!DOCTYPE x><ClinicalDocument", "xml.dtd"),
        (b"<td>TEST-R-1</td>", b"<td><script/>TEST-R-1</td>", "narrative.element"),
        (b"<td>TEST-R-1</td>", b"<td style='x'>TEST-R-1</td>", "narrative.attribute"),
        (b"</ClinicalDocument>", b"", "xml.malformed"),
        (b"392340.1.2", b"392340.1.99", "template.format"),
    ],
)
def test_an_attack_on_a_promised_form_is_refused_by_its_name(
    source: Hospital, patient: Patient, receipt: bytes, before: bytes, after: bytes, rule: str
) -> None:
    attack = receipt.replace(before, after, 1)
    assert attack != receipt
    with checking(Checking.REFUSE), pytest.raises(RegistryFailure) as refused:
        source.provide(patient, **said(attack))
    assert any(f"[{rule}]" in one.context for one in refused.value.errors)


def test_a_document_too_large_to_be_looked_at_is_named(
    source: Hospital, patient: Patient, receipt: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(document_checks, "LARGEST", len(receipt) - 1)
    with checking(Checking.REFUSE), pytest.raises(RegistryFailure, match="Repository") as refused:
        source.provide(patient, **said(receipt))
    assert "[xml.too-large]" in refused.value.errors[0].context


def test_a_document_of_no_known_form_is_nobody_s_to_judge(
    source: Hospital, patient: Patient
) -> None:
    with checking(Checking.REFUSE):
        for content in (b"<x/>", b"no XML", b"<!DOCTYPE x><x/>"):
            registered = source.provide(patient, content, mime_type="text/xml")
            assert registered.warnings == ()
