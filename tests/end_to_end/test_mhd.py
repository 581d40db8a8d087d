"""MHD at the FHIR door: what comes by one door goes out by each, and the examples are taken."""

import base64
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from naru.domain.identifiers import Identifier, new_uuid_urn
from naru.domain.stored_query import FindDocuments, GetAll, GetDocumentsAndAssociations
from naru.domain.xds import Association, AssociationType, AvailabilityStatus
from naru.formats.fhir.mhd import document_reference, profiles
from naru.formats.fhir.mhd.element import Element
from naru.formats.fhir.mhd.references import References
from naru.formats.fhir.xml import to_xml
from tests.end_to_end import mhd, people, wire
from tests.end_to_end.conftest import ESTABLISH, RECORDED_REPOSITORY
from tests.end_to_end.mhd import Consumer, bundle, checked, issue, named
from tests.end_to_end.node import Node, fresh_database
from tests.end_to_end.wire import Caller
from tests.formats.fhir.mhd import published as examples

APPROVED = (AvailabilityStatus.APPROVED,)
BOTH = (AvailabilityStatus.APPROVED, AvailabilityStatus.DEPRECATED)
CONTENT = "<referral>건너가는 기록</referral>".encode()
CURRENT = {"status": "current"}


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory, published: Path) -> Iterator[Node]:
    """A sandbox whose codes are ours and those of the published examples."""
    folder = tmp_path_factory.mktemp("mhd")
    present = examples.submissions(published) if (published / "ihe").is_dir() else []
    people.write_code_sets(folder / "codes.json", present)
    with fresh_database() as database:
        running = Node(
            data=folder / "data",
            database=database,
            options=("--sandbox", "--codes", str(folder / "codes.json")),
        )
        running.data.mkdir()
        running.administer(ESTABLISH, RECORDED_REPOSITORY)
        running.start()
        yield running
        running.stop()


@pytest.fixture
def consumer(node: Node) -> Consumer:
    return Consumer(f"http://127.0.0.1:{node.port}/fhir")


@pytest.fixture
def soap(node: Node) -> Caller:
    return Caller(node.port)


@pytest.fixture
def patient(soap: Caller) -> Identifier:
    newcomer = people.newcomer()
    assert people.acknowledgement(people.feed(soap, newcomer)) == "CA"
    return newcomer


