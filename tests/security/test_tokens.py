"""Our access tokens, and the assertions of clients: whatever is not exactly ours opens nothing."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from naru.domain.access_token import AccessToken, TokenInvalid
from naru.domain.assertion import Claims
from naru.domain.codes import Code, LocalizedString
from naru.domain.identifiers import Identifier
from naru.security import tokens
from naru.security.iua import ClaimsInvalid, from_extensions, to_extensions
from tests.assertions import Provider, ec_provider, rsa_provider

NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)
ISSUER, AUDIENCE = "https://node.example", "https://node.example/fhir"
MINUTE = timedelta(minutes=1)
TOKEN = AccessToken(
    id="one",
    issuer=ISSUER,
    subject="kim.haneul",
    client="urn:oid:2.999.3.1",
    audiences=frozenset({AUDIENCE}),
    scopes=frozenset({"ITI-67", "ITI-68"}),
    issued=NOW,
    expires=NOW + 5 * MINUTE,
    claims=Claims(
        names=("김하늘",),
        organizations=("하늘의원",),
        organization_ids=("urn:oid:2.999.3.1",),
        home_communities=("urn:oid:2.999.1",),
        national_provider_identifiers=("TEST-1",),
        roles=(Code("HCP", "2.999.5", (LocalizedString("의사"),)),),
        purposes=(Code("TREAT", "2.999.6"),),
        patients=(Identifier("1", "2.999.9"),),
        consent_documents=("urn:oid:2.999.8",),
        policies=("urn:oid:2.999.7",),
    ),
    user="KH<kim.haneul@urn:example:idp>",
    certificate="ab" * 32,
)


def read(text: str, *, now: datetime = NOW, issuer: str = ISSUER, audience: str = AUDIENCE) -> Any:
    return tokens.read(text, issuer=issuer, audiences=[audience], now=now)


def part(value: Mapping[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def parts(text: str) -> tuple[dict[str, Any], dict[str, Any], str]:
    header, payload, signature = text.split(".")
    read_again = [json.loads(base64.urlsafe_b64decode(one + "==")) for one in (header, payload)]
    return read_again[0], read_again[1], signature


def test_what_is_issued_is_read_again() -> None:
    assert read(tokens.issue(TOKEN)) == TOKEN
    bare = replace(TOKEN, claims=Claims(), user="", certificate="")
    assert read(tokens.issue(bare)) == bare


def test_a_token_says_what_iua_asks_for() -> None:
    header, said, _ = parts(tokens.issue(TOKEN))
    assert header["alg"] == "ES256"
    assert {"iss", "sub", "client_id", "aud", "jti", "exp", "iat", "scope"} <= set(said)
    assert said["scope"] == "ITI-67 ITI-68"
    assert said["extensions"]["ihe_iua"]["subject_organization_id"] == "urn:oid:2.999.3.1"
    assert said["extensions"]["ihe_iua"]["subject_role"][0]["code"] == "HCP"
    assert said["extensions"]["ihe_bppc"]["patient_id"] == "1^^^&2.999.9&ISO"


def test_others_check_a_token_by_the_published_key() -> None:
    key = jwt.PyJWK(tokens.public_jwk()).key
    said = jwt.decode(
        tokens.issue(replace(TOKEN, expires=datetime.now(UTC) + MINUTE)),
        key,
        algorithms=["ES256"],
        audience=AUDIENCE,
        options={"verify_iat": False},
    )
    assert said["sub"] == "kim.haneul"
    assert "d" not in tokens.public_jwk()


@pytest.mark.parametrize(
    "changed",
    [
        {"now": NOW + 5 * MINUTE},
        {"now": NOW - MINUTE},
        {"issuer": "https://other.example"},
        {"audience": "https://other.example/fhir"},
    ],
)
def test_a_token_of_another_time_or_place_opens_nothing(changed: dict[str, Any]) -> None:
    with pytest.raises(TokenInvalid):
        read(tokens.issue(TOKEN), **changed)


def forged() -> dict[str, str]:
    """Tokens that somebody else made of a good one."""
    header, said, signature = parts(tokens.issue(TOKEN))
    mallory = ec.generate_private_key(ec.SECP256R1())
    jwk = tokens.public_jwk()
    own = {
        name: json.loads(jwt.algorithms.ECAlgorithm.to_jwk(mallory.public_key())) for name in "k"
    }

    def unsigned(algorithm: str) -> str:
        return f"{part(header | {'alg': algorithm})}.{part(said)}."

    def mac(secret: bytes) -> str:
        body = f"{part(header | {'alg': 'HS256'})}.{part(said)}"
        digest = hmac.new(secret, body.encode(), hashlib.sha256).digest()
        return f"{body}.{base64.urlsafe_b64encode(digest).rstrip(b'=').decode()}"

    def by_mallory(**more: Any) -> str:
        headers = {"typ": "at+jwt"} | more
        return jwt.encode(said, mallory, algorithm="ES256", headers=headers)

    whole = tokens.issue(TOKEN)
    missing = {
        f"without {name}": jwt.encode(
            {key: value for key, value in said.items() if key != name},
            tokens._key(),
            algorithm="ES256",
            headers={"typ": "at+jwt"},
        )
        for name in ("iss", "sub", "aud", "exp", "iat", "jti", "client_id", "scope")
    }
    return missing | {
        "empty": "",
        "no token": "a.b.c",
        "none": unsigned("none"),
        "None": unsigned("None"),
        "nOnE": unsigned("nOnE"),
        "no signature": unsigned("ES256"),
        "its signature under none": f"{part(header | {'alg': 'none'})}.{part(said)}.{signature}",
        "HMAC with the public key": mac(json.dumps(jwk).encode()),
        "HMAC with nothing": mac(b""),
        "another payload": f"{part(header)}.{part(said | {'sub': 'mallory'})}.{signature}",
        "another algorithm": f"{part(header | {'alg': 'ES384'})}.{part(said)}.{signature}",
        "another's key": by_mallory(),
        "another's key under our kid": by_mallory(kid=jwk["kid"]),
        "another's key in the header": by_mallory(jwk=own["k"]),
        "a key on the web": by_mallory(jku="http://127.0.0.1:9/jwks"),
        "a kid that is a path": by_mallory(kid="../../../../dev/null"),
        "a kid that is SQL": by_mallory(kid="' UNION SELECT 'x"),
        "an extension that must be understood": by_mallory(crit=["x"], x=1),
        "another type": jwt.encode(said, tokens._key(), "ES256", headers={"typ": "JWT"}),
        "no type": jwt.encode(said, tokens._key(), "ES256", headers={"typ": None}),
        "zeros": f"{part(header)}.{part(said)}.{base64.urlsafe_b64encode(bytes(64)).decode()[:-2]}",
        "more behind": whole + "A",
        "a part more": f"{whole}.{signature}",
        "nested too deep": ".".join(
            base64.urlsafe_b64encode(b"[" * 5000).decode() for _ in range(3)
        ),
        "too long": whole + "A" * 20_000,
        "not ASCII": whole[:-1] + "가",
    }


@pytest.mark.parametrize("name", sorted(forged()))
def test_a_forged_token_opens_nothing(name: str) -> None:
    with pytest.raises(TokenInvalid):
        read(forged()[name])


@pytest.mark.parametrize(
    "extensions",
    [
        [],
        {"ihe_iua": []},
        {"ihe_iua": {"subject_name": 1}},
        {"ihe_iua": {"subject_role": [{"code": 1}]}},
        {"ihe_iua": {"subject_role": ["HCP"]}},
        {"ihe_bppc": {"patient_id": "no CX"}},
    ],
)
def test_claims_that_are_not_iua_s_are_refused(extensions: Any) -> None:
    with pytest.raises(ClaimsInvalid):
        from_extensions(extensions)


def test_claims_are_none_where_none_are_made() -> None:
    assert from_extensions(None) == Claims()
    assert to_extensions(Claims()) == {}
    assert from_extensions(to_extensions(TOKEN.claims)) == TOKEN.claims


CLIENT = "urn:example:client"
ENDPOINT = f"{ISSUER}/oauth/token"


def client_assertion(
    provider: Provider, algorithm: str, headers: dict[str, Any] | None = None, **changed: Any
) -> str:
    said: dict[str, Any] = {
        "iss": CLIENT,
        "sub": CLIENT,
        "aud": ENDPOINT,
        "jti": "one",
        "exp": int((NOW + MINUTE).timestamp()),
    }
    told = {key: value for key, value in (said | changed).items() if value is not None}
    return jwt.encode(told, provider.key, algorithm=algorithm, headers=headers)


def read_client(text: str, provider: Provider) -> tokens.ClientAssertion | None:
    return tokens.read_client_assertion(
        text, client=CLIENT, certificates=[provider.der], audiences=[ENDPOINT], now=NOW
    )


@pytest.mark.parametrize(
    ("provider", "algorithm"),
    [(rsa_provider(), "RS256"), (rsa_provider(), "PS512"), (ec_provider(), "ES256")],
)
def test_a_client_says_who_it_is_by_its_signature(provider: Provider, algorithm: str) -> None:
    found = read_client(client_assertion(provider, algorithm), provider)
    assert found is not None
    assert (found.client, found.id) == (CLIENT, "one")
    other = ec_provider() if provider is rsa_provider() else rsa_provider()
    assert read_client(client_assertion(provider, algorithm), other) is None


@pytest.mark.parametrize(
    "changed",
    [
        {"iss": "urn:example:other"},
        {"sub": "urn:example:other"},
        {"aud": "https://other.example"},
        {"jti": None},
        {"jti": 7},
        {"jti": "a\ud800"},
        {"exp": None},
        {"exp": int((NOW - MINUTE).timestamp())},
        {"exp": int((NOW + timedelta(hours=1)).timestamp())},
        {"exp": 10**30},
        {"exp": int(datetime.max.replace(tzinfo=UTC).timestamp())},
        {"nbf": int((NOW + MINUTE).timestamp())},
    ],
)
def test_a_client_s_assertion_is_for_us_and_now(changed: dict[str, Any]) -> None:
    assert read_client(client_assertion(rsa_provider(), "RS256", **changed), rsa_provider()) is None


def test_a_client_s_assertion_may_begin_with_the_calendar() -> None:
    first = int(datetime.min.replace(tzinfo=UTC).timestamp())
    assert read_client(client_assertion(rsa_provider(), "RS256", nbf=first), rsa_provider())


def test_a_public_key_is_no_secret_of_a_mac() -> None:
    said = {"iss": CLIENT, "sub": CLIENT, "aud": ENDPOINT, "jti": "1", "exp": 2**33}
    header = {"alg": "HS256", "typ": "JWT"}
    body = f"{part(header)}.{part(said)}"
    digest = hmac.new(rsa_provider().pem, body.encode(), hashlib.sha256).digest()
    text = f"{body}.{base64.urlsafe_b64encode(digest).rstrip(b'=').decode()}"
    assert read_client(text, rsa_provider()) is None
    assert read_client(f"{part({'alg': 'none'})}.{part(said)}.", rsa_provider()) is None


def test_the_issuer_of_what_cannot_be_read_is_nobody() -> None:
    deep = ".".join(base64.urlsafe_b64encode(b"[" * 5000).decode() for _ in range(3))
    for text in ("", "a.b.c", deep, "x" * 100_000):
        assert tokens.claimed_issuer(text) == ""
