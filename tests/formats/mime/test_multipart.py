import io
from collections.abc import Callable
from contextlib import ExitStack

import pytest

from naru.formats.mime import (
    MemoryWriter,
    MimeLimits,
    MimeReason,
    MimeRefused,
    Part,
    PartHeaders,
    Source,
    read_parts,
)
from tests.quickest import AT_ONCE, cpu_seconds

R = MimeReason
H = b"Content-Type: text/plain\r\nContent-ID: <%s>\r\n\r\n"


class Recorder:
    """A sink that remembers what became of its writers."""

    def __init__(self) -> None:
        self.writers: list[RecordingWriter] = []

    def __call__(self, _headers: PartHeaders) -> "RecordingWriter":
        self.writers.append(RecordingWriter())
        return self.writers[-1]


class RecordingWriter(MemoryWriter):
    def __init__(self) -> None:
        super().__init__(10**9)
        self.aborted = False

    def abort(self) -> None:
        super().abort()
        self.aborted = True


def read(
    data: bytes,
    boundary: str = "b",
    limits: MimeLimits | None = None,
    sink: Recorder | None = None,
    length: int | None = None,
) -> list[Part[bytes]]:
    limits = limits or MimeLimits()
    with ExitStack() as undo:
        source = Source(io.BytesIO(data), length, limits.message)
        parts = read_parts(boundary, source, sink or Recorder(), limits=limits, undo=undo)
        undo.pop_all()
        return list(parts)
    raise AssertionError


def part(body: bytes, cid: bytes = b"1", headers: bytes = b"") -> bytes:
    return b"--b\r\n" + headers + H % cid + body + b"\r\n"


END = b"--b--\r\n"

ACCEPTED: dict[str, tuple[bytes, list[bytes]]] = {
    "two parts": (part(b"x") + part(b"y", b"2") + END, [b"x", b"y"]),
    "no line end at the end": (part(b"x") + b"--b--", [b"x"]),
    "blanks behind the closing boundary": (part(b"x") + b"--b-- \t\r\n", [b"x"]),
    "blanks behind a boundary": (part(b"x").replace(b"--b\r\n", b"--b \t\r\n") + END, [b"x"]),
    "preamble": (b"This is MIME.\r\n" + part(b"x") + END, [b"x"]),
    "empty line as preamble": (b"\r\n" + part(b"x") + END, [b"x"]),
    "epilogue": (part(b"x") + END + b"Goodbye.\r\n", [b"x"]),
    "line feeds alone": ((part(b"x") + part(b"y", b"2") + END).replace(b"\r", b""), [b"x", b"y"]),
    "line feeds alone in headers": (b"--b\r\nContent-ID: <1>\n\nx\r\n" + END, [b"x"]),
    "empty body": (part(b"") + END, [b""]),
    "empty body without its own line end": (b"--b\r\n" + H % b"1" + END, [b""]),
    "no headers": (b"--b\r\n\r\nx\r\n" + END, [b"x"]),
    "body of line ends": (part(b"\r\n\r\n\n\r") + END, [b"\r\n\r\n\n\r"]),
    "body of hyphens": (part(b"--\r\n--\r\n-") + END, [b"--\r\n--\r\n-"]),
    "boundary inside a line": (part(b"x--b\r y --b--") + END, [b"x--b\r y --b--"]),
    "boundary without hyphens": (part(b"\r\nb\r\n-b") + END, [b"\r\nb\r\n-b"]),
    "folded header": (
        part(b"x", headers=b"X-A: a;\r\n\tb=c\r\n") + END,
        [b"x"],
    ),
    "korean file name": (
        part(b"x", headers='Content-Disposition: a; filename="가"\r\n'.encode()) + END,
        [b"x"],
    ),
    "base64": (
        part(b"QU\r\nJ D\r\nRA==\r\n", headers=b"Content-Transfer-Encoding: base64\r\n") + END,
        [b"ABCD"],
    ),
    "empty base64": (part(b"", headers=b"Content-Transfer-Encoding: BASE64\r\n") + END, [b""]),
    "8bit": (part(b"\xff", headers=b"Content-Transfer-Encoding: 8bit\r\n") + END, [b"\xff"]),
}


