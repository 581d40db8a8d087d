"""`$everything`, `$summary` and `$validate` over real sockets."""

import dataclasses
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from naru.domain.clinical import Content
from naru.domain.identifiers import Identifier, new_oid
from naru.formats import cda
from naru.formats.fhir import validation
from naru.formats.fhir.json import from_json, to_json
from naru.formats.fhir.krcore import to_bundle
from naru.formats.fhir.krcore.profiles import Profile
from tests.end_to_end import people
from tests.end_to_end.node import Node
from tests.end_to_end.test_fhir_records import JSON, observation
from tests.end_to_end.wire import Caller
from tests.formats.fhir.krcore.example import CONTENT, DOCUMENT

REFERRAL = dataclasses.replace(
    DOCUMENT,
    content=Content(
        diagnoses=CONTENT.diagnoses,
        medications=CONTENT.medications,
        allergies=CONTENT.allergies,
        reason="정밀 검사",
    ),
)


@dataclass
class Whole:
    """A patient with an observation, a referral that is read and a paper that is not."""

    client: httpx.Client
    patient: Identifier
    key: str
    node: Node

    def everything(self, query: str = "") -> dict[str, Any]:
        answer = self.client.get(f"Patient/{self.key}/$everything{query}")
        assert answer.status_code == 200, answer.text
        found = from_json(answer.content)
        assert validation.faults(found) == ()
        return found


def kinds(bundle: dict[str, Any], mode: str = "match") -> list[str]:
    entries = bundle.get("entry", ())
    return [one["resource"]["resourceType"] for one in entries if one["search"]["mode"] == mode]


@pytest.fixture(scope="module")
def whole(sandbox: Node) -> Iterator[Whole]:
    caller = Caller(sandbox.port)
    patient = people.newcomer()
    assert people.acknowledgement(people.feed(caller, patient)) == "CA"
    for content in (cda.write(REFERRAL), b"words of a scan"):
        entry = dataclasses.replace(people.entry(patient, content), unique_id=new_oid())
        assert caller.provide(people.submission(patient, entry), content).errors == []
    base = f"http://127.0.0.1:{sandbox.port}/fhir/"
    with httpx.Client(base_url=base, timeout=60) as client:
        answer = client.post("Observation", json=observation(patient), headers=JSON)
        assert answer.status_code == 201, answer.text
        found = client.get(f"Patient?identifier=urn:oid:{patient.authority}|{patient.value}").json()
        yield Whole(client, patient, found["entry"][0]["resource"]["id"], sandbox)
    caller.close()


def test_records_and_what_documents_say_come_with_their_origin(whole: Whole) -> None:
    last = whole.node.last_record()
    found = whole.everything()

    told = kinds(found)
    assert told[0] == "Patient"
    assert told.count("Patient") == 1
    assert {"Observation", "Condition", "MedicationRequest", "AllergyIntolerance"} <= {*told}
    (record,) = whole.node.records_after(last)
    assert record.transaction == "FHIR everything"
    assert {one.kind for one in record.objects} == {"record", "document"}

    said = [one["resource"] for one in found["entry"] if "meta" in one["resource"]]
    sources = {one["meta"]["source"] for one in said if "source" in one["meta"]}
    assert len(sources) == 1
    conditions = [one for one in said if one["resourceType"] == "Condition"]
    assert conditions[0]["subject"]["reference"] == f"Patient/{whole.key}"

    provenances = [
        one["resource"] for one in found["entry"] if one["resource"]["resourceType"] == "Provenance"
    ]
    with_documents = [one for one in provenances if "entity" in one]
    (document,) = [one["entity"][0]["what"]["reference"] for one in with_documents]
    assert whole.client.get(document).json()["resourceType"] == "DocumentReference"
    named = {one["reference"] for each in provenances for one in each["target"]}
    ids = {f"{one['resourceType']}/{one['id']}" for one in said}
    told_elsewhere = ("Patient/", "DocumentReference/")
    assert {one for one in ids - named if not one.startswith(told_elsewhere)} == set()


