"""Apps that people let in: SMART App Launch 2 by code with PKCE, at our real doors."""

import re
from base64 import urlsafe_b64encode
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

import jwt
import pytest
from django.conf import settings
from django.test import Client, override_settings

from naru.accounts import clients, sessions
from naru.accounts.errors import ClientInvalid
from naru.accounts.models import Grant
from naru.accounts.values import OAuthClient
from naru.audit.records import Outcome
from naru.directory import services as directory
from naru.domain.caller import Role
from naru.exchange import identify
from naru.exchange.access import Access
from naru.exchange.institutions import providers
from naru.ui import viewing
from naru.ui.clock import now
from tests.assertions import Provider, ec_provider, rsa_provider
from tests.exchange.hospitals import Hospital
from tests.signin.test_sign_in import known, records
from tests.signin.test_staff import DOCTOR, appointed
from tests.signing_in import ORIGIN, Somebody, query, recognised, sign_up, wire

NARU = Somebody()
REDIRECT = "https://app.example/return"
VERIFIER = "TEST-verifier-of-forty-three-characters-or-more"
CHALLENGE = urlsafe_b64encode(sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
SCOPES = "openid fhirUser launch/patient patient/*.rs online_access"
APP = OAuthClient(
    id="TEST-app",
    name="건강수첩",
    institution=None,
    redirect_uris=(REDIRECT,),
    launch_uri="https://app.example/launch",
    scopes=frozenset(f"{SCOPES} launch user/*.rs ITI-67".split()),
    confidential=False,
    suspended=False,
)


@pytest.fixture(autouse=True)
def _app(_node: None) -> None:
    clients.register(APP, now())


def address(**changed: str) -> str:
    asked = {
        "response_type": "code",
        "client_id": APP.id,
        "redirect_uri": REDIRECT,
        "scope": SCOPES,
        "state": "TEST-state",
        "aud": f"{ORIGIN}/fhir",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
        "nonce": "TEST-nonce",
    }
    return "/oauth/authorize?" + urlencode({k: v for k, v in (asked | changed).items() if v})


def allowed(client: Client, **changed: str) -> dict[str, str]:
    answer = client.post(address(**changed), {"word": "yes"})
    assert answer.status_code == 302, answer.content.decode()
    assert answer.headers["Location"].startswith(REDIRECT + "?")
    return query(answer.headers["Location"])


def redeemed(good: str, **changed: str) -> tuple[int, dict[str, Any]]:
    form = {
        "grant_type": "authorization_code",
        "client_id": APP.id,
        "code": good,
        "redirect_uri": REDIRECT,
        "code_verifier": VERIFIER,
    }
    return wire("POST", "/oauth/token", form | changed)


def refreshed(token: str, **changed: str) -> tuple[int, dict[str, Any]]:
    form = {"grant_type": "refresh_token", "client_id": APP.id, "refresh_token": token}
    return wire("POST", "/oauth/token", form | changed)


def test_a_citizen_s_app_reads_their_record_and_nobody_else_s() -> None:
    patient, other = known(NARU), known(Somebody(name="박다른"), "TEST-9")
    client = recognised(sign_up(NARU))
    page = client.get(address())
    assert "건강수첩" in page.content.decode()
    assert "form-action 'self' https://app.example" in page.headers["Content-Security-Policy"]

    back = allowed(client)
    status, given = redeemed(back["code"])

    assert (back["state"], back["iss"]) == ("TEST-state", settings.NARU.issuer)
    assert status == 200
    assert given["patient"] == str(patient)
    said = jwt.decode(given["id_token"], options={"verify_signature": False})
    assert (said["aud"], said["nonce"]) == (APP.id, "TEST-nonce")
    assert said["fhirUser"].endswith(f"Patient/{patient}")
    begun = sessions.session(UUID(client.session["sign-in"]), now()).begun
    assert said["auth_time"] == int(begun.timestamp()) <= said["iat"]
    token = given["access_token"]
    search = f"/fhir/Observation?patient=Patient/{patient}"
    assert wire("GET", search, token=token)[0] == 200
    assert wire("GET", search.replace(str(patient), str(other)), token=token)[1].get("total") == 0
    assert wire("GET", "/fhir/Patient?family=김", token=token)[0] in {401, 403}
    assert wire("POST", "/fhir/Observation", {"a": "b"}, token=token)[0] in {401, 403}
    newest = max(records(), key=lambda one: one.time)
    assert newest.caller.person == sessions.session(UUID(client.session["sign-in"]), now()).account


def test_signing_out_ends_the_app_s_tokens_at_once() -> None:
    patient = known(NARU)
    client = recognised(sign_up(NARU))
    _status, given = redeemed(allowed(client)["code"])
    search = f"/fhir/Observation?patient=Patient/{patient}"
    assert wire("GET", search, token=given["access_token"])[0] == 200

    client.post("/sign-out")

    assert wire("GET", search, token=given["access_token"])[0] == 401
    assert refreshed(given["refresh_token"])[1]["error"] == "invalid_grant"


def test_a_code_is_good_once_and_its_replay_ends_the_family() -> None:
    patient = known(NARU)
    client = recognised(sign_up(NARU))
    code = allowed(client)["code"]
    status, given = redeemed(code)

    assert status == 200
    search = f"/fhir/Observation?patient=Patient/{patient}"
    assert wire("GET", search, token=given["access_token"])[0] == 200
    newest = refreshed(given["refresh_token"])[1]
    assert redeemed(code)[1]["error"] == "invalid_grant"
    assert refreshed(newest["refresh_token"])[1]["error"] == "invalid_grant"
    # RFC 6749 4.1.2: also what was given for it before.
    for token in (given["access_token"], newest["access_token"]):
        assert wire("GET", search, token=token)[0] == 401


def test_a_refresh_token_rotates_and_its_replay_ends_the_family() -> None:
    known(NARU)
    client = recognised(sign_up(NARU))
    _status, given = redeemed(allowed(client)["code"])
    first = given["refresh_token"]

    status, again = refreshed(first)
    assert status == 200
    assert again["refresh_token"] != first
    narrow = refreshed(again["refresh_token"], scope="patient/*.rs")[1]
    assert narrow["scope"] == "patient/*.rs"
    assert refreshed(first)[1]["error"] == "invalid_grant"
    assert refreshed(narrow["refresh_token"])[1]["error"] == "invalid_grant"
    assert Grant.objects.get().ended_at


@pytest.mark.parametrize(
    "wrong",
    [
        {"code_verifier": "x" * 43},
        {"code_verifier": ""},
        {"redirect_uri": f"{REDIRECT}/"},
        {"client_id": "TEST-other"},
        {"code": "x" * 43},
    ],
)
def test_a_code_is_its_own_app_s_with_its_own_proof(wrong: dict[str, str]) -> None:
    known(NARU)
    other = OAuthClient(
        **{name: getattr(APP, name) for name in OAuthClient.__slots__} | {"id": "TEST-other"}
    )
    clients.register(other, now())
    code = allowed(recognised(sign_up(NARU)))["code"]

    assert redeemed(code, **wrong)[1]["error"] == "invalid_grant"
    again = redeemed(code)[0]
    # A wrong proof uses the code up; another client's try does not.
    assert again == (200 if wrong.keys() & {"client_id", "code"} else 400)


@pytest.mark.parametrize(
    "uri", [f"{REDIRECT}x", "https://app.example/", "http://app.example/return", ""]
)
def test_nobody_is_led_to_an_address_that_is_not_registered(uri: str) -> None:
    known(NARU)
    client = recognised(sign_up(NARU))
    for client_id in (APP.id, "TEST-nobody"):
        answer = client.post(address(redirect_uri=uri, client_id=client_id), {"word": "yes"})
        assert answer.status_code == 403
        assert "Location" not in answer.headers


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": ""}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"state": ""}, "invalid_request"),
        ({"aud": "https://elsewhere.example/fhir"}, "invalid_target"),
        ({"scope": "system/*.rs"}, "invalid_scope"),
        ({"scope": "patient/*.cud"}, "invalid_scope"),
        ({"scope": "user/*.rs"}, "invalid_scope"),
        ({"scope": "nonsense"}, "invalid_scope"),
        ({"scope": ""}, "invalid_scope"),
        ({"launch": "00", "scope": SCOPES}, "invalid_request"),
    ],
)
def test_what_is_asked_wrongly_goes_back_with_why(changed: dict[str, str], error: str) -> None:
    known(NARU)
    client = recognised(sign_up(NARU))

    answer = client.get(address(**changed))

    assert query(answer.headers["Location"])["error"] == error


