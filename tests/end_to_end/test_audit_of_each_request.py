"""Of very many requests of every kind, each leaves exactly one access record, or has no answer."""

import json
import random
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

import pytest

from naru.domain.identifiers import Identifier, new_oid
from naru.domain.patient_messages import PatientAdd
from naru.domain.stored_query import FindDocuments, ReturnType
from naru.domain.xds import AvailabilityStatus
from naru.formats.ebxml import adhoc_query
from naru.formats.fhir import json as fhir_json
from naru.formats.soap import SOAP_TYPE
from tests.end_to_end import mhd, people
from tests.end_to_end.node import Node
from tests.end_to_end.pages import SignedIn, sign_in
from tests.end_to_end.test_audit_is_complete import no_room_for_records
from tests.end_to_end.wire import (
    FEED_ACTION,
    PDQ,
    PIX,
    QUERY_ACTION,
    REGISTRY,
    REPOSITORY,
    Answer,
    Caller,
    envelope,
    provided,
    retrieve_message,
)

CALLERS: Final = 8
FHIR_JSON: Final = "application/fhir+json"
FORM: Final = "application/x-www-form-urlencoded"
HOSPITAL: Final = "2.999.77"


@dataclass(frozen=True)
class Asked:
    """One kind of request; `body` is made anew each time."""

    name: str
    path: str
    content_type: str = SOAP_TYPE
    body: Callable[[], bytes] = bytes
    method: str = "POST"
    cookie: str = ""

    def __str__(self) -> str:
        return self.name

    def by(self, caller: Caller) -> Answer:
        caller.cookie = self.cookie
        return caller.post(self.path, self.content_type, self.body(), method=self.method)


def query(patient: Identifier) -> bytes:
    asked = FindDocuments(patient_id=patient, status=(AvailabilityStatus.APPROVED,))
    request = adhoc_query.AdhocQueryRequest(query=asked, return_type=ReturnType.LEAF_CLASS)
    return envelope(QUERY_ACTION, adhoc_query.to_ebxml(request))


def submission() -> bytes:
    patient = people.newcomer()
    entry = people.entry(patient)
    return provided(people.submission(patient, entry), b"")[1]


def as_json(**resource: object) -> Callable[[], bytes]:
    return lambda: json.dumps(resource).encode()


def get(name: str, path: str, **asked: str) -> Asked:
    address = f"/fhir/{path}?{urlencode(asked)}" if asked else f"/fhir/{path}"
    return Asked(name, address, FHIR_JSON, method="GET")


def every_kind(patient: Identifier) -> tuple[Asked, ...]:
    """Good, useless and broken requests at every door of the wire."""
    named = mhd.named(patient)
    return (
        Asked("ITI-18", REGISTRY, body=lambda: query(patient)),
        Asked("ITI-18 of nobody", REGISTRY, body=lambda: query(people.newcomer())),
        Asked("no action", REGISTRY, body=lambda: envelope("urn:nothing", "<a/>")),
        Asked("no query", REGISTRY, body=lambda: envelope(QUERY_ACTION, "<a/>")),
        Asked("no XML", REGISTRY, body=lambda: b"no xml"),
        Asked("no XML at the repository", REPOSITORY, body=lambda: b"<a"),
        Asked("ITI-43", REPOSITORY, body=lambda: retrieve_message(new_oid(), new_oid())),
        Asked("no message of MIME", REPOSITORY, "multipart/related", submission),
        Asked("ITI-44", PIX, body=feed),
        Asked("no feed", PIX, body=lambda: envelope(FEED_ACTION, "<a/>")),
        Asked("no PDQ", PDQ, body=lambda: envelope("urn:hl7-org:v3:PRPA_IN201305UV02", "<a/>")),
        get("ITI-67", "DocumentReference", **{"patient.identifier": named, "status": "current"}),
        get("ITI-66", "List", **{"patient.identifier": named, "code": "submissionset"}),
        get("ITI-67 with an unknown parameter", "DocumentReference", nothing="x"),
        get("ITI-78", "Patient", family="없는이름"),
        get("ITI-83", "Patient/$ihe-pix", sourceIdentifier=named),
        get("search", "Observation", **{"patient.identifier": named}),
        get("read of nothing", "Observation/00000000-0000-0000-0000-000000000000"),
        get("document of nothing", "Binary/00000000-0000-0000-0000-000000000000"),
        get("no such type", "Nothing"),
        Asked("CDS Hooks discovery", "/cds-services", method="GET"),
        Asked("no hook", "/cds-services/naru-order-sign", "application/json", lambda: b"{}"),
        Asked("hook of nothing", "/cds-services/nothing", "application/json", lambda: b"{}"),
        Asked("ITI-65", "/fhir", FHIR_JSON, bundle),
        Asked("no JSON", "/fhir/Observation", FHIR_JSON, lambda: b"{"),
        Asked("no resource", "/fhir/Observation", FHIR_JSON, as_json(resourceType="Patient")),
        Asked("empty batch", "/fhir", FHIR_JSON, as_json(resourceType="Bundle", type="batch")),
        Asked("delete of nothing", "/fhir/Observation/x", FHIR_JSON, method="DELETE"),
        Asked(
            "ITI-71",
            "/oauth/token",
            FORM,
            lambda: b"grant_type=client_credentials&scope=ITI-67",
        ),
    )


