"""IUA on a node for real records: a client gets a token, and opens the FHIR door (ITI-72)."""

import base64
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from naru.audit.records import Outcome
from naru.domain.assertion import Claims, Confirmation, Method
from naru.domain.caller import Assurance, Role
from naru.domain.codes import Code
from naru.domain.korea import korean_day
from naru.formats.saml import write_assertion
from tests.assertions import Provider, assertion, rsa_provider
from tests.end_to_end import people
from tests.end_to_end.institutions import GRANT, HUB_A, HUB_B, SUSPENDED, Exchange, consents

SAML2 = "urn:ietf:params:oauth:grant-type:saml2-bearer"
JWT_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
CLIENT = "urn:example:emr-of-a"
FHIR = {"content-type": "application/fhir+json"}
FORM = "application/x-www-form-urlencoded"
_TRUST = """
from naru.exchange.institutions import providers
from naru.exchange import identify
from naru.exchange.access import Access
access = Access(transaction="trust", caller=identify.operator(), time=now)
institutions = (UUID(sys.argv[3]),) if sys.argv[3:] else None
der = bytes.fromhex(sys.argv[2])
if institutions:
    providers.trust_client(access, sys.argv[1], der, institutions[0])
else:
    providers.trust(access, sys.argv[1], der, None)
"""
_VOUCH = """
from naru.exchange.institutions import providers
from naru.exchange import identify
from naru.exchange.access import Access
access = Access(transaction="trust", caller=identify.operator(), time=now)
providers.trust(access, sys.argv[1], bytes.fromhex(sys.argv[2]), (UUID(sys.argv[3]),))
"""


def at(exchange: Exchange, oid: str) -> httpx.Client:
    """An institution's client by mutual TLS."""
    tls = exchange.caller(oid).tls
    assert tls is not None
    return httpx.Client(
        base_url=f"https://127.0.0.1:{exchange.node.tls_port}", verify=tls, timeout=30
    )


@pytest.fixture
def a(exchange: Exchange) -> Iterator[httpx.Client]:
    with at(exchange, HUB_A) as client:
        yield client


@pytest.fixture
def b(exchange: Exchange) -> Iterator[httpx.Client]:
    with at(exchange, HUB_B) as client:
        yield client


@pytest.fixture
def bare(exchange: Exchange) -> Iterator[httpx.Client]:
    """Somebody without a certificate, as behind a proxy that ends TLS."""
    with httpx.Client(base_url=f"http://127.0.0.1:{exchange.node.port}", timeout=30) as client:
        yield client


@pytest.fixture(scope="module")
def provider(exchange: Exchange) -> Provider:
    found = Provider(rsa_provider().key, "urn:example:iua-provider")
    exchange.node.administer(_TRUST, found.issuer, found.der.hex())
    return found


@pytest.fixture(scope="module")
def emr(exchange: Exchange) -> Provider:
    """A client of hub A that is known by its key."""
    found = Provider(ec.generate_private_key(ec.SECP256R1()), CLIENT)
    exchange.node.administer(_TRUST, CLIENT, found.der.hex(), exchange.institutions[HUB_A])
    return found


@pytest.fixture(scope="module")
def issuer(exchange: Exchange) -> str:
    return f"https://localhost:{exchange.node.tls_port}"


def ask(client: httpx.Client, **form: str) -> httpx.Response:
    return client.post("/oauth/token", data={"grant_type": "client_credentials"} | form)


def token_of(answer: httpx.Response) -> str:
    assert answer.status_code == 200, answer.text
    return str(answer.json()["access_token"])


