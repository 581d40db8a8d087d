import base64
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from naru.domain.assertion import (
    Assertion,
    AssertionRefused,
    Authentication,
    Claims,
    Confirmation,
    Method,
    SecurityFault,
    Subject,
)
from naru.domain.codes import Code, LocalizedString
from naru.domain.identifiers import Identifier
from naru.formats.saml import (
    read_assertion,
    read_base64url,
    read_security,
    sign_assertion,
    write_assertion,
    write_security,
)
from naru.formats.xml import parse
from tests.assertions import Provider, assertion, ec_provider, rsa_provider

TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=20)
URI = TEXT.map(lambda text: f"urn:example:{text}")
OID = st.sampled_from(("2.999.1", "2.999.1.2.3", "1.2.840.113619.6.197"))
TIME = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)).map(  # noqa: DTZ001  # Hypothesis adds the zone.
    lambda time: time.replace(microsecond=time.microsecond // 1000 * 1000)
)
CODE = st.builds(Code, TEXT, OID, st.lists(st.builds(LocalizedString, TEXT), max_size=1).map(tuple))
PATIENT = st.builds(Identifier, TEXT.filter(lambda text: not set(text) & set("^&")), OID)
PROVIDER = st.builds(Identifier, TEXT, OID)


def several(strategy: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    return st.lists(strategy, max_size=3).map(tuple)


KEY = ec.generate_private_key(ec.SECP256R1()).public_key()
EXPONENT = "<ds:Exponent>AQAB</ds:Exponent></ds:RSAKeyValue></ds:KeyValue>"
SPKI = KEY.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
ASSERTIONS = st.builds(
    Assertion,
    id=st.uuids().map(lambda key: f"_{key}"),
    issuer=URI,
    issued=TIME,
    subject=st.builds(
        Subject,
        name=TEXT,
        format=st.none() | URI,
        qualifier=st.none() | URI,
        alias=st.none() | TEXT,
    ),
    confirmations=st.lists(
        st.builds(
            Confirmation,
            method=st.sampled_from(Method).map(str),
            not_before=st.none() | TIME,
            not_on_or_after=st.none() | TIME,
            keys=st.sampled_from(((), (SPKI,))),
        ),
        min_size=1,
        max_size=2,
    ).map(tuple),
    not_before=TIME,
    not_on_or_after=TIME,
    audiences=st.lists(st.frozensets(URI, min_size=1, max_size=2), max_size=2).map(tuple),
    authentications=st.lists(
        st.builds(Authentication, time=TIME, context=URI, session_ends=st.none() | TIME),
        max_size=2,
    ).map(tuple),
    one_time_use=st.booleans(),
    claims=st.builds(
        Claims,
        names=several(TEXT),
        organizations=several(TEXT),
        organization_ids=several(URI),
        home_communities=several(URI),
        national_provider_identifiers=several(TEXT),
        provider_identifiers=several(PROVIDER),
        roles=several(CODE),
        purposes=several(CODE),
        patients=several(PATIENT),
        consent_documents=several(URI),
        policies=several(URI),
    ),
)


def _b64(octets: bytes) -> str:
    return base64.b64encode(octets).decode()


@given(ASSERTIONS)
def test_what_is_written_is_read_again(value: Assertion) -> None:
    assert read_assertion(parse(write_assertion(value).encode())) == value


@pytest.mark.parametrize("provider", [rsa_provider(), ec_provider()], ids=["RSA", "EC"])
def test_a_signed_assertion_is_opened_by_its_signer_s_certificate_only(provider: Provider) -> None:
    value = assertion()
    header = write_security(provider.sign(value))
    signed = read_security(parse(header.encode()))
    assert signed is not None
    opened = signed.open(provider.der)
    assert opened is not None
    assert len(opened.digest) == 32
    assert replace(opened, digest=b"") == value
    assert all(
        signed.open(other.der) is None
        for other in (rsa_provider(), ec_provider())
        if other is not provider
    )


@pytest.mark.parametrize("bits", [1024])
def test_a_short_key_signs_nothing_that_is_believed(bits: int) -> None:
    provider = Provider(rsa.generate_private_key(public_exponent=65537, key_size=bits))
    signed = read_security(parse(write_security(provider.says()).encode()))
    assert signed is not None
    assert signed.open(provider.der) is None


def test_attributes_are_read_from_every_statement() -> None:
    text = write_assertion(assertion()).replace(
        "</saml:AttributeStatement>",
        "</saml:AttributeStatement><saml:AttributeStatement>"
        '<saml:Attribute Name="urn:oasis:names:tc:xspa:1.0:subject:subject-id">'
        "<saml:AttributeValue>두번째</saml:AttributeValue><saml:AttributeValue>셋째"
        "</saml:AttributeValue></saml:Attribute>"
        '<saml:Attribute Name="urn:oasis:names:tc:xspa:1.0:subject:subject-id">'
        "<saml:AttributeValue>넷째</saml:AttributeValue></saml:Attribute>"
        '<saml:Attribute Name="urn:example:other"><saml:AttributeValue><x/></saml:AttributeValue>'
        "</saml:Attribute></saml:AttributeStatement>",
    )
    assert read_assertion(parse(text.encode())).claims.names == ("김하늘", "두번째", "셋째", "넷째")


def test_a_patient_may_be_named_with_the_name_of_the_authority() -> None:
    text = write_assertion(assertion_of(Claims(patients=(Identifier("7613", "2.999.9"),)))).replace(
        "^^^&amp;2.999.9", "^^^SPID&amp;2.999.9"
    )
    assert read_assertion(parse(text.encode())).claims.patients == (Identifier("7613", "2.999.9"),)


def assertion_of(claims: Claims) -> Assertion:
    return replace(assertion(), claims=claims)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("saml:Subject>", "saml:Other>"),
        ("saml:Conditions", "saml:Other"),
        (' NotBefore="', ' Before="'),
        (' NotOnOrAfter="', ' After="'),
        (' IssueInstant="', ' IssueInstant="yesterday'),
        (' IssueInstant="2', ' IssueInstant="9999-12-31T23:59:59-14:00" x="2'),
        ("AuthnContextClassRef", "AuthnContextDecl"),
        ("<saml:AudienceRestriction>", "<saml:Condition/><saml:AudienceRestriction>"),
        ("<saml:Issuer>", "<saml:Issuer>x</saml:Issuer><saml:Issuer>"),
        ("<saml:Issuer>", f"<saml:Issuer>{'x' * 2000}"),
        ("kim.haneul", ""),
        ('codeSystem="', 'codesystem="'),
        (' code="', ' kode="'),
        ("<Role ", "<Rolle "),
        ('SPProvidedID="KH"', f'SPProvidedID="{"x" * 2000}"'),
    ],
)
def test_what_xua_asks_for_must_be_there(old: str, new: str) -> None:
    text = write_assertion(assertion())
    assert old in text
    changed = text.replace(old, new)
    with pytest.raises(AssertionRefused) as refusal:
        read_assertion(parse(changed.encode()))
    assert refusal.value.code is SecurityFault.InvalidSecurityToken