def locations(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 200, answer.text
    told = checked(answer)
    assert told["type"] == "transaction-response"
    return [entry["response"]["location"] for entry in told["entry"]]


def test_what_came_by_fhir_goes_out_by_each_door(
    consumer: Consumer, soap: Caller, patient: Identifier
) -> None:
    sent = bundle(patient, CONTENT, b"\x00\xff two")
    answer = consumer.provide(sent)

    kinds = [one.partition("/")[0] for one in locations(answer)]
    assert kinds == [entry["resource"]["resourceType"] for entry in sent["entry"]]
    statuses = {entry["response"]["status"] for entry in checked(answer)["entry"]}
    assert statuses == {"201 Created"}

    entries = soap.ask(FindDocuments(patient_id=patient, status=APPROVED)).objects.entries
    assert [one.size for one in entries] == [len(CONTENT), 6]
    contents = dict(
        zip((one.entry_uuid[9:] for one in entries), (CONTENT, b"\x00\xff two"), strict=True)
    )
    given = wire.given(soap.retrieve(RECORDED_REPOSITORY, *(one.unique_id for one in entries)))
    assert [octets for _, octets in given] == [CONTENT, b"\x00\xff two"]

    found = consumer.found(patient__identifier=named(patient), **CURRENT)
    assert {one["id"] for one in found} == contents.keys()
    for resource in found:
        document = httpx.get(resource["content"][0]["attachment"]["url"])
        assert document.status_code == 200
        assert document.content == contents[resource["id"]]
        assert document.headers["content-type"] == "text/xml"


def test_a_document_is_no_page_of_the_node(consumer: Consumer, patient: Identifier) -> None:
    told = locations(consumer.provide(bundle(patient, CONTENT)))
    (binary,) = (one for one in told if one.startswith("Binary/"))
    document = consumer.get(f"{consumer.base}/{binary}", accept="text/xml")
    assert document.content == CONTENT
    # What a stylesheet or a script in it asks for is done by no browser.
    assert document.headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert document.headers["x-content-type-options"] == "nosniff"


def test_what_came_by_soap_goes_out_by_fhir_with_each_attribute(
    consumer: Consumer, soap: Caller, patient: Identifier
) -> None:
    entry = people.entry(patient, CONTENT)
    answer = soap.provide(people.submission(patient, entry), CONTENT)
    assert answer.errors == []
    (registered,) = soap.ask(FindDocuments(patient_id=patient, status=APPROVED)).objects.entries

    (resource,) = consumer.found(patient__identifier=named(patient), **CURRENT)
    element = Element(resource, "DocumentReference")
    read = document_reference.from_fhir(
        element, entry_uuid=registered.entry_uuid, patient_id=patient, known=References()
    )

    # What a DocumentReference has no place for, or says in its own words.
    without = {
        "logical_id": None,
        "repository_unique_id": None,
        "home_community_id": None,
        "source_patient_info": (),
        "service_start_time": "",
        "service_stop_time": "",
    }
    assert _worded(replace(read, **without)) == _worded(replace(registered, **without))
    assert read.source_patient_info == (
        "PID-3|TEST-C1^^^&2.999.3&ISO",
        *registered.source_patient_info,
    )
    assert (read.service_start_time, read.service_stop_time) == (
        "20261101080000",
        "20261101090000",
    )
    assert httpx.get(resource["content"][0]["attachment"]["url"]).content == CONTENT


def _worded(entry: Any) -> Any:
    """The entry with its display texts, without their languages."""

    def bare(one: Any) -> Any:
        return replace(one, display=tuple(replace(d, lang=None, charset=None) for d in one.display))

    changes: dict[str, Any] = {}
    for name in entry.__dataclass_fields__:
        value = getattr(entry, name)
        if name in {"title", "comments"}:
            changes[name] = tuple(replace(one, lang=None, charset=None) for one in value)
        elif hasattr(value, "display"):
            changes[name] = bare(value)
        elif isinstance(value, tuple) and value and hasattr(value[0], "display"):
            changes[name] = tuple(map(bare, value))
    return replace(entry, **changes)


@pytest.mark.parametrize("name", examples.BUNDLES)
@pytest.mark.parametrize("syntax", ["json", "xml"])
def test_a_published_bundle_is_taken_and_comes_back(
    cases: Path, consumer: Consumer, soap: Caller, patient: Identifier, name: str, syntax: str
) -> None:
    # What the examples relate to is registered first, under the id that they have here.
    registered = {}
    for reference in examples.REGISTERED:
        entry = people.entry(patient, CONTENT)
        assert soap.provide(people.submission(patient, entry), CONTENT).errors == []
        registered[reference] = entry.entry_uuid[9:]
    sent = mhd.fresh(examples.example(cases, name, registered), patient)
    _contain_what_is_elsewhere(sent)
    _say_the_true_size(sent)

    if syntax == "xml":
        answer = httpx.post(
            consumer.base, content=to_xml(sent), headers={"content-type": "application/fhir+xml"}
        )
    else:
        answer = consumer.provide(sent)

    told = locations(answer)
    assert len(told) == len(sent["entry"])
    for entry, location in zip(sent["entry"], told, strict=True):
        resource = entry["resource"]
        if resource["resourceType"] != "DocumentReference":
            continue
        read = checked(httpx.get(f"{consumer.base}/{location}"))
        _compare(resource, read)
        content = httpx.get(read["content"][0]["attachment"]["url"]).content
        (binary,) = mhd.resources(sent, "Binary")
        assert content == base64.b64decode(binary["data"])


def _contain_what_is_elsewhere(sent: dict[str, Any]) -> None:
    """UnContained references lead to resources of this Bundle instead of another server's."""
    for resource in (*mhd.resources(sent, "List"), *mhd.resources(sent, "DocumentReference")):
        references = [*resource.get("author", ()), resource.get("authenticator", {})]
        references += [resource.get("source", {})]
        references += [one.get("valueReference", {}) for one in resource.get("extension", ())]
        references += [
            one.get("valueReference", {}) for one in resource.get("source", {}).get("extension", ())
        ]
        for reference in references:
            if reference.get("reference") in examples.HELD:
                reference["display"] = "나루병원"


def _say_the_true_size(sent: dict[str, Any]) -> None:
    """The Replace example says 24 of a document of 23 octets."""
    for described, binary in zip(
        mhd.resources(sent, "DocumentReference"), mhd.resources(sent, "Binary"), strict=True
    ):
        described["content"][0]["attachment"]["size"] = len(base64.b64decode(binary["data"]))


def _compare(sent: dict[str, Any], read: dict[str, Any]) -> None:
    """Field by field; what differs by intent is named.

    * ids, `date` and `attachment.url` are those of the recipient (FHIR R4 3.1.0.11);
    * `hash` is base64 of the octets; the examples have base64 of the hexadecimal text;
    * times are told in UTC; contained resources and the identifier's `use` are the recipient's.
    """
    for name in ("status", "type", "category", "description", "securityLabel", "relatesTo"):
        assert read.get(name) == sent.get(name), name
    assert read["masterIdentifier"] == {"use": "usual", **sent["masterIdentifier"]}
    mine, theirs = read["content"][0], sent["content"][0]
    assert mine["format"] == theirs["format"]
    for name in ("contentType", "language", "size", "title"):
        assert mine["attachment"].get(name) == theirs["attachment"].get(name), name
    digest = base64.b64decode(theirs["attachment"]["hash"]).decode()
    assert base64.b64decode(mine["attachment"]["hash"]).hex() == digest
    for name in ("event", "facilityType", "practiceSetting"):
        assert read["context"].get(name) == sent["context"].get(name), name
    assert len(read.get("author", ())) == len(sent.get("author", ()))


def test_a_replacement_supersedes(consumer: Consumer, soap: Caller, patient: Identifier) -> None:
    first = consumer.provide(bundle(patient, b"first"))
    old = next(one for one in locations(first) if one.startswith("DocumentReference"))
    entry = people.entry(patient, b"second")
    replacing = Association(
        entry_uuid=new_uuid_urn(),
        type=AssociationType.RPLC,
        source=entry.entry_uuid,
        target=f"urn:uuid:{old.partition('/')[2]}",
    )
    sent = bundle(patient, b"second", entries=[entry], associations=[replacing])
    patch = {
        "fullUrl": new_uuid_urn(),
        "resource": {
            "resourceType": "Parameters",
            "parameter": [
                {
                    "name": "operation",
                    "part": [
                        {"name": "type", "valueCode": "replace"},
                        {"name": "path", "valueString": "DocumentReference.status"},
                        {"name": "value", "valueCode": "superseded"},
                    ],
                }
            ],
        },
        "request": {"method": "PATCH", "url": old},
    }
    sent["entry"].append(patch)

    told = checked(consumer.provide(sent))["entry"]
    assert told[-1]["response"] == {"status": "200 OK", "location": old}

    (current,) = consumer.found(patient__identifier=named(patient), status="current")
    assert current["relatesTo"] == [{"code": "replaces", "target": {"reference": old}}]
    (superseded,) = consumer.found(patient__identifier=named(patient), status="superseded")
    assert superseded["id"] == old.partition("/")[2]
    gone = httpx.get(superseded["content"][0]["attachment"]["url"])
    assert gone.status_code == 410
    query = GetDocumentsAndAssociations(entry_uuids=(entry.entry_uuid,))
    kinds = {one.type for one in soap.ask(query).objects.associations}
    assert AssociationType.RPLC in kinds


def test_sets_and_folders_are_found_as_lists(
    consumer: Consumer, soap: Caller, patient: Identifier
) -> None:
    locations(consumer.provide(bundle(patient, b"one", b"two")))
    query = GetAll(
        patient_id=patient,
        entry_status=BOTH,
        submission_set_status=BOTH,
        folder_status=BOTH,
    )
    (known,) = soap.ask(query).objects.submission_sets

    (found,) = consumer.found(
        "List", patient__identifier=named(patient), code="submissionset", **CURRENT
    )
    assert found["id"] == known.entry_uuid[9:]
    assert found["identifier"][1]["value"] == f"urn:oid:{known.unique_id}"
    items = [one["item"]["reference"].partition("/")[0] for one in found["entry"]]
    assert items == ["DocumentReference"] * 2
    form = {"patient": found["subject"]["reference"], "code": "submissionset", **CURRENT}
    posted = checked(httpx.post(f"{consumer.base}/List/_search", data=form))
    assert [one["resource"] for one in posted["entry"]] == [found]
    read = checked(httpx.get(f"{consumer.base}/List/{found['id']}"))
    assert read == found
    assert (
        consumer.found("List", patient__identifier=named(patient), code="folder", **CURRENT) == []
    )


def test_a_posted_search_and_a_patient_reference_find_the_same(
    consumer: Consumer, patient: Identifier
) -> None:
    locations(consumer.provide(bundle(patient, b"one")))
    (found,) = consumer.found(patient__identifier=named(patient), **CURRENT)
    reference = found["subject"]["reference"]
    for form in (
        {"patient": reference},
        {"patient": reference.partition("/")[2]},
        {"patient": f"{consumer.base}/{reference}"},
        {"patient:Patient.identifier": named(patient)},
    ):
        answer = httpx.post(f"{consumer.base}/DocumentReference/_search", data={**form, **CURRENT})
        assert [one["resource"] for one in checked(answer)["entry"]] == [found]
    elsewhere = f"https://elsewhere.example/fhir/{reference}"
    assert consumer.found(patient=elsewhere, **CURRENT) == []


FITTING = [
    {"type": "http://loinc.org|57133-1"},
    {"type": "57133-1"},
    {"type": "http://loinc.org|"},
    {"type": "http://loinc.org|none,57133-1"},
    {"category": "urn:x-naru:scheme:NARU-CLASS|referral"},
    {"setting": "urn:oid:2.999.8|01"},
    {"facility": "urn:oid:2.999.7|11"},
    {"event": "urn:oid:2.999.5|B"},
    {"format": "urn:oid:2.999.6|urn:test:format"},
    {"security-label": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality|N"},
    {"author.family": "김"},
    {"author.given": "나"},
    {"author.given:exact": "나루"},
    {"author.given:contains": "루"},
    {"creation": "2026-11-01"},
    {"creation": "ge2026-11-01T09:00:00Z"},
    {"creation": "lt2026-11-01T09:00:01Z"},
    {"creation": "le2026-11-01T18:00:00+09:00"},
    {"period": "ge2026-11-01"},
    {"period": "lt2026-11-02"},
    {"date": "ge2026-01-01"},
    {"_sort": "-date"},
    {"_total": "accurate"},
]
NOT_FITTING = [
    {"type": "urn:oid:2.999.1|57133-1"},
    {"type": "|57133-1"},
    {"event": "urn:oid:2.999.5|C"},
    {"author.family": "나"},
    {"author.given:exact": "나"},
    {"creation": "gt2026-11-01T09:00:00Z"},
    {"creation": "lt2026-11-01T09:00:00Z"},
    {"creation": "sa2026-11-01"},
    {"creation": "eb2026-11-01"},
    {"period": "gt2026-11-01"},
    {"date": "lt2026-01-01"},
    {"identifier": "urn:ietf:rfc:3986|urn:oid:2.999.0"},
    {"related:identifier": "urn:oid:2.999.1|1"},
]


@pytest.mark.parametrize("asked", FITTING, ids=str)
def test_each_parameter_finds(consumer: Consumer, patient: Identifier, asked: dict) -> None:
    locations(consumer.provide(bundle(patient, b"one")))
    assert len(consumer.found(**{"patient.identifier": named(patient), **CURRENT, **asked})) == 1


@pytest.mark.parametrize("asked", NOT_FITTING, ids=str)
def test_each_parameter_leaves_out(consumer: Consumer, patient: Identifier, asked: dict) -> None:
    locations(consumer.provide(bundle(patient, b"one")))
    assert consumer.found(**{"patient.identifier": named(patient), **CURRENT, **asked}) == []


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"patient": "1", "status": "current", "unheard": "1"}, "unheard"),
        ({"patient": "1"}, "status"),
        ({"status": "current"}, "patient"),
        ({"patient": "1", "patient.identifier": "urn:oid:2.999|1", "status": "current"}, "patient"),
        ({"patient.identifier": "1", "status": "current"}, "patient.identifier"),
        ({"patient.identifier": "urn:oid:2.999|1", "status": "draft"}, "status"),
        (
            {"patient.identifier": "urn:oid:2.999|1", "status": "current", "creation": "2025,2026"},
            "",
        ),
        ({"patient.identifier": "urn:oid:2.999|1", "status": "current", "creation": "x"}, ""),
        ({"patient.identifier": "urn:oid:2.999|1", "status": "current", "_sort": "type"}, "_sort"),
        ({"patient.identifier": "urn:oid:2.999|1", "status": "current", "_page": "x"}, "_page"),
    ],
)
def test_what_cannot_be_asked_is_refused(
    consumer: Consumer, asked: dict[str, str], expected: str
) -> None:
    answer = consumer.search(**asked)
    assert answer.status_code == 400
    assert mhd.place(answer).startswith(expected)


