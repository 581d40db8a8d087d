"""An EMR opens a record in an emergency over the wire: for one person, for hours, told at once."""

import argparse
import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from naru.audit.records import Outcome
from naru.domain.arrangements import EmergencyCase
from naru.domain.caller import PurposeOfUse, Role
from naru.domain.codes import Code
from naru.domain.identifiers import Identifier
from naru.domain.xds import DocumentEntry
from naru.formats.fhir import validation
from naru.link import Link, NodeRefused, User
from naru.link.commands import add_to
from naru.link.errors import MessageWrong
from tests.assertions import CLINICIAN, Provider, assertion, rsa_provider
from tests.end_to_end import people
from tests.end_to_end.institutions import (
    CONTENT,
    GRANT,
    HUB_A,
    HUB_B,
    WITHDRAW,
    Exchange,
    consents,
    registers,
)
from tests.end_to_end.test_iua import SAML2, ask, at, bearing, token_of
from tests.end_to_end.test_xua import _TRUST

NURSE = Code("106292003", "2.16.840.1.113883.6.96")
TREAT, ETREAT, BTG = (Code(one, "2.16.840.1.113883.5.8") for one in ("TREAT", "ETREAT", "BTG"))
WHY = "의식 없이 실려 옴"
FHIR = {"content-type": "application/fhir+json"}
_CASE = """
from naru.consent import cases
from naru.notifications.models import Notice
from naru.patients import queries as patients
from naru.domain.identifiers import Identifier
patient = patients.resolve(Identifier(sys.argv[1], sys.argv[2])).patient
(case,) = [one for one in cases.still_open(cases.CaseKind.EMERGENCY) if one.patient == patient]
told = Notice.objects.filter(kind="emergency-access").count()
print(json.dumps([str(case.institution), (case.due - now).total_seconds() / 3600,
    case.entries[0][1].what, told]))
"""


@dataclass(frozen=True)
class Record:
    """A document of hub A, whose patient has withdrawn the consent."""

    patient: Identifier
    entry: DocumentEntry


@pytest.fixture
def kept(exchange: Exchange) -> Record:
    a = exchange.caller(HUB_A)
    patient = exchange.registered(HUB_A)
    consents(a, patient, GRANT)
    entry, answer = registers(a, patient)
    assert answer.errors == []
    consents(a, patient, WITHDRAW)
    return Record(patient, entry)


@pytest.fixture(scope="module")
def trusted(exchange: Exchange) -> None:
    own = x509.load_pem_x509_certificate((exchange.folder / f"{HUB_B}.pem").read_bytes())
    exchange.node.administer(_TRUST, f"urn:oid:{HUB_B}", own.public_bytes(Encoding.DER).hex())


@pytest.fixture
def link(exchange: Exchange, trusted: None) -> Iterator[Link]:
    ca = exchange.node.data / "ca" / "ca.pem"
    file = exchange.folder / "hub-b.toml"
    file.write_text(
        f"""
[node]
url = "https://127.0.0.1:{exchange.node.tls_port}"
certificate = "{HUB_B}.pem"
key = "{HUB_B}.key"
authority = "{ca}"
[institution]
name = "시험병원"
oid = "{HUB_B}"
[exchange]
affinity_domain = "{people.DOMAIN}"
patient_id_authority = "{HUB_B}.1"
[assertion]
issuer = "urn:oid:{HUB_B}"
""",
        "utf-8",
    )
    with Link.from_file(file) as link:
        yield link


@pytest.fixture(scope="module")
def provider(exchange: Exchange) -> Provider:
    found = Provider(rsa_provider().key, "urn:example:emergency-provider")
    exchange.node.administer(_TRUST, found.issuer, found.der.hex())
    return found


def user(id_: str, purpose: Code = ETREAT, role: Code = CLINICIAN) -> User:
    return User(id=id_, name="이응급", signed_in=datetime.now(UTC), role=role, purpose=purpose)


def sees(link: Link, record: Record, asks: User) -> list[str]:
    with link.speaking_for(asks):
        return [one.unique_id for one in link.find(record.patient)]


