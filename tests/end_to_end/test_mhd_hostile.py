"""Bundles that are wrong and callers who may not: refused with the place, and nothing half done."""

import base64
import copy
import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
import pytest

from naru.domain.identifiers import Identifier, new_oid, new_uuid_urn
from naru.domain.korea import korean_day
from naru.formats.fhir.mhd import provide_bundle_written
from naru.registry import ids
from tests.end_to_end import mhd, people
from tests.end_to_end.conftest import ESTABLISH, RECORDED_REPOSITORY
from tests.end_to_end.institutions import GRANT, HUB_A, HUB_B, WITHDRAW, Exchange, consents
from tests.end_to_end.mhd import Consumer, bundle, issue, named, place, resources
from tests.end_to_end.node import Node, fresh_database
from tests.end_to_end.wire import Caller
from tests.registry.synthetic import in_the_name_of

CONTENT = "<referral>건너가는 기록</referral>".encode()
CURRENT = {"status": "current"}
Spoil = Callable[[dict[str, Any]], None]


@pytest.fixture
def consumer(sandbox: Node) -> Consumer:
    return Consumer(f"http://127.0.0.1:{sandbox.port}/fhir")


@pytest.fixture
def patient(caller: Caller) -> Identifier:
    newcomer = people.newcomer()
    assert people.acknowledgement(people.feed(caller, newcomer)) == "CA"
    return newcomer


def document(sent: dict[str, Any]) -> dict[str, Any]:
    return resources(sent, "DocumentReference")[0]