def refused(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, str(answer.json()["error"])


def bearing(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def looks(client: httpx.Client, token: str | None) -> httpx.Response:
    headers = {} if token is None else bearing(token)
    return client.get("/fhir/Patient", params={"family": "Nobody"}, headers=headers)


def of(oid: str, provider: Provider, **changed: Any) -> str:
    value = assertion(datetime.now(UTC), issuer=provider.issuer)
    claims = replace(value.claims, organization_ids=(f"urn:oid:{oid}",))
    audiences = (frozenset({f"urn:oid:{people.DOMAIN}"}),)
    signed = provider.sign(replace(value, **({"audiences": audiences, "claims": claims} | changed)))
    return base64.urlsafe_b64encode(signed).rstrip(b"=").decode()


def signed_by(emr: Provider, issuer: str, **changed: Any) -> dict[str, str]:
    said = {
        "iss": CLIENT,
        "sub": CLIENT,
        "aud": f"{issuer}/oauth/token",
        "jti": str(uuid4()),
        "exp": int((datetime.now(UTC) + timedelta(minutes=2)).timestamp()),
    }
    text = jwt.encode(said | changed, emr.key, algorithm="ES256")
    return {"client_assertion": text, "client_assertion_type": JWT_BEARER}


def test_metadata_says_what_the_server_does(
    a: httpx.Client, bare: httpx.Client, issuer: str
) -> None:
    for client in (a, bare):
        told = client.get("/.well-known/oauth-authorization-server").json()
        assert told["issuer"] == issuer
        assert told["token_endpoint"] == f"{issuer}/oauth/token"
        assert told["access_token_format"] == "ihe-jwt"
        assert "client_credentials" in told["grant_types_supported"]
    assert a.post("/.well-known/oauth-authorization-server").status_code == 405
    assert a.get("/oauth/token").status_code == 405


def test_a_client_is_known_by_its_certificate_and_its_token_bound_to_it(
    exchange: Exchange, a: httpx.Client, b: httpx.Client, bare: httpx.Client, issuer: str
) -> None:
    last = exchange.node.last_record()
    answer = ask(a, scope="ITI-78", resource=f"{issuer}/fhir", client_id=f"urn:oid:{HUB_A}")
    token = token_of(answer)
    (record,) = exchange.node.records_after(last)
    assert (record.transaction, record.outcome) == ("ITI-71", Outcome.SUCCESS)
    assert str(record.institution) == exchange.institutions[HUB_A]
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json()["token_type"] == "Bearer"
    assert answer.json()["scope"] == "ITI-78"
    assert answer.json()["expires_in"] == 300
    key = jwt.PyJWK(a.get("/oauth/jwks").json()["keys"][0]).key
    said = jwt.decode(token, key, algorithms=["ES256"], audience=f"{issuer}/fhir", issuer=issuer)
    assert said["client_id"] == f"urn:oid:{HUB_A}"
    assert said["extensions"]["ihe_iua"]["subject_organization_id"] == f"urn:oid:{HUB_A}"

    last = exchange.node.last_record()
    assert looks(a, token).status_code == 200
    (record,) = exchange.node.records_after(last)
    assert (record.transaction, record.assurance) == ("ITI-78", Assurance.TOKEN)
    assert record.role is Role.SYSTEM
    assert str(record.institution) == exchange.institutions[HUB_A]
    for other in (b, bare):
        last = exchange.node.last_record()
        answer = looks(other, token)
        assert answer.status_code == 401
        assert 'error="invalid_token"' in answer.headers["www-authenticate"]
        assert len(exchange.node.records_after(last)) == 1


def test_a_user_s_assertion_becomes_a_user_s_token(
    exchange: Exchange, a: httpx.Client, provider: Provider
) -> None:
    given = of(HUB_A, provider)
    token = token_of(ask(a, grant_type=SAML2, assertion=given, scope="ITI-78"))
    last = exchange.node.last_record()
    assert looks(a, token).status_code == 200
    (record,) = exchange.node.records_after(last)
    assert (record.role, record.assurance) == (Role.CLINICIAN, Assurance.TOKEN)
    assert record.person is not None


def test_a_token_does_not_outlive_the_assertion_it_was_given_for(
    a: httpx.Client, provider: Provider
) -> None:
    ends = datetime.now(UTC) + timedelta(minutes=1)
    answer = ask(a, grant_type=SAML2, assertion=of(HUB_A, provider, not_on_or_after=ends))
    assert 0 < answer.json()["expires_in"] <= 60


def test_a_patient_s_token_asks_for_no_people(
    exchange: Exchange, a: httpx.Client, provider: Provider
) -> None:
    patient = exchange.registered(HUB_A)
    claims = Claims(
        organization_ids=(f"urn:oid:{HUB_A}",),
        roles=(Code("PAT", "2.16.756.5.30.1.127.3.10.6"),),
        patients=(patient,),
    )
    token = token_of(ask(a, grant_type=SAML2, assertion=of(HUB_A, provider, claims=claims)))
    answer = looks(a, token)
    assert answer.status_code == 401
    assert 'error="insufficient_scope"' in answer.headers["www-authenticate"]


def test_an_assertion_of_several_patients_gives_no_token_of_one(
    exchange: Exchange, a: httpx.Client, provider: Provider
) -> None:
    two = (exchange.registered(HUB_A), exchange.registered(HUB_A))
    claims = replace(assertion().claims, organization_ids=(f"urn:oid:{HUB_A}",), patients=two)
    given = of(HUB_A, provider, claims=claims)
    assert refused(ask(a, grant_type=SAML2, assertion=given)) == (400, "invalid_grant")


def test_an_assertion_for_another_recipient_gives_no_token(
    a: httpx.Client, provider: Provider, issuer: str
) -> None:
    def asked(recipient: str) -> httpx.Response:
        to = (Confirmation(method=Method.BEARER, recipient=recipient),)
        return ask(a, grant_type=SAML2, assertion=of(HUB_A, provider, confirmations=to))

    assert refused(asked("https://other.example/token")) == (400, "invalid_grant")
    assert asked(f"{issuer}/oauth/token").status_code == 200


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"audiences": (frozenset({"urn:example:other"}),)}, "invalid_grant"),
        ({"issuer": "urn:example:unknown"}, "invalid_grant"),
        ({"not_on_or_after": datetime(2020, 1, 1, tzinfo=UTC)}, "invalid_grant"),
        ({"authentications": ()}, "invalid_grant"),
    ],
)
def test_an_assertion_that_is_not_believed_gives_no_token(
    exchange: Exchange, a: httpx.Client, provider: Provider, changed: dict[str, Any], error: str
) -> None:
    last = exchange.node.last_record()
    assert refused(ask(a, grant_type=SAML2, assertion=of(HUB_A, provider, **changed))) == (
        400,
        error,
    )
    (record,) = exchange.node.records_after(last)
    assert (record.transaction, record.outcome) == ("ITI-71", Outcome.MINOR_FAILURE)