def test_what_a_document_says_leads_to_its_author_and_the_visit(whole: Whole) -> None:
    found = [one["resource"] for one in whole.everything()["entry"]]

    by_name = {f"{one['resourceType']}/{one.get('id')}": one for one in found}
    (order,) = [one for one in found if one["resourceType"] == "MedicationRequest"][:1]
    role = by_name[order["requester"]["reference"]]
    assert role["resourceType"] == "PractitionerRole"
    assert by_name[role["practitioner"]["reference"]]["name"][0]["text"] == REFERRAL.author.name
    organization = by_name[role["organization"]["reference"]]
    assert organization["name"] == REFERRAL.header.custodian.name
    visit = by_name[order["encounter"]["reference"]]
    assert visit["class"]["code"] == "IMP"
    assert visit["serviceProvider"]["reference"] == f"Organization/{organization['id']}"
    assert visit["subject"]["reference"] == f"Patient/{whole.key}"


def test_every_document_is_named_whether_or_not_it_can_be_read(whole: Whole) -> None:
    found = [one["resource"] for one in whole.everything()["entry"]]
    documents = [one for one in found if one["resourceType"] == "DocumentReference"]

    assert len(documents) == 2
    for one in documents:
        read = whole.client.get(f"DocumentReference/{one['id']}").json()
        assert one["masterIdentifier"] == read["masterIdentifier"]
        assert one["content"] == read["content"]
        assert one["subject"] == read["subject"]
    assert kinds(whole.everything("?_type=DocumentReference")) == ["DocumentReference"] * 2


def test_a_document_that_nobody_here_can_read_is_told_as_such(whole: Whole) -> None:
    found = whole.everything()

    (outcome,) = [one["resource"] for one in found["entry"] if one["search"]["mode"] == "outcome"]
    (issue,) = outcome["issue"]
    assert issue["severity"] == "information"
    assert "DocumentReference/" in issue["diagnostics"]


def test_it_is_told_in_pages_each_resource_once(whole: Whole) -> None:
    everything = whole.everything()
    pages, address = [], f"Patient/{whole.key}/$everything?_count=2"
    while address:
        page = whole.client.get(address).json()
        pages.append(page)
        links = {one["relation"]: one["url"] for one in page["link"]}
        address = links.get("next", "")
        assert whole.key not in address.partition("?")[2]

    def ids(bundle: dict[str, Any]) -> list[str]:
        return [one["fullUrl"] for one in bundle["entry"] if one["search"]["mode"] == "match"]

    assert len(pages) > 2
    assert [one for page in pages for one in ids(page)] == ids(everything)
    assert everything["total"] == pages[0]["total"] == len(ids(everything))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?_type=Condition", {"Condition"}),
        ("?_type=Observation,AllergyIntolerance", {"Observation", "AllergyIntolerance"}),
        ("?_type=Condition&end=2025-11-30", set()),
        ("?_type=Condition&start=2025-12-01&end=2025-12-01", {"Condition"}),
        ("?_type=Condition&_since=2200-01-01", set()),
    ],
)
def test_it_is_narrowed_by_type_and_day(whole: Whole, query: str, expected: set[str]) -> None:
    assert {*kinds(whole.everything(query))} == expected


@pytest.mark.parametrize("query", ["?_type=Shoe", "?start=gestern", "?shoe=1"])
def test_what_is_not_understood_is_refused(whole: Whole, query: str) -> None:
    answer = whole.client.get(f"Patient/{whole.key}/$everything{query}")

    assert answer.status_code == 400


@pytest.mark.parametrize("operation", ["$everything", "$summary"])
@pytest.mark.parametrize("key", ["7c9e6679-7425-40de-944b-e07fc1f90ae7", "nobody"])
def test_nobody_is_not_found(whole: Whole, operation: str, key: str) -> None:
    last = whole.node.last_record()
    assert whole.client.get(f"Patient/{key}/{operation}").status_code == 404
    assert len(whole.node.records_after(last)) == 1


def test_the_summary_is_a_document_whose_sections_lead_to_what_is_in_it(whole: Whole) -> None:
    last = whole.node.last_record()
    answer = whole.client.get(f"Patient/{whole.key}/$summary")

    found = from_json(answer.content)
    assert validation.faults(found) == ()
    (record,) = whole.node.records_after(last)
    assert record.transaction == "FHIR summary"
    composition = found["entry"][0]["resource"]
    codes = [one["code"]["coding"][0]["code"] for one in composition["section"]]
    assert codes[:3] == ["10160-0", "48765-2", "11450-4"]
    held = {one["fullUrl"] for one in found["entry"]}
    led = {one["reference"] for each in composition["section"] for one in each["entry"]}
    assert led <= held
    assert composition["subject"]["reference"] in held
    assert "metformin" not in json.dumps(composition)
    assert "시험정 500mg" in composition["section"][0]["text"]["div"]


