import re
from collections.abc import Callable

import pytest
from lxml import etree

from naru.domain.assertion import Assertion, AssertionRefused, SecurityFault
from naru.formats.saml import read_security
from naru.formats.soap import read_envelope
from naru.formats.xml import XmlRefused, parse
from naru.formats.xml.namespaces import DS
from naru.formats.xmldsig.algorithms import DIGEST_SHA256, RSA_SHA256
from tests.assertions import Provider, ec_provider, rsa_provider
from tests.formats.saml.wrapping import FORGED, forged_from, message, wrapped

C14N = "http://www.w3.org/2001/10/xml-exc-c14n#"


def believed(envelope: bytes, provider: Provider) -> Assertion | None:
    """What a door would believe: the whole path from the octets on."""
    try:
        signed = read_security(read_envelope(parse(envelope)).security)
        return None if signed is None else signed.open(provider.der)
    except (AssertionRefused, XmlRefused):
        return None


def in_message(assertion: bytes) -> bytes:
    """The octets as they are, so that what lxml would drop arrives too."""
    place = b"<place/>"
    return message([etree.fromstring(place)]).replace(place, assertion)


@pytest.mark.parametrize("provider", [rsa_provider(), ec_provider()], ids=["RSA", "EC"])
def test_no_wrapped_signature_is_believed(provider: Provider) -> None:
    genuine = provider.says()
    messages = dict(wrapped(genuine))
    accepted = {name for name, each in messages.items() if believed(each, provider)}

    assert len(messages) >= 400
    assert accepted == set()
    assert believed(in_message(genuine), provider) is not None


def test_a_forged_assertion_in_the_body_changes_nothing() -> None:
    provider = rsa_provider()
    genuine = etree.fromstring(provider.says())
    found = {
        ids: believed(message([genuine], forged_from(genuine, ids)), provider)
        for ids in ("other", "none")
    }
    assert all(one is not None and one.subject.name != FORGED for one in found.values())


@pytest.mark.parametrize("ids", ["same", "wsu", "lower"])
def test_an_id_that_stands_twice_is_refused(ids: str) -> None:
    provider = rsa_provider()
    genuine = etree.fromstring(provider.says())
    assert believed(message([genuine], forged_from(genuine, ids)), provider) is None


Change = Callable[[str], str]


def _swap(old: str, new: str) -> Change:
    def change(text: str) -> str:
        assert old in text
        return text.replace(old, new, 1)

    return change


def _sub(pattern: str, new: str) -> Change:
    def change(text: str) -> str:
        changed, number = re.subn(pattern, new, text, count=1, flags=re.DOTALL)
        assert number == 1
        return changed

    return change


XSLT = f'<ds:Transform xmlns:ds="{DS}" Algorithm="http://www.w3.org/TR/1999/REC-xslt-19991116"/>'
XPATH = (
    f'<ds:Transform xmlns:ds="{DS}" Algorithm="http://www.w3.org/TR/1999/REC-xpath-19991116">'
    f"<ds:XPath>not(self::*)</ds:XPath></ds:Transform>"
)
INCLUSIVE = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
LAST = f'<ds:Transform Algorithm="{C14N}"/>'

