"""Who gets in at the wire doors: each interaction of the routers × every role × each standing.

Roles are told by assertions (SOAP) and tokens (FHIR) under codes of a test scheme, so that every
role is tried, whichever codes the operator's data know.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.conf import settings

from naru.directory import services as directory
from naru.domain import roles
from naru.domain.access_token import AccessToken
from naru.domain.caller import Role
from naru.domain.codes import Code
from naru.domain.institution import InstitutionKind
from naru.domain.patient_messages import II, DemographicsRequest, IdentifierRequest
from naru.domain.patient_query import IdentifierQuery, PatientQuery
from naru.domain.scopes import Context
from naru.domain.stored_query import FindDocuments, ReturnType
from naru.domain.user_codes import user_codes
from naru.domain.xds import AvailabilityStatus, DocumentRequest
from naru.exchange import identify
from naru.exchange.access import Access
from naru.exchange.callers import vouched
from naru.exchange.institutions import providers
from naru.faces.cds import door as cds
from naru.faces.fhir.interactions import INTERACTIONS
from naru.faces.fhir.scopes import OFFER
from naru.faces.oauth import door as oauth
from naru.formats.ebxml import adhoc_query, retrieve
from naru.formats.hl7v3 import write_demographics_request, write_identifier_request
from naru.formats.saml import write_security
from naru.formats.soap import SOAP_TYPE, new_message_id, write_request_envelope
from naru.node import peer
from naru.node.wsgi import application
from naru.security import tokens
from naru.security.authority import create_authority
from tests.assertions import assertion, ec_provider
from tests.end_to_end.wire import (
    PDQ,
    PIX,
    PIX_QUERY_ACTION,
    QUERY_ACTION,
    REGISTRY,
    REPOSITORY,
    RETRIEVE_ACTION,
)
from tests.exchange.hospitals import AFFINITY_DOMAIN, Hospital, Patient
from tests.one_answer.people_doors import _PDQ_ACTION as PDQ_ACTION
from tests.one_answer.people_doors import _transmission as transmission
from tests.role_matrix import routes
from tests.role_matrix.conftest import SECRET_NAMES, World, secrets_of
from tests.role_matrix.things import Standing

SCHEME = "2.999.70"
CITIZENS = frozenset({Role.PATIENT, Role.REPRESENTATIVE})
EMERGENCY = [
    {"name": "case", "valueCode": "unconscious"},
    {"name": "reason", "valueString": "TEST"},
]
SENT = {
    "": {
        "resourceType": "Bundle",
        "type": "transaction",
        "entry": [
            {
                "resource": {
                    "resourceType": "Observation",
                    "status": "final",
                    "code": {"text": "TEST"},
                },
                "request": {"method": "POST", "url": "Observation"},
            }
        ],
    },
    "Patient/$match": {
        "resourceType": "Parameters",
        "parameter": [{"name": "resource", "resource": {"resourceType": "Patient"}}],
    },
    "Patient/{id}/$emergency-access": {"resourceType": "Parameters", "parameter": EMERGENCY},
}
WHO = {f"wire /fhir {one}" for one in ("ITI-78", "ITI-83", "ITI-104", "ITI-119")} | {
    "wire /fhir FHIR everything",
    "wire /fhir FHIR summary",
    "wire /ihe/pix",
    "wire /ihe/pdq",
}
"""Doors that tell who somebody is: the exchange's own number to participants, and to those who
treat the name of whoever consents (what exactly is tests/one_answer's to judge)."""

TOGETHER = 8
_LONG_AGO = timedelta(hours=1)


@dataclass(frozen=True)
class Asking:
    """A request at a wire door, with what it is told it is about."""

    row: str
    method: str
    target: str
    body: str = ""
    action: str = ""


@dataclass
class Doors:
    """The node's entrance, for the people and systems of both hospitals."""

    world: World
    certificates: dict[UUID, bytes]

    def __post_init__(self) -> None:
        transport = httpx.WSGITransport(app=application, raise_app_exceptions=False)
        self.client = httpx.Client(transport=transport, base_url="http://localhost")

    def answered(
        self, asking: Asking, *, at: Hospital | None, token: str = "", signed: bytes = b""
    ) -> httpx.Response:
        """What the door answers on a connection of this hospital; None has no certificate."""
        headers, content = {}, asking.body
        if asking.action:
            headers["Content-Type"] = SOAP_TYPE
            content = write_request_envelope(
                action=asking.action,
                to="urn:test",
                message_id=new_message_id(),
                body_xml=asking.body,
                security=write_security(signed) if signed else "",
            ).decode()
        elif asking.body:
            plain = asking.target.startswith(cds.PATH)
            headers["Content-Type"] = "application/json" if plain else "application/fhir+json"
        if token:
            headers["Authorization"] = f"Bearer {token}"
        peer._current.certificate = None if at is None else self.certificates[at.id]
        try:
            return self.client.request(
                asking.method, asking.target, content=content.encode(), headers=headers
            )
        finally:
            peer._current.certificate = None


@pytest.fixture
def doors(world: World, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> Doors:
    codes = replace(user_codes(), roles={(SCHEME, role.value): role for role in Role})
    monkeypatch.setattr(vouched, "user_codes", lambda: codes)
    now = datetime.now(UTC)
    authority = create_authority(tmp_path, now)
    operating = Access(transaction="trust", caller=identify.operator(), time=now)
    providers.trust(operating, ec_provider().issuer, ec_provider().der, None)
    found = {}
    for one in (world.here, world.there):
        issued = authority.issue_client(one.oid, [one.oid], now)
        directory.add_certificate(one.id, issued.fingerprint_sha256, from_date=now.date())
        read = x509.load_pem_x509_certificate(issued.certificate)
        found[one.id] = read.public_bytes(Encoding.DER)
    return Doors(world, found)


@pytest.mark.parametrize(
    "together",
    [list(Role)[at : at + TOGETHER] for at in range(0, len(Role), TOGETHER)],
    ids="+".join,
)
def test_role_matrix_of_wire_doors(doors: Doors, together: list[Role]) -> None:
    assert [one for role in together for one in _crossed(doors, role)] == [], routes.HOW


def test_role_matrix_of_wire_doors_for_strangers(doors: Doors) -> None:
    """A door that is not public tells nobody anything who has not shown who they are."""
    wrong = []
    for patient in (doors.world.own, doors.world.other):
        for asking in _everything(patient):
            for token in ("", "x.y.z"):
                answer = doors.answered(asking, at=None, token=token)
                if not routes.table()[asking.row].public and _is_let_in(answer):
                    wrong.append(f"{asking.row} {asking.target} lets a stranger in")
                wrong += _leaks(doors.world, asking, answer, f"a stranger, {token!r}")
    for path in oauth.PATHS:
        for method in ("GET", "POST"):
            about = Asking(f"wire {path}", method, path)
            wrong += _leaks(doors.world, about, doors.answered(about, at=None), "a stranger")
    assert wrong == [], routes.HOW


def _crossed(doors: Doors, role: Role) -> Iterator[str]:
    """Whatever is wrong with any door for this role."""
    world = doors.world
    sees = set()
    for standing in (
        Standing.OWN,
        Standing.OTHER_PATIENT,
        Standing.OTHER_INSTITUTION,
        Standing.EXPIRED,
    ):
        at = world.there if standing is Standing.OTHER_INSTITUTION else world.here
        moment = datetime.now(UTC).replace(microsecond=0)
        moment -= _LONG_AGO if standing is Standing.EXPIRED else timedelta()
        token, signed = _token(world, role, moment), _signed(world, role, moment)
        patient = world.other if standing is Standing.OTHER_PATIENT else world.own
        for asking in _everything(patient):
            answer = doors.answered(asking, at=at, token=token, signed=signed)
            said = f"{role} {standing} {asking.row} {asking.method} {asking.target}"
            row = routes.table()[asking.row]
            # A system bears no assertion at a SOAP door: there it is the one of the connection.
            itself = role is Role.SYSTEM and bool(asking.action)
            stands = itself or standing in {Standing.OWN, Standing.OTHER_PATIENT}
            stands = stands and roles.belongs(role, InstitutionKind.HUB)
            if not row.public and _is_let_in(answer) is not (stands and role in row.who):
                yield f"{said}: {'gets in' if _is_let_in(answer) else 'is not let in'}"
            if answer.status_code >= 500 and not asking.action:
                yield f"{said}: broke with {answer.status_code}"
            yield from _leaks(world, asking, answer, said, role)
            if SECRET_NAMES[0] in answer.text:
                sees.add(standing)
    here = roles.belongs(role, InstitutionKind.HUB)
    if here and role not in CITIZENS and Standing.OWN not in sees:
        yield f"{role} does not see what they may: the others show nothing"


def _leaks(
    world: World, asking: Asking, answer: httpx.Response, said: str, role: Role | None = None
) -> Iterator[str]:
    """Whatever the answer tells that whoever asked neither said nor may know."""
    typed, let_in = asking.body + asking.target, _is_let_in(answer)
    own = role is not None and let_in
    for patient in (world.other, *([] if own else [world.own])):
        told = set()
        if let_in and role is not None and asking.row in WHO:
            treats = role in roles.treating()
            told = set(secrets_of(patient)) if treats else {patient.affinity_id.value}
        for one in secrets_of(patient):
            if one in answer.text and one not in typed and one not in told:
                yield f"{said}: learns {one}"


def _is_let_in(answer: httpx.Response) -> bool:
    """Whether the door takes whoever asks as somebody who may ask this."""
    fault = re.search(r"(FailedAuthentication|MessageExpired|InvalidSecurity)\b", answer.text)
    return "WWW-Authenticate" not in answer.headers and fault is None


def _everything(patient: Patient) -> Iterator[Asking]:
    """A request for each interaction of the FHIR door, and for each SOAP door, about the patient.

    Of the single records one type stands for all: they are made by one function.
    """
    number = f"urn:oid:{patient.affinity_id.authority}|{patient.affinity_id.value}"
    types = {"Observation", "Patient", "List", "DocumentReference", "Binary", "AuditEvent"}
    types |= {"Task", "ConceptMap"}  # The latter stands for the terminology, which has no patient.
    for one in INTERACTIONS:
        kind = one.path.partition("/")[0]
        if kind and kind not in types and one.name != "FHIR capabilities":
            continue
        path = re.sub(r"\{\w+\}", str(patient.key), one.path)
        asked = {
            "Patient": f"?_id={patient.key}",
            "Patient/$ihe-pix": f"?sourceIdentifier={number}",
            "Observation": f"?patient=Patient/{patient.key}",
            "List": f"?patient.identifier={number}&code=submissionset",
            "DocumentReference": f"?patient.identifier={number}&status=current",
            "AuditEvent": f"?patient=Patient/{patient.key}",
        }
        for method in one.methods:
            about = asked.get(path, "") if method == "GET" else ""
            body = json.dumps(SENT.get(one.path, {})) if method in {"POST", "PUT"} else ""
            yield Asking(f"wire /fhir {one.name}", method, f"/fhir/{path}{about}".rstrip("/"), body)
    hook = json.dumps(
        {
            "hook": "patient-view",
            "hookInstance": str(uuid4()),
            "context": {"userId": "Practitioner/1", "patientId": str(patient.key)},
        }
    )
    yield Asking(f"wire {cds.PATH}", "POST", f"{cds.PATH}/naru-past-history", hook)
    yield from _soap(patient)


def _soap(patient: Patient) -> Iterator[Asking]:
    query = FindDocuments(patient_id=patient.affinity_id, status=(AvailabilityStatus.APPROVED,))
    asked = adhoc_query.AdhocQueryRequest(query=query, return_type=ReturnType.LEAF_CLASS)
    wanted = DocumentRequest(
        repository_unique_id=f"{patient.own.authority}.9", document_unique_id="2.999.1.1"
    )
    known_by = IdentifierRequest(
        transmission=transmission("PRPA_IN201309UV02"),
        query_id=II(f"2.25.{uuid4().int}"),
        query=IdentifierQuery(patient=patient.affinity_id),
    )
    who = DemographicsRequest(
        transmission=transmission("PRPA_IN201305UV02"),
        query_id=II(f"2.25.{uuid4().int}"),
        query=PatientQuery(identifiers=(patient.affinity_id,)),
    )
    for path, action, body in (
        (REGISTRY, QUERY_ACTION, adhoc_query.to_ebxml(asked)),
        (REPOSITORY, RETRIEVE_ACTION, retrieve.request_to_ebxml([wanted])),
        (PIX, PIX_QUERY_ACTION, write_identifier_request(known_by)),
        (PDQ, PDQ_ACTION, write_demographics_request(who)),
    ):
        yield Asking(f"wire {path}", "POST", path, body, action)


def _token(world: World, role: Role, moment: datetime) -> str:
    """A token of `here` for this role, issued at that moment, with every scope that there is."""
    claims = replace(
        assertion().claims,
        organization_ids=(f"urn:oid:{world.here.oid}",),
        roles=() if role is Role.SYSTEM else (Code(role.value, SCHEME),),
        purposes=(),
        patients=(world.own.affinity_id,) if role in CITIZENS else (),
    )
    return tokens.issue(
        AccessToken(
            id=str(uuid4()),
            issuer=settings.NARU.issuer,
            subject="kim.haneul",
            client=f"urn:oid:{world.here.oid}",
            audiences=frozenset(settings.NARU.token_audiences),
            scopes=OFFER.all([_context(role)]) | {one.name for one in INTERACTIONS},
            issued=moment,
            expires=moment + timedelta(minutes=5),
            claims=claims,
            user="" if role is Role.SYSTEM else f"{role}<{role}@urn:test>",
        )
    )


def _context(role: Role) -> Context:
    if role is Role.SYSTEM:
        return Context.SYSTEM
    return Context.PATIENT if role in CITIZENS else Context.USER


def _signed(world: World, role: Role, moment: datetime) -> bytes:
    """The same as an assertion; nothing for a system, which is known by its certificate."""
    if role is Role.SYSTEM:
        return b""
    value = assertion(moment)
    return ec_provider().sign(
        replace(
            value,
            audiences=(frozenset({f"urn:oid:{AFFINITY_DOMAIN}"}),),
            claims=replace(
                value.claims,
                organization_ids=(f"urn:oid:{world.here.oid}",),
                roles=(Code(role.value, SCHEME),),
                purposes=(),
                patients=(world.own.affinity_id,) if role in CITIZENS else (),
            ),
        )
    )