def test_of_somebody_of_whom_nothing_crossed_there_is_no_information(
    whole: Whole, caller: Caller
) -> None:
    patient = people.newcomer()
    assert people.acknowledgement(people.feed(caller, patient)) == "CA"
    token = f"urn:oid:{patient.authority}|{patient.value}"
    key = whole.client.get(f"Patient?identifier={token}").json()["entry"][0]["resource"]["id"]
    found = whole.client.get(f"Patient/{key}/$summary").json()

    composition, *others = [one["resource"] for one in found["entry"]]
    assert len(composition["section"]) == 3
    assert all("정보 없음" in one["text"]["div"] for one in composition["section"])
    said = json.dumps(others)
    for code in ("no-medication-info", "no-allergy-info", "no-problem-info"):
        assert code in said
    assert "no-known" not in said


def test_a_resource_is_judged_by_the_profile_that_is_named(whole: Whole) -> None:
    patient = {"resourceType": "Patient", "gender": "male"}
    sent = {
        "resourceType": "Parameters",
        "parameter": [
            {"name": "resource", "resource": patient},
            {"name": "profile", "valueUri": Profile.PATIENT.url},
            {"name": "mode", "valueCode": "create"},
        ],
    }
    last = whole.node.last_record()
    answer = whole.client.post("Patient/$validate", json=sent, headers=JSON)

    assert answer.status_code == 200
    (record,) = whole.node.records_after(last)
    assert (record.transaction, record.objects) == ("FHIR validate", ())
    outcome = answer.json()
    assert validation.faults(outcome) == ()
    told = {one["diagnostics"]: one["details"]["text"] for one in outcome["issue"]}
    assert "krcore-patient:Patient.birthDate:min" in told
    assert all(text for text in told.values())
    plain = whole.client.post("Patient/$validate", json=patient, headers=JSON).json()
    assert [one["severity"] for one in plain["issue"]] == ["information", "warning"]


def test_profiles_that_are_claimed_are_judged_by_and_a_whole_document_too(whole: Whole) -> None:
    bundle = to_json(to_bundle(DOCUMENT))
    answer = whole.client.post("Bundle/$validate", content=bundle, headers=JSON)

    sound, *advice = answer.json()["issue"]
    assert sound["severity"] == "information"
    assert {(one["severity"], one["diagnostics"]) for one in advice} == {("warning", "R4:dom-6")}


def test_a_record_that_is_kept_is_judged_where_it_stands(whole: Whole) -> None:
    found = whole.everything("?_type=Observation")
    (resource,) = [one["resource"] for one in found["entry"] if one["search"]["mode"] == "match"]
    answer = whole.client.get(
        f"Observation/{resource['id']}/$validate?profile={Profile.LABORATORY_RESULT.url}"
    )

    rules = [one["diagnostics"] for one in answer.json()["issue"]]
    assert "krcore-observation-laboratory-result:Observation.issued:min" in rules


@pytest.mark.parametrize(
    ("address", "sent", "status"),
    [
        ("Patient/$validate?profile=urn:x", {"resourceType": "Patient"}, 400),
        ("Patient/$validate?mode=x", {"resourceType": "Patient"}, 400),
        ("Patient/$validate", {"resourceType": "Parameters"}, 400),
        ("Patient/1/$validate", {"resourceType": "Parameters"}, 404),
        ("Patient/$validate", {"resourceType": "Observation"}, 200),
        ("Shoe/$validate", {"resourceType": "Shoe"}, 404),
    ],
)
def test_what_cannot_be_judged_is_refused(
    whole: Whole, address: str, sent: dict[str, str], status: int
) -> None:
    answer = whole.client.post(address, json=sent, headers=JSON)

    assert answer.status_code == status
    assert answer.json()["issue"][0]["severity"] == "error"


def test_the_profiles_and_operations_are_told(whole: Whole) -> None:
    statement = whole.client.get("metadata").json()
    (rest,) = statement["rest"]
    patient = next(one for one in rest["resource"] if one["type"] == "Patient")

    assert Profile.PATIENT.url in patient["supportedProfile"]
    assert {"everything", "summary", "validate"} <= {one["name"] for one in patient["operation"]}
