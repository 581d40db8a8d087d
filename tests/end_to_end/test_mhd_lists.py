"""MHD beyond single documents: folders, what a Bundle leads to, On-Demand entries, times."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from naru.domain.codes import Code, LocalizedString
from naru.domain.identifiers import Identifier, new_oid, new_uuid_urn
from naru.domain.stored_query import GetFolderAndContents
from naru.domain.xds import DocumentEntryType, Folder
from naru.formats.ebxml import submit_objects
from naru.formats.fhir.mhd import folder as folders
from naru.formats.fhir.mhd import profiles
from tests.end_to_end import mhd, people, wire
from tests.end_to_end.conftest import RECORDED_REPOSITORY
from tests.end_to_end.mhd import Consumer, bundle, checked, issue, named, place, resources
from tests.end_to_end.node import Node
from tests.end_to_end.wire import Caller

CURRENT = {"status": "current"}
SETS, FOLDERS = {"code": "submissionset", **CURRENT}, {"code": "folder", **CURRENT}
ON_DEMAND_ACTION = "urn:ihe:iti:2010:RegisterOnDemandDocumentEntry"


@pytest.fixture
def consumer(sandbox: Node) -> Consumer:
    return Consumer(f"http://127.0.0.1:{sandbox.port}/fhir")


@pytest.fixture
def patient(caller: Caller) -> Identifier:
    newcomer = people.newcomer()
    assert people.acknowledgement(people.feed(caller, newcomer)) == "CA"
    return newcomer


def located(answer: httpx.Response, kind: str) -> list[str]:
    assert answer.status_code == 200, answer.text
    told = [entry["response"]["location"] for entry in checked(answer)["entry"]]
    return [one for one in told if one.startswith(f"{kind}/")]


def with_folder(sent: dict[str, Any], *members: str, uuid: str = "", url: str = "") -> Folder:
    """Put a Folder with these members into a Bundle; one with an `url` is updated there."""
    (listed,) = (one for one in sent["entry"] if one["resource"]["resourceType"] == "List")
    (system, value) = (
        listed["resource"]["subject"]["identifier"][name] for name in ("system", "value")
    )
    made = Folder(
        entry_uuid=uuid or new_uuid_urn(),
        unique_id=new_oid(),
        patient_id=Identifier(value, system.removeprefix("urn:oid:")),
        codes=(Code("pregnancy", "2.999.10"),),
        title=(LocalizedString("임신"),),
    )
    resource = folders.to_fhir(made, members=members)
    request = {"method": "PUT", "url": url} if url else {"method": "POST", "url": "List"}
    full_url = made.entry_uuid
    sent["entry"].append({"fullUrl": full_url, "resource": resource, "request": request})
    if not url:
        listed["resource"]["entry"].append({"item": {"reference": full_url}})
    return made


def document_url(sent: dict[str, Any]) -> str:
    return next(
        one["fullUrl"]
        for one in sent["entry"]
        if one["resource"]["resourceType"] == "DocumentReference"
    )


def members(consumer: Consumer, location: str) -> set[str]:
    read = checked(httpx.get(f"{consumer.base}/{location}"))
    return {one["item"]["reference"] for one in read["entry"]}


def in_folder(consumer: Consumer, patient: Identifier) -> tuple[str, str]:
    """A document in a new folder: their addresses."""
    sent = bundle(patient, b"one")
    with_folder(sent, document_url(sent))
    answer = consumer.provide(sent)
    (document,), (_, folder) = located(answer, "DocumentReference"), located(answer, "List")
    return document, folder


def test_a_folder_is_found_with_what_is_in_it(
    consumer: Consumer, caller: Caller, patient: Identifier
) -> None:
    document, folder = in_folder(consumer, patient)
    asked = {"patient.identifier": named(patient), **FOLDERS}
    (found,) = consumer.found("List", **asked)
    assert f"List/{found['id']}" == folder
    assert [one["item"]["reference"] for one in found["entry"]] == [document]
    assert found["date"][:4] >= "2026"
    for more in (
        {"designationType": "urn:oid:2.999.10|pregnancy"},
        {"designationType": "pregnancy"},
        {"date": f"ge{found['date']}"},
        {"date": f"ap{found['date'][:10]}"},
        # MHD Table 2:3.66.4.1.3.1-2 note 3: of a folder it is silently ignored.
        {"source.family": "nobody"},
    ):
        assert [one["id"] for one in consumer.found("List", **asked, **more)] == [found["id"]]
    for more in (
        {"designationType": "urn:oid:2.999.10|other"},
        {"date": f"gt{found['date']}"},
        {"date": f"ne{found['date'][:10]}"},
        {"identifier": "urn:ietf:rfc:3986|urn:oid:2.999.0"},
    ):
        assert consumer.found("List", **asked, **more) == []
    query = GetFolderAndContents(entry_uuid=f"urn:uuid:{found['id']}")
    assert len(caller.ask(query).objects.entries) == 1


def test_an_update_takes_documents_of_the_bundle_and_documents_registered_before(
    consumer: Consumer, caller: Caller, patient: Identifier
) -> None:
    first, folder = in_folder(consumer, patient)
    (before,) = located(consumer.provide(bundle(patient, b"two")), "DocumentReference")
    sent = bundle(patient, b"three")
    uuid = f"urn:uuid:{folder.partition('/')[2]}"
    with_folder(sent, first, before, document_url(sent), uuid=uuid, url=folder)
    (new,) = located(consumer.provide(sent), "DocumentReference")

    assert members(consumer, folder) == {first, before, new}
    # The membership that was there already was not made again.
    joined = caller.ask(GetFolderAndContents(entry_uuid=uuid)).objects.associations
    assert len(joined) == 3

    # An update that names none of them takes none away.
    again = bundle(patient, b"four")
    with_folder(again, document_url(again), uuid=uuid, url=folder)
    (last,) = located(consumer.provide(again), "DocumentReference")
    assert members(consumer, folder) == {first, before, new, last}


def test_an_update_with_what_is_not_here_or_of_another_patient_leaves_nothing(
    consumer: Consumer, caller: Caller, patient: Identifier, sandbox: Node
) -> None:
    _, folder = in_folder(consumer, patient)
    other = people.newcomer()
    people.feed(caller, other)
    (foreign,) = located(consumer.provide(bundle(other, b"other")), "DocumentReference")
    uuid = f"urn:uuid:{folder.partition('/')[2]}"
    nothing = f"DocumentReference/{new_uuid_urn()[9:]}"
    for member, code in (
        (nothing, "UnresolvedReferenceException"),
        (foreign, "XDSPatientIdDoesNotMatch"),
    ):
        sent = bundle(patient, b"two")
        with_folder(sent, member, document_url(sent), uuid=uuid, url=folder)
        before = sandbox.holdings()
        assert issue(consumer.provide(sent))[1] == code
        assert sandbox.holdings() == before


def created(consumer: Consumer, resource: dict[str, Any]) -> str:
    answer = httpx.post(
        f"{consumer.base}/{resource['resourceType']}",
        json=resource,
        headers={"content-type": mhd.JSON},
    )
    assert answer.status_code == 201, answer.text
    return f"{resource['resourceType']}/{answer.json()['id']}"


@pytest.fixture
def hospital(consumer: Consumer) -> str:
    identifier = [{"system": "urn:ietf:rfc:3986", "value": "urn:oid:2.999.3"}]
    return created(
        consumer,
        {"resourceType": "Organization", "name": "나루병원", "identifier": identifier},
    )


@pytest.fixture
def doctor(consumer: Consumer) -> str:
    name = [{"family": "남궁", "given": ["민수"]}]
    return created(consumer, {"resourceType": "Practitioner", "name": name})


def uncontained(patient: Identifier, hospital: str, doctor: str) -> dict[str, Any]:
    sent = bundle(patient, b"one", profile=profiles.UNCONTAINED)
    (described,), (listed,) = resources(sent, "DocumentReference"), resources(sent, "List")
    described["author"] = [{"reference": doctor}, {"reference": hospital}]
    listed["source"] = {
        "reference": doctor,
        "extension": [{"url": profiles.AUTHOR_ORG, "valueReference": {"reference": hospital}}],
    }
    for recipient in (hospital, doctor):
        listed["extension"].append(
            {"url": profiles.INTENDED_RECIPIENT, "valueReference": {"reference": recipient}}
        )
    return sent


@pytest.mark.parametrize("absolute", [False, True])
def test_references_lead_to_what_is_kept_here(
    consumer: Consumer, patient: Identifier, hospital: str, doctor: str, *, absolute: bool
) -> None:
    at = f"{consumer.base}/" if absolute else ""
    answer = consumer.provide(uncontained(patient, at + hospital, at + doctor))
    assert answer.status_code == 200, answer.text

    asked = {"patient.identifier": named(patient)}
    (found,) = consumer.found(**asked, **CURRENT, **{"author.family": "남궁"})
    contained = {f"#{one['id']}": one for one in found["contained"]}
    authors = [contained[one["reference"]]["name"] for one in found["author"]]
    assert authors == [[{"family": "남궁", "given": ["민수"]}], "나루병원"]
    (listed,) = consumer.found("List", **asked, **SETS, **{"source.given": "민수"})
    recipients = [
        one["valueReference"]["reference"].removeprefix("#")
        for one in listed["extension"]
        if one["url"] == profiles.INTENDED_RECIPIENT
    ]
    kinds = {one["id"]: one["resourceType"] for one in listed["contained"]}
    assert [kinds[one] for one in recipients] == ["Organization", "Practitioner"]


def test_what_is_not_kept_or_is_of_a_patient_is_not_led_to(
    consumer: Consumer, patient: Identifier, hospital: str, doctor: str
) -> None:
    subject = {"identifier": {"system": f"urn:oid:{patient.authority}", "value": patient.value}}
    code = {"coding": [{"system": "http://loinc.org", "code": "8480-6"}]}
    observation = created(
        consumer,
        {"resourceType": "Observation", "status": "final", "code": code, "subject": subject},
    )
    gone = created(consumer, {"resourceType": "Practitioner", "name": [{"family": "없음"}]})
    assert httpx.delete(f"{consumer.base}/{gone}").is_success
    for reference in (
        f"Practitioner/{new_uuid_urn()[9:]}",
        "Practitioner/'; --",
        "https://elsewhere.example/fhir/Practitioner/1",
        observation,
        gone,
    ):
        answer = consumer.provide(uncontained(patient, hospital, reference))
        assert issue(answer) == (422, "XDSRepositoryMetadataError"), reference
        assert place(answer).startswith("Bundle.entry")


def test_on_demand_entries_are_found_where_they_are_asked_for(
    consumer: Consumer, caller: Caller, patient: Identifier
) -> None:
    offered = replace(
        people.entry(patient),
        object_type=DocumentEntryType.ON_DEMAND,
        creation_time=None,
        repository_unique_id=RECORDED_REPOSITORY,
    )
    body = submit_objects.to_ebxml(people.submission(patient, offered))
    assert caller.soap(wire.REGISTRY, ON_DEMAND_ACTION, body).errors == []
    located(consumer.provide(bundle(patient, b"stable")), "DocumentReference")
    asked = {"patient.identifier": named(patient), **CURRENT}

    def sizes(**more: str) -> set[bool]:
        found = consumer.found(**asked, **{k.replace("_", "-"): v for k, v in more.items()})
        return {"size" in one["content"][0]["attachment"] for one in found}

    stable, on_demand = DocumentEntryType.STABLE.value, DocumentEntryType.ON_DEMAND.value
    assert sizes() == sizes(object_type=stable) == {True}
    assert sizes(object_type=on_demand) == {False}
    assert sizes(object_type=f"{stable},{on_demand}") == {True, False}
    # ITI-18 does not look at the creationTime of what has none.
    assert sizes(object_type=on_demand, creation="ne2026-11-01") == {False}
    answer = consumer.search(**asked, **{"object-type": "on-demand"})
    assert (answer.status_code, place(answer)) == (400, "object-type")

    (found,) = consumer.found(**asked, **{"object-type": on_demand})
    given = httpx.get(found["content"][0]["attachment"]["url"])
    assert given.status_code == 200
    assert given.content


SET_FITTING = [
    {"date": "2026-11-01"},
    {"date": "ge2026-11-01T09:01:00Z"},
    {"date": "le2026-11-01T18:01:00+09:00"},
    {"date": "ne2026-11-02"},
    {"designationType": "urn:x-naru:scheme:NARU-CONTENT-TYPE|referral"},
    {"designationType": "referral"},
    {"designationType": "other,referral"},
    {"source.family": "김"},
    {"source.given": "나"},
    {"source.given:exact": "나루"},
    {"source.family:contains": "김"},
    {"sourceId": "urn:oid:2.999.3"},
    {"sourceId": "2.999.3"},
    {"sourceId": "urn:ietf:rfc:3986|urn:oid:2.999.3"},
]
SET_NOT_FITTING = [
    {"date": "2026-11-02"},
    {"date": "gt2026-11-01T09:01:00Z"},
    {"date": "lt2026-11-01T09:01:00Z"},
    {"date": "ne2026-11-01"},
    {"designationType": "urn:oid:2.999.1|referral"},
    {"designationType": "other"},
    {"source.family": "나"},
    {"source.given:exact": "나"},
    {"sourceId": "urn:oid:2.999.4"},
    {"identifier": "urn:ietf:rfc:3986|urn:oid:2.999.0"},
]


def sets(consumer: Consumer, patient: Identifier, asked: dict[str, str]) -> list[dict[str, Any]]:
    return consumer.found("List", **{"patient.identifier": named(patient), **SETS, **asked})


@pytest.mark.parametrize("asked", SET_FITTING, ids=str)
def test_each_parameter_finds_a_set(
    consumer: Consumer, patient: Identifier, asked: dict[str, str]
) -> None:
    located(consumer.provide(bundle(patient, b"one")), "List")
    assert len(sets(consumer, patient, asked)) == 1


@pytest.mark.parametrize("asked", SET_NOT_FITTING, ids=str)
def test_each_parameter_leaves_a_set_out(
    consumer: Consumer, patient: Identifier, asked: dict[str, str]
) -> None:
    located(consumer.provide(bundle(patient, b"one")), "List")
    assert sets(consumer, patient, asked) == []


def test_a_set_is_found_by_each_of_its_identifiers(consumer: Consumer, patient: Identifier) -> None:
    for content in (b"one", b"two"):
        located(consumer.provide(bundle(patient, content)), "List")
    for one in sets(consumer, patient, {}):
        for identifier in one["identifier"]:
            for token in (f"{identifier['system']}|{identifier['value']}", identifier["value"]):
                assert sets(consumer, patient, {"identifier": token}) == [one]


TIMES_FITTING = [
    {"creation": "ne2026-11-02"},
    {"creation": "ne2026-11-01T09:00:01Z"},
    {"creation": "ap2026-11-01"},
    {"period": "ne2026-11-02"},
    {"period": "ne2026-11-01T08:00:00Z"},  # It is longer than the second that is named.
    {"period": "ap2026-11-01"},
    {"date": "ne2026-11-01"},
]
TIMES_NOT_FITTING = [
    {"creation": "ne2026-11-01"},
    {"creation": "ne2026"},
    {"creation": "ap2016"},
    {"period": "ne2026-11-01"},
    {"period": "ap2016"},
    {"date": "ap2016"},
]


@pytest.mark.parametrize(
    ("asked", "number"),
    [*((one, 1) for one in TIMES_FITTING), *((one, 0) for one in TIMES_NOT_FITTING)],
    ids=str,
)
def test_a_time_is_another_or_about_one(
    consumer: Consumer, patient: Identifier, asked: dict[str, str], number: int
) -> None:
    located(consumer.provide(bundle(patient, b"one")), "DocumentReference")
    found = consumer.found(**{"patient.identifier": named(patient), **CURRENT, **asked})
    assert len(found) == number


def test_the_time_of_registration_is_now(consumer: Consumer, patient: Identifier) -> None:
    located(consumer.provide(bundle(patient, b"one")), "DocumentReference")
    now = datetime.now(UTC)
    asked = {"patient.identifier": named(patient), **CURRENT}
    # Whichever day it is when the test runs, it was registered on this one or the one before.
    days = [f"{now - timedelta(days=back):%Y-%m-%d}" for back in (0, 1)]
    assert len(consumer.found(**asked, date=f"ap{days[0]}")) == 1
    missed = [day for day in days if not consumer.found(**asked, date=f"ne{day}")]
    assert len(missed) == 1