def test_what_is_not_signed_or_not_of_the_client_gives_no_token(
    a: httpx.Client, provider: Provider
) -> None:
    unsigned = base64.urlsafe_b64encode(write_assertion(assertion()).encode()).decode()
    for given in (unsigned, "*", "", of(HUB_B, provider)):
        answer = ask(a, grant_type=SAML2, assertion=given)
        assert answer.status_code == 400
        assert answer.json()["error"] in {"invalid_grant", "invalid_request"}


def test_a_client_without_a_certificate_is_known_by_its_signature(
    exchange: Exchange,
    a: httpx.Client,
    b: httpx.Client,
    bare: httpx.Client,
    emr: Provider,
    issuer: str,
) -> None:
    shown = signed_by(emr, issuer)
    token = token_of(ask(bare, **shown))
    assert looks(bare, token).status_code == 200
    assert looks(a, token).status_code == 200
    assert looks(b, token).status_code == 401  # Of another institution than the connection's.
    assert refused(ask(bare, **shown)) == (401, "invalid_client")  # Used before.
    assert refused(ask(b, **signed_by(emr, issuer))) == (401, "invalid_client")
    mallory = Provider(ec.generate_private_key(ec.SECP256R1()), CLIENT)
    assert refused(ask(bare, **signed_by(mallory, issuer))) == (401, "invalid_client")
    assert refused(ask(bare, **signed_by(emr, "https://other.example"))) == (401, "invalid_client")
    answer = ask(bare, **signed_by(emr, issuer), client_id="urn:example:other")
    assert refused(answer) == (401, "invalid_client")
    assert "www-authenticate" in answer.headers


def test_a_client_s_key_says_who_no_user_is(
    exchange: Exchange, a: httpx.Client, bare: httpx.Client, emr: Provider, issuer: str
) -> None:
    minted = of(HUB_A, emr)
    assert refused(ask(a, grant_type=SAML2, assertion=minted)) == (400, "invalid_grant")
    shown = signed_by(emr, issuer)
    assert refused(ask(bare, grant_type=SAML2, assertion=minted, **shown)) == (400, "invalid_grant")


def test_an_assertion_provider_s_key_is_no_client_s(
    exchange: Exchange, bare: httpx.Client, issuer: str
) -> None:
    vouching = Provider(ec.generate_private_key(ec.SECP256R1()), "urn:example:idp-of-a")
    exchange.node.administer(
        _VOUCH, vouching.issuer, vouching.der.hex(), exchange.institutions[HUB_A]
    )
    shown = signed_by(vouching, issuer, iss=vouching.issuer, sub=vouching.issuer)
    assert refused(ask(bare, **shown)) == (401, "invalid_client")


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({"grant_type": "authorization_code"}, (401, "invalid_client")),
        ({"grant_type": "password"}, (400, "unsupported_grant_type")),
        ({"grant_type": ""}, (400, "invalid_request")),
        ({"scope": "ITI-78 everything"}, (400, "invalid_scope")),
        ({"resource": "https://other.example/fhir"}, (400, "invalid_target")),
        ({"client_id": "urn:oid:2.999.9"}, (401, "invalid_client")),
        ({"client_secret": "secret"}, (401, "invalid_client")),
        ({"client_assertion_type": "urn:x", "client_assertion": "x"}, (401, "invalid_client")),
        ({"client_assertion": "a.b.c"}, (401, "invalid_client")),
        ({"grant_type": SAML2}, (400, "invalid_request")),
    ],
)
def test_what_is_not_granted_is_named_and_recorded_once(
    exchange: Exchange, a: httpx.Client, form: dict[str, str], error: tuple[int, str]
) -> None:
    last = exchange.node.last_record()
    assert refused(ask(a, **form)) == error
    (record,) = exchange.node.records_after(last)
    assert (record.transaction, record.outcome) == ("ITI-71", Outcome.MINOR_FAILURE)


