"""Signatures made here and checked by xmlsec1, and the other way round."""

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from naru.domain.assertion import AssertionRefused
from naru.formats.saml import read_signed, write_assertion
from naru.formats.xml import parse
from naru.formats.xml.namespaces import DS
from tests.assertions import Provider, assertion, ec_provider, rsa_provider
from tests.peers.installed import program

ID = ("--id-attr:ID", "urn:oasis:names:tc:SAML:2.0:assertion:Assertion")
C14N = "http://www.w3.org/2001/10/xml-exc-c14n#"
MORE = "http://www.w3.org/2001/04/xmldsig-more#"
SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"


def xmlsec1(*arguments: str | Path) -> subprocess.CompletedProcess[bytes]:
    command = [program("xmlsec1"), *arguments]
    return subprocess.run(command, capture_output=True, timeout=30, check=False)


@pytest.mark.parametrize("provider", [rsa_provider(), ec_provider()], ids=["RSA", "EC"])
def test_xmlsec1_verifies_what_is_signed_here(provider: Provider, tmp_path: Path) -> None:
    certificate, good, bad = (tmp_path / name for name in ("c.pem", "good.xml", "bad.xml"))
    certificate.write_bytes(provider.pem)
    good.write_bytes(provider.says())
    bad.write_bytes(good.read_bytes().replace(b"kim.haneul", b"mallory"))
    trust = ("--pubkey-cert-pem", certificate)
    assert xmlsec1("--verify", *ID, *trust, good).returncode == 0
    assert xmlsec1("--verify", *ID, *trust, bad).returncode != 0


def signed_by_xmlsec1(
    provider: Provider, folder: Path, method: str, digest: str = SHA256, prefixes: str = ""
) -> bytes:
    inclusive = (
        f'<ec:InclusiveNamespaces xmlns:ec="{C14N}" PrefixList="{prefixes}"/>' if prefixes else ""
    )
    template = (
        f'<ds:Signature xmlns:ds="{DS}"><ds:SignedInfo>'
        f'<ds:CanonicalizationMethod Algorithm="{C14N}"/><ds:SignatureMethod Algorithm="{method}"/>'
        '<ds:Reference URI="#_made-elsewhere"><ds:Transforms>'
        f'<ds:Transform Algorithm="{DS}enveloped-signature"/>'
        f'<ds:Transform Algorithm="{C14N}">{inclusive}</ds:Transform></ds:Transforms>'
        f'<ds:DigestMethod Algorithm="{digest}"/><ds:DigestValue/></ds:Reference></ds:SignedInfo>'
        "<ds:SignatureValue/><ds:KeyInfo><ds:X509Data/></ds:KeyInfo></ds:Signature>"
    )
    text = write_assertion(replace(assertion(), id="_made-elsewhere"))
    text = text.replace("<saml:Subject>", f"{template}\n  <saml:Subject>")
    file, key = folder / "template.xml", folder / "key.pem"
    # Prefixes that are declared far above the assertion, as SOAP stacks do.
    file.write_text(
        f'<w:Wrapper xmlns:w="urn:example:w" xmlns:xs="urn:example:xs">{text}</w:Wrapper>'
    )
    key.write_bytes(provider.key_pem)
    certificate = folder / "certificate.pem"
    certificate.write_bytes(provider.pem)
    done = xmlsec1("--sign", *ID, "--privkey-pem", f"{key},{certificate}", file)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("prefixes", ["", "xs", "w xs #default"])
@pytest.mark.parametrize(
    ("provider", "method", "digest"),
    [
        (rsa_provider(), "rsa-sha256", SHA256),
        (rsa_provider(), "rsa-sha384", f"{MORE}sha384"),
        (rsa_provider(), "rsa-sha512", "http://www.w3.org/2001/04/xmlenc#sha512"),
        (ec_provider(), "ecdsa-sha256", SHA256),
        (ec_provider(), "ecdsa-sha512", SHA256),
    ],
)
def test_what_xmlsec1_signs_is_verified_here(
    provider: Provider, method: str, digest: str, prefixes: str, tmp_path: Path
) -> None:
    whole = signed_by_xmlsec1(provider, tmp_path, MORE + method, digest, prefixes)
    opened = read_signed(parse(whole)[0]).open(provider.der)
    assert opened is not None
    assert opened.subject.name == "kim.haneul"
    with pytest.raises(AssertionRefused):
        read_signed(parse(whole.replace(b"kim.haneul", b"mallory"))[0])


def test_what_xmlsec1_signs_with_sha_1_is_refused(tmp_path: Path) -> None:
    whole = signed_by_xmlsec1(rsa_provider(), tmp_path, f"{DS}rsa-sha1")
    with pytest.raises(AssertionRefused):
        read_signed(parse(whole)[0])
