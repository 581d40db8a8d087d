"""Every XML door of a running node is shown every hostile document.

The doors are those that the node's own tables list, so that a new one fails here until it is named.
"""

import base64
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

import pytest

from naru.domain.identifiers import Identifier, new_oid
from naru.domain.korea import korean_day
from naru.domain.patient_messages import PatientAdd
from naru.domain.privacy_policies import Policy
from naru.domain.stored_query import FindDocuments
from naru.domain.xds import AvailabilityStatus, DocumentEntry, DocumentRequest
from naru.faces.fhir.interaction import Code, Interaction
from naru.faces.fhir.interactions import INTERACTIONS
from naru.faces.iti.transactions import TRANSACTIONS
from naru.faces.oauth import door as oauth
from naru.formats.ebxml import adhoc_query, provide_and_register, retrieve, submit_objects
from naru.formats.saml import write_assertion, write_security
from naru.formats.soap import SOAP_TYPE, new_message_id, write_mtom, write_request_envelope
from naru.node.roles import DOORS
from tests.assertions import Provider, assertion, rsa_provider
from tests.end_to_end import people, wire
from tests.end_to_end.institutions import HUB_A, Exchange, consent_entry
from tests.end_to_end.node import Node
from tests.end_to_end.wire import Answer, Caller
from tests.exchange import papers
from tests.hostile.bait import Bait, laid
from tests.hostile.xml import PAYLOADS
from tests.quickest import AT_ONCE

MIB: Final = 1024 * 1024
MEMORY: Final = 50 * MIB
"""How far one message may raise a process's peak."""

TRIES: Final = 4
"""The best of some tries counts, since other tests share this machine's cores."""

ALONE: Final = frozenset({"nothing", "blanks alone", "JSON", "two byte order marks"})
"""Inside of an element these are text, which means nothing there."""

SAML2: Final = "urn:ietf:params:oauth:grant-type:saml2-bearer"
FHIR_XML: Final = "application/fhir+xml"
FORM: Final = "application/x-www-form-urlencoded"
PATIENT: Final = Identifier("TEST-0", people.DOMAIN)

_TRUST = """
from naru.exchange.institutions import providers
from naru.exchange import identify
from naru.exchange.access import Access
providers.trust(Access(transaction="trust", caller=identify.operator(), time=now),
    sys.argv[1], bytes.fromhex(sys.argv[2]), None)
"""


def question() -> str:
    query = FindDocuments(patient_id=PATIENT, status=(AvailabilityStatus.APPROVED,))
    return adhoc_query.to_ebxml(adhoc_query.AdhocQueryRequest(query=query))


def described() -> str:
    return submit_objects.to_ebxml(people.submission(PATIENT, people.entry(PATIENT)))


def document_less() -> str:
    return provide_and_register.to_ebxml(people.submission(PATIENT, people.entry(PATIENT)), [])


def wanted() -> str:
    asked = DocumentRequest(repository_unique_id=new_oid(), document_unique_id=new_oid())
    return retrieve.request_to_ebxml((asked,))


def fed() -> str:
    return people.feed_message(PatientAdd(record=people.person(people.newcomer())))


BODIES: Final[dict[str, Callable[[], str]]] = {
    "ITI-18": question,
    "ITI-41": document_less,
    "ITI-42": described,
    "ITI-43": wanted,
    "ITI-44": fed,
    "ITI-45": lambda: '<PRPA_IN201309UV02 xmlns="urn:hl7-org:v3" ITSVersion="XML_1.0"/>',
    "ITI-47": lambda: '<PRPA_IN201305UV02 xmlns="urn:hl7-org:v3" ITSVersion="XML_1.0"/>',
    "ITI-61": described,
}

# Neither XML nor a document comes in by these: pages and forms.
WITHOUT_XML: Final = frozenset({"/portal", "/clinic", "/desk", "/console", "/cds-services"})


@dataclass
class Door:
    """One way in: a document that it takes, how to send it, and how it says that it is no XML."""

    node: Node
    caller: Caller
    largest: int = 2 * MIB
    """Bytes beyond which the node may hang up while they are being sent."""
    counted: bool = False
    """Refusals here are counted rather than recorded one by one when they come in crowds."""

    passed_over: frozenset[str] = frozenset()
    """Payloads that are none where the document is part of another."""

    def document(self) -> str:
        raise NotImplementedError

    def send(self, octets: bytes) -> Answer:
        raise NotImplementedError

    def is_refused(self, answer: Answer) -> bool:
        raise NotImplementedError