ABUSES: dict[str, Change] = {
    "a name changed": _swap("kim.haneul", FORGED),
    "a comment in the name, before": _swap("kim.haneul", f"{FORGED}<!---->.kim"),
    "an instruction in the name": _swap("kim.haneul", "kim<?x?>.haneul"),
    "an instruction in the assertion": _swap("<saml:Subject>", "<?x y?><saml:Subject>"),
    "an entity": _swap("kim.haneul", "kim&x;"),
    "a character reference that changes it": _swap("kim.haneul", "kim&#46;haneul&#46;"),
    "CDATA that changes it": _swap("kim.haneul", "<![CDATA[mallory]]>"),
    "an attribute more": _swap('Version="2.0"', 'Version="2.0" x="y"'),
    "another version": _swap('Version="2.0"', 'Version="1.1"'),
    "SHA-1 signature": _swap(RSA_SHA256, "http://www.w3.org/2000/09/xmldsig#rsa-sha1"),
    "SHA-1 digest": _swap(DIGEST_SHA256, "http://www.w3.org/2000/09/xmldsig#sha1"),
    "MD5 digest": _swap(DIGEST_SHA256, "http://www.w3.org/2001/04/xmldsig-more#md5"),
    "HMAC-SHA1": _swap(RSA_SHA256, "http://www.w3.org/2000/09/xmldsig#hmac-sha1"),
    "HMAC-SHA256": _swap(RSA_SHA256, "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256"),
    "HMACOutputLength": _sub(
        r"(<ds:SignatureMethod [^>]*)/>",
        r"\1><ds:HMACOutputLength>0</ds:HMACOutputLength></ds:SignatureMethod>",
    ),
    "ECDSA for an RSA key": _swap(
        RSA_SHA256, "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256"
    ),
    "no method": _sub(r"<ds:SignatureMethod [^>]*/>", ""),
    "no signature": _sub(r"<ds:Signature .*</ds:Signature>", ""),
    "an empty signature": _sub(
        r"<ds:SignatureValue>.*</ds:SignatureValue>", "<ds:SignatureValue/>"
    ),
    "a signature that is no base64": _sub(r"<ds:SignatureValue>", "<ds:SignatureValue>*"),
    "an element in the signature value": _sub(r"<ds:SignatureValue>", "<ds:SignatureValue><x/>"),
    "two signatures": _sub(r"(<ds:Signature .*</ds:Signature>)", r"\1\1"),
    "two references": _sub(r"(<ds:Reference .*</ds:Reference>)", r"\1\1"),
    "no reference": _sub(r"<ds:Reference .*</ds:Reference>", ""),
    "a reference to all": _sub(r'URI="#[^"]*"', 'URI=""'),
    "a reference to nothing": _sub(r' URI="#[^"]*"', ""),
    "a reference elsewhere": _sub(r'URI="#[^"]*"', 'URI="#other"'),
    "a reference on the web": _sub(r'URI="#[^"]*"', 'URI="http://127.0.0.1:9/x"'),
    "a reference by XPointer": _sub(r'URI="#([^"]*)"', r'URI="#xpointer(id(&quot;\1&quot;))"'),
    "a transform more: XSLT": _swap(LAST, XSLT + LAST),
    "a transform more: XPath": _swap(LAST, XPATH + LAST),
    "a transform more: base64": _swap(LAST, f'{LAST}<ds:Transform Algorithm="{DS}base64"/>'),
    "inclusive canonicalisation": _swap(LAST, f'<ds:Transform Algorithm="{INCLUSIVE}"/>'),
    "canonicalisation with comments": _swap(
        LAST, f'<ds:Transform Algorithm="{C14N}WithComments"/>'
    ),
    "only enveloped": _swap(LAST, ""),
    "not enveloped": _sub(r'<ds:Transform Algorithm="[^"]*enveloped-signature"/>', ""),
    "the transforms the other way round": _sub(
        r'(<ds:Transform [^>]*enveloped-signature"/>)(<ds:Transform [^>]*/>)', r"\2\1"
    ),
    "another c14n of SignedInfo": _sub(
        r'<ds:CanonicalizationMethod Algorithm="[^"]*"',
        f'<ds:CanonicalizationMethod Algorithm="{INCLUSIVE}"',
    ),
    "an object in the signature": _swap("</ds:Signature>", "<ds:Object/></ds:Signature>"),
    "an object before SignedInfo": _swap("<ds:SignedInfo>", "<ds:Object/><ds:SignedInfo>"),
    "an encrypted subject": _swap("</saml:Subject>", "<saml:EncryptedID/></saml:Subject>"),
    "a DTD that gives IDs": lambda text: (
        f"<!DOCTYPE a [<!ATTLIST saml:Assertion ID ID #IMPLIED>]>{text}"
    ),
}


@pytest.mark.parametrize("abuse", ABUSES)
def test_what_was_tampered_with_is_not_believed(abuse: str) -> None:
    provider = rsa_provider()
    text = provider.says().decode()
    assert believed(in_message(text.encode()), provider) is not None
    assert believed(in_message(ABUSES[abuse](text).encode()), provider) is None


def test_a_comment_in_a_text_neither_breaks_the_signature_nor_cuts_the_text() -> None:
    provider = rsa_provider()
    text = provider.says().decode().replace("kim.haneul", "kim<!-- x -->.haneul")
    found = believed(in_message(text.encode()), provider)
    assert found is not None
    assert found.subject.name == "kim.haneul"


def test_a_comment_in_a_text_of_a_tree_that_kept_it_is_refused() -> None:
    provider = rsa_provider()
    text = provider.says().decode().replace("kim.haneul", "kim<!-- x -->.haneul")
    with pytest.raises(AssertionRefused) as refusal:
        read_security(read_envelope(etree.fromstring(in_message(text.encode()))).security)
    assert refusal.value.code is SecurityFault.InvalidSecurity


def test_a_key_in_the_message_is_not_the_key_that_is_trusted() -> None:
    trusted, mallory = rsa_provider(), ec_provider()
    assert believed(in_message(mallory.says()), trusted) is None
    assert believed(in_message(mallory.says()), mallory) is not None


def test_hmac_with_the_public_key_as_secret_is_refused() -> None:
    import base64
    import hmac

    provider = rsa_provider()
    text = (
        provider.says()
        .decode()
        .replace(RSA_SHA256, "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256")
    )
    root = etree.fromstring(text)
    signed_info, value = (
        root.find(f".//{{{DS}}}SignedInfo"),
        root.find(f".//{{{DS}}}SignatureValue"),
    )
    assert signed_info is not None
    assert value is not None
    octets = etree.tostring(signed_info, method="c14n", exclusive=True)
    value.text = base64.b64encode(hmac.digest(provider.pem, octets, "sha256")).decode()
    with pytest.raises(AssertionRefused) as refusal:
        read_security(read_envelope(parse(in_message(etree.tostring(root)))).security)
    assert refusal.value.code is SecurityFault.UnsupportedAlgorithm