def opens(link: Link, record: Record, asks: User, **more: Any) -> Any:
    with link.speaking_for(asks):
        return link.open_in_emergency(
            record.patient, case=EmergencyCase.UNCONSCIOUS, reason=WHY, **more
        )


def test_a_clinician_opens_it_sees_it_alone_and_closes_it(
    exchange: Exchange, link: Link, kept: Record
) -> None:
    doctor, colleague = f"kim-{uuid4()}", f"park-{uuid4()}"
    # Without a case the purpose alone opens nothing, whichever of its codes says it.
    assert [sees(link, kept, user(doctor, one)) for one in (TREAT, ETREAT, BTG)] == [[], [], []]

    last = exchange.node.last_record()
    begun = opens(link, kept, user(doctor), hours=2)

    token, opened = exchange.node.records_after(last)
    assert (token.transaction, opened.transaction) == ("ITI-71", "emergency-access")
    assert (opened.outcome, opened.role) == (Outcome.SUCCESS, Role.CLINICIAN)
    assert opened.purpose is PurposeOfUse.EMERGENCY_TREATMENT
    assert begun.until - begun.since == timedelta(hours=2)
    told = exchange.node.administer(_CASE, kept.patient.value, kept.patient.authority)
    institution, due, why, notices = json.loads(told)
    assert (institution, why, notices >= 1) == (exchange.institutions[HUB_B], WHY, True)
    assert 71.5 < due <= 72

    assert sees(link, kept, user(doctor, ETREAT)) == [kept.entry.unique_id]
    assert sees(link, kept, user(doctor, BTG)) == [kept.entry.unique_id]
    assert sees(link, kept, user(doctor, TREAT)) == []
    assert sees(link, kept, user(colleague)) == []
    assert link.find(kept.patient) == ()
    with link.speaking_for(user(doctor)):
        assert link.open(link.look_up(kept.entry.unique_id)).octets == CONTENT

    with pytest.raises(NodeRefused), link.speaking_for(user(colleague)):
        link.end_emergency(kept.patient, begun.id)
    with link.speaking_for(user(doctor)):
        link.end_emergency(kept.patient, begun.id)
    assert sees(link, kept, user(doctor)) == []


@pytest.mark.parametrize(
    "asks",
    [
        user("nurse", role=NURSE),
        user("long", role=CLINICIAN),
    ],
    ids=["a role that may not", "longer than policy lets"],
)
def test_who_may_not_is_refused_in_one_sentence_and_recorded(
    exchange: Exchange, link: Link, kept: Record, asks: User
) -> None:
    last = exchange.node.last_record()
    with pytest.raises(NodeRefused) as refused:
        opens(link, kept, asks, hours=25 if asks.id == "long" else 1)
    assert refused.value.codes == ("forbidden",)
    _token, record = exchange.node.records_after(last)
    assert (record.transaction, record.outcome) == ("emergency-access", Outcome.MINOR_FAILURE)
    assert sees(link, kept, asks) == []


def test_a_system_without_a_person_is_refused(
    exchange: Exchange, link: Link, kept: Record, provider: Provider
) -> None:
    with pytest.raises(MessageWrong):
        link.open_in_emergency(kept.patient, case=EmergencyCase.UNCONSCIOUS, reason=WHY)
    with at(exchange, HUB_B) as client:
        token = token_of(ask(client, scope="emergency-access"))
        for headers in ({}, bearing(token)):
            last = exchange.node.last_record()
            answer = posts(client, kept.patient, headers)
            assert answer.status_code == 403
            assert "person" in answer.json()["issue"][0]["diagnostics"]
            (record,) = exchange.node.records_after(last)
            assert record.errors == ("PersonRequired",)


def posts(
    client: httpx.Client, whose: Identifier, headers: dict[str, str], **changed: Any
) -> httpx.Response:
    said = {
        "patient": {
            "valueIdentifier": {"system": f"urn:oid:{whose.authority}", "value": whose.value}
        },
        "case": {"valueCode": "unconscious"},
        "reason": {"valueString": WHY},
    } | changed
    told = [{"name": name, **value} for name, value in said.items() if value]
    resource = {"resourceType": "Parameters", "parameter": told}
    return client.post("/fhir/Patient/$emergency-access", json=resource, headers=FHIR | headers)