@pytest.mark.parametrize("name", ["EncryptedID", "EncryptedAttribute", "EncryptedAssertion"])
def test_what_is_encrypted_is_not_supported(name: str) -> None:
    text = write_assertion(assertion()).replace("<saml:Subject>", f"<saml:Subject><saml:{name}/>")
    with pytest.raises(AssertionRefused) as refusal:
        read_assertion(parse(text.encode()))
    assert refusal.value.code is SecurityFault.UnsupportedSecurityToken


@pytest.mark.parametrize(
    "token",
    [
        "<wsse:UsernameToken/>",
        "<wsse:BinarySecurityToken/>",
        '<Assertion xmlns="urn:oasis:names:tc:SAML:1.0:assertion"/>',
        '<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"/>',
    ],
)
def test_other_tokens_are_not_supported(token: str) -> None:
    header = write_security(b"").replace("</wsse:Security>", f"{token}</wsse:Security>")
    with pytest.raises(AssertionRefused) as refusal:
        read_security(parse(header.encode()))
    assert refusal.value.code is SecurityFault.UnsupportedSecurityToken


def test_a_timestamp_alone_is_no_assertion() -> None:
    wsu = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"
    header = write_security(f'<u:Timestamp xmlns:u="{wsu}"/>'.encode())
    assert read_security(parse(header.encode())) is None
    assert read_security(None) is None