def test_nobody_has_nothing(consumer: Consumer, patient: Identifier) -> None:
    stranger = "00000000-0000-4000-8000-000000000000"
    for asked in (
        {"patient": stranger},
        {"patient": f"Patient/{stranger}"},
        {"patient": "ex-patient"},
        {"patient.identifier": "urn:oid:2.999.1|TEST-NOBODY"},
        {"patient.identifier": named(patient)},
    ):
        answer = consumer.search(**asked, **CURRENT)
        assert answer.status_code == 200
        told = checked(answer)
        assert (told["total"], told.get("entry")) == (0, None)


def test_pages_hold_while_documents_come(consumer: Consumer, patient: Identifier) -> None:
    asked = {"patient.identifier": named(patient), **CURRENT, "_count": "2"}
    for number in range(5):
        locations(consumer.provide(bundle(patient, f"{number}".encode())))
    whole = [one["id"] for one in consumer.found(**{**asked, "_count": "100"})]

    first = checked(consumer.search(**asked))
    assert first["total"] == 5
    locations(consumer.provide(bundle(patient, b"late")))
    rest: list[str] = []
    following = [one["url"] for one in first["link"] if one["relation"] == "next"]
    while following:
        told = checked(httpx.get(following[0]))
        rest += [one["resource"]["id"] for one in told["entry"]]
        following = [one["url"] for one in told["link"] if one["relation"] == "next"]

    assert [one["resource"]["id"] for one in first["entry"]] == whole[:2]
    assert rest[:3] == whole[2:]
    assert len(rest) == 4
    descending = [one["id"] for one in consumer.found(**{**asked, "_sort": "-date"})]
    assert descending[1:] == whole[::-1]