def test_no_is_an_answer_and_a_late_code_is_none() -> None:
    known(NARU)
    client = recognised(sign_up(NARU))
    no = client.post(address(), {"word": "no"})
    assert query(no.headers["Location"])["error"] == "access_denied"
    code = allowed(client)["code"]
    Grant.objects.update(code_ends=now() - timedelta(seconds=1))
    assert redeemed(code)[1]["error"] == "invalid_grant"


def test_a_clinician_opens_an_app_with_the_patient_who_is_open() -> None:
    patient = known(NARU)
    hospital = Hospital()
    doctor = appointed(DOCTOR, Role.DOCTOR, hospital)
    session = doctor.session
    session[f"viewing-{viewing.PATIENT}"] = str(patient)
    session.save()

    led = doctor.post("/apps/launch", {"app": APP.id}).headers["Location"]
    assert led.startswith("https://app.example/launch?iss=")
    launch = query(led)["launch"]
    assert str(patient) not in led
    wanted = {"launch": launch, "scope": "launch patient/*.rs user/*.rs"}
    status, given = redeemed(allowed(doctor, **wanted)["code"])

    assert (status, given["patient"]) == (200, str(patient))
    assert "refresh_token" not in given
    again = doctor.post(address(**wanted), {"word": "yes"})
    assert query(again.headers["Location"])["error"] == "invalid_request"
    other = recognised(sign_up(NARU))
    stolen = other.get(address(launch=launch, scope="launch patient/*.rs"))
    assert stolen.status_code in {200, 302}
    doctor.post("/account/act-as", {"as": "me"})
    search = f"/fhir/Observation?patient=Patient/{patient}"
    assert wire("GET", search, token=given["access_token"])[0] == 401


