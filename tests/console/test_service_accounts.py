"""A program's account: its own keys and scopes, new keys, an end that holds at the next request."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings
from django.test import Client, override_settings
from jwt.algorithms import ECAlgorithm

from naru.accounts import service_accounts
from naru.domain.caller import Role
from naru.exchange import identify
from naru.security import jwks
from naru.ui.clock import now
from tests.acting import node, staff
from tests.exchange.hospitals import Hospital
from tests.signing_in import wire

pytestmark = pytest.mark.django_db(transaction=True)

PAGE = "/console/clients/services"
JWT = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
SCOPE = "system/Observation.rs"


@pytest.fixture(autouse=True)
def _node() -> Iterator[None]:
    with node(), override_settings(NARU=replace(settings.NARU, sandbox=False)):
        yield


def key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def key_set(private: ec.EllipticCurvePrivateKey) -> str:
    return json.dumps({"keys": [json.loads(ECAlgorithm.to_jwk(private.public_key()))]})


def registered(operator: Client, hospital: Hospital, private: Any) -> str:
    given = {
        "name": "시험 프로그램",
        "institution": str(hospital.id),
        "scopes": SCOPE,
        "jwks": key_set(private),
    }
    assert operator.post(PAGE, given).status_code == 302
    return service_accounts.everyone()[-1].id


def ask(client: str, private: Any, scope: str = "", jti: str = "") -> tuple[int, Any]:
    at = now()
    said = {
        "iss": client, "sub": client, "aud": settings.NARU.token_endpoints[0],
        "jti": jti or str(uuid4()), "exp": int((at + timedelta(minutes=2)).timestamp()),
    }  # fmt: skip
    form = {
        "grant_type": "client_credentials",
        "client_assertion_type": JWT,
        "client_assertion": jwt.encode(said, private, algorithm="ES256"),
        **({"scope": scope} if scope else {}),
    }
    status, told = wire("POST", "/oauth/token", form)
    return status, told


def bearer(token: str) -> identify.Bearer:
    return identify.by_token(token, certificate=None, address="192.0.2.1", now=now())


def test_a_program_gets_its_own_scopes_by_its_newest_key_until_it_is_suspended() -> None:
    here, operator = Hospital(), staff(Role.OPERATOR, None, "강운영")
    first, second = key(), key()
    client = registered(operator, here, first)
    assert "아직 쓰지 않음" in operator.get("/console/clients").content.decode()

    status, told = ask(client, first)
    assert (status, told["scope"]) == (200, SCOPE)
    assert bearer(told["access_token"]).caller.institution == here.id
    assert ask(client, first, "system/Patient.rs")[0] == 400
    assert ask(client, second)[0] in {400, 401}
    once = str(uuid4())
    assert ask(client, first, jti=once)[0] == 200
    assert ask(client, first, jti=once)[0] in {400, 401}
    assert "아직 쓰지 않음" not in operator.get("/console/clients").content.decode()

    assert operator.post(f"{PAGE}/keys", {"account": client, "jwks": key_set(second)}).status_code
    assert ask(client, first)[0] in {400, 401}
    status, told = ask(client, second)
    assert status == 200

    stopped = {"account": client, "wanted": "suspended"}
    assert operator.post(f"{PAGE}/suspend", stopped).status_code == 302
    assert ask(client, second)[0] in {400, 401}
    with pytest.raises(identify.NotIdentified):
        bearer(told["access_token"])
    assert operator.post(f"{PAGE}/suspend", {**stopped, "wanted": "active"}).status_code == 302
    assert ask(client, second)[0] == 200


def test_what_is_no_account_or_no_public_key_is_refused() -> None:
    here, operator = Hospital(), staff(Role.OPERATOR, None, "강운영")
    good = {
        "name": "프로그램", "institution": str(here.id), "scopes": SCOPE, "jwks": key_set(key())
    }  # fmt: skip
    secret = json.dumps({"keys": [json.loads(ECAlgorithm.to_jwk(key()))]})
    for wrong in (
        {"name": " "}, {"institution": str(uuid4())}, {"institution": "x"}, {"scopes": ""},
        {"jwks": ""}, {"jwks": "[" * 9_000}, {"jwks": '{"keys":[]}'}, {"jwks": secret},
        {"jwks": '{"keys":[{"kty":"oct","k":"AAAA"}]}'}, {"jwks": '{"keys":[{"kty":"EC"}]}'},
    ):  # fmt: skip
        assert operator.post(PAGE, good | wrong).status_code == 422, wrong
    assert service_accounts.everyone() == ()
    nobody = {"account": "service-x", "jwks": key_set(key())}
    assert operator.post(f"{PAGE}/keys", nobody).status_code == 422
    assert operator.post(f"{PAGE}/suspend", nobody).status_code == 422
    assert staff(Role.DIRECTOR, here.id, "원장").post(PAGE, good).status_code == 403
    with pytest.raises(jwks.JwksRefused):
        jwks.read("x" * (jwks.LONGEST + 1))