def test_the_next_page_of_a_search_names_nobody(consumer: Consumer, patient: Identifier) -> None:
    for number in range(3):
        locations(consumer.provide(bundle(patient, f"{number}".encode())))
    form = {"patient.identifier": named(patient), **CURRENT, "_count": "2"}
    for kind, more in (("DocumentReference", {}), ("List", {"code": "submissionset"})):
        address = f"{consumer.base}/{kind}/_search"
        posted = checked(httpx.post(address, data={**form, **more}))
        (following,) = [one["url"] for one in posted["link"] if one["relation"] == "next"]
        assert patient.value not in following
        assert "identifier" not in following
        told = checked(httpx.get(following))
        found = [one["resource"]["id"] for one in (*posted["entry"], *told["entry"])]
        assert len(set(found)) == len(found) == 3


def test_a_document_is_given_in_what_is_asked_for(consumer: Consumer, patient: Identifier) -> None:
    locations(consumer.provide(bundle(patient, CONTENT)))
    (found,) = consumer.found(patient__identifier=named(patient), **CURRENT)
    url = found["content"][0]["attachment"]["url"]

    def get(accept: str) -> httpx.Response:
        return httpx.get(url, headers={"accept": accept})

    for accept in ("text/xml", "*/*", "text/*;q=0.1", "application/fhir+json, text/xml"):
        assert get(accept).content == CONTENT
    assert get("application/pdf").status_code == 406
    assert get("text/xml;q=0, */*").status_code == 406
    binary = checked(get("application/fhir+json"))
    assert (binary["resourceType"], binary["contentType"]) == ("Binary", "text/xml")
    assert base64.b64decode(binary["data"]) == CONTENT