def test_an_institution_s_app_is_for_its_own_people_and_while_it_takes_part() -> None:
    here, there = Hospital(), Hospital()
    theirs = replace(APP, id="TEST-theirs", institution=there.id)
    clients.register(theirs, now())
    wanted = {"client_id": theirs.id, "scope": "user/*.rs"}
    doctor = appointed(DOCTOR, Role.DOCTOR, here)

    answer = doctor.post(address(**wanted), {"word": "yes"})
    assert query(answer.headers["Location"])["error"] == "unauthorized_client"
    assert theirs.id not in doctor.get("/apps").content.decode()
    colleague = appointed(Somebody(name="박의사", phone=""), Role.DOCTOR, there)
    code = allowed(colleague, **wanted)["code"]
    status, given = redeemed(code, client_id=theirs.id)
    assert status == 200
    late = allowed(colleague, **wanted)["code"]
    search = "/fhir/Observation?status=final"
    assert wire("GET", search, token=given["access_token"])[0] != 401

    directory.suspend(there.id, on=now())
    assert wire("GET", search, token=given["access_token"])[0] == 401
    assert redeemed(late, client_id=theirs.id)[1]["error"] == "invalid_grant"


def test_a_token_whose_sign_in_ended_is_told_to_nobody_as_good() -> None:
    known(NARU)
    client = recognised(sign_up(NARU))
    _status, given = redeemed(allowed(client)["code"])
    asked = {"token": given["access_token"]}
    with override_settings(NARU=replace(settings.NARU, sandbox=True)):
        assert wire("POST", "/oauth/introspect", asked)[1]["active"] is True
        client.post("/sign-out")
        assert wire("POST", "/oauth/introspect", asked)[1] == {"active": False}


def test_opening_an_app_with_a_patient_is_recorded_and_a_suspended_one_is_not_opened() -> None:
    patient = known(NARU)
    doctor = appointed(DOCTOR, Role.DOCTOR, Hospital())
    session = doctor.session
    session[f"viewing-{viewing.PATIENT}"] = str(patient)
    session.save()
    before = len(records())

    assert doctor.post("/apps/launch", {"app": APP.id}).status_code == 302
    clients.suspend(APP.id)
    assert doctor.post("/apps/launch", {"app": APP.id}).status_code == 404

    new = records()[before:]
    assert [(one.outcome, one.patients) for one in new] == [
        (Outcome.SUCCESS, (patient,)),
        (Outcome.MINOR_FAILURE, (patient,)),
    ]