def attachment(sent: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = document(sent)["content"][0]["attachment"]
    return found


def submission_set(sent: dict[str, Any]) -> dict[str, Any]:
    return resources(sent, "List")[0]


def binary(sent: dict[str, Any]) -> dict[str, Any]:
    return resources(sent, "Binary")[0]


def without(kind: str) -> Spoil:
    def spoil(sent: dict[str, Any]) -> None:
        sent["entry"] = [
            entry for entry in sent["entry"] if entry["resource"]["resourceType"] != kind
        ]

    return spoil


def wrong_hash(sent: dict[str, Any]) -> None:
    attachment(sent)["hash"] = base64.b64encode(b"x" * 20).decode()


def no_sha1(sent: dict[str, Any]) -> None:
    attachment(sent)["hash"] = base64.b64encode(b"x" * 32).decode()


def wrong_size(sent: dict[str, Any]) -> None:
    attachment(sent)["size"] += 1


def a_set_twice(sent: dict[str, Any]) -> None:
    again = copy.deepcopy(sent["entry"][0])
    again["fullUrl"] = new_uuid_urn()
    again["resource"]["identifier"] = [
        {"use": "usual", "system": "urn:ietf:rfc:3986", "value": f"urn:oid:{new_oid()}"}
    ]
    sent["entry"].append(again)


def an_entry_twice(sent: dict[str, Any]) -> None:
    sent["entry"].append(sent["entry"][0])


def an_orphan(sent: dict[str, Any]) -> None:
    orphan = copy.deepcopy(sent["entry"][-1])
    orphan["fullUrl"] = new_uuid_urn()
    sent["entry"].append(orphan)


def one_binary_for_two(sent: dict[str, Any]) -> None:
    again = copy.deepcopy(sent["entry"][1])
    again["fullUrl"] = new_uuid_urn()
    again["resource"]["identifier"] = []
    del again["resource"]["identifier"]
    again["resource"]["masterIdentifier"]["value"] = f"urn:oid:{new_oid()}"
    sent["entry"].append(again)


def hosted_elsewhere(sent: dict[str, Any]) -> None:
    attachment(sent)["url"] = "http://127.0.0.1:1/secret"
    without("Binary")(sent)


def a_circle(sent: dict[str, Any]) -> None:
    described = document(sent)
    described["contained"].append(
        {
            "resourceType": "PractitionerRole",
            "id": "circle",
            "practitioner": {"reference": "#circle"},
        }
    )
    described["author"] = [{"reference": "#circle"}]


def relates_to_itself(sent: dict[str, Any]) -> None:
    document(sent)["relatesTo"] = [
        {"code": "replaces", "target": {"reference": sent["entry"][1]["fullUrl"]}}
    ]


def relates_to_nothing(sent: dict[str, Any]) -> None:
    target = "DocumentReference/00000000-0000-4000-8000-000000000000"
    document(sent)["relatesTo"] = [{"code": "appends", "target": {"reference": target}}]


def another_patient(sent: dict[str, Any]) -> None:
    document(sent)["subject"]["identifier"]["value"] = "TEST-SOMEBODY-ELSE"


def nobody(sent: dict[str, Any]) -> None:
    for resource in (document(sent), submission_set(sent)):
        resource["subject"] = {"reference": "Patient/nobody"}


def a_patient_of_another_server(sent: dict[str, Any]) -> None:
    for resource in (document(sent), submission_set(sent)):
        resource["subject"] = {"reference": "http://127.0.0.1:1/fhir/Patient/1"}


def broken_base64(sent: dict[str, Any]) -> None:
    del attachment(sent)["hash"]
    del attachment(sent)["size"]
    binary(sent)["data"] = "QQ==QUJD"


def another_media_type(sent: dict[str, Any]) -> None:
    binary(sent)["contentType"] = "application/pdf"


def a_strange_code(sent: dict[str, Any]) -> None:
    document(sent)["type"]["coding"][0]["code"] = "unheard-of"


def a_fhir_document(sent: dict[str, Any]) -> None:
    sent["entry"][-1]["resource"] = {"resourceType": "Bundle", "type": "document"}


def a_deletion(sent: dict[str, Any]) -> None:
    sent["entry"][1]["request"] = {"method": "DELETE", "url": "DocumentReference/1"}


def too_many(sent: dict[str, Any]) -> None:
    sent["entry"] += [{**sent["entry"][-1], "fullUrl": new_uuid_urn()} for _ in range(300)]


def not_a_member(sent: dict[str, Any]) -> None:
    del submission_set(sent)["entry"]


def no_profile(sent: dict[str, Any]) -> None:
    sent["meta"]["profile"] = ["http://example.org/another"]


METADATA, REGISTRY = "XDSRepositoryMetadataError", "XDSRegistryMetadataError"
WRONG: list[tuple[Spoil, str, str]] = [
    (wrong_hash, METADATA, "Bundle.entry[1].resource"),
    (no_sha1, METADATA, "Bundle.entry[1].resource.content[0].attachment.hash"),
    (wrong_size, METADATA, "Bundle.entry[1].resource"),
    (a_set_twice, METADATA, "Bundle.entry"),
    (an_entry_twice, METADATA, "Bundle.entry[3].resource"),
    (without("List"), METADATA, "Bundle.entry"),
    (without("Binary"), "XDSMissingDocument", "Bundle.entry[1].resource.content[0].attachment.url"),
    (hosted_elsewhere, "XDSMissingDocument", "Bundle.entry[1].resource.content[0].attachment.url"),
    (an_orphan, "XDSMissingDocumentMetadata", "Bundle.entry[3].resource"),
    (one_binary_for_two, METADATA, "Bundle.entry[3].resource.content"),
    (a_circle, METADATA, "Bundle.entry[1].resource.contained[4].practitioner"),
    (relates_to_itself, "UnresolvedReferenceException", "Bundle.entry[1].resource"),
    (relates_to_nothing, "UnresolvedReferenceException", "Bundle.entry[1].resource"),
    (another_patient, "XDSPatientIdDoesNotMatch", "Bundle.entry[1].resource"),
    (nobody, "XDSUnknownPatientId", "Bundle.entry[0].resource.subject"),
    (a_patient_of_another_server, "XDSUnknownPatientId", "Bundle.entry[0].resource.subject"),
    (another_media_type, METADATA, "Bundle.entry[2].resource.contentType"),
    (a_strange_code, REGISTRY, "Bundle.entry[1].resource"),
    (a_fhir_document, "FHIRDocumentNotSupported", "Bundle.entry[2].resource"),
    (a_deletion, METADATA, "Bundle.entry[1].request.method"),
    (too_many, METADATA, "Bundle.entry"),
    (not_a_member, REGISTRY, "Bundle.entry[0].resource"),
    (no_profile, METADATA, "Bundle.meta.profile"),
]


@pytest.mark.parametrize(
    ("spoil", "code", "where"), WRONG, ids=[f"{one[0].__name__}-{one[2]}" for one in WRONG]
)
def test_a_wrong_bundle_is_refused_with_its_place_and_leaves_nothing(
    sandbox: Node, consumer: Consumer, patient: Identifier, spoil: Spoil, code: str, where: str
) -> None:
    sent = bundle(patient, CONTENT)
    spoil(sent)
    before, last = sandbox.holdings(), sandbox.last_record()

    answer = consumer.provide(sent)

    assert issue(answer) == (422, code), answer.text
    assert place(answer).startswith(where), answer.text
    assert sandbox.holdings() == before
    (record,) = sandbox.records_after(last)
    assert (record.transaction, record.objects) == ("ITI-65", ())
    assert record.errors


def test_what_is_no_base64_is_refused_as_no_fhir(
    sandbox: Node, consumer: Consumer, patient: Identifier
) -> None:
    sent = bundle(patient, CONTENT)
    broken_base64(sent)
    before = sandbox.holdings()
    answer = consumer.provide(sent)
    assert (answer.status_code, place(answer)) == (400, "Bundle.entry[2].resource.data")
    assert sandbox.holdings() == before


def test_a_second_submission_of_one_set_is_a_conflict(
    consumer: Consumer, patient: Identifier
) -> None:
    sent = bundle(patient, CONTENT)
    assert consumer.provide(sent).status_code == 200
    for resource in (document(sent), submission_set(sent)):
        resource["identifier"] = [
            one for one in resource["identifier"] if one["use"] != "official"
        ] or [{"value": "none"}]
    assert issue(consumer.provide(sent)) == (409, "XDSDuplicateUniqueIdInRegistry")


@pytest.fixture
def client(exchange: Exchange) -> Callable[[str], Consumer]:
    base = f"https://127.0.0.1:{exchange.node.tls_port}/fhir"

    def of(oid: str) -> Consumer:
        context = exchange.caller(oid).tls
        assert context is not None
        return Consumer(base, context)

    return of


def own_bundle(patient: Identifier, oid: str, content: bytes = CONTENT) -> dict[str, Any]:
    """A Bundle in the name of an institution, of a document of today."""
    entry = replace(
        people.entry(patient, content),
        service_start_time=f"{korean_day(datetime.now(UTC)):%Y%m%d}",
        service_stop_time=None,
    )
    sent = ids.assign(in_the_name_of(people.submission(patient, entry), oid))
    data = {entry.entry_uuid: base64.b64encode(content).decode()}
    return provide_bundle_written.to_fhir(sent, data)


def test_consent_decides_at_each_door_alike(
    exchange: Exchange, client: Callable[[str], Consumer]
) -> None:
    patient = exchange.registered(HUB_A)
    source, reader = client(HUB_A), client(HUB_B)
    refused = source.provide(own_bundle(patient, HUB_A))
    assert issue(refused) == (403, "XDSRegistryError")

    received = [exchange.caller(HUB_B)]
    consents(exchange.caller(HUB_A), patient, GRANT, received=received)
    answer = source.provide(own_bundle(patient, HUB_A))
    assert answer.status_code == 200, answer.text
    location = answer.json()["entry"][1]["response"]["location"]
    found = reader.found(**{"patient.identifier": named(patient), **CURRENT})
    assert location.partition("/")[2] in [one["id"] for one in found]
    url = f"{reader.base}/Binary/{location.partition('/')[2]}"
    assert reader.get(url, accept="text/xml").content == CONTENT

    consents(exchange.caller(HUB_A), patient, WITHDRAW)
    assert reader.found(**{"patient.identifier": named(patient), **CURRENT}) == []
    unknown = f"{reader.base}/Binary/00000000-0000-4000-8000-000000000000"
    for accept in ("text/xml", "*/*", "application/pdf", "application/fhir+json"):
        withheld, nothing = reader.get(url, accept=accept), reader.get(unknown, accept=accept)
        assert withheld.status_code == 404
        assert withheld.content == nothing.content
    assert reader.get(f"{reader.base}/{location}").status_code == 404
    assert reader.get(f"{reader.base}/List/{found[0]['id']}").status_code == 404


def test_nobody_sends_in_the_name_of_another(
    exchange: Exchange, client: Callable[[str], Consumer]
) -> None:
    patient = exchange.registered(HUB_A)
    consents(exchange.caller(HUB_A), patient, GRANT)
    answer = client(HUB_B).provide(own_bundle(patient, HUB_A))
    assert issue(answer) == (422, "XDSRegistryMetadataError")


def test_a_kill_in_between_leaves_nothing_half(tmp_path: Path, codes: Path) -> None:
    with fresh_database() as database:
        options = ("--sandbox", "--codes", str(codes))
        node = Node(data=tmp_path / "data", database=database, options=options)
        node.data.mkdir()
        node.administer(ESTABLISH, RECORDED_REPOSITORY)
        node.start()
        try:
            _kill_in_between(node)
        finally:
            node.stop()


def _kill_in_between(node: Node) -> None:
    patient = people.newcomer()
    assert people.acknowledgement(people.feed(Caller(node.port), patient)) == "CA"
    source = Consumer(f"http://127.0.0.1:{node.port}/fhir")
    acknowledged: list[str] = []

    def send() -> None:
        for number in range(30):
            try:
                answer = source.provide(bundle(patient, b"<a>%d</a>" % number * 20_000))
            except httpx.HTTPError:
                return
            if answer.status_code == 200:
                acknowledged.append(answer.json()["entry"][1]["response"]["location"])

    sending = Thread(target=send)
    sending.start()
    while len(acknowledged) < 3 and sending.is_alive():
        sending.join(0.01)
    node.kill()
    sending.join()
    node.start()

    reader = Consumer(f"http://127.0.0.1:{node.port}/fhir")
    found = reader.found(**{"patient.identifier": named(patient), **CURRENT})
    assert len(acknowledged) >= 3
    assert set(acknowledged) <= {f"DocumentReference/{one['id']}" for one in found}
    # What was not acknowledged is whole, or it is not there at all.
    for one in found:
        told = one["content"][0]["attachment"]
        content = reader.get(f"{reader.base}/Binary/{one['id']}", accept="*/*").content
        assert len(content) == told["size"]
        assert hashlib.sha1(content).digest() == base64.b64decode(told["hash"])
    sets = reader.found(
        "List", **{"patient.identifier": named(patient), **CURRENT, "code": "submissionset"}
    )
    assert len(sets) == len(found)


def test_no_certificate_no_door(exchange: Exchange) -> None:
    base = f"https://127.0.0.1:{exchange.node.tls_port}/fhir"
    with pytest.raises(httpx.HTTPError):
        mhd.Consumer(base).search(**CURRENT)