def test_an_unknown_document_is_not_found(consumer: Consumer) -> None:
    for path in ("Binary", "DocumentReference", "List"):
        for name in ("00000000-0000-4000-8000-000000000000", "nothing"):
            assert httpx.get(f"{consumer.base}/{path}/{name}").status_code == 404


def test_minimal_metadata_is_completed_where_it_is_known_and_else_refused(
    consumer: Consumer, soap: Caller, patient: Identifier
) -> None:
    sent = bundle(patient, CONTENT, profile=profiles.MINIMAL)
    (described,), (listed,) = (
        mhd.resources(sent, "DocumentReference"),
        mhd.resources(sent, "List"),
    )
    for name in ("size", "hash"):
        del described["content"][0]["attachment"][name]
    del described["context"]["sourcePatientInfo"]
    listed["identifier"] = listed["identifier"][:1]

    locations(consumer.provide(sent))
    (entry,) = soap.ask(FindDocuments(patient_id=patient, status=APPROVED)).objects.entries
    assert (entry.size, entry.source_patient_id) == (len(CONTENT), patient)

    poor = bundle(patient, CONTENT, profile=profiles.MINIMAL)
    del mhd.resources(poor, "DocumentReference")[0]["type"]
    answer = consumer.provide(poor)
    assert issue(answer) == (422, "XDSRegistryMetadataError")
    assert mhd.place(answer) == "Bundle.entry[1].resource"


def test_each_access_leaves_one_record(node: Node, consumer: Consumer, patient: Identifier) -> None:
    last = node.last_record()
    locations(consumer.provide(bundle(patient, CONTENT)))
    (found,) = consumer.found(patient__identifier=named(patient), **CURRENT)
    consumer.found("List", patient__identifier=named(patient), code="submissionset", **CURRENT)
    httpx.get(found["content"][0]["attachment"]["url"])

    records = node.records_after(last)
    assert [one.transaction for one in records] == ["ITI-65", "ITI-67", "ITI-66", "ITI-68"]
    documents = {one.id for record in records for one in record.objects}
    assert documents == {found["masterIdentifier"]["value"].removeprefix("urn:oid:")}
