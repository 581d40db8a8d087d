"""Messages that other systems sent and published; they are not part of the project."""

import io
import re
from pathlib import Path

import pytest

from naru.domain.identifiers import Identifier
from naru.domain.xds import Submission
from naru.formats.ebxml import provide_and_register
from naru.formats.mime import Attachment, MemoryWriter
from naru.formats.soap import (
    SoapMessage,
    include,
    new_content_id,
    read_envelope,
    read_message,
    write_mtom,
)
from naru.formats.xml.namespaces import WSSE
from tests.end_to_end import wire

PNR_DOCUMENTS = (b"The first document.", b"The second document.")


def read(cases: Path, name: str) -> bytes:
    path = cases / "ihe" / name
    if not path.is_file():
        pytest.skip(f"{name} is not among the published cases")
    return path.read_bytes()


def epd(cases: Path, name: str) -> bytes:
    return read(cases, f"epd-by-example/samples/{name}_raw.xml")


def epd_provide(cases: Path) -> tuple[str, bytes]:
    """ITI-41 as it was sent, with what the recorder changed undone.

    It kept the header of another message, forgot a declaration and wrote behind the last boundary.
    """
    data = epd(cases, "ITI-41_request").replace(b"\r\n", b"\n")
    body = data.partition(b"\n\n")[2].lstrip(b"\n")
    boundary = body[2 : body.index(b"\n")].decode()
    closing = f"--{boundary}--".encode()
    body = body[: body.rindex(closing)] + closing + b"\n"
    body = body.replace(b"<wsse:Security>", b'<wsse:Security xmlns:wsse="%s">' % WSSE.encode(), 1)
    start = "<root.message@cxf.apache.org>"
    return f'multipart/related; boundary="{boundary}"; start="{start}"', body


def epd_provide_answer(cases: Path) -> tuple[str, bytes]:
    head, _, body = epd(cases, "ITI-41_response").replace(b"\r\n", b"\n").partition(b"\n\n")
    found = re.search(rb"Content-Type: (.*)", head)
    assert found is not None
    return found[1].decode(), body


def toolkit_mtom(cases: Path) -> tuple[str, bytes]:
    """The toolkit's package; its Include points nowhere as published, which is mended."""
    data = read(cases, "nist-toolkit2/mtom/sample_mtom_message.txt")
    boundary = data[2 : data.index(b"\n")].strip().decode()
    pointer = rb'href="cid:1\.([0-9a-f]+)@apache\.org"'
    content_type = f'multipart/related; boundary={boundary}; type="application/xop+xml"'
    return content_type, re.sub(pointer, rb'href="cid:2.\1"', data)


def toolkit_pnr(cases: Path) -> tuple[str, bytes]:
    """The toolkit's bare body in a package, with the two documents that it leaves out."""
    body = read(cases, "nist-toolkit2/mtom/pnr.xml").decode().strip()
    attachments = [
        Attachment(cid=new_content_id(), content_type="text/plain", chunks=(content,))
        for content in PNR_DOCUMENTS
    ]
    documents = "".join(
        f'<xdsb:Document id="Document0{number}">{include(attachment.cid)}</xdsb:Document>'
        for number, attachment in enumerate(attachments, start=1)
    )
    end = "</xdsb:ProvideAndRegisterDocumentSetRequest>"
    whole = wire.envelope(wire.PROVIDE_ACTION, body.removesuffix(end) + documents + end)
    content_type, chunks, _ = write_mtom(whole, attachments)
    return content_type, b"".join(chunks)


def message(content_type: str, body: bytes) -> SoapMessage[bytes]:
    return read_message(
        content_type, io.BytesIO(body), len(body), part_sink=lambda _: MemoryWriter(10**7)
    )


def submission(content_type: str, body: bytes) -> Submission:
    return provide_and_register.from_ebxml(
        read_envelope(message(content_type, body).root).body
    ).submission


def submissions(cases: Path) -> list[Submission]:
    """Every recorded submission, for the codes and authorities that a node must admit."""
    return [submission(*of(cases)) for of in (epd_provide, toolkit_mtom, toolkit_pnr)]


def patient(sent: Submission) -> Identifier:
    assert sent.submission_set.patient_id is not None
    return sent.submission_set.patient_id
