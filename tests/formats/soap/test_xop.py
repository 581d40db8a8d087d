import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml.etree import _Element

from naru.formats.mime import ContentType, Part, PartHeaders
from naru.formats.soap import (
    Inline,
    SoapReason,
    SoapRefused,
    binary_content,
    include,
    inline_small_includes,
)
from naru.formats.xml import parse
from naru.formats.xml.namespaces import XOP


def element(inside: str) -> _Element:
    return parse(f'<a xmlns:xop="{XOP}">{inside}</a>'.encode())


def part(cid: str, octets: bytes = b"") -> Part[bytes]:
    headers = PartHeaders(
        content_id=cid, content_type=ContentType("a/b", {}), transfer_encoding="binary"
    )
    return Part(headers, len(octets), octets)


def parts(*cids: str) -> dict[str, Part[bytes]]:
    return {cid: part(cid) for cid in cids}


@given(st.binary(max_size=300))
def test_inline_base64_is_decoded_whatever_its_line_breaks(octets: bytes) -> None:
    text = base64.encodebytes(octets).decode().replace("\n", "\r\n\t ")
    assert binary_content(element(f"\n {text}"), {}) == Inline(octets)


@pytest.mark.parametrize(
    ("href", "cid"),
    [
        ("cid:1@b", "1@b"),
        ("CID:1@b", "1@b"),
        (" cid:1@b ", "1@b"),
        ("cid:1@urn%3Ax", "1@urn:x"),
        ("cid:1%40b", "1@b"),
        ("cid:1%40b", "1%40b"),
        ("cid:100%", "100%"),
        ("cid:a%2540b", "a%40b"),
    ],
)
def test_an_include_points_to_its_part_escaped_or_not(href: str, cid: str) -> None:
    found = binary_content(element(f'\n<xop:Include href="{href}"/>\n'), parts(cid, "other"))
    assert isinstance(found, Part)
    assert found.headers.content_id == cid


@given(st.text(st.characters(min_codepoint=33, max_codepoint=126, exclude_characters="<>")))
def test_an_include_that_we_write_points_to_its_part(cid: str) -> None:
    found = binary_content(element(include(cid or "x")), parts(cid or "x"))
    assert isinstance(found, Part)


@pytest.mark.parametrize(
    "inside",
    [
        '<xop:Include href="cid:2"/>',
        "<xop:Include/>",
        '<xop:Include href=""/>',
        '<xop:Include href="1"/>',
        '<xop:Include href="http://127.0.0.1:9/"/>',
        '<xop:Include href="file:///etc/passwd"/>',
        'QUJD<xop:Include href="cid:1"/>',
        '<xop:Include href="cid:1"/>QUJD',
        '<xop:Include href="cid:1"/><xop:Include href="cid:1"/>',
        '<xop:Include href="cid:1">x</xop:Include>',
        '<xop:Include href="cid:1"><b/></xop:Include>',
        '<b/><xop:Include href="cid:1"/>',
        '<?x?><xop:Include href="cid:1"/>',
        "<b/>",
        '<Include href="cid:1"/>',
    ],
)
def test_an_element_that_holds_neither_base64_nor_one_include_is_refused(inside: str) -> None:
    with pytest.raises(SoapRefused) as refusal:
        binary_content(element(inside), parts("1"))
    assert refusal.value.reason is SoapReason.INCLUDE


def test_an_include_that_could_mean_two_parts_is_refused() -> None:
    with pytest.raises(SoapRefused):
        binary_content(element('<xop:Include href="cid:a%40b"/>'), parts("a@b", "a%40b"))


@pytest.mark.parametrize("text", ["QUJ", "Q", "QUJD=", "QQ==QQ==", "Q*==", "=", "가나다라", "-_-_"])
def test_what_is_not_base64_is_refused(text: str) -> None:
    with pytest.raises(SoapRefused) as refusal:
        binary_content(element(text), {})
    assert refusal.value.reason is SoapReason.BASE64


def test_a_certificate_that_was_optimised_is_put_back_as_canonical_base64() -> None:
    scope = element('<c>\n<xop:Include href="cid:1"/>\n</c><d>x</d>')
    octets = bytes(range(256))
    inline_small_includes(scope, {"1": part("1", octets)}, lambda found: found.stored)
    assert scope.findtext("c") == base64.b64encode(octets).decode()
    assert scope.findtext("d") == "x"


def test_a_large_part_is_not_put_back_inline() -> None:
    scope = element('<c><xop:Include href="cid:1"/></c>')
    with pytest.raises(SoapRefused):
        inline_small_includes(scope, {"1": part("1", b"12")}, lambda _: b"12", limit=1)