def of_user(provider: Provider, **claims: Any) -> str:
    """An assertion of a clinician of hub B, as ITI-71 takes it."""
    said = assertion(datetime.now(UTC), issuer=provider.issuer)
    told = replace(said.claims, organization_ids=(f"urn:oid:{HUB_B}",), **claims)
    signed = provider.sign(
        replace(said, audiences=(frozenset({f"urn:oid:{people.DOMAIN}"}),), claims=told)
    )
    return base64.urlsafe_b64encode(signed).rstrip(b"=").decode()


def test_a_token_opens_it_with_its_scope_for_its_patient_and_with_a_case(
    exchange: Exchange, kept: Record, provider: Provider
) -> None:
    other = exchange.registered(HUB_A)
    with at(exchange, HUB_B) as client:

        def token(scope: str = "emergency-access", **claims: Any) -> dict[str, str]:
            given = of_user(provider, **claims)
            return bearing(token_of(ask(client, grant_type=SAML2, assertion=given, scope=scope)))

        assert posts(client, kept.patient, token("ITI-67")).status_code == 401
        assert posts(client, kept.patient, token(patients=(other,))).status_code == 403
        for wrong in (
            {"case": {"valueCode": "curious"}},
            {"reason": None},
            {"hours": {"valuePositiveInt": 0}},
            {"surplus": {"valueCode": "x"}},
            {"patient": None},
        ):
            assert posts(client, kept.patient, token(), **wrong).status_code in {400, 403}, wrong
        nobody = replace(kept.patient, value="TEST-nobody")
        refusals = [
            posts(client, one, token(roles=(NURSE,))).text for one in (nobody, kept.patient)
        ]
        assert refusals[0] == refusals[1]
        assert posts(client, nobody, token()).status_code == 403
        answer = posts(client, kept.patient, token())
        assert answer.status_code == 200
        validation.check(answer.json(), "Parameters")


def test_the_capability_statement_leads_to_the_definition(exchange: Exchange) -> None:
    with at(exchange, HUB_B) as client:
        (rest,) = client.get("/fhir/metadata").json()["rest"]
        (patient,) = [one for one in rest["resource"] if one["type"] == "Patient"]
        told = {one["name"]: one["definition"] for one in patient["operation"]}
        for name in ("emergency-access", "end-emergency-access"):
            found = client.get(f"/fhir/OperationDefinition/{name}").json()
            validation.check(found, "OperationDefinition")
            assert found["url"] == told[name]
        assert client.get("/fhir/OperationDefinition/nothing").status_code == 404


def test_the_command_opens_finds_and_closes(
    exchange: Exchange, link: Link, kept: Record, capsys: pytest.CaptureFixture[str]
) -> None:
    parser = argparse.ArgumentParser()
    add_to(parser.add_subparsers())
    about = ["--config", str(exchange.folder / "hub-b.toml"), "--affinity-id", kept.patient.value]
    about += ["--user", f"lee-{uuid4()}", "--user-name", "이응급"]
    about += ["--role", f"{CLINICIAN.code}^{CLINICIAN.scheme}"]

    def run(*words: str) -> tuple[int, str]:
        chosen = parser.parse_args(["link", *words])
        done = chosen.run(chosen)
        return done, capsys.readouterr().out

    assert run("emergency", *about)[0] == MessageWrong.exit_code
    done, out = run("emergency", *about, "--case", "unconscious", "--reason", WHY)
    opened = UUID(json.loads(out)["id"])
    assert done == 0
    _, listed = run("find", *about, "--in-emergency")
    assert [one["unique_id"] for one in json.loads(listed)] == [kept.entry.unique_id]
    assert json.loads(run("find", *about)[1]) == []
    assert run("emergency", *about, "--end", str(opened)) == (0, "")
    assert json.loads(run("find", *about, "--in-emergency")[1]) == []
