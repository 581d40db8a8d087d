"""A detached signature is believed only whole: whatever is changed in it is seen."""

import base64
import hashlib
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from hypothesis import given
from hypothesis import strategies as st

from naru.domain.detached_signature import SignatureBroken
from naru.formats.xmldsig import detached, read_detached, sign_detached
from naru.formats.xmldsig.read_detached import LARGEST
from tests.assertions import Provider
from tests.peers.installed import program

DOCUMENT = "2.25.77"
CONTENT = "<동의서/>".encode()
TIME = datetime(2026, 11, 20, 1, 2, 3, tzinfo=UTC)
BY = Provider(ec.generate_private_key(ec.SECP256R1()))
RSA = Provider(rsa.generate_private_key(public_exponent=65537, key_size=2048))


def signed(by: Provider = BY) -> bytes:
    return sign_detached(CONTENT, document=DOCUMENT, key=by.key, certificate=by.der, time=TIME)


@pytest.mark.parametrize("by", [BY, RSA], ids=["EC", "RSA"])
def test_what_was_signed_is_told(by: Provider) -> None:
    read = read_detached(signed(by))
    assert read.digests == {f"urn:oid:{DOCUMENT}": hashlib.sha256(CONTENT).digest()}
    assert read.certificates == (by.der,)
    assert (read.time, read.purpose) == (TIME, "1.2.840.10065.1.12.1.14")


@given(st.data())
def test_no_character_can_be_changed(data: st.DataObject) -> None:
    octets = bytearray(SIGNED)
    place = data.draw(st.integers(0, len(octets) - 1))
    octets[place] = data.draw(st.integers(0x20, 0x7E).filter(lambda one: one != octets[place]))
    try:
        read = read_detached(bytes(octets))
    except SignatureBroken:
        return
    assert read == WHOLE, "what is told differs from what was signed"


SIGNED = signed()
WHOLE = read_detached(SIGNED)


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        (b"2026-11-20T01", b"2026-11-21T01"),
        (b"12.1.14", b"12.1.7"),
        (f"urn:oid:{DOCUMENT}".encode(), b"urn:oid:2.25.78"),
        (b"#properties", b"#signature"),
        (b'Id="signature"', b'Id="properties"'),
        (b"xml-c14n11#WithComments", b"xml-c14n11#Other"),
        (b"xmlenc#sha256", b"xmldsig#sha1"),
        (b"<ds:SignedInfo>", b"<ds:SignedInfo><?x y?>"),
        (b"<ds:SignedInfo>", b'<ds:SignedInfo xml:lang="ko">'),
    ],
)
def test_what_is_signed_cannot_be_another(was: bytes, becomes: bytes) -> None:
    assert was in SIGNED
    with pytest.raises(SignatureBroken):
        read_detached(SIGNED.replace(was, becomes))


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        b"no XML",
        b"<a/>",
        b'<!DOCTYPE a [<!ENTITY b "c">]>' + SIGNED[SIGNED.index(b"<ds:") :],
        SIGNED[: len(SIGNED) // 2],
        b" " * (LARGEST + 1),
    ],
)
def test_what_is_no_signature_is_refused(octets: bytes) -> None:
    with pytest.raises(SignatureBroken):
        read_detached(octets)


def test_a_signing_time_that_is_none_in_utc_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    written = detached._DOCUMENT.replace("{time}", "0001-01-01T00:00:00+14:00")
    monkeypatch.setattr(detached, "_DOCUMENT", written)
    with pytest.raises(SignatureBroken, match="time is none"):
        read_detached(signed())


def test_another_s_certificate_in_its_place_is_seen() -> None:
    other = Provider(ec.generate_private_key(ec.SECP256R1()))
    was, becomes = (base64.b64encode(one.der) for one in (BY, other))
    with pytest.raises(SignatureBroken, match="not the one that was signed"):
        read_detached(SIGNED.replace(was, becomes))


@pytest.mark.parametrize(
    "c14n",
    [
        "http://www.w3.org/2006/12/xml-c14n11#WithComments",
        "http://www.w3.org/TR/2001/REC-xml-c14n-20010315",
        "http://www.w3.org/2001/10/xml-exc-c14n#",
    ],
)
@pytest.mark.parametrize("by", [BY, RSA], ids=["EC", "RSA"])
def test_what_xmlsec1_signed_is_read(tmp_path: Path, by: Provider, c14n: str) -> None:
    """With namespaces and blanks of its own, which the canonical forms treat each otherwise."""
    template = signed(by).replace(
        b"http://www.w3.org/2006/12/xml-c14n11#WithComments", c14n.encode()
    )
    template = template.replace(
        b"<ds:Signature ",
        b'<!-- a --><ds:Signature xmlns:other="urn:other" xmlns="urn:default" ',
        1,
    ).replace(b"<ds:SignedInfo>", b"<ds:SignedInfo>\n")
    octets = _by_xmlsec1(tmp_path, template, by.key_pem)
    read = read_detached(octets)
    assert read.digests == {f"urn:oid:{DOCUMENT}": hashlib.sha256(CONTENT).digest()}
    with pytest.raises(SignatureBroken):
        read_detached(octets.replace(b"T01:02:03Z", b"T01:02:04Z"))


def _by_xmlsec1(folder: Path, template: bytes, key: bytes) -> bytes:
    files = {"key.pem": key, "template.xml": template, "content": CONTENT}
    for name, octets in files.items():
        (folder / name).write_bytes(octets)
    command = [
        program("xmlsec1"),
        "--sign",
        *("--id-attr:Id", "http://uri.etsi.org/01903/v1.3.2#:SignedProperties"),
        *("--privkey-pem", folder / "key.pem"),
        *(f"--url-map:urn:oid:{DOCUMENT}", folder / "content"),
        *("--output", folder / "signed.xml"),
        folder / "template.xml",
    ]
    done = subprocess.run(command, capture_output=True, timeout=30, check=False)
    assert done.returncode == 0, done.stderr
    return (folder / "signed.xml").read_bytes()