def test_the_discovery_documents_agree() -> None:
    told = [
        wire("GET", path)[1]
        for path in (
            "/.well-known/oauth-authorization-server",
            "/.well-known/openid-configuration",
            "/fhir/.well-known/smart-configuration",
        )
    ]

    assert all(one.items() >= told[0].items() for one in told)
    assert told[0]["authorization_endpoint"] == f"{ORIGIN}/oauth/authorize"
    assert told[0]["code_challenge_methods_supported"] == ["S256"]
    assert "launch-ehr" in told[2]["capabilities"]


@pytest.mark.parametrize(
    "uri",
    [
        "http://app.example/",
        "https://app.example/#x",
        "https://*.example/",
        "https://u@app.example/",
        "app://x",
        "",
    ],
)
def test_a_redirect_uri_is_a_whole_https_address(uri: str) -> None:
    with pytest.raises(ClientInvalid):
        clients.register(
            OAuthClient(
                id="TEST-wrong",
                name="x",
                institution=None,
                redirect_uris=(uri,),
                launch_uri="",
                scopes=frozenset({"openid"}),
                confidential=False,
                suspended=False,
            ),
            now(),
        )


def test_a_suspended_app_gets_nothing_more() -> None:
    patient = known(NARU)
    client = recognised(sign_up(NARU))
    _status, given = redeemed(allowed(client)["code"])
    operator = appointed(Somebody(name="강운영", phone=""), Role.OPERATOR, None)
    assert APP.id in operator.get("/console/clients").content.decode()
    operator.post("/console/clients/suspend", {"client": APP.id, "wanted": "suspended"})

    search = f"/fhir/Observation?patient=Patient/{patient}"
    assert wire("GET", search, token=given["access_token"])[0] == 401
    assert refreshed(given["refresh_token"])[0] == 401
    assert client.get(address()).status_code == 403
    form = {
        "name": "둘째",
        "redirect_uris": "http://127.0.0.1:9000/cb",
        "scopes": "openid",
        "kind": "public",
    }
    assert operator.post("/console/clients/register", form).status_code == 302
    assert operator.post("/console/clients/register", form | {"name": ""}).status_code == 422
    assert re.search("app-[0-9a-f]{16}", operator.get("/console/clients").content.decode())


def test_a_confidential_app_shows_its_key_each_time_and_nothing_less_will_do() -> None:
    """RFC 7523 section 2.2: private_key_jwt, in the code flow."""
    hospital = Hospital()
    known(NARU)
    name = "TEST-confidential"
    clients.register(replace(APP, id=name, confidential=True), now())
    operating = Access(transaction="trust", caller=identify.operator(), time=now())
    providers.trust_client(operating, name, ec_provider().der, hospital.id)
    client = recognised(sign_up(NARU))

    def shown(signer: Provider, **changed: Any) -> dict[str, str]:
        moment = int(now().timestamp())
        said = {"iss": name, "sub": name, "jti": str(uuid4()), "iat": moment, "exp": moment + 60}
        said |= {"aud": settings.NARU.token_endpoints[0]} | changed
        algorithm = "ES256" if signer is ec_provider() else "RS256"
        kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
        signed = jwt.encode(said, signer.key, algorithm=algorithm)
        return {"client_assertion_type": kind, "client_assertion": signed}

    code = allowed(client, client_id=name)["code"]
    assert redeemed(code, client_id=name)[1]["error"] == "invalid_client"
    for wrong in (shown(rsa_provider()), shown(ec_provider(), aud="https://elsewhere.example")):
        assert redeemed(code, client_id=name, **wrong)[1]["error"] == "invalid_client"
    good = shown(ec_provider())
    status, given = redeemed(code, client_id=name, **good)
    assert (status, given["token_type"]) == (200, "Bearer")
    again = {"client_id": name, **good}
    assert refreshed(given["refresh_token"], **again)[1]["error"] == "invalid_client"  # A replay.
    again = {"client_id": name, **shown(ec_provider())}
    assert refreshed(given["refresh_token"], **again)[0] == 200
    public = redeemed(allowed(client)["code"], **shown(ec_provider()))
    assert public[1]["error"] == "invalid_client"  # A public app's id is none of this key's.