@pytest.mark.parametrize("name", ACCEPTED)
@pytest.mark.parametrize("chunk", [1, 3, 7, 65536])
def test_a_message_is_read_the_same_in_chunks_of_any_size(name: str, chunk: int) -> None:
    data, bodies = ACCEPTED[name]

    class Trickle(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            return super().read(chunk if size is None or size < 0 else min(size, chunk))

    with ExitStack() as undo:
        source = Source(Trickle(data), None, 10**9)
        parts = read_parts("b", source, Recorder(), limits=MimeLimits(), undo=undo)
        assert [each.stored for each in parts] == bodies
        assert [each.length for each in parts] == [len(body) for body in bodies]


MIB = 1024 * 1024
CTE = b"Content-Transfer-Encoding: "

SMUGGLED: dict[str, tuple[Callable[[], bytes], MimeReason]] = {
    "nothing": (lambda: b"", R.BOUNDARY_MISSING),
    "no boundary at all": (lambda: b"hello", R.BOUNDARY_MISSING),
    "another boundary": (lambda: part(b"x").replace(b"--b", b"--c") + END[:0], R.BOUNDARY_MISSING),
    "boundary in another case": (
        lambda: (part(b"x") + END).replace(b"--b", b"--B"),
        R.BOUNDARY_MISSING,
    ),
    "boundary only inside a line": (lambda: b"x" + part(b"x")[:5] + b"y", R.BOUNDARY_MISSING),
    "long preamble": (lambda: b"x" * MIB + b"\r\n" + part(b"x") + END, R.PREAMBLE_TOO_LARGE),
    "endless preamble": (lambda: b"\n" * 10 * MIB, R.PREAMBLE_TOO_LARGE),
    "closed before any header ends": (lambda: b"--b\r\nContent-ID: <1>\r\n--b--\r\n", R.TRUNCATED),
    "part never closed": (lambda: part(b"x"), R.TRUNCATED),
    "cut in the body": (lambda: part(b"x")[:-3], R.TRUNCATED),
    "cut in the headers": (lambda: b"--b\r\nContent-", R.TRUNCATED),
    "cut behind a boundary": (lambda: part(b"x") + b"--b", R.TRUNCATED),
    "cut inside the closing boundary": (lambda: part(b"x") + b"--b-", R.BOUNDARY_AMBIGUOUS),
    "cut inside a boundary": (lambda: part(b"x") + b"--", R.TRUNCATED),
    "closing boundary with one hyphen": (lambda: part(b"x") + b"--b-\r\n", R.BOUNDARY_AMBIGUOUS),
    "closing boundary with three hyphens": (
        lambda: part(b"x") + b"--b---\r\n",
        R.BOUNDARY_AMBIGUOUS,
    ),
    "text behind the closing boundary": (lambda: part(b"x") + b"--b--x\r\n", R.BOUNDARY_AMBIGUOUS),
    "longer boundary at the start of a line": (
        lambda: part(b"x\r\n--bc\r\ny") + END,
        R.BOUNDARY_AMBIGUOUS,
    ),
    "text behind a boundary": (lambda: part(b"x\r\n--b x\r\ny") + END, R.BOUNDARY_AMBIGUOUS),
    "NUL behind a boundary": (lambda: part(b"x\r\n--b\0\r\ny") + END, R.BOUNDARY_AMBIGUOUS),
    "return alone behind a boundary": (lambda: part(b"x\r\n--b\ry") + END, R.BOUNDARY_AMBIGUOUS),
    "form feed behind a boundary": (lambda: part(b"x\r\n--b\x0c\r\ny") + END, R.BOUNDARY_AMBIGUOUS),
    "endless blanks behind a boundary": (
        lambda: part(b"x\r\n--b" + b" " * MIB) + END,
        R.BOUNDARY_AMBIGUOUS,
    ),
    "line feed boundary in a message of CRLF": (
        lambda: part(b"x\n--b\r\n" + H % b"2" + b"y") + END,
        R.BOUNDARY_AMBIGUOUS,
    ),
    "boundary ended by a line feed in a message of CRLF": (
        lambda: part(b"x\r\n--b\n" + H % b"2" + b"y") + END,
        R.BOUNDARY_AMBIGUOUS,
    ),
    "CRLF boundary in a message of line feeds": (
        lambda: part(b"x").replace(b"\r", b"") + b"\r\n--b--\n",
        R.BOUNDARY_AMBIGUOUS,
    ),
    "line feed closing in a message of CRLF": (
        lambda: b"--b\r\n" + H % b"1" + b"x\n--b--\r\n",
        R.BOUNDARY_AMBIGUOUS,
    ),
    "closing ended by a line feed in a message of CRLF": (
        lambda: part(b"x") + b"--b--\n",
        R.BOUNDARY_AMBIGUOUS,
    ),
    "a part in the epilogue": (
        lambda: part(b"x") + END + part(b"y", b"2") + END,
        R.BOUNDARY_AMBIGUOUS,
    ),
    "a line feed part in the epilogue": (
        lambda: part(b"x") + END + b"z\n--b\n\ny\n--b--",
        R.BOUNDARY_AMBIGUOUS,
    ),
    "long epilogue": (lambda: part(b"x") + END + b"y" * MIB, R.EPILOGUE_TOO_LARGE),
    "only a closing boundary with a part behind": (
        lambda: END + part(b"x") + END,
        R.BOUNDARY_AMBIGUOUS,
    ),
    "header without colon": (
        lambda: part(b"x", headers=b"Content-Type text/plain\r\n") + END,
        R.HEADER_MALFORMED,
    ),
    "header without name": (lambda: part(b"x", headers=b": x\r\n") + END, R.HEADER_MALFORMED),
    "blank before the colon": (
        lambda: part(b"x", headers=b"X-A : x\r\n") + END,
        R.HEADER_MALFORMED,
    ),
    "header that begins with a blank": (
        lambda: part(b"x", headers=b" X-A: x\r\n") + END,
        R.HEADER_MALFORMED,
    ),
    "NUL in a header": (lambda: part(b"x", headers=b"X-A: \0\r\n") + END, R.HEADER_MALFORMED),
    "return alone in a header": (
        lambda: part(b"x", headers=b"X-A: a\rX-B: b\r\n") + END,
        R.HEADER_MALFORMED,
    ),
    "vertical tab in a header": (
        lambda: part(b"x", headers=b"X-A: a\x0bb\r\n") + END,
        R.HEADER_MALFORMED,
    ),
    "korean header name": (
        lambda: part(b"x", headers="가: a\r\n".encode()) + END,
        R.HEADER_MALFORMED,
    ),
    "boundary among the headers": (
        lambda: b"--b\r\nX-A: a\r\n" + part(b"x") + END,
        R.HEADER_MALFORMED,
    ),
    "boundary that looks like a header": (
        lambda: b"--b\r\n--b: a\r\n\r\nx\r\n" + END,
        R.HEADER_MALFORMED,
    ),
    "two ids": (lambda: part(b"x", headers=b"Content-ID: <2>\r\n") + END, R.HEADER_DUPLICATE),
    "two ids in two cases": (
        lambda: part(b"x", headers=b"CONTENT-id: <2>\r\n") + END,
        R.HEADER_DUPLICATE,
    ),
    "the same id twice in one part": (
        lambda: part(b"x", headers=b"Content-ID: <1>\r\n") + END,
        R.HEADER_DUPLICATE,
    ),
    "two types": (lambda: part(b"x", headers=b"Content-Type: a/b\r\n") + END, R.HEADER_DUPLICATE),
    "two transfer encodings": (
        lambda: part(b"x", headers=(CTE + b"8bit\r\n") * 2) + END,
        R.HEADER_DUPLICATE,
    ),
    "two lengths": (
        lambda: part(b"x", headers=b"Content-Length: 1\r\nContent-Length: 2\r\n") + END,
        R.HEADER_DUPLICATE,
    ),
    "two parts with one id": (lambda: part(b"x") + part(b"y") + END, R.CONTENT_ID_DUPLICATE),
    "two parts with one id, brackets or not": (
        lambda: part(b"x") + part(b"y").replace(b"<1>", b"1") + END,
        R.CONTENT_ID_DUPLICATE,
    ),
    "empty id": (lambda: part(b"x", b"") + END, R.HEADER_MALFORMED),
    "id with a bracket inside": (lambda: part(b"x", b"a>b") + END, R.HEADER_MALFORMED),
    "id with a blank": (lambda: part(b"x", b"a b") + END, R.HEADER_MALFORMED),
    "id with text behind": (lambda: part(b"x", b"a> <b") + END, R.HEADER_MALFORMED),
    "id beyond ASCII": (lambda: part(b"x", "가".encode()) + END, R.HEADER_MALFORMED),
    "endless id": (lambda: part(b"x", b"a" * 2000) + END, R.HEADER_MALFORMED),
    "type that is none": (lambda: b"--b\r\nContent-Type: x\r\n\r\nx\r\n" + END, R.CONTENT_TYPE),
    "type with two charsets": (
        lambda: b"--b\r\nContent-Type: a/b; charset=a; charset=b\r\n\r\nx\r\n" + END,
        R.CONTENT_TYPE,
    ),
    "nested multipart": (
        lambda: b"--b\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\nx\r\n" + END,
        R.NESTED_MULTIPART,
    ),
    "nested multipart in capitals": (
        lambda: b"--b\r\nContent-Type: MULTIPART/related\r\n\r\nx\r\n" + END,
        R.NESTED_MULTIPART,
    ),
    "nested multipart, folded": (
        lambda: b"--b\r\nContent-Type:\r\n multipart/mixed\r\n\r\nx\r\n" + END,
        R.NESTED_MULTIPART,
    ),
    "quoted-printable": (
        lambda: part(b"=41", headers=CTE + b"quoted-printable\r\n") + END,
        R.TRANSFER_ENCODING,
    ),
    "uuencode": (lambda: part(b"x", headers=CTE + b"x-uuencode\r\n") + END, R.TRANSFER_ENCODING),
    "gzip": (lambda: part(b"x", headers=CTE + b"gzip\r\n") + END, R.TRANSFER_ENCODING),
    "two encodings in one header": (
        lambda: part(b"x", headers=CTE + b"base64, binary\r\n") + END,
        R.TRANSFER_ENCODING,
    ),
    "not base64": (lambda: part(b"Q*==", headers=CTE + b"base64\r\n") + END, R.TRANSFER_ENCODING),
    "half of base64": (
        lambda: part(b"QUJ", headers=CTE + b"base64\r\n") + END,
        R.TRANSFER_ENCODING,
    ),
    "base64 behind its end": (
        lambda: part(b"QQ==QUJD", headers=CTE + b"base64\r\n") + END,
        R.TRANSFER_ENCODING,
    ),
    "base64 in the alphabet of addresses": (
        lambda: part(b"-_-_", headers=CTE + b"base64\r\n") + END,
        R.TRANSFER_ENCODING,
    ),
    "1,001 parts": (
        lambda: b"".join(part(b"x", b"%d" % n) for n in range(1001)) + END,
        R.TOO_MANY_PARTS,
    ),
    "33 headers": (lambda: part(b"x", headers=b"X: y\r\n" * 33) + END, R.HEADERS_TOO_LARGE),
    "long header": (
        lambda: part(b"x", headers=b"X: " + b"y" * 20_000 + b"\r\n") + END,
        R.HEADERS_TOO_LARGE,
    ),
    "endless headers": (lambda: b"--b\r\n" + b"X: y\r\n" * MIB, R.HEADERS_TOO_LARGE),
    "endless folding": (lambda: b"--b\r\nX: y\r\n" + b" y\r\n" * MIB, R.HEADERS_TOO_LARGE),
}


@pytest.mark.parametrize("name", SMUGGLED)
def test_a_message_that_two_readers_could_cut_differently_is_refused(name: str) -> None:
    make, reason = SMUGGLED[name]
    data = make()

    def refused() -> None:
        sink = Recorder()
        with pytest.raises(MimeRefused) as refusal:
            read(data, sink=sink)
        assert refusal.value.reason is reason
        assert all(writer.aborted for writer in sink.writers)

    assert cpu_seconds(refused, enough=0.1) < AT_ONCE


@pytest.mark.parametrize(
    "boundary", ["", " ", "a b ", "a\r\nb", "a\0", "가", "x" * 71, 'a"b', "a\\b", "a;b"]
)
def test_a_boundary_that_cannot_be_one_is_refused(boundary: str) -> None:
    with pytest.raises(MimeRefused) as refusal:
        read(END, boundary)
    assert refusal.value.reason is R.BOUNDARY_MALFORMED


@pytest.mark.parametrize(
    ("limits", "reason"),
    [
        (MimeLimits(part=9), R.PART_TOO_LARGE),
        (MimeLimits(message=20), R.MESSAGE_TOO_LARGE),
        (MimeLimits(parts=0), R.TOO_MANY_PARTS),
    ],
)
def test_each_limit_has_its_name(limits: MimeLimits, reason: MimeReason) -> None:
    with pytest.raises(MimeRefused) as refusal:
        read(part(b"x" * 10) + END, limits=limits)
    assert refusal.value.reason is reason
    assert refusal.value.too_large


def test_the_length_of_the_request_bounds_what_is_read() -> None:
    data = part(b"x") + END
    assert [each.stored for each in read(data + part(b"y"), length=len(data))] == [b"x"]


def test_a_request_shorter_than_its_length_is_refused() -> None:
    data = part(b"x") + END
    with pytest.raises(MimeRefused) as refusal:
        read(data, length=len(data) + 1)
    assert refusal.value.reason is R.TRUNCATED


def test_a_writer_that_fails_is_aborted_and_its_error_is_told() -> None:
    class Full(RecordingWriter):
        def write(self, _chunk: bytes, /) -> None:
            raise OSError(28, "No space left on device")

    full = Full()

    def read_into_full() -> None:
        with ExitStack() as undo:
            source = Source(io.BytesIO(part(b"x") + END), None, 10**9)
            read_parts("b", source, lambda _: full, limits=MimeLimits(), undo=undo)

    with pytest.raises(OSError, match="No space"):
        read_into_full()
    assert full.aborted
