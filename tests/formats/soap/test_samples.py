"""Messages that other systems sent and published; they are not part of the project."""

import io
import re
from pathlib import Path

import pytest

from naru.formats.mime import MemoryWriter, Part
from naru.formats.soap import (
    SOAP_TYPE,
    SoapMessage,
    SoapReason,
    SoapRefused,
    binary_content,
    read_envelope,
    read_message,
)
from naru.formats.xml import parse
from naru.formats.xml.namespaces import WSSE, XDSB

PLAIN = (
    "ITI-18_request",
    "ITI-43_request",
    "ITI-43_response",
    "ITI-44_request",
    "ITI-47_request",
    "ITI-47_response",
    "GetXAssertion_response",
)


def _file(cases: Path, name: str) -> bytes:
    path = cases / "ihe" / name
    if not path.is_file():
        pytest.skip(f"{name} is not among the published cases")
    return path.read_bytes()


def _recorded(cases: Path, name: str) -> bytes:
    return _file(cases, f"epd-by-example/samples/{name}_raw.xml")


def _read(content_type: str, data: bytes) -> SoapMessage[bytes]:
    return read_message(
        content_type, io.BytesIO(data), len(data), part_sink=lambda _: MemoryWriter(10**7)
    )


@pytest.mark.parametrize("name", PLAIN)
def test_a_recorded_message_is_understood(cases: Path, name: str) -> None:
    envelope = read_envelope(parse(_recorded(cases, name)))
    assert envelope.addressing.action
    assert (envelope.addressing.relates_to is None) == name.endswith("request")


def test_a_recorded_answer_in_mtom_is_understood(cases: Path) -> None:
    data = _recorded(cases, "ITI-41_response")
    head, _, body = data.replace(b"\r\n", b"\n").partition(b"\n\n")
    found = re.search(rb"Content-Type: (.*)", head)
    assert found is not None
    message = _read(found[1].decode(), body)
    assert message.was_mtom
    assert read_envelope(message.root).addressing.action.endswith("Set-bResponse")


def _recorded_provide(cases: Path) -> tuple[str, bytes]:
    data = _recorded(cases, "ITI-41_request")
    head, _, body = data.replace(b"\r\n", b"\n").partition(b"\n\n")
    found = re.search(rb"Content-Type: (.*)", head)
    assert found is not None
    return found[1].decode(), body


def _as_sent(body: bytes) -> tuple[str, bytes]:
    """What the recorder changed, undone: header names, a forgotten declaration, text behind."""
    boundary = body[2 : body.index(b"\n")].decode()
    closing = f"--{boundary}--".encode()
    body = body[: body.rindex(closing)] + closing + b"\n"
    body = body.replace(b"<wsse:Security>", b'<wsse:Security xmlns:wsse="%s">' % WSSE.encode(), 1)
    start = "<root.message@cxf.apache.org>"
    return f'multipart/related; boundary="{boundary}"; start="{start}"', body


def test_a_recorded_provide_and_register_gives_its_document(cases: Path) -> None:
    message = _read(*_as_sent(_recorded_provide(cases)[1]))
    envelope = read_envelope(message.root)
    assert envelope.security is not None
    document = envelope.body.find(f"{{{XDSB}}}Document")
    assert document is not None
    part = binary_content(document, message.parts)
    assert isinstance(part, Part)
    assert part.headers.content_type.media_type == "application/fhir+json"
    assert part.stored.strip().startswith(b"{")
    assert part.stored.strip().endswith(b"}")


def test_a_header_that_names_another_boundary_than_the_body_is_refused(cases: Path) -> None:
    content_type, body = _recorded_provide(cases)
    with pytest.raises(SoapRefused):
        _read(content_type, body)


def test_the_toolkits_package_is_read_and_its_broken_include_is_named(cases: Path) -> None:
    data = _file(cases, "nist-toolkit2/mtom/sample_mtom_message.txt")
    boundary = data[2 : data.index(b"\n")].strip().decode()
    content_type = f'multipart/related; boundary={boundary}; type="application/xop+xml"'
    with pytest.raises(SoapRefused) as refusal:
        _read(content_type, data)
    assert refusal.value.reason is SoapReason.INCLUDE
    # The published copy lost the mail-like end of its ids and counts the document from 2.
    pointer = rb'href="cid:1\.([0-9a-f]+)@apache\.org"'
    message = _read(content_type, re.sub(pointer, rb'href="cid:2.\1"', data))
    document = read_envelope(message.root).body.find(f"{{{XDSB}}}Document")
    assert document is not None
    part = binary_content(document, message.parts)
    assert isinstance(part, Part)
    assert part.stored.startswith(b"This is my document.")


def test_the_toolkits_root_part_is_an_envelope(cases: Path) -> None:
    root = _file(cases, "nist-toolkit2/mtom/sample_part_1.txt")
    envelope = read_envelope(parse(root.lstrip()))
    assert envelope.addressing.action.endswith("ProvideAndRegisterDocumentSet-b")


@pytest.mark.parametrize("plan", ["soapheader", "wssec"])
def test_the_toolkits_security_headers_are_taken_into_a_request(cases: Path, plan: str) -> None:
    from lxml import etree

    from naru.formats.soap import write_request_envelope

    root = parse(_file(cases, f"nist-toolkit2/selftest/{plan}/testplan.xml"))
    header = next((h for h in root.iter(f"{{{WSSE}}}Security")), None)
    if header is None:
        assertion = root.find(".//WSSECHeader/*")
        assert assertion is not None
        header = etree.Element(f"{{{WSSE}}}Security")
        header.append(assertion)
    data = write_request_envelope(
        action="urn:a",
        to="urn:t",
        message_id="urn:m",
        body_xml="<a/>",
        security=etree.tostring(header, encoding="unicode", with_tail=False),
    )
    assert _read(SOAP_TYPE, data).was_mtom is False
    assert read_envelope(parse(data)).security is not None