@dataclass
class Soap(Door):
    path: str = ""
    action: str = ""
    body: Callable[[], str] = str

    def document(self) -> str:
        return wire.envelope(self.action, self.body()).decode()

    def send(self, octets: bytes) -> Answer:
        return self.caller.post(self.path, SOAP_TYPE, octets)

    def is_refused(self, answer: Answer) -> bool:
        if answer.status not in {400, 413}:
            return False
        assert answer.fault is not None
        # A package's root is measured before it is read as XML.
        package = "The MIME message is refused" if answer.status == 413 else "The XML is refused"
        return answer.fault.reason.startswith((package, "The XML is refused"))


@dataclass
class Mtom(Soap):
    def send(self, octets: bytes) -> Answer:
        content_type, chunks, _ = write_mtom(octets, action=self.action)
        return self.caller.post(self.path, content_type, b"".join(chunks))


@dataclass
class Fhir(Door):
    interaction: Interaction = INTERACTIONS[0]

    def document(self) -> str:
        kind = {"": "Bundle", "Patient/$match": "Parameters"}.get(
            self.interaction.path, self.interaction.type
        )
        return f'<{kind} xmlns="http://hl7.org/fhir"><id value="x"/></{kind}>'

    def send(self, octets: bytes) -> Answer:
        path = f"/fhir/{self.interaction.path.replace('{id}', 'x')}".rstrip("/")
        if self.interaction.name == "ITI-104":
            path += "?identifier=urn:oid:2.999.1%7CTEST-0"
        method = "POST" if "POST" in self.interaction.methods else "PUT"
        return self.caller.post(path, FHIR_XML, octets, method=method)

    def is_refused(self, answer: Answer) -> bool:
        return answer.status == 400 and b"The body is no XML that is read here" in answer.content


@dataclass
class Paper(Door):
    """A consent paper (BPPC) among the documents of ITI-41."""

    patient: Identifier = PATIENT
    entry: DocumentEntry = field(default_factory=lambda: people.entry(PATIENT))

    def document(self) -> str:
        policy, now = Policy.CONSENT_WHOLE, datetime.now(UTC)
        self.entry = consent_entry(self.patient, policy)
        return papers.paper(
            self.entry.unique_id, self.patient, policy, signed=now, from_date=korean_day(now)
        ).decode()

    def send(self, octets: bytes) -> Answer:
        return self.caller.provide(people.submission(self.patient, self.entry), octets)

    def is_refused(self, answer: Answer) -> bool:
        assert answer.status == 200
        return answer.errors == ["XDSRepositoryMetadataError"]


@dataclass
class Header(Door):
    """The assertion in a SOAP header (ITI-40)."""

    provider: Provider = field(default_factory=rsa_provider)

    def document(self) -> str:
        claims = replace(assertion().claims, organization_ids=(f"urn:oid:{HUB_A}",))
        audience = frozenset({f"urn:oid:{people.DOMAIN}"})
        said = replace(assertion(datetime.now(UTC)), claims=claims, audiences=(audience,))
        return self.provider.sign(said).decode()

    def send(self, octets: bytes) -> Answer:
        message = write_request_envelope(
            action=wire.QUERY_ACTION,
            to="urn:test",
            message_id=new_message_id(),
            body_xml=question(),
            security=write_security(b"<assertion/>"),
        )
        return self.caller.post(wire.REGISTRY, SOAP_TYPE, message.replace(b"<assertion/>", octets))

    def is_refused(self, answer: Answer) -> bool:
        return answer.status == 400 and answer.fault is not None


@dataclass
class Grant(Door):
    """The assertion of an OAuth grant (ITI-71)."""

    def document(self) -> str:
        return write_assertion(assertion())

    def send(self, octets: bytes) -> Answer:
        given = base64.urlsafe_b64encode(octets).decode().rstrip("=")
        form = urlencode({"grant_type": SAML2, "assertion": given})
        return self.caller.post("/oauth/token", FORM, form.encode())

    def is_refused(self, answer: Answer) -> bool:
        told = (b"not base64url of XML", b"form is too large", b"needs an assertion")
        return answer.status == 400 and any(one in answer.content for one in told)


def soap_doors() -> dict[str, tuple[type[Soap], str, str, str]]:
    found = {}
    for door in DOORS:
        for one in TRANSACTIONS:
            if one.name in door.transactions and door.path.startswith("/ihe/"):
                for kind in (Soap, Mtom):
                    name = f"{one.name} {kind.__name__}"
                    found[name] = (kind, door.path, one.actions[0], one.name)
    return found


def fhir_doors() -> dict[str, Interaction]:
    """One interaction of each handler that reads a body; the kinds of records share theirs."""
    by_handler: dict[Any, Interaction] = {}
    for one in INTERACTIONS:
        if {"POST", "PUT", "PATCH"} & set(one.methods) and one.code is not Code.SEARCH_TYPE:
            by_handler.setdefault(one.handle, one)
    return {f"{one.name} {'/'.join(one.methods)} {one.path}": one for one in by_handler.values()}


SOAP, FHIR = soap_doors(), fhir_doors()
OTHERS: Final = ("consent paper", "assertion in a header", "assertion of a grant")


