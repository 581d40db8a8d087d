"""Whoever is not who they say, or not any more, is refused with the reason and recorded once.

Over sockets: assertions (SAML), access tokens (OAuth), a client's own assertion, another
institution's OID, a guardian whose mandate is over, a paper signed under another text.
"""

import base64
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from naru.audit.records import Outcome
from naru.consent import texts
from naru.domain.assertion import Claims
from naru.domain.codes import Code
from naru.domain.identifiers import Identifier
from naru.domain.korea import korean_day
from naru.formats.fhir.mhd import profiles
from tests.assertions import Provider
from tests.end_to_end import people
from tests.end_to_end.institutions import (
    GRANT,
    HUB_A,
    HUB_B,
    Exchange,
    consent_entry,
    consents,
    registers,
)
from tests.end_to_end.mhd import Consumer
from tests.end_to_end.test_iua import _TRUST, JWT_BEARER, SAML2, ask, at, bearing, looks, token_of
from tests.end_to_end.test_iua import of as for_token
from tests.end_to_end.test_signed_consents import in_bundle
from tests.end_to_end.test_xua import asks, fault_of
from tests.end_to_end.test_xua import of as claimed
from tests.exchange import papers
from tests.registry.synthetic import in_the_name_of

REP = Code("REP", "2.16.756.5.30.1.127.3.10.6")
CLIENT = "urn:example:forged-client"
_ISSUE = """
from datetime import timedelta
from uuid import uuid4
from naru.domain.access_token import AccessToken
from naru.domain.assertion import Claims
from naru.security import tokens
then = now - timedelta(minutes=int(sys.argv[2]))
print(tokens.issue(AccessToken(id=str(uuid4()), issuer=sys.argv[3], subject="TEST",
    client="urn:oid:" + sys.argv[1], audiences=frozenset({sys.argv[3] + "/fhir"}),
    scopes=frozenset({"ITI-78"}), issued=then, expires=then + timedelta(minutes=5),
    claims=Claims(organization_ids=("urn:oid:" + sys.argv[1],)))))
"""
_GUARD = """
from datetime import timedelta
from uuid import uuid4
from naru.consent import services
from naru.consent.acts import ActKind
from naru.domain.arrangements import Mandate, Relationship
from naru.domain.identifiers import Identifier
from naru.exchange import identify
from naru.patients import queries as patients
from naru.security import keys
patient = patients.resolve(Identifier(sys.argv[1], sys.argv[2])).patient
guardian = UUID(bytes=keys.ring().token("caller/user", sys.argv[3])[:16])
given = Mandate(id=uuid4(), representative=guardian, relationship=Relationship.COURT_GUARDIAN,
    first=today - timedelta(days=30), last=today + timedelta(days=int(sys.argv[4])))
services.perform(ActKind.MANDATE, patient, identify.operator(), "TEST-1", now, mandate=given)
"""
_LAST = """
from naru.audit import queries
(one,) = queries.between(None, None, limit=1)
print(json.dumps([[each.permitted, each.reason] for each in one.record.decisions]))
"""
_SAID = """
from naru.consent import queries
from naru.domain.identifiers import Identifier
from naru.patients import queries as patients
print(len(queries.acts(patients.resolve(Identifier(sys.argv[1], sys.argv[2])).patient)))
"""


@dataclass
class Last:
    """What stands in the audit since."""

    exchange: Exchange
    last: int

    def refused(self, transaction: str) -> str:
        """The reason in the one record that there is of it."""
        (record,) = self.exchange.node.records_after(self.last)
        assert record.transaction == transaction
        assert record.outcome is not Outcome.SUCCESS
        assert record.errors
        return " ".join(record.errors)


@pytest.fixture
def since(exchange: Exchange) -> Callable[[], Last]:
    return lambda: Last(exchange, exchange.node.last_record())


@pytest.fixture(scope="module")
def provider(exchange: Exchange) -> Provider:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    found = Provider(key, "urn:example:provider-of-refused")
    exchange.node.administer(_TRUST, found.issuer, found.der.hex())
    return found


@pytest.fixture(scope="module")
def emr(exchange: Exchange) -> Provider:
    found = Provider(ec.generate_private_key(ec.SECP256R1()), CLIENT)
    exchange.node.administer(_TRUST, CLIENT, found.der.hex(), exchange.institutions[HUB_A])
    return found


@pytest.fixture
def a(exchange: Exchange) -> Iterator[httpx.Client]:
    with at(exchange, HUB_A) as client:
        yield client


@pytest.fixture(scope="module")
def patient(exchange: Exchange) -> Identifier:
    return exchange.registered(HUB_A)


LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
STRANGER = Provider(ec.generate_private_key(ec.SECP256R1()), "urn:example:provider-of-refused")


def _forged(provider: Provider) -> bytes:
    return STRANGER.sign(replace(claimed(HUB_A), issuer=provider.issuer))


def _altered(provider: Provider) -> bytes:
    signed = provider.sign(replace(claimed(HUB_A), issuer=provider.issuer))
    return signed.replace(b"kim.haneul", b"kim.haneum")


def _expired(provider: Provider) -> bytes:
    old = replace(claimed(HUB_A), issuer=provider.issuer, issued=LONG_AGO, not_before=LONG_AGO)
    return provider.sign(replace(old, not_on_or_after=LONG_AGO + timedelta(minutes=5)))


def _of_another(provider: Provider) -> bytes:
    return provider.sign(replace(claimed(HUB_B), issuer=provider.issuer))


BAD_ASSERTIONS = [
    (_forged, "No trusted assertion provider"),
    (_altered, ""),
    (_expired, "expired"),
    (_of_another, "another institution"),
]


@pytest.mark.parametrize(("make", "reason"), BAD_ASSERTIONS)
def test_an_assertion_that_is_forged_expired_or_of_another_is_a_fault(
    exchange: Exchange,
    provider: Provider,
    patient: Identifier,
    since: Callable[[], Last],
    make: Callable[[Provider], bytes],
    reason: str,
) -> None:
    last = since()
    answer = asks(exchange.caller(HUB_A), patient, make(provider))
    assert answer.status == 400
    assert reason in fault_of(answer).reason
    assert last.refused("ITI-18")


@pytest.mark.parametrize(("make", "reason"), BAD_ASSERTIONS)
def test_the_same_gives_no_token(
    a: httpx.Client,
    provider: Provider,
    since: Callable[[], Last],
    make: Callable[[Provider], bytes],
    reason: str,
) -> None:
    given = base64.urlsafe_b64encode(make(provider)).rstrip(b"=").decode()
    last = since()
    answer = ask(a, grant_type=SAML2, assertion=given)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")
    assert reason in last.refused("ITI-71")


def test_a_message_with_an_assertion_that_comes_again_is_a_fault(
    exchange: Exchange, provider: Provider, patient: Identifier, since: Callable[[], Last]
) -> None:
    signed = provider.sign(replace(claimed(HUB_A), issuer=provider.issuer))
    message = f"urn:uuid:{uuid4()}"
    assert asks(exchange.caller(HUB_A), patient, signed, message).status == 200
    last = since()
    answer = asks(exchange.caller(HUB_A), patient, signed, message)
    assert (answer.status, "used before" in fault_of(answer).reason) == (400, True)
    assert last.refused("ITI-18")


def _token(exchange: Exchange, minutes_ago: int = 0) -> str:
    issuer = f"https://localhost:{exchange.node.tls_port}"
    return exchange.node.administer(_ISSUE, HUB_A, str(minutes_ago), issuer).strip()


def _with(token: str, **claims: object) -> str:
    """A token whose claims are others than what was signed."""
    head, body, signature = token.split(".")
    said = json.loads(base64.urlsafe_b64decode(body + "==")) | claims
    changed = base64.urlsafe_b64encode(json.dumps(said).encode()).rstrip(b"=").decode()
    return f"{head}.{changed}.{signature}"


def _unsigned(token: str) -> str:
    head = base64.urlsafe_b64encode(b'{"alg":"none","typ":"JWT"}').rstrip(b"=").decode()
    return f"{head}.{token.split('.')[1]}."


def test_a_token_that_is_forged_expired_or_borne_by_another_opens_nothing(
    exchange: Exchange, a: httpx.Client, since: Callable[[], Last]
) -> None:
    good = _token(exchange)
    assert looks(a, good).status_code == 200
    for bad in (
        _token(exchange, 60),
        _with(good, exp=4_000_000_000),
        _with(good, scope="ITI-67"),
        _unsigned(good),
        good[:-4] + "AAAA",
    ):
        last = since()
        answer = looks(a, bad)
        assert answer.status_code == 401
        assert 'error="invalid_token"' in answer.headers["www-authenticate"]
        assert last.refused("FHIR")
    bound = token_of(ask(a, scope="ITI-78"))
    with at(exchange, HUB_B) as b:
        for token in (good, bound):
            last = since()
            assert looks(b, token).status_code == 401
            assert last.refused("FHIR")


