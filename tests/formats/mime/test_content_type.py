import pytest
from hypothesis import given
from hypothesis import strategies as st

from naru.formats.mime import MimeReason, MimeRefused, parse_content_type


def test_a_package_header_of_a_system_in_use_is_read() -> None:
    read = parse_content_type(
        'Multipart/Related; boundary="uuid:1-2"; type="application/xop+xml"; '
        'start="<0.1@apache.org>"; START-INFO="application/soap+xml"; action="urn:x"'
    )
    assert read.media_type == "multipart/related"
    assert read.parameters["boundary"] == "uuid:1-2"
    assert read.parameters["start"] == "<0.1@apache.org>"
    assert read.parameters["start-info"] == "application/soap+xml"


@pytest.mark.parametrize(
    ("value", "boundary"),
    [
        ("multipart/related;boundary=abc", "abc"),
        ("multipart/related; boundary=uuid:ab-1", "uuid:ab-1"),
        ('multipart/related;\tboundary="a\\"b"', 'a"b'),
        ("multipart/related; boundary=abc;", "abc"),
        ('multipart/related;; boundary=""', ""),
    ],
)
def test_a_boundary_is_read_quoted_or_not(value: str, boundary: str) -> None:
    assert parse_content_type(value).parameters["boundary"] == boundary


@pytest.mark.parametrize(
    "value",
    [
        "",
        "multipart",
        "multipart/",
        "/related",
        "multipart/related, multipart/related",
        "multipart/related boundary=a",
        "multipart/related; boundary=a; boundary=b",
        "multipart/related; boundary=a; Boundary=a",
        "multipart/related; boundary*0=a; boundary*1=b",
        "multipart/related; boundary*=utf-8''a",
        "multipart/related; boundary",
        "multipart/related; boundary=",
        "multipart/related; =a",
        'multipart/related; boundary="a',
        'multipart/related; boundary="a"b',
        'multipart/related; boundary=a"b"',
        "multipart/related; boundary=a b",
        "multipart/related; boundary=a, b",
        "multipart/related; boundary =a",
        "multipart/related; boundary= a",
        'multipart/related; boundary="a\r\nX: y"',
        "multipart/related; boundary=a\0",
        "multipart/related; boundary=가",
        "multipart/related; " + "a" * 3000,
    ],
)
def test_a_header_that_two_readers_could_understand_differently_is_refused(value: str) -> None:
    with pytest.raises(MimeRefused) as refusal:
        parse_content_type(value)
    assert refusal.value.reason is MimeReason.CONTENT_TYPE


@given(st.text(max_size=80))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        parse_content_type("a/b" + text)
    except MimeRefused:
        return
    assert text.isascii()
