import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from naru.formats.mime import (
    Attachment,
    LengthMismatch,
    MemoryWriter,
    MimeLimits,
    MimeReason,
    PartHeaders,
)
from naru.formats.soap import (
    SOAP_TYPE,
    FaultCode,
    Inline,
    SoapLimits,
    SoapMessage,
    SoapReason,
    SoapRefused,
    binary_content,
    include,
    read_envelope,
    read_message,
    write_mtom,
    write_request_envelope,
)
from naru.formats.xml import XmlLimits, XmlReason
from tests.quickest import AT_ONCE, cpu_seconds

VECTORS = Path(__file__).resolve().parents[2] / "vectors" / "soap"
MIB = 1024 * 1024
BOUNDARY_LIKE = (b"\r\n", b"--", b"MIMEBoundary_", b"\r\n--MIMEBoundary_0", b"\n", b"\0")


class Writers:
    """A sink into memory that counts what was aborted."""

    def __init__(self) -> None:
        self.opened = 0
        self.aborted = 0

    def __call__(self, _headers: PartHeaders) -> MemoryWriter:
        self.opened += 1
        outer = self

        class Counting(MemoryWriter):
            def abort(self) -> None:
                outer.aborted += 1

        return Counting(10**9)


def request(*cids: str) -> bytes:
    documents = "".join(f"<d>{include(cid)}</d>" for cid in cids)
    return write_request_envelope(
        action="urn:a", to="urn:t", message_id="urn:m", body_xml=f"<a>{documents}</a>"
    )


def read(content_type: str, data: bytes, writers: Writers | None = None) -> SoapMessage[bytes]:
    return read_message(content_type, io.BytesIO(data), len(data), part_sink=writers or Writers())


@pytest.mark.parametrize("name", ["request.xml", "request.mime"])
def test_a_vector_means_the_same_plain_and_as_mtom(name: str) -> None:
    type_file = VECTORS / f"{name}.type"
    content_type = type_file.read_text() if type_file.is_file() else SOAP_TYPE
    message = read(content_type, VECTORS.joinpath(name).read_bytes())
    envelope = read_envelope(message.root)
    content = binary_content(envelope.body[0], message.parts)
    octets = content.octets if isinstance(content, Inline) else content.stored
    assert octets.decode() == "안녕하세요"
    assert envelope.addressing.action == "urn:naru:test:Ask"
    assert envelope.addressing.to == "https://hub.example.test/ihe/repository"
    assert envelope.security is not None
    assert message.was_mtom is name.endswith(".mime")


@given(
    st.lists(
        st.binary(max_size=300)
        | st.lists(
            st.sampled_from(
                [b"\r\n", b"--", b"MIMEBoundary_", b"\r\n--MIMEBoundary_0", b"\n", b"\0"]
            )
        ).map(b"".join),
        max_size=4,
    ),
    st.integers(1, 300),
)
def test_parts_come_back_byte_for_byte_in_chunks_of_any_size(
    documents: list[bytes], size: int
) -> None:
    attachments = [
        Attachment(cid=f"{n}@x", content_type="text/plain", chunks=[each], length=len(each))
        for n, each in enumerate(documents)
    ]
    content_type, chunks, length = write_mtom(request(*(a.cid for a in attachments)), attachments)
    data = b"".join(chunks)
    assert len(data) == length

    class Trickle(io.BytesIO):
        def read(self, wanted: int | None = -1, /) -> bytes:
            return super().read(size if wanted is None or wanted < 0 else min(wanted, size))

    message = read_message(content_type, Trickle(data), length, part_sink=Writers())
    assert [part.stored for part in message.parts.values()] == documents
    assert read_envelope(message.root).addressing.message_id == "urn:m"


def test_100_mb_pass_in_chunks_and_never_stand_in_memory() -> None:
    chunk, count = bytes(range(256)) * 256, 1600

    class Longest:
        longest = total = 0

        def write(self, octets: bytes, /) -> None:
            self.longest = max(self.longest, len(octets))
            self.total += len(octets)

        def close(self) -> tuple[int, int]:
            return self.longest, self.total

        def abort(self) -> None:
            raise AssertionError

    attachment = Attachment(
        cid="1@x", content_type="a/b", chunks=(chunk for _ in range(count)), length=count * 65536
    )
    content_type, chunks, length = write_mtom(request("1@x"), [attachment])

    class Pipe:
        rest = b""

        def read(self, size: int, /) -> bytes:
            while len(self.rest) < size and (more := next(chunks, b"")):
                self.rest += more
            taken, self.rest = self.rest[:size], self.rest[size:]
            return taken

    message = read_message(content_type, Pipe(), length, part_sink=lambda _: Longest())
    longest, total = message.parts["1@x"].stored
    assert total == count * 65536
    assert longest <= 2 * 65536


