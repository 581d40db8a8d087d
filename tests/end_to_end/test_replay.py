"""What may be used once is used once: by every process at the same time, and after a restart."""

import base64
import hashlib
import hmac
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from naru.domain.identifiers import Identifier
from naru.domain.stored_query import FindDocuments
from naru.domain.xds import AvailabilityStatus
from naru.formats.ebxml import adhoc_query
from naru.formats.saml import write_security
from naru.formats.soap import SOAP_TYPE, new_message_id, write_request_envelope
from tests.assertions import Provider, assertion, rsa_provider
from tests.end_to_end import people
from tests.end_to_end.institutions import HUB_A, Exchange
from tests.end_to_end.wire import QUERY_ACTION, REGISTRY

TIMES = 12
JWT_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
CLIENT = "urn:example:replayed-client"
_TRUST = """
from naru.exchange.institutions import providers
from naru.exchange import identify
from naru.exchange.access import Access
access = Access(transaction="trust", caller=identify.operator(), time=now)
der = bytes.fromhex(sys.argv[2])
if sys.argv[3:]:
    providers.trust_client(access, sys.argv[1], der, UUID(sys.argv[3]))
else:
    providers.trust(access, sys.argv[1], der, None)
"""
Send = Callable[[], int]


@pytest.fixture(scope="module")
def emr(exchange: Exchange) -> Provider:
    """A client of hub A that is known by its key."""
    found = Provider(ec.generate_private_key(ec.SECP256R1()), CLIENT)
    exchange.node.administer(_TRUST, CLIENT, found.der.hex(), exchange.institutions[HUB_A])
    return found


def token_address(exchange: Exchange) -> str:
    return f"https://localhost:{exchange.node.tls_port}/oauth/token"


def claims(exchange: Exchange, **changed: object) -> dict[str, object]:
    ends = datetime.now(UTC) + timedelta(minutes=3)
    said = {"iss": CLIENT, "sub": CLIENT, "aud": token_address(exchange), "jti": str(uuid4())}
    return said | {"exp": int(ends.timestamp())} | changed


def ask(exchange: Exchange, shown: str) -> httpx.Response:
    return httpx.post(
        f"http://127.0.0.1:{exchange.node.port}/oauth/token",
        data={
            "grant_type": "client_credentials",
            "client_assertion_type": JWT_BEARER,
            "client_assertion": shown,
        },
        timeout=30,
    )


@pytest.fixture
def message(exchange: Exchange) -> Send:
    """The same message with the same assertion, again and again."""
    provider = rsa_provider()
    exchange.node.administer(_TRUST, provider.issuer, provider.der.hex())
    value = assertion(datetime.now(UTC))
    said = replace(value.claims, organization_ids=(f"urn:oid:{HUB_A}",))
    audiences = (frozenset({f"urn:oid:{people.DOMAIN}"}),)
    signed = provider.sign(replace(value, claims=said, audiences=audiences))
    query = FindDocuments(
        patient_id=Identifier("TEST-0", people.DOMAIN), status=(AvailabilityStatus.APPROVED,)
    )
    octets = write_request_envelope(
        action=QUERY_ACTION,
        to="urn:test",
        message_id=new_message_id(),
        body_xml=adhoc_query.to_ebxml(adhoc_query.AdhocQueryRequest(query=query)),
        security=write_security(signed),
    )
    return lambda: exchange.caller(HUB_A).post(REGISTRY, SOAP_TYPE, octets).status


@pytest.fixture
def client(exchange: Exchange, emr: Provider) -> Send:
    shown = jwt.encode(claims(exchange), emr.key, algorithm="ES256")
    return lambda: ask(exchange, shown).status_code


@pytest.mark.parametrize("name", ["message", "client"])
def test_of_many_at_once_one_is_taken_and_none_after_a_restart(
    exchange: Exchange, request: pytest.FixtureRequest, name: str
) -> None:
    send: Send = request.getfixturevalue(name)
    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(lambda _: send(), range(TIMES)))
    assert statuses.count(200) == 1
    assert {status for status in statuses if status != 200} <= {400, 401}
    exchange.node.stop()
    exchange.node.start()
    assert send() in {400, 401}
    assert "Traceback" not in exchange.node.log


def unsigned(header: str, said: str) -> str:
    parts = (base64.urlsafe_b64encode(one.encode()).decode().rstrip("=") for one in (header, said))
    return ".".join((*parts, ""))


