"""ITI-40 at the doors of a node for real records: who asks is known, or the answer is a fault."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from naru.audit.records import Outcome
from naru.domain.assertion import Assertion
from naru.domain.caller import Assurance, Role
from naru.domain.codes import Code
from naru.domain.stored_query import FindDocuments
from naru.domain.xds import AvailabilityStatus
from naru.formats.ebxml import adhoc_query
from naru.formats.saml import write_assertion, write_security
from naru.formats.soap import (
    SOAP_TYPE,
    FaultCode,
    SoapFault,
    new_message_id,
    read_fault,
    write_request_envelope,
)
from naru.formats.xml.namespaces import WSSE
from naru.link import Link, NodeRefused, User
from naru.link.config import config_from
from tests.assertions import CLINICIAN, TREATMENT, Provider, assertion, rsa_provider
from tests.end_to_end import people
from tests.end_to_end.institutions import GRANT, HUB_A, HUB_B, Exchange, consents, registers
from tests.end_to_end.node import Node, fresh_database
from tests.end_to_end.wire import QUERY_ACTION, REGISTRY, Answer, Caller

MINUTE = timedelta(minutes=1)
APPROVED = (AvailabilityStatus.APPROVED,)
_TRUST = """
from pathlib import Path
from naru.exchange.institutions import providers
from naru.exchange import identify
from naru.exchange.access import Access
der = bytes.fromhex(sys.argv[2])
providers.trust(Access(transaction="trust", caller=identify.operator(), time=now),
    sys.argv[1], der, None)