def test_a_document_of_10_mib_may_come_inline_and_more_gets_a_named_error() -> None:
    def inline(octets: int) -> bytes:
        body = b"<a><d>" + b"QUJD" * (octets // 3) + b"</d></a>"
        return write_request_envelope(action="urn:a", to="t", message_id="m", body_xml=body)

    message = read(SOAP_TYPE, inline(10 * MIB))
    content = binary_content(read_envelope(message.root).body[0], message.parts)
    assert isinstance(content, Inline)
    assert len(content.octets) == 10 * MIB // 3 * 3
    content_type, chunks, _ = write_mtom(inline(10 * MIB))
    assert read(content_type, b"".join(chunks)).was_mtom
    with pytest.raises(SoapRefused) as plain:
        read(SOAP_TYPE, inline(13 * MIB))
    assert plain.value.http_status == 413
    content_type, chunks, _ = write_mtom(inline(13 * MIB))
    with pytest.raises(SoapRefused) as packed:
        read(content_type, b"".join(chunks))
    assert packed.value.reason is MimeReason.PART_TOO_LARGE
    assert packed.value.http_status == 413


def package(content_type: str | None = None, **changes: bytes) -> tuple[str, bytes]:
    written, chunks, _ = write_mtom(
        changes.get("envelope", request("1@x")),
        [Attachment(cid="1@x", content_type="a/b", chunks=[b"x"])],
    )
    data = b"".join(chunks)
    data = data.replace(changes.get("old", b"\0"), changes.get("new", b""))
    return content_type or written, data


def with_start(start: str) -> tuple[str, bytes]:
    content_type, data = package()
    return re.sub('start="[^"]*"', f'start="{start}"', content_type), data


def twice() -> tuple[str, bytes]:
    content_type, data = package()
    part = data[data.index(b"--MIME", 10) : data.rindex(b"--MIME")]
    return content_type, data.replace(part, part + part)


def pointing_into_itself() -> tuple[str, bytes]:
    head = b"--b\r\n" + XOP_HEAD + b"\r\nContent-ID: <r>\r\n\r\n"
    return "multipart/related; boundary=b", head + request("r") + b"\r\n--b--\r\n"


XOP_HEAD = b'Content-Type: application/xop+xml; charset=UTF-8; type="application/soap+xml"'

REFUSED: dict[str, tuple[tuple[str, bytes], object]] = {
    "include without its part": (package(envelope=request("2@x")), SoapReason.INCLUDE),
    "part renamed": (package(old=b"<1@x>", new=b"<2@x>"), SoapReason.INCLUDE),
    "root is html": (package(old=XOP_HEAD, new=b"Content-Type: text/html"), SoapReason.ROOT_PART),
    "root without type": (package(old=XOP_HEAD + b"\r\n"), SoapReason.ROOT_PART),
    "root in utf-7": (package(old=b"charset=UTF-8", new=b"charset=UTF-7"), SoapReason.ROOT_PART),
    "root is a bomb": (
        package(envelope=b"<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>"),
        XmlReason.DTD,
    ),
    "root is cut": (package(envelope=request("1@x")[:-9]), XmlReason.MALFORMED),
    "root is empty": (package(envelope=b""), XmlReason.EMPTY),
    "root points into itself": (pointing_into_itself(), SoapReason.INCLUDE),
    "45,000 includes": (
        package(envelope=b"<a>" + include("1@x").encode() * 45_000 + b"</a>"),
        SoapReason.INCLUDE,
    ),
    "two parts with one id": (twice(), MimeReason.CONTENT_ID_DUPLICATE),
    "closing cut": (package(old=b"--\r\n", new=b""), MimeReason.TRUNCATED),
    "boundary of another message": (
        ('multipart/related; boundary="other"', package()[1]),
        MimeReason.BOUNDARY_MISSING,
    ),
    "no boundary": (("multipart/related", package()[1]), MimeReason.BOUNDARY_MISSING),
    "two boundaries": (
        ("multipart/related; boundary=a; boundary=b", b""),
        MimeReason.CONTENT_TYPE,
    ),
    "start that is no part": (with_start("<nobody@x>"), SoapReason.ROOT_PART),
    "start that is a document": (with_start("<1@x>"), SoapReason.ROOT_PART),
    "form data": (("multipart/form-data; boundary=b", b"--b--"), SoapReason.MEDIA_TYPE),
    "package of something else": (
        ("multipart/related; boundary=b; type=text/html", b"--b--"),
        SoapReason.MEDIA_TYPE,
    ),
    "json": (("application/json", b"{}"), SoapReason.MEDIA_TYPE),
    "soap in utf-7": (("application/soap+xml; charset=utf-7", b"<a/>"), SoapReason.MEDIA_TYPE),
    "no type": (("", b"<a/>"), MimeReason.CONTENT_TYPE),
    "include without a package": ((SOAP_TYPE, request("1@x")), SoapReason.INCLUDE),
    "package sent as plain": ((SOAP_TYPE, package()[1]), XmlReason.MALFORMED),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_package_that_breaks_a_rule_is_refused_and_leaves_no_part(name: str) -> None:
    (content_type, data), reason = REFUSED[name]

    def refused() -> None:
        writers = Writers()
        with pytest.raises(SoapRefused) as refusal:
            read(content_type, data, writers)
        assert refusal.value.reason is reason
        assert refusal.value.fault.code is FaultCode.SENDER
        assert refusal.value.http_status in {400, 413, 415}
        assert writers.opened == writers.aborted

    assert cpu_seconds(refused, enough=0.1) < AT_ONCE


@pytest.mark.parametrize("cut", range(10, 1200, 97))
def test_a_package_cut_anywhere_is_refused_and_leaves_no_part(cut: int) -> None:
    content_type, data = package()
    writers = Writers()
    with pytest.raises(SoapRefused):
        read(content_type, data[: min(cut, len(data) - 5)], writers)
    assert writers.opened == writers.aborted


@pytest.mark.parametrize("brackets", [True, False, None])
def test_start_is_read_with_and_without_brackets_or_the_first_part_is_the_root(
    *, brackets: bool | None
) -> None:
    head = XOP_HEAD + b"\r\nContent-ID: <r@x>\r\n\r\n" + request("1@x")
    document = b"Content-ID: <1@x>\r\n\r\nx"
    first, second = (head, document) if brackets is None else (document, head)
    data = b"--b\r\n" + first + b"\r\n--b\r\n" + second + b"\r\n--b--"
    start = {True: '; start="<r@x>"', False: '; start="r@x"', None: ""}[brackets]
    message = read(f"multipart/related; boundary=b{start}", data)
    assert message.parts["1@x"].stored == b"x"


def test_a_part_without_an_id_is_passed_over() -> None:
    content_type, data = package()
    boundary = data[: data.index(b"\r\n")]
    data = data.replace(boundary + b"--", boundary + b"\r\n\r\nzzz\r\n" + boundary + b"--")
    assert list(read(content_type, data).parts) == ["1@x"]


def test_discard_aborts_what_was_stored() -> None:
    writers = Writers()
    message = read(*package(), writers)
    assert writers.aborted == 0
    message.discard()
    assert writers.aborted == writers.opened == 1


def test_limits_are_the_callers() -> None:
    limits = SoapLimits(mime=MimeLimits(part=10), xml=XmlLimits(size=100))
    with pytest.raises(SoapRefused) as refusal:
        read_message(
            SOAP_TYPE, io.BytesIO(b"<a>" + b"x" * 200), None, part_sink=Writers(), limits=limits
        )
    assert refusal.value.http_status == 413


def test_an_attachment_shorter_than_announced_breaks_the_stream() -> None:
    attachment = Attachment(cid="1", content_type="a/b", chunks=[b"x"], length=2)
    _, chunks, _ = write_mtom(b"<a/>", [attachment])
    with pytest.raises(LengthMismatch):
        b"".join(chunks)


@pytest.mark.parametrize(
    ("cid", "content_type"),
    [
        ("a\r\nX: y", "a/b"),
        ("a>", "a/b"),
        ("a b", "a/b"),
        ("", "a/b"),
        ("a", "a/b\r\n\r\n"),
        ("a", ""),
        ("가", "a/b"),
    ],
)
def test_an_attachment_cannot_write_headers(cid: str, content_type: str) -> None:
    with pytest.raises(ValueError, match="cannot stand in a header"):
        Attachment(cid=cid, content_type=content_type, chunks=())


@pytest.mark.parametrize("action", ['a"b', "a\r\nb", "가", "a\\b"])
def test_an_action_cannot_write_parameters(action: str) -> None:
    with pytest.raises(ValueError, match="cannot stand in a header"):
        write_mtom(b"<a/>", action=action)


def test_a_package_of_unknown_length_says_so() -> None:
    def octets() -> Iterator[bytes]:
        yield b"x"

    _, _, length = write_mtom(b"<a/>", [Attachment(cid="1", content_type="a/b", chunks=octets())])
    assert length is None