@pytest.mark.parametrize(
    ("content", "media"),
    [
        (b"grant_type=client_credentials&grant_type=x", FORM),
        (b"grant_type=client_credentials", "application/json"),
        (b"grant_type=%FF", FORM),
        ("grant_type=권한".encode(), FORM),
        (b"grant_type", FORM),
        (b"&".join(b"p%d=1" % number for number in range(40)), FORM),
        (b"grant_type=client_credentials&scope=" + b"x" * 300_000, FORM),
        (b"", FORM),
    ],
)
def test_a_form_that_is_none_is_refused(a: httpx.Client, content: bytes, media: str) -> None:
    answer = a.post("/oauth/token", content=content, headers={"Content-Type": media})
    assert refused(answer) == (400, "invalid_request")


def test_strangers_get_no_token(exchange: Exchange, bare: httpx.Client) -> None:
    assert refused(ask(bare)) == (401, "invalid_client")
    with at(exchange, SUSPENDED) as suspended:
        assert refused(ask(suspended)) == (401, "invalid_client")


@pytest.mark.parametrize("header", ["Bearer", "Bearer a.b.c", "Basic eDp5", "Digest a.b.c"])
def test_what_is_no_token_opens_nothing_even_beside_a_certificate(
    a: httpx.Client, header: str
) -> None:
    answer = a.get("/fhir/Patient", headers={"Authorization": header})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer ")


def test_a_token_opens_what_its_scope_holds(a: httpx.Client, bare: httpx.Client) -> None:
    token = token_of(ask(a, scope="ITI-67"))
    answer = looks(a, token)
    assert answer.status_code == 401
    assert 'error="insufficient_scope"' in answer.headers["www-authenticate"]
    assert a.get("/fhir/metadata", headers=bearing(token)).status_code == 200
    assert looks(bare, None).headers["www-authenticate"] == 'Bearer realm="fhir"'


EVERYTHING = "Patient/00000000-0000-4000-8000-000000000000/$everything"
"""Of nobody who is known."""

OBSERVATION = {
    "resourceType": "Observation",
    "status": "final",
    "code": {"text": "혈압"},
}


@pytest.mark.parametrize(
    ("scope", "method", "address", "statuses"),
    [
        ("system/Practitioner.rs", "GET", "Practitioner", {200, 422}),
        ("system/*.rs", "GET", "Practitioner", {200, 422}),
        ("system/Practitioner.r", "GET", "Practitioner", {403}),
        ("system/Organization.cruds", "GET", "Practitioner", {403}),
        ("ITI-78", "GET", "Practitioner", {403}),
        ("system/Patient.s", "GET", "Patient?family=Nobody", {200, 422}),
        ("system/Observation.c", "POST", "Observation", {200, 422}),
        ("system/Observation.ruds", "POST", "Observation", {403}),
        ("system/*.rs", "GET", EVERYTHING, {404}),
        ("system/*.s system/Patient.r", "GET", f"{EVERYTHING}?_type=Observation", {404}),
        # All that may be seen names documents, too.
        ("system/*.s system/Patient.r", "GET", EVERYTHING, {403}),
        # And so does what documents alone tell.
        ("system/*.s system/Patient.r", "GET", f"{EVERYTHING}?_type=Consent", {403}),
        (
            "system/Patient.r system/DocumentReference.r",
            "GET",
            f"{EVERYTHING}?_type=Consent",
            {404},
        ),
    ],
)
def test_a_scope_of_smart_opens_what_it_names(
    exchange: Exchange, a: httpx.Client, scope: str, method: str, address: str, statuses: set[int]
) -> None:
    token = token_of(ask(a, scope=scope))
    last = exchange.node.last_record()
    body = OBSERVATION if method == "POST" else None
    answer = a.request(method, f"/fhir/{address}", json=body, headers=bearing(token) | FHIR)
    (record,) = exchange.node.records_after(last)
    assert answer.status_code in statuses, answer.text  # 422: it names no patient.
    if answer.status_code != 403:
        return
    assert answer.json()["issue"][0]["code"] == "forbidden"
    assert 'error="insufficient_scope"' in answer.headers["www-authenticate"]
    assert "scope" in record.errors[0]