def test_the_key_of_a_subject_is_read_in_each_form() -> None:
    provider = rsa_provider()
    numbers = provider.certificate.public_key().public_numbers()  # type: ignore[union-attr]  # RSA.
    expected = provider.certificate.public_key().public_bytes(
        Encoding.DER, PublicFormat.SubjectPublicKeyInfo
    )
    modulus = _b64(numbers.n.to_bytes(256))
    forms = (
        f"<ds:X509Data><ds:X509Certificate>{_b64(provider.der)}</ds:X509Certificate></ds:X509Data>",
        f"<ds:KeyValue><ds:RSAKeyValue><ds:Modulus>{modulus}</ds:Modulus>{EXPONENT}",
    )
    for form in forms:
        text = write_assertion(assertion()).replace(
            f'<saml:SubjectConfirmation Method="{Method.BEARER}">',
            f'<saml:SubjectConfirmation Method="{Method.HOLDER_OF_KEY}">'
            '<saml:SubjectConfirmationData><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#">'
            f"{form}</ds:KeyInfo></saml:SubjectConfirmationData>",
        )
        assert read_assertion(parse(text.encode())).confirmations[0].keys == (expected,)


def test_the_recipient_of_a_confirmation_comes_back() -> None:
    here = "https://naru.example/oauth/token?a=1&b=2"
    told = replace(assertion(), confirmations=(Confirmation(method=Method.BEARER, recipient=here),))
    assert read_assertion(parse(write_assertion(told).encode())) == told


def test_a_key_that_is_none_is_refused() -> None:
    text = write_assertion(
        replace(
            assertion(), confirmations=(Confirmation(method=Method.HOLDER_OF_KEY, keys=(SPKI,)),)
        )
    ).replace(_b64(SPKI), _b64(b"no key"))
    with pytest.raises(AssertionRefused):
        read_assertion(parse(text.encode()))


def test_an_assertion_comes_in_base64url_too() -> None:
    provider = ec_provider()
    signed = provider.says()
    text = base64.urlsafe_b64encode(signed).decode().rstrip("=")
    assert read_base64url(text).open(provider.der) is not None
    for wrong in ("", "*", text[:-5], base64.urlsafe_b64encode(b"<a/>").decode()):
        with pytest.raises(AssertionRefused):
            read_base64url(wrong)


def test_the_user_is_named_as_audit_messages_name_one() -> None:
    value = replace(assertion(), issuer="example.com", subject=Subject(name="John.Doe", alias="JD"))
    assert value.user_name == "JD<John.Doe@example.com>"


def test_a_certificate_of_another_kind_of_key_is_no_provider_s() -> None:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    key = Ed25519PrivateKey.generate()
    name = x509.Name([])
    now = datetime.now(UTC)
    der = (
        x509.CertificateBuilder(name, name, key.public_key(), 1, now, now + timedelta(days=1))
        .sign(key, None)
        .public_bytes(Encoding.DER)
    )
    signed = read_security(parse(write_security(ec_provider().says()).encode()))
    assert signed is not None
    with pytest.raises(TypeError):
        signed.open(der)


def test_an_id_that_would_need_escaping_is_never_signed() -> None:
    with pytest.raises(ValueError, match="ID"):
        sign_assertion(replace(assertion(), id='"><x'), ec_provider().key)
