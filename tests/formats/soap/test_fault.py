from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from naru.formats.soap import (
    FaultCode,
    QName,
    SoapFault,
    fault_envelope,
    read_envelope,
    read_fault,
    write_envelope,
)
from naru.formats.soap.fault import ACTION_NOT_SUPPORTED
from naru.formats.xml import parse
from naru.formats.xml.namespaces import ENV, WSA

VECTORS = Path(__file__).resolve().parents[2] / "vectors" / "soap"

WRITTEN = {
    "fault-must-understand.xml": fault_envelope(
        SoapFault(
            code=FaultCode.MUST_UNDERSTAND,
            reason="One or more mandatory SOAP header blocks are not understood.",
            not_understood=(QName("urn:naru:test", "Unknown"),),
        ),
        relates_to="urn:uuid:3f0c8f0e-6d3f-4f0b-9a53-0d3b7a0f5c11",
    ),
    "fault-version-mismatch.xml": fault_envelope(
        SoapFault(code=FaultCode.VERSION_MISMATCH, reason="Only SOAP 1.2 is spoken here.")
    ),
    "answer.xml": write_envelope(
        "urn:naru:test:AskResponse",
        "urn:uuid:3f0c8f0e-6d3f-4f0b-9a53-0d3b7a0f5c11",
        '<t:Answer xmlns:t="urn:naru:test">안녕하세요</t:Answer>',
    ),
}


@pytest.mark.parametrize("name", WRITTEN)
def test_what_we_write_is_the_vector_byte_for_byte(name: str) -> None:
    assert WRITTEN[name] == VECTORS.joinpath(name).read_bytes()


@given(
    code=st.sampled_from(FaultCode),
    reason=st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn"]), max_size=40),
    subcode=st.sampled_from([None, ACTION_NOT_SUPPORTED, QName("urn:x", "y")]),
)
def test_a_fault_comes_back_as_it_went(code: FaultCode, reason: str, subcode: QName | None) -> None:
    fault = SoapFault(code=code, reason=reason.strip(), subcode=subcode)
    envelope = read_envelope(parse(fault_envelope(fault, relates_to="urn:uuid:1")))
    assert read_fault(envelope.body) == fault
    assert envelope.addressing.relates_to == "urn:uuid:1"


def test_the_action_of_a_fault_says_whether_it_is_of_addressing() -> None:
    plain = SoapFault(code=FaultCode.SENDER, reason="x")
    addressing = SoapFault(code=FaultCode.SENDER, reason="x", subcode=ACTION_NOT_SUPPORTED)
    assert plain.action == f"{WSA}/soap/fault"
    assert addressing.action == f"{WSA}/fault"


def test_a_reason_cannot_write_markup_or_break_the_answer() -> None:
    fault = SoapFault(code=FaultCode.RECEIVER, reason="</env:Text>\x00<x/>")
    body = read_envelope(parse(fault_envelope(fault))).body
    assert body.findtext(f"{{{ENV}}}Reason/{{{ENV}}}Text") == "</env:Text>\ufffd<x/>"


def test_an_answer_that_is_no_fault_is_none() -> None:
    assert read_fault(parse(b"<a/>")) is None