def pages(who: SignedIn) -> tuple[Asked, ...]:
    """Pages as they are opened, sent and refused, and some that nobody may open who asks."""
    theirs = {
        who.citizen: ("/portal", "/portal/consent", "/portal/consent/documents", "/portal/notices",
                      "/portal/consent/give", "/portal/wishes", "/account", "/apps", "/console"),
        who.clinician: ("/clinic", "/clinic/patient", "/clinic/emergency", "/apps", "/portal"),
        who.clerk: ("/desk", "/desk/patient", "/desk/consent", "/desk/part/department", "/clinic"),
        who.operator: ("/console", "/console/clients", "/console/links", "/console/matching",
                       "/console/notices", "/console/staff", "/oauth/authorize", "/desk"),
    }  # fmt: skip
    opened = [
        Asked(f"page {path} {number}", path, FORM, method="GET", cookie=cookie)
        for number, (cookie, paths) in enumerate(theirs.items())
        for path in paths
    ]
    return (
        *opened,
        Asked("form from elsewhere", "/desk/consent", FORM, cookie=who.clerk),
        Asked("wrong method", "/desk/consent", FORM, method="DELETE", cookie=who.clerk),
        Asked("page of nothing", "/portal/consent/part/x", FORM, method="GET", cookie=who.citizen),
    )


def feed() -> bytes:
    return envelope(
        FEED_ACTION, people.feed_message(PatientAdd(record=people.person(people.newcomer())))
    )


def bundle() -> bytes:
    return fhir_json.to_json(dict(mhd.bundle(people.newcomer(), b"TEST")))


def kinds_at(node: Node, hospital: str = HOSPITAL) -> tuple[Asked, ...]:
    """Every kind of request, of a patient and of people who signed in just now."""
    caller, patient = Caller(node.port), people.newcomer()
    people.feed(caller, patient)
    return every_kind(patient) + pages(sign_in(node, patient, hospital))


@pytest.fixture
def asked(fresh_sandbox: Node) -> tuple[Node, tuple[Asked, ...]]:
    return fresh_sandbox, kinds_at(fresh_sandbox)


def left(node: Node, last: int) -> Counter[tuple[str, int]]:
    records = node.records_after(last)
    assert len({one.request_id for one in records}) == len(records)
    return Counter((one.transaction, int(one.outcome)) for one in records)


def each_leaves_one(node: Node, kinds: tuple[Asked, ...], number: int) -> None:
    caller = Caller(node.port)
    leaves: dict[Asked, tuple[str, int]] = {}
    for one in kinds:
        last = node.last_record()
        answer = one.by(caller)
        found = left(node, last)
        assert found.total() == 1, (one.name, answer.status, found)
        leaves[one] = next(iter(found))

    last = node.last_record()
    chance = random.Random(last)
    chosen = [chance.choice(kinds) for _ in range(number)]
    with ThreadPoolExecutor(CALLERS) as pool:
        list(pool.map(lambda at: several(node, chosen[at::CALLERS]), range(CALLERS)))

    assert left(node, last) == Counter(leaves[one] for one in chosen)


def several(node: Node, mine: list[Asked]) -> None:
    caller = Caller(node.port)
    for one in mine:
        one.by(caller)
    caller.close()


def test_each_of_many_mixed_requests_leaves_one_audit_record(
    asked: tuple[Node, tuple[Asked, ...]],
) -> None:
    each_leaves_one(*asked, number=250)


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_each_of_a_hundred_thousand_mixed_requests_leaves_one_audit_record(
    fresh_sandbox: Node,
) -> None:
    for day in range(20):
        # People sign in anew: who showed a passkey long ago is asked for it again.
        each_leaves_one(fresh_sandbox, kinds_at(fresh_sandbox, f"{HOSPITAL}.{day}"), number=5_000)


def test_no_door_answers_while_the_audit_cannot_be_written(
    asked: tuple[Node, tuple[Asked, ...]],
) -> None:
    node, kinds = asked
    caller = Caller(node.port)
    told = json.loads(caller.post("/.well-known/naru", "", b"", method="GET").content)
    doors = [door["path"] for door in told["doors"] if door["built"]]
    assert doors
    assert all(any(one.path.startswith(door) for one in kinds) for door in doors)

    with no_room_for_records(node):
        answers = {one.name: one.by(caller) for one in kinds}

    assert {name: one.status for name, one in answers.items() if one.status < 500} == {}