"""


@pytest.fixture(scope="module")
def provider(exchange: Exchange) -> Provider:
    found = rsa_provider()
    exchange.node.administer(_TRUST, found.issuer, found.der.hex())
    return found


def of(oid: str, **changed: Any) -> Assertion:
    """A physician of an institution, for this node."""
    value = assertion(datetime.now(UTC))
    claims = replace(value.claims, organization_ids=(f"urn:oid:{oid}",))
    domain = frozenset({f"urn:oid:{people.DOMAIN}"})
    return replace(value, **({"audiences": (domain,), "claims": claims} | changed))


def test_where_a_user_is_required_fhir_asks_for_one_too(tmp_path: Path) -> None:
    with fresh_database() as database:
        node = Node(
            data=tmp_path / "data", database=database, options=("--sandbox", "--xua", "required")
        )
        node.data.mkdir()
        node.start()
        with httpx.Client(base_url=f"http://127.0.0.1:{node.port}", timeout=30) as client:
            system = client.post("/oauth/token", data={"grant_type": "client_credentials"}).json()
            bears = {"Authorization": f"Bearer {system['access_token']}"}
            for headers in ({}, bears):
                answer = client.get("/fhir/Practitioner", headers=headers)
                assert answer.status_code == 401
                assert answer.json()["issue"][0]["code"] == "login"
            assert client.get("/fhir/metadata").status_code == 200
        node.stop()


def asks(caller: Caller, patient: Any, signed: bytes, message_id: str = "") -> Answer:
    body = adhoc_query.to_ebxml(
        adhoc_query.AdhocQueryRequest(query=FindDocuments(patient_id=patient, status=APPROVED))
    )
    message = write_request_envelope(
        action=QUERY_ACTION,
        to="urn:test",
        message_id=message_id or new_message_id(),
        body_xml=body,
        security=write_security(signed),
    )
    return caller.post(REGISTRY, SOAP_TYPE, message)


def fault_of(answer: Answer) -> SoapFault:
    fault = read_fault(answer.body)
    assert fault is not None
    return fault


_LAST_USER = """
from naru.audit.chain import read_record
from naru.audit.models import Record
row = Record.objects.order_by("-id").first()
user = read_record(row.record, bytes(row.body), bytes(row.sealed)).caller.user
print(user.name, user.text)
"""


def test_the_user_of_an_assertion_is_who_asks(exchange: Exchange, provider: Provider) -> None:
    a, b = exchange.caller(HUB_A), exchange.caller(HUB_B)
    patient = exchange.registered(HUB_A)
    consents(a, patient, GRANT, received=[b])
    entry, sent = registers(a, patient)
    assert sent.errors == []
    last = exchange.node.last_record()

    answer = asks(b, patient, provider.sign(of(HUB_B)))

    assert answer.status == 200, answer.content
    assert entry.unique_id in answer.content.decode()
    (record,) = exchange.node.records_after(last)
    assert (record.transaction, record.outcome) == ("ITI-18", Outcome.SUCCESS)
    assert (record.role, record.assurance) == (Role.CLINICIAN, Assurance.ASSERTION)
    assert str(record.institution) == exchange.institutions[HUB_B]
    assert record.person is not None
    told = exchange.node.administer(_LAST_USER)
    assert told.strip() == f"KH<kim.haneul@{provider.issuer}> 김하늘"
    clear = exchange.node.rows("SELECT body FROM audit_record ORDER BY id DESC LIMIT 1")[0][0]
    assert b"kim.haneul" not in bytes(clear)


def _expired() -> Assertion:
    past = datetime.now(UTC) - 10 * MINUTE
    return of(HUB_A, not_before=past, issued=past, not_on_or_after=past + MINUTE)


def _early() -> Assertion:
    ahead = datetime.now(UTC) + 10 * MINUTE
    return of(HUB_A, not_before=ahead, not_on_or_after=ahead + MINUTE)


REFUSED = {
    "expired": _expired,
    "not yet valid": _early,
    "unknown audience": lambda: of(HUB_A, audiences=(frozenset({"urn:example:other"}),)),
    "no AuthnStatement": lambda: of(HUB_A, authentications=()),
    "of another institution": lambda: of(HUB_B),
    "of an unknown issuer": lambda: of(HUB_A, issuer="urn:example:unknown"),
    "of an unknown role": lambda: of(
        HUB_A, claims=replace(of(HUB_A).claims, roles=(Code("X", "2.999"),))
    ),
}


@pytest.mark.parametrize("why", REFUSED)
def test_an_assertion_that_is_not_believed_is_a_fault_and_one_record(
    exchange: Exchange, provider: Provider, why: str
) -> None:
    a, last = exchange.caller(HUB_A), exchange.node.last_record()
    before = exchange.node.holdings()
    answer = asks(a, people.newcomer(), provider.sign(REFUSED[why]()))
    fault = fault_of(answer)
    assert answer.status == 400
    assert fault.code is FaultCode.SENDER
    assert fault.subcode is not None
    assert (fault.subcode.namespace, fault.subcode.local) == (WSSE, "FailedAuthentication")
    (record,) = exchange.node.records_after(last)
    assert (record.transaction, record.outcome) == ("ITI-18", Outcome.MINOR_FAILURE)
    assert str(record.institution) == exchange.institutions[HUB_A]
    assert exchange.node.holdings() == before


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda _: write_assertion(of(HUB_A)).encode(), "InvalidSecurity"),
        (lambda signed: signed.replace(b"kim.haneul", b"mallory"), "FailedCheck"),
        (lambda signed: signed.replace(b"#rsa-sha256", b"#hmac-sha256"), "UnsupportedAlgorithm"),
        (lambda _: b"<a/>", "UnsupportedSecurityToken"),
    ],
)
def test_what_is_wrong_with_the_token_is_named_as_ws_security_does(
    exchange: Exchange, provider: Provider, spoil: Any, code: str
) -> None:
    a = exchange.caller(HUB_A)
    answer = asks(a, people.newcomer(), spoil(provider.sign(of(HUB_A))))
    assert fault_of(answer).subcode.local == code  # type: ignore[union-attr]  # It has one.


def test_a_message_that_comes_again_is_refused_by_every_process_and_after_a_restart(
    exchange: Exchange, provider: Provider
) -> None:
    patient, signed, message_id = people.newcomer(), provider.sign(of(HUB_A)), new_message_id()
    assert asks(exchange.caller(HUB_A), patient, signed, message_id).status == 200
    assert asks(exchange.caller(HUB_A), patient, signed).status == 200
    again = [asks(exchange.caller(HUB_A), patient, signed, message_id) for _ in range(16)]
    exchange.node.stop()
    exchange.node.start()
    again.append(asks(exchange.caller(HUB_A), patient, signed, message_id))
    assert {answer.status for answer in again} == {400}
    assert all("used before" in fault_of(answer).reason for answer in again)
    assert asks(exchange.caller(HUB_A), patient, signed).status == 200


def link_of(exchange: Exchange, oid: str) -> Link:
    """The link beside an institution's EMR, which signs for its own users."""
    ca = exchange.node.data / "ca" / "ca.pem"
    told = {
        "node": {
            "url": f"https://127.0.0.1:{exchange.node.tls_port}",
            "certificate": f"{oid}.pem",
            "key": f"{oid}.key",
            "authority": str(ca),
        },
        "institution": {"name": "시험병원", "oid": oid},
        "exchange": {"affinity_domain": people.DOMAIN, "patient_id_authority": f"{oid}.1"},
        "assertion": {"issuer": f"urn:oid:{oid}"},
    }
    return Link(config_from(told, exchange.folder))


def test_the_link_says_who_asks_by_an_assertion_of_its_own_or_one_that_it_is_given(
    exchange: Exchange, provider: Provider
) -> None:
    patient = exchange.registered(HUB_A)
    physician = User(
        id="lee", name="이바다", signed_in=datetime.now(UTC), role=CLINICIAN, purpose=TREATMENT
    )
    with link_of(exchange, HUB_A) as link:
        with pytest.raises(NodeRefused), link.speaking_for(physician):
            link.find(patient)  # Nobody trusts the institution's own key for that yet.
        own = x509.load_pem_x509_certificate((exchange.folder / f"{HUB_A}.pem").read_bytes())
        exchange.node.administer(_TRUST, f"urn:oid:{HUB_A}", own.public_bytes(Encoding.DER).hex())
        last = exchange.node.last_record()
        with link.speaking_for(physician):
            link.find(patient)
            link.find(patient)
        told = exchange.node.administer(_LAST_USER)
        with link.speaking_for(provider.sign(of(HUB_A))):
            link.find(patient)
        link.find(patient)
    records = exchange.node.records_after(last)
    assert [record.role for record in records] == [Role.CLINICIAN] * 3 + [Role.SYSTEM]
    assert told.strip() == f"<lee@urn:oid:{HUB_A}> 이바다"
    assert records[0].person == records[1].person != records[2].person
