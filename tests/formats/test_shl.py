"""What asks for a manifest, and a link: read, or refused by the one error that they promise."""

from base64 import urlsafe_b64encode

import pytest

from naru.formats.shl import NotALink, from_link, read_request

DEEP = b"[" * 5_000


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"{}",
        b'{"recipient":" "}',
        b'{"recipient":1}',
        b"\xff",
        DEEP,
        b'{"recipient":"x","other":' + DEEP,
    ],
)
def test_what_asks_for_no_manifest_is_refused(body: bytes) -> None:
    with pytest.raises(NotALink):
        read_request(body)


@pytest.mark.parametrize("payload", [b"", b"null", b"{}", b'{"url":1}', b"\xff", DEEP])
def test_what_is_no_link_is_refused(payload: bytes) -> None:
    with pytest.raises(NotALink):
        from_link("shlink:/" + urlsafe_b64encode(payload).decode())