def test_every_door_has_its_entry() -> None:
    assert {one.name for one in TRANSACTIONS} == set(BODIES)
    assert {one.rsplit(" ", 1)[0] for one in SOAP} == set(BODIES)
    named = {path for _, path, _, _ in SOAP.values()} | {"/fhir", "/oauth"} | WITHOUT_XML
    assert {door.path for door in DOORS} == named
    assert set(oauth.POSTED) == {"/oauth/token", "/oauth/introspect"}
    assert len(FHIR) >= 6
    assert len(PAYLOADS) >= 100


@pytest.fixture(scope="module")
def bait(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bait]:
    with laid(tmp_path_factory.mktemp("bait")) as found:
        yield found


@pytest.fixture
def door(request: pytest.FixtureRequest) -> Door:
    name: str = request.param
    if name in OTHERS:
        return other(name, request.getfixturevalue("exchange"))
    node: Node = request.getfixturevalue("sandbox")
    caller = Caller(node.port)
    if name in FHIR:
        return Fhir(node, caller, interaction=FHIR[name])
    kind, path, action, transaction = SOAP[name]
    return kind(node, caller, path=path, action=action, body=BODIES[transaction])


def other(name: str, exchange: Exchange) -> Door:
    node, caller = exchange.node, exchange.caller(HUB_A)
    if name == "consent paper":
        return Paper(node, caller, patient=exchange.registered(HUB_A))
    if name == "assertion of a grant":
        return Grant(node, caller, largest=128 * 1024, counted=True)
    provider = rsa_provider()
    node.administer(_TRUST, provider.issuer, provider.der.hex())
    return Header(node, caller, provider=provider, passed_over=ALONE)


@pytest.mark.parametrize("door", [*SOAP, *FHIR, *OTHERS], indirect=True)
def test_no_hostile_document_does_anything_at_any_door(door: Door, bait: Bait) -> None:
    assert not door.is_refused(door.send(door.document().encode()))
    before, wrong = door.node.holdings(), {}
    for name, payload in PAYLOADS.items():
        if payload.refused and name not in door.passed_over:
            wrong[name] = attack(door, payload.make, bait, refused=True)
    kept = door.node.holdings()
    for name, payload in PAYLOADS.items():
        if not payload.refused:
            wrong[name] = attack(door, payload.make, bait, refused=False)
    assert not any(wrong.values()), "\n".join(
        f"{name}: {wrong[name]}" for name in wrong if wrong[name]
    )
    assert kept == before
    assert not door.is_refused(door.send(door.document().encode()))
    assert "Traceback" not in door.node.log


def attack(door: Door, make: Callable[[str, Bait], bytes], bait: Bait, *, refused: bool) -> str:
    """What is wrong with the node's behaviour; nothing if all is well."""
    told = ""
    for _ in range(TRIES):
        octets = make(door.document(), bait)
        told = once(door, octets, bait, refused=refused)
        if not told.startswith("slow"):
            break
    return told


def once(door: Door, octets: bytes, bait: Bait, *, refused: bool) -> str:
    last, resting = door.node.last_record(), forget_peaks(door.node)
    door.caller.close()  # What nobody read of a refused message ends its connection.
    try:
        answer = door.send(octets)
    except OSError as error:
        return "" if len(octets) > door.largest else f"hung up: {error!r}"
    told = []
    if answer.status >= 500:
        told.append(f"failed with {answer.status}")
    if refused and not door.is_refused(answer):
        told.append(f"not refused: {answer.status} {answer.content[:300]!r}")
    if bait.secret.encode() in answer.content:
        told.append("the file's content came back")
    records = door.node.records_after(last)
    if len(records) != 1 and not door.counted:
        told.append(f"{len(records)} records")
    if refused and not door.counted and not all(record.errors for record in records):
        told.append("the record tells no error")
    grown = max(peak - resting.get(pid, peak) for pid, peak in peaks(door.node, "VmHWM").items())
    if grown > MEMORY:
        told.append(f"{grown // MIB} MiB of memory")
    if bait.visitors:
        told.append(f"an address was followed: {bait.visitors}")
    if answer.seconds > AT_ONCE:
        told.insert(0, f"slow: {answer.seconds:.2f} s")
    return "; ".join(told)


def forget_peaks(node: Node) -> dict[int, int]:
    """From here each worker's peak counts anew; what it holds now."""
    for pid in node.workers():
        Path(f"/proc/{pid}/clear_refs").write_text("5")
    return peaks(node, "VmRSS")


def peaks(node: Node, name: str) -> dict[int, int]:
    found = {}
    for pid in node.workers():
        status = Path(f"/proc/{pid}/status").read_text()
        found[pid] = int(status.partition(f"{name}:")[2].split()[0]) * 1024
    return found
