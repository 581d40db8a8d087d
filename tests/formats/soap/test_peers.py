"""Other people's readers understand what we write, and we understand what they write."""

import email
import email.policy
import io
from email.message import EmailMessage, MIMEPart

from lxml import etree
from requests_toolbelt.multipart.decoder import MultipartDecoder
from zeep.wsdl.attachments import MessagePack

from naru.formats.mime import Attachment, MemoryWriter
from naru.formats.soap import include, read_envelope, read_message, write_envelope, write_mtom

DOCUMENT = bytes(range(256)) + b"\r\n--x\r\n\r\n" + "가".encode()
ENVELOPE = write_envelope("urn:a", "urn:uuid:1", f"<a>{include('1@x')}</a>")


def _written() -> tuple[str, bytes]:
    attachment = Attachment(cid="1@x", content_type="application/pdf", chunks=[DOCUMENT])
    content_type, chunks, _ = write_mtom(ENVELOPE, [attachment], action="urn:a")
    return content_type, b"".join(chunks)


def test_the_standard_librarys_email_reads_our_package() -> None:
    content_type, data = _written()
    message = email.message_from_bytes(
        f"Content-Type: {content_type}\r\n\r\n".encode() + data, policy=email.policy.HTTP
    )
    assert isinstance(message, EmailMessage)
    assert message.defects == []
    root, document = message.iter_parts()
    assert message["Content-Type"].params["start"] == root["Content-ID"]
    assert message["Content-Type"].params["type"] == root.get_content_type()
    assert root["Content-Type"].params["type"] == "application/soap+xml"
    assert root.get_payload(decode=True) == ENVELOPE
    assert document["Content-ID"] == "<1@x>"


def test_zeep_reads_our_package_and_resolves_the_include() -> None:
    content_type, data = _written()
    decoder = MultipartDecoder(data, content_type, "utf-8")
    pack = MessagePack(parts=decoder.parts[1:])
    pack._set_root(etree.fromstring(decoder.parts[0].content))
    assert decoder.parts[0].content == ENVELOPE
    assert pack.get_by_content_id("<1@x>").content == DOCUMENT


def test_we_read_a_package_that_the_standard_library_writes() -> None:
    policy = email.policy.HTTP.clone(cte_type="8bit", max_line_length=78)
    package = EmailMessage(policy)
    package["Content-Type"] = "multipart/related"
    package.set_param("type", "application/xop+xml")
    package.set_param("start", "<r@x>")
    for cid, subtype, octets in (("1@x", "pdf", DOCUMENT), ("r@x", "xop+xml", ENVELOPE)):
        part = MIMEPart(policy)
        part.set_content(octets, "application", subtype, cte="base64", cid=f"<{cid}>")
        package.attach(part)
    head, _, body = package.as_bytes().partition(b"\r\n\r\n")
    content_type = email.message_from_bytes(head, policy=policy)["Content-Type"]
    message = read_message(
        str(content_type), io.BytesIO(body), len(body), part_sink=lambda _: MemoryWriter(10**6)
    )
    assert message.parts["1@x"].stored == DOCUMENT
    assert read_envelope(message.root).addressing.relates_to == "urn:uuid:1"
