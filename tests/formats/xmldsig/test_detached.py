"""A detached signature (IHE DSG) as xmlsec1 checks it, over the very octets of the document."""

import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from naru.formats.xml.namespaces import DS, XADES
from naru.formats.xmldsig import sign_detached
from naru.security.signing import signer
from tests.peers.installed import program

DOCUMENT = "2.25.77"
CONTENT = "<동의서/>".encode()
TIME = datetime(2026, 11, 20, 1, 2, 3, tzinfo=UTC)


def signed() -> bytes:
    by = signer()
    return sign_detached(
        CONTENT, document=DOCUMENT, key=by.key, certificate=by.certificate, time=TIME
    )


def checked(folder: Path, signature: bytes, content: bytes) -> bool:
    certificate = x509.load_der_x509_certificate(signer().certificate)
    files = {
        "c.pem": certificate.public_bytes(Encoding.PEM),
        "signature.xml": signature,
        "content": content,
    }
    for name, octets in files.items():
        (folder / name).write_bytes(octets)
    command = [
        program("xmlsec1"),
        "--verify",
        *("--id-attr:Id", f"{XADES}:SignedProperties"),
        *("--pubkey-cert-pem", folder / "c.pem"),
        *(f"--url-map:urn:oid:{DOCUMENT}", folder / "content"),
        folder / "signature.xml",
    ]
    done = subprocess.run(command, capture_output=True, timeout=30, check=False)
    return done.returncode == 0


def test_xmlsec1_verifies_what_the_node_signed(tmp_path: Path) -> None:
    assert checked(tmp_path, signed(), CONTENT)


def test_another_content_is_seen(tmp_path: Path) -> None:
    assert not checked(tmp_path, signed(), CONTENT + b" ")


@pytest.mark.parametrize(
    ("was", "becomes"), [(b"2026-11-20T01", b"2026-11-21T01"), (b"12.1.14", b"12.1.7")]
)
def test_the_time_and_the_purpose_are_signed_too(
    tmp_path: Path, was: bytes, becomes: bytes
) -> None:
    signature = signed()
    assert was in signature
    assert not checked(tmp_path, signature.replace(was, becomes), CONTENT)


def test_it_says_what_dsg_asks_for() -> None:
    said = etree.fromstring(signed())
    names = {"ds": DS, "x": XADES}

    assert said.xpath("string(//ds:Reference[1]/@URI)", namespaces=names) == f"urn:oid:{DOCUMENT}"
    assert said.xpath("string(//x:SigningTime)", namespaces=names) == "2026-11-20T01:02:03Z"
    assert "1.2.840.10065.1.12.1.14" in said.xpath("string(//x:Identifier)", namespaces=names)
    assert {one.get("Algorithm") for one in said.iter(f"{{{DS}}}DigestMethod")} == {
        "http://www.w3.org/2001/04/xmlenc#sha256"
    }


def test_every_process_has_the_same_certificate() -> None:
    from naru.security import signing

    certificate = signer().certificate
    signing._signer.cache_clear()

    assert signer().certificate == certificate