def hostile(exchange: Exchange, emr: Provider) -> dict[str, str]:
    """What claims to be the client and is not."""
    good = claims(exchange)
    text = jwt.encode(good, emr.key, algorithm="ES256")
    head, body, signature = text.split(".")
    public = emr.key.public_key()
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    other = ec.generate_private_key(ec.SECP256R1())
    now = datetime.now(UTC).timestamp()

    def signed(**changed: object) -> str:
        return jwt.encode(claims(exchange, **changed), emr.key, algorithm="ES256")

    def headed(**more: object) -> str:
        return jwt.encode(claims(exchange), other, algorithm="ES256", headers=more)

    def without(name: str) -> str:
        said = claims(exchange)
        del said[name]
        return jwt.encode(said, emr.key, algorithm="ES256")

    said = jwt.utils.base64url_decode(body).decode()
    jwk = jwt.algorithms.ECAlgorithm.to_jwk(other.public_key(), as_dict=True)
    return {
        "alg none": unsigned('{"alg":"none"}', said),
        "alg None": unsigned('{"alg":"None"}', said),
        "alg nOnE with a signature": unsigned('{"alg":"nOnE"}', said) + signature,
        "no alg": unsigned("{}", said),
        "alg of a list": unsigned('{"alg":["ES256"]}', said) + signature,
        "HMAC by the public key": hmac_by(pem, said),
        "no signature": f"{head}.{body}.",
        "half a signature": f"{head}.{body}.{signature[:40]}",
        "a signature of zeros": f"{head}.{body}.{base64.urlsafe_b64encode(bytes(64)).decode()}",
        "another body": f"{head}.{body[:-4]}AAAA.{signature}",
        "two tokens": f"{text}.{text}",
        "two parts": f"{head}.{body}",
        "four parts": f"{text}.x",
        "five parts": f"{text}.x.y",
        "nothing": ".",
        "padded": f"{head}=.{body}=.{signature}==x",
        "NUL": f"{head}.{body}\0.{signature}",
        "a header that is a list": unsigned("[]", said),
        "a header that is deep": unsigned("[" * 3_000, said),
        "a body that is deep": unsigned('{"alg":"ES256"}', "[" * 3_000),
        "a body that is a list": unsigned('{"alg":"ES256"}', "[]"),
        "a body with NaN": unsigned('{"alg":"ES256"}', '{"iss":NaN}'),
        "long": "x" * 100_000,
        "a key of its own": headed(jwk=jwk),
        "a key elsewhere": headed(jku="http://127.0.0.1:9/x", x5u="http://127.0.0.1:9/x"),
        "a key by a path": headed(kid="../../../../dev/null"),
        "crit": jwt.encode(claims(exchange), emr.key, algorithm="ES256", headers={"crit": ["x"]}),
        "another's": signed(iss="urn:example:other"),
        "of another": signed(sub="urn:example:other"),
        "for another": signed(aud="https://other.example"),
        "for nobody": signed(aud=[]),
        "without an end": without("exp"),
        "without an id": without("jti"),
        "without a subject": without("sub"),
        "an id that is a number": signed(jti=1),
        "an id that is empty of signs": signed(jti="\u0000"),
        "over": signed(exp=int(now) - 120),
        "for a year": signed(exp=int(now) + 31_536_000),
        "to the end of time": signed(exp=10**30),
        "an end that is a text": signed(exp="soon"),
        "not begun": signed(nbf=int(now) + 600),
    }


def hmac_by(pem: bytes, said: str) -> str:
    text = unsigned('{"alg":"HS256"}', said)[:-1]
    signature = hmac.new(pem, text.encode(), hashlib.sha256).digest()
    return f"{text}.{base64.urlsafe_b64encode(signature).decode().rstrip('=')}"


def test_nobody_becomes_a_client_by_a_token_that_is_not_its_own(
    exchange: Exchange, emr: Provider
) -> None:
    before = exchange.node.holdings()
    every = hostile(exchange, emr)
    wrong = {}
    for name, shown in every.items():
        answer = ask(exchange, shown)
        if (answer.status_code, answer.json()["error"]) != (401, "invalid_client"):
            wrong[name] = (answer.status_code, answer.text)
    assert not wrong
    assert len(every) >= 40
    assert exchange.node.holdings() == before
    assert ask(exchange, jwt.encode(claims(exchange), emr.key, "ES256")).status_code == 200


FORM = "application/x-www-form-urlencoded"
FORMS = {
    "grant_type twice": b"grant_type=client_credentials&grant_type=client_credentials",
    "client_id twice": b"grant_type=client_credentials&client_id=a&client_id=b",
    "a name twice by escape": b"grant_type=client_credentials&grant%5Ftype=password",
    "semicolons": b"grant_type=client_credentials;scope=x",
    "a name alone": b"grant_type",
    "an empty name": b"=client_credentials",
    "NUL": b"grant_type=client_credentials%00",
    "latin-1": b"grant_type=%E9",
    "not ASCII": "grant_type=\uad8c".encode(),
    "an array of PHP": b"grant_type[]=client_credentials",
    "JSON": b'{"grant_type":"client_credentials"}',
    "XML": b"<grant_type>client_credentials</grant_type>",
    "40 parameters": b"&".join(b"p%d=1" % number for number in range(40)),
    "100,000 parameters": b"a=1&" * 60_000 + b"b=1",
    "300,000 characters": b"grant_type=" + b"x" * 300_000,
    "nothing": b"",
    "ampersands": b"&" * 10_000,
}


@pytest.mark.parametrize("path", ["/oauth/token", "/oauth/introspect"])
def test_no_bad_form_is_read(exchange: Exchange, path: str) -> None:
    before, wrong = exchange.node.holdings(), {}
    for name, content in FORMS.items():
        answer = httpx.post(
            f"http://127.0.0.1:{exchange.node.port}{path}",
            content=content,
            headers={"Content-Type": FORM},
            timeout=30,
        )
        if answer.status_code not in {400, 401} or "error" not in answer.json():
            wrong[name] = (answer.status_code, answer.text)
    assert not wrong
    assert exchange.node.holdings() == before