def test_a_client_s_assertion_that_is_forged_expired_replayed_or_of_another_gives_no_token(
    exchange: Exchange, a: httpx.Client, emr: Provider, since: Callable[[], Last]
) -> None:
    import jwt

    def made(key: Any = emr.key, **changed: object) -> dict[str, str]:
        said = {
            "iss": CLIENT,
            "sub": CLIENT,
            "aud": f"https://localhost:{exchange.node.tls_port}/oauth/token",
            "jti": str(uuid4()),
            "exp": int((datetime.now(UTC) + timedelta(minutes=2)).timestamp()),
        } | changed
        text = jwt.encode(said, key, algorithm="ES256")
        return {"client_assertion": text, "client_assertion_type": JWT_BEARER}

    good = made()
    assert ask(a, **good).status_code == 200
    with at(exchange, HUB_B) as b:
        for client, form in (
            (a, made(STRANGER.key)),
            (a, made(exp=int(LONG_AGO.timestamp()))),
            (a, made(aud="https://elsewhere.example/oauth/token")),
            (a, good),
            (b, made()),
        ):
            last = since()
            answer = ask(client, **form)
            assert answer.json()["error"] == "invalid_client"
            assert last.refused("ITI-71")


def test_a_guardian_whose_mandate_ended_yesterday_is_shown_nothing(
    exchange: Exchange, a: httpx.Client, provider: Provider
) -> None:
    own = exchange.registered(HUB_A)
    consents(exchange.caller(HUB_A), own, GRANT)
    assert registers(exchange.caller(HUB_A), own)[1].errors == []
    claims = Claims(organization_ids=(f"urn:oid:{HUB_A}",), roles=(REP,), patients=(own,))
    name = f"KH<kim.haneul@{provider.issuer}>"

    def told(ends: int) -> tuple[int, list[list[object]]]:
        exchange.node.administer(_GUARD, own.value, own.authority, name, str(ends))
        given = for_token(HUB_A, provider, claims=claims)
        token = token_of(ask(a, grant_type=SAML2, assertion=given, scope="patient/*.rs"))
        last = exchange.node.last_record()
        answer = a.get(
            "/fhir/DocumentReference",
            params={"patient.identifier": f"urn:oid:{own.authority}|{own.value}"}
            | {"status": "current"},
            headers=bearing(token),
        )
        assert answer.status_code == 200, answer.text
        assert len(exchange.node.records_after(last)) == 1
        return answer.json()["total"], json.loads(exchange.node.administer(_LAST))

    found, decided = told(-1)
    assert found == 0
    assert {tuple(one) for one in decided} == {(False, "no-mandate")}
    assert told(0)[0] > 0


def _by_soap(exchange: Exchange, patient: Identifier, entry: Any, octets: bytes) -> str:
    answer = exchange.caller(HUB_A).provide(people.submission(patient, entry), octets)
    return " ".join(f"{one.code} {one.context}" for one in answer.registry_response.errors)


def _by_fhir(exchange: Exchange, patient: Identifier, entry: Any, octets: bytes) -> str:
    caller = exchange.caller(HUB_A)
    assert caller.tls is not None
    consumer = Consumer(f"https://127.0.0.1:{exchange.node.tls_port}/fhir", caller.tls)
    sent = in_the_name_of(people.submission(patient, entry), HUB_A)
    return consumer.provide(in_bundle(sent, [octets], profiles.COMPREHENSIVE)).text


@pytest.mark.parametrize(
    ("send", "transaction"), [(_by_soap, "ITI-41"), (_by_fhir, "ITI-65")], ids=["ITI-41", "ITI-65"]
)
@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"version": "1999-01"}, "is unknown here"),
        ({"sha256": "0" * 64}, "not those of the version"),
    ],
    ids=["another version", "other words"],
)
def test_a_paper_that_was_signed_under_another_text_takes_no_effect(
    exchange: Exchange,
    since: Callable[[], Last],
    send: Callable[[Exchange, Identifier, Any, bytes], str],
    transaction: str,
    changed: dict[str, str],
    reason: str,
) -> None:
    patient, now = exchange.registered(HUB_A), datetime.now(UTC)
    wording = replace(texts.of("ko", on=korean_day(now)).wording, **changed)
    entry = consent_entry(patient, GRANT)
    octets = papers.paper(
        entry.unique_id, patient, GRANT, signed=now, from_date=korean_day(now), wording=wording
    )
    last = since()
    told = send(exchange, patient, entry, octets)
    assert reason in told
    assert "XDSRepositoryMetadataError" in told
    assert "XDSRepositoryMetadataError" in last.refused(transaction)
    assert exchange.node.administer(_SAID, patient.value, patient.authority).strip() == "0"
