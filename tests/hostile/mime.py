"""Packages and requests that two readers could cut differently.

Each is a request for an MTOM door: its Content-Type, its body, and lines of the head beside them.
`same` ones mean to every reader what the good package means, and are accepted; others are 400, and
those of None may be either: all agree on what they are, and not every door takes parts.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

CRLF: Final = b"\r\n"
ROOT: Final = b'application/xop+xml; charset=UTF-8; type="application/soap+xml"'
OUTER: Final = (
    'multipart/related; type="application/xop+xml"; boundary="b"; start="<root@test>"; '
    'start-info="application/soap+xml"'
)


@dataclass(frozen=True)
class Smuggled:
    """What is sent instead of the good package."""

    body: bytes
    content_type: str = OUTER
    same: bool | None = False


Make = Callable[[bytes], Smuggled]
"""From the envelope to the request."""


def part(
    content: bytes, cid: bytes = b"<root@test>", kind: bytes = ROOT, more: bytes = b""
) -> bytes:
    head = b"Content-Type: " + kind + CRLF + b"Content-ID: " + cid + CRLF + more
    return b"--b\r\n" + head + CRLF + content + CRLF


def good(envelope: bytes) -> bytes:
    return part(envelope) + b"--b--\r\n"


def _body(change: Callable[[bytes], bytes], *, same: bool | None = False) -> Make:
    return lambda envelope: Smuggled(change(good(envelope)), same=same)


def _typed(content_type: str, *, same: bool | None = False) -> Make:
    return lambda envelope: Smuggled(good(envelope), content_type, same=same)


def _parts(*more: bytes, before: bytes = b"", same: bool | None = False) -> Make:
    return lambda envelope: Smuggled(
        before + part(envelope) + b"".join(more) + b"--b--\r\n", same=same
    )


def _headed(more: bytes, *, same: bool | None = False) -> Make:
    return lambda envelope: Smuggled(part(envelope, more=more) + b"--b--\r\n", same=same)


def _start(start: str, cid: bytes = b"<root@test>", *, same: bool | None = False) -> Make:
    outer = (
        OUTER.replace('start="<root@test>"', start)
        if start
        else OUTER.replace('start="<root@test>"; ', "")
    )
    return lambda envelope: Smuggled(part(envelope, cid) + b"--b--\r\n", outer, same=same)


def _replaced(old: bytes, new: bytes, count: int = 1, *, same: bool | None = False) -> Make:
    def make(envelope: bytes) -> Smuggled:
        whole = good(envelope)
        assert old in whole
        return Smuggled(whole.replace(old, new, count), same=same)

    return make


EVIL: Final = part(b"<evil/>", b"<evil@test>")

PACKAGES: Final[dict[str, Make]] = {
    "the good package": _body(lambda body: body, same=True),
    "a preamble": _body(lambda body: b"to be passed over\r\n" + body, same=True),
    "an epilogue": _body(lambda body: body + b"to be passed over", same=True),
    "blanks behind a boundary": _replaced(b"--b\r\n", b"--b \t\r\n", same=True),
    "a part that nothing points to": _parts(part(b"x", b"<o@test>", b"text/plain"), same=None),
    # The boundary.
    "another boundary": _typed(OUTER.replace('"b"', '"c"')),
    "a boundary in another case": _typed(OUTER.replace('"b"', '"B"')),
    "no boundary": _typed(OUTER.replace(' boundary="b";', "")),
    "an empty boundary": _typed(OUTER.replace('"b"', '""')),
    "two boundaries": _typed(OUTER + '; boundary="c"'),
    "two boundaries that are the same": _typed(OUTER + '; boundary="b"'),
    "two boundaries in two cases": _typed(OUTER + '; BOUNDARY="c"'),
    "a boundary in pieces": _typed(OUTER.replace('boundary="b"', 'boundary*0="b"; boundary*1=""')),
    "a boundary of another charset": _typed(OUTER.replace('boundary="b"', "boundary*=utf-8''b")),
    "a boundary both ways": _typed(OUTER + "; boundary*=utf-8''c"),
    "a boundary that is escaped": _typed(OUTER.replace('"b"', '"\\b"'), same=True),
    "a boundary without quotes": _typed(OUTER.replace('"b"', "b"), same=True),
    "a boundary in single quotes": _typed(OUTER.replace('"b"', "'b'")),
    "a boundary with a blank at its end": _typed(OUTER.replace('"b"', '"b "')),
    "a boundary with a comma": _typed(OUTER.replace('boundary="b"', "boundary=b,c")),
    "a boundary and a comment": _typed(OUTER.replace('"b"', '"b" (c)')),
    "a boundary of 71 characters": _typed(OUTER.replace('"b"', f'"{"b" * 71}"')),
    "a boundary that is never closed": _typed(OUTER.replace('"b"', '"b')),
    "a boundary beyond ASCII": _typed(OUTER.replace('"b"', '"b\u00e9"')),
    "a boundary with a tab": _typed(OUTER.replace('"b"', '"b\tc"')),
    "a boundary that begins another": _replaced(b"--b--", b"--bb--"),
    "line ends of LF": _body(lambda body: body.replace(b"\r\n", b"\n"), same=True),
    "line ends of CR": _body(lambda body: body.replace(b"\r\n", b"\r")),
    "one line end of LF": _replaced(b"--b\r\n", b"--b\n"),
    "no line end before a boundary": _replaced(b"\r\n--b--", b"--b--"),
    "no end": _replaced(b"--b--\r\n", b""),
    "an end without hyphens": _replaced(b"--b--", b"--b"),
    "an end with one hyphen": _replaced(b"--b--", b"--b-"),
    "an end with more behind": _replaced(b"--b--", b"--b--x"),
    "an end before the root": _body(lambda body: b"--b--\r\n" + body),
    "two ends, and a part between": _body(lambda body: body + EVIL + b"--b--\r\n"),
    "a boundary with text behind": _replaced(b"--b\r\n", b"--b x\r\n"),
    "a boundary with NUL behind": _replaced(b"--b\r\n", b"--b\0\r\n"),
    "a boundary with three hyphens": _replaced(b"--b\r\n", b"---b\r\n"),
    "a blank before the boundary": _replaced(b"--b\r\n", b" --b\r\n"),
    "nothing": _body(lambda _: b""),
    "an end alone": _body(lambda _: b"--b--\r\n"),
    # The parts' headers.
    "two types": _headed(b"Content-Type: text/plain\r\n"),
    "two types that are the same": _headed(b"Content-Type: " + ROOT + CRLF),
    "two types in two cases": _headed(b"content-TYPE: text/plain\r\n"),
    "two ids": _headed(b"Content-ID: <evil@test>\r\n"),
    "two ids that are the same": _headed(b"Content-ID: <root@test>\r\n"),
    "two transfer encodings": _headed(
        b"Content-Transfer-Encoding: binary\r\nContent-Transfer-Encoding: base64\r\n"
    ),
    "transfer encoding that is none": _headed(b"Content-Transfer-Encoding: x-none\r\n"),
    "quoted-printable": _headed(b"Content-Transfer-Encoding: quoted-printable\r\n"),
    "base64 that is none": _headed(b"Content-Transfer-Encoding: base64\r\n"),
    "gzip": _headed(b"Content-Transfer-Encoding: gzip\r\n"),
    "binary": _headed(b"Content-Transfer-Encoding: binary\r\n", same=True),
    "8bit": _headed(b"Content-Transfer-Encoding: 8bit\r\n", same=True),
    "binary in capitals": _headed(b"CONTENT-TRANSFER-ENCODING: BINARY\r\n", same=True),
    "a header that nobody knows": _headed(b"X-Test: 1\r\n", same=True),
    "a header with a blank in its name": _headed(b"X Test: 1\r\n"),
    "a header with a blank behind its name": _headed(b"X-Test : 1\r\n"),
    "a header without a colon": _headed(b"X-Test\r\n"),
    "a header without a name": _headed(b": 1\r\n"),
    "a header with NUL": _headed(b"X-Test: a\0b\r\n"),
    "a header with CR": _headed(b"X-Test: a\rContent-ID: <evil@test>\r\n"),
    "a header with LF": _headed(b"X-Test: a\nContent-ID: <evil@test>\r\n"),
    "a header with a vertical tab": _headed(b"X-Test: a\x0bb\r\n"),
    "a header beyond ASCII": _headed("X-가: a\r\n".encode()),
    "a header that is the boundary": _headed(b"--b: a\r\n"),
    "a header that begins folded": _replaced(b"--b\r\n", b"--b\r\n X-Test: 1\r\n"),
    "a folded header": _headed(b"X-Test: a\r\n b\r\n", same=True),
    "40 headers": _headed(b"X-Test: 1\r\n" * 40),
    "a header of 20,000 characters": _headed(b"X-Test: " + b"x" * 20_000 + CRLF),
    "no blank line": _replaced(b"\r\n\r\n", b"\r\n"),
    "a length of the part that is a lie": _headed(b"Content-Length: 5\r\n", same=True),
    "two lengths of the part": _headed(b"Content-Length: 5\r\nContent-Length: 6\r\n"),
    # Which part is the root.
    "start without brackets": _start('start="root@test"', same=True),
    "start without quotes": _start("start=<root@test>", same=True),
    "no start": _start("", same=True),
    "start of nothing": _start('start="<nothing@test>"'),
    "an empty start": _start('start=""'),
    "two starts": _start('start="<root@test>"; start="<evil@test>"'),
    "two starts in two cases": _start('start="<root@test>"; Start="<root@test>"'),
    "start in pieces": _start('start*0="<root"; start*1="@test>"'),
    "start both ways": _start("start=\"<root@test>\"; start*=utf-8''%3Cevil@test%3E"),
    "start in another case": _start('start="<ROOT@test>"'),
    "start that is percent-encoded": _start('start="<root%40test>"'),
    "start with half a bracket": _start('start="<root@test"'),
    "start with two brackets": _start('start="<<root@test>>"'),
    "start of cid": _start('start="cid:root@test"'),
    "start with a blank": _start('start="<root@test> "'),
    "a root without an id": lambda envelope: Smuggled(
        good(envelope).replace(b"Content-ID: <root@test>\r\n", b"")
    ),
    "an empty id": _start('start="<>"', b"<>"),
    "an id with a bracket too few": _start('start="<root@test>"', b"<root@test"),
    "an id with text behind": _start('start="<root@test>"', b"<root@test> x"),
    "an id with a comment": _start('start="<root@test>"', b"(x)<root@test>"),
    "an id with a blank": _start('start="<root @test>"', b"<root @test>"),
    "an id beyond ASCII": _start('start="<root@test>"', "<root가@test>".encode()),
    "two parts of one id": _parts(part(b"<evil/>")),
    "two parts of one id, the other first": _parts(before=part(b"<evil/>")),
    "two parts of one id, without brackets": _parts(part(b"<evil/>", b"root@test")),
    "another part that could be the root": _parts(EVIL, same=None),
    # What the parts are.
    "a root of text": _replaced(ROOT, b"text/plain"),
    "a root of HTML": _replaced(ROOT, b"text/html"),
    "a root of JSON": _replaced(ROOT, b"application/fhir+json"),
    "a root that is a package": _replaced(ROOT, b"multipart/related; boundary=c"),
    "a package within": _parts(part(b"--c--", b"<o@test>", b"multipart/mixed; boundary=c")),
    "a message within": _parts(part(b"x", b"<o@test>", b"Multipart/Mixed; boundary=b")),
    "a root of utf-7": _replaced(b"charset=UTF-8", b"charset=utf-7"),
    "a root of two charsets": _replaced(b"charset=UTF-8", b"charset=UTF-8; charset=utf-16"),
    "a root without a type": lambda envelope: Smuggled(
        good(envelope).replace(b"Content-Type: " + ROOT + CRLF, b"")
    ),
    "the package's type is another": _typed(OUTER.replace("application/xop+xml", "text/html")),
    "two types of the package": _typed(OUTER + '; type="text/html"'),
    "multipart/mixed": _typed(OUTER.replace("related", "mixed")),
    "multipart/form-data": _typed(OUTER.replace("related", "form-data")),
    "multipart in capitals": _typed(
        OUTER.replace("multipart/related", "Multipart/RELATED"), same=True
    ),
    "two media types": _typed(f"application/soap+xml, {OUTER}"),
    "a media type with a blank": _typed(OUTER.replace("multipart/", "multipart /")),
    "200 parts": _parts(*(part(b"x", b"<%d@test>" % n, b"text/plain") for n in range(200))),
}