def test_a_condition_and_each_entry_of_a_bundle_need_a_scope_of_their_own(a: httpx.Client) -> None:
    token = token_of(ask(a, scope="system/Practitioner.c"))
    held = bearing(token) | FHIR
    doctor = {"resourceType": "Practitioner", "active": True}
    condition = held | {"if-none-exist": "identifier=urn:oid:2.999.7|1"}
    assert a.post("/fhir/Practitioner", json=doctor, headers=held).status_code == 201
    assert a.post("/fhir/Practitioner", json=doctor, headers=condition).status_code == 403

    def sent(*entries: dict[str, Any]) -> int:
        bundle = {"resourceType": "Bundle", "type": "transaction", "entry": entries}
        return a.post("/fhir", json=bundle, headers=held).status_code

    create = {"resource": doctor, "request": {"method": "POST", "url": "Practitioner"}}
    other = {"request": {"method": "DELETE", "url": f"Organization/{uuid4()}"}}
    assert sent(create) == 200
    assert sent(create, other) == 403


@pytest.mark.parametrize(
    "scope",
    [
        "user/Observation.rs",
        "patient/Observation.rs",
        "system/Observation.sr",
        "system/Observation.",
        "system/Binary.c",
        "system/Shoe.r",
        "system/Observation.read",
        "system/Observation.rs?category=laboratory",
    ],
)
def test_a_scope_that_is_not_told_is_not_given(a: httpx.Client, scope: str) -> None:
    assert refused(ask(a, scope=scope)) == (400, "invalid_scope")


def test_a_user_s_token_is_of_the_user(a: httpx.Client, provider: Provider) -> None:
    form = {"grant_type": SAML2, "scope": "user/Practitioner.rs"}
    token = token_of(ask(a, assertion=of(HUB_A, provider), **form))
    assert a.get("/fhir/Practitioner", headers=bearing(token)).status_code == 200
    system = form | {"scope": "system/Practitioner.rs"}
    assert refused(ask(a, assertion=of(HUB_A, provider), **system)) == (400, "invalid_scope")


def test_a_patient_reads_their_own_records_and_nobody_else_s(
    exchange: Exchange, a: httpx.Client, provider: Provider
) -> None:
    patients = [exchange.registered(HUB_A) for _ in range(2)]
    for patient in patients:
        consents(exchange.caller(HUB_A), patient, GRANT)
        subject = {"system": f"urn:oid:{patient.authority}", "value": patient.value}
        sent = OBSERVATION | {"subject": {"identifier": subject}}
        sent["effectiveDateTime"] = korean_day(datetime.now(UTC)).isoformat()
        assert a.post("/fhir/Observation", json=sent, headers=FHIR).status_code == 201
    claims = Claims(
        organization_ids=(f"urn:oid:{HUB_A}",),
        roles=(Code("PAT", "2.16.756.5.30.1.127.3.10.6"),),
        patients=patients[:1],
    )
    form = {"grant_type": SAML2, "assertion": of(HUB_A, provider, claims=claims)}
    assert refused(ask(a, **form, scope="patient/Observation.c")) == (400, "invalid_scope")
    token = token_of(ask(a, **form, scope="patient/Observation.rs"))
    for patient, number in zip(patients, (1, 0), strict=True):
        query = {"patient.identifier": f"urn:oid:{patient.authority}|{patient.value}"}
        found = a.get("/fhir/Observation", params=query, headers=bearing(token))
        assert found.json()["total"] == number, found.text


def test_a_token_is_looked_at_by_an_institution(
    exchange: Exchange, a: httpx.Client, b: httpx.Client, bare: httpx.Client
) -> None:
    token = token_of(ask(a, scope="ITI-78"))
    told = b.post("/oauth/introspect", data={"token": token}).json()
    assert told["active"] is True
    assert told["client_id"] == f"urn:oid:{HUB_A}"
    assert told["scope"] == "ITI-78"
    assert told["cnf"] == jwt.decode(token, options={"verify_signature": False})["cnf"]
    assert b.post("/oauth/introspect", data={"token": token[:-4]}).json() == {"active": False}
    assert b.post("/oauth/introspect", data={"x": "y"}).status_code == 400
    assert bare.post("/oauth/introspect", data={"token": token}).status_code == 401
