"""A certificate is read to its end or refused, whatever of it the library leaves for later."""

from datetime import UTC, datetime, timedelta
from typing import Final

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID

from naru.formats.certificate import (
    LARGEST,
    NotACertificate,
    public_key_of,
    read_certificate,
    read_public_key,
)

KEY: Final = ec.generate_private_key(ec.SECP256R1())
NAME: Final = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sky.example")])
NOW: Final = datetime(2026, 11, 22, tzinfo=UTC)
VERSION: Final = bytes.fromhex("a003020102")
OF_EC_KEYS: Final = bytes.fromhex("06072a8648ce3d0201")
P256: Final = bytes.fromhex("06082a8648ce3d030107")
UTF8: Final = b"\x0c\x0bsky.example"
A_URI: Final = b"\x86\x0furn:oid:2.999.1"
USAGE: Final = bytes.fromhex("0603551d0f")
ALTERNATIVE_NAME: Final = bytes.fromhex("0603551d11")


def certificate() -> bytes:
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    uri = x509.UniformResourceIdentifier("urn:oid:2.999.1")
    made = (
        x509.CertificateBuilder()
        .subject_name(NAME)
        .issuer_name(NAME)
        .public_key(KEY.public_key())
        .serial_number(7)
        .not_valid_before(NOW)
        .not_valid_after(NOW + timedelta(days=1))
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectAlternativeName([uri]), critical=False)
        .sign(KEY, SHA256())
    )
    return made.public_bytes(Encoding.DER)


WHOLE: Final = certificate()
SPKI: Final = KEY.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def test_a_whole_one_is_read() -> None:
    assert public_key_of(read_certificate(WHOLE)) == SPKI == read_public_key(SPKI)


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        pytest.param(VERSION, bytes.fromhex("a00302010a"), id="version 11"),
        pytest.param(UTF8, b"\x03" + UTF8[1:], id="a name of bits"),
        pytest.param(A_URI, b"\x83" + A_URI[1:], id="an X.400 address"),
        pytest.param(ALTERNATIVE_NAME, USAGE, id="an extension twice"),
        pytest.param(OF_EC_KEYS, OF_EC_KEYS[:-1] + b"\x21", id="a key of no known kind"),
        pytest.param(P256, P256[:-1] + b"\x7f", id="a curve that nobody knows"),
        pytest.param(b"\x03\x42\x00\x04", b"\x03\x42\x00\x05", id="a point that is none"),
    ],
)
def test_one_that_breaks_later_is_refused_at_once(was: bytes, becomes: bytes) -> None:
    assert was in WHOLE
    with pytest.raises(NotACertificate):
        read_certificate(WHOLE.replace(was, becomes))


# Named, since a key is another in each process that collects the tests.
@pytest.mark.parametrize(
    "octets",
    [b"", b"0", WHOLE[:-1], WHOLE + b"0", WHOLE + bytes(LARGEST)],
    ids=("nothing", "one octet", "cut short", "one too many", "too large"),
)
def test_what_is_none_is_refused(octets: bytes) -> None:
    with pytest.raises(NotACertificate):
        read_certificate(octets)


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        SPKI[:-1],
        SPKI.replace(OF_EC_KEYS, OF_EC_KEYS[:-1] + b"\x21"),
        SPKI.replace(P256, P256[:-1] + b"\x7f"),
    ],
    ids=("nothing", "cut short", "of no known kind", "of no known curve"),
)
def test_a_key_that_is_none_is_refused(octets: bytes) -> None:
    with pytest.raises(NotACertificate):
        read_public_key(octets)
