"""Single records over real sockets: written, found, changed and withheld."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx
import pytest

from naru.domain.identifiers import Identifier
from naru.domain.korea import korean_day
from naru.formats.fhir import validation, xml
from tests.end_to_end import people
from tests.end_to_end.institutions import GRANT, HUB_A, HUB_B, WITHDRAW, Exchange, consents
from tests.end_to_end.node import Node
from tests.end_to_end.wire import Caller

JSON = {"content-type": "application/fhir+json"}
SYSTEM = "urn:oid:2.999.7"
CODE = {"coding": [{"system": "http://loinc.org", "code": "8480-6"}], "text": "수축기 혈압"}


def subject(patient: Identifier) -> dict[str, Any]:
    return {"identifier": {"system": f"urn:oid:{patient.authority}", "value": patient.value}}


def token(patient: Identifier) -> str:
    return f"urn:oid:{patient.authority}|{patient.value}"


def observation(patient: Identifier, value: int = 120, **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": CODE,
        "subject": subject(patient),
        "effectiveDateTime": f"{korean_day(datetime.now(UTC)).isoformat()}",
        "valueQuantity": {"value": value, "unit": "mmHg"},
        **more,
    }


@dataclass
class Desk:
    """Somebody who posts records for one new patient of theirs."""

    client: httpx.Client
    patient: Identifier

    def send(self, **more: Any) -> dict[str, Any]:
        answer = self.client.post(
            "Observation", json=observation(self.patient, **more), headers=JSON
        )
        assert answer.status_code == 201, answer.text
        told: dict[str, Any] = answer.json()
        return told

    def find(self, query: str = "") -> dict[str, Any]:
        found: dict[str, Any] = self.asks(query).json()
        return found

    def asks(self, query: str = "") -> httpx.Response:
        return self.client.get(f"Observation?patient.identifier={token(self.patient)}{query}")


def ids(bundle: dict[str, Any]) -> list[str]:
    return [one["resource"]["id"] for one in bundle.get("entry", ())]


@pytest.fixture
def desk(sandbox: Node, caller: Caller) -> Iterator[Desk]:
    patient = people.newcomer()
    assert people.acknowledgement(people.feed(caller, patient)) == "CA"
    base = f"http://127.0.0.1:{sandbox.port}/fhir/"
    with httpx.Client(base_url=base, timeout=60) as client:
        yield Desk(client, patient)


def test_what_was_written_is_read_in_either_syntax(desk: Desk, sandbox: Node) -> None:
    last = sandbox.last_record()
    answer = desk.client.post("Observation", json=observation(desk.patient), headers=JSON)

    assert answer.status_code == 201
    assert answer.headers["etag"] == 'W/"1"'
    kept = answer.json()
    assert validation.faults(kept) == ()
    assert kept["meta"]["versionId"] == "1"
    (record,) = sandbox.records_after(last)
    assert (record.transaction, len(record.objects)) == ("FHIR create", 1)

    read = desk.client.get(f"Observation/{kept['id']}")
    assert read.json() == kept
    assert desk.client.get(answer.headers["location"]).json() == kept
    as_xml = desk.client.get(f"Observation/{kept['id']}?_format=xml")
    assert xml.from_xml(as_xml.content) == kept
    again = desk.client.get(
        f"Observation/{kept['id']}", headers={"if-none-match": read.headers["etag"]}
    )
    assert (again.status_code, again.content) == (304, b"")
    posted = desk.client.post(
        "Observation", content=as_xml.content, headers={"content-type": "application/fhir+xml"}
    )
    assert posted.status_code == 201


def test_a_search_finds_by_token_date_reference_and_id(desk: Desk) -> None:
    first = desk.send(effectiveDateTime="2026-02-03")
    second = desk.send(
        effectiveDateTime="2026-02-04T10:00:00+09:00",
        identifier=[{"system": SYSTEM, "value": "b"}],
        encounter={"reference": "Encounter/e-1"},
    )
    both, only_first, only_second = [first["id"], second["id"]], [first["id"]], [second["id"]]
    for query, expected in (
        ("", both),
        ("&code=8480-6", both),
        ("&code=http://loinc.org|8480-6", both),
        ("&code=http://loinc.org|", both),
        ("&code=urn:x|8480-6", []),
        ("&code=|8480-6", []),
        ("&code=a,8480-6&status=final", both),
        ("&status=preliminary", []),
        ("&date=2026-02-03", only_first),
        ("&date=2026-02", both),
        ("&date=2026-02-04T01:00:00Z", only_second),
        ("&date=gt2026-02-03", only_second),
        ("&date=ge2026-02-03&date=lt2026-02-04", only_first),
        ("&date=sa2026-02-03", only_second),
        ("&date=ne2026-02-03", only_second),
        (f"&identifier={SYSTEM}|b", only_second),
        ("&encounter=e-1", only_second),
        ("&encounter=Encounter/e-1", only_second),
        ("&encounter:Encounter=e-1", only_second),
        ("&encounter=e-2", []),
        (f"&_id={first['id']}", only_first),
        ("&_lastUpdated=ge2026-01-01", both),
        ("&_lastUpdated=lt2026-01-01", []),
        ("&_sort=-date", [*only_second, *only_first]),
        ("&_sort=date", both),
    ):
        found = desk.find(query)
        assert ids(found) == expected, query
        assert found["total"] == len(expected), query
    posted = desk.client.post(
        "Observation/_search",
        data={"patient.identifier": token(desk.patient), "date": "2026-02-03"},
    )
    assert ids(posted.json()) == only_first
    assert validation.faults(posted.json()) == ()
    assert desk.find("&_summary=count").keys() == {"resourceType", "type", "total", "link"}


def test_an_unknown_parameter_is_refused_or_left_out_as_the_client_prefers(desk: Desk) -> None:
    desk.send()
    refused = desk.asks("&shoe=43")
    assert refused.status_code == 400
    assert refused.json()["issue"][0]["expression"] == ["shoe"]
    lenient = desk.client.get(
        f"Observation?subject.identifier={token(desk.patient)}&shoe=43",
        headers={"prefer": "handling=lenient"},
    ).json()
    assert [one["search"]["mode"] for one in lenient["entry"]] == ["match", "outcome"]
    assert "shoe" not in lenient["link"][0]["url"]


def test_nobody_looks_through_everybodys_records(desk: Desk) -> None:
    desk.send()

    assert desk.client.get("Observation").status_code == 400
    assert desk.client.get("Observation?code=8480-6").status_code == 400
    assert desk.client.get("Practitioner").status_code == 200


def test_pages_skip_and_repeat_nothing_while_others_write(desk: Desk) -> None:
    sent = [desk.send(value=number)["id"] for number in range(11)]
    seen: list[str] = []
    answer = desk.find("&_count=3&_sort=-_lastUpdated")
    while True:
        assert answer["total"] == 11
        seen += ids(answer)
        desk.send(value=500)
        desk.client.delete(f"Observation/{sent[len(seen) % 11]}")
        following = [one["url"] for one in answer["link"] if one["relation"] == "next"]
        if not following:
            break
        answer = desk.client.get(following[0]).json()
    assert seen == sent[::-1]


def test_a_page_is_of_its_own_question(desk: Desk) -> None:
    for _ in range(2):
        desk.send()
    (following,) = [
        one["url"] for one in desk.find("&_count=1")["link"] if one["relation"] == "next"
    ]
    assert desk.client.get(following.replace("?", "?code=8480-6&")).status_code == 400
    assert desk.client.get(following + "00").status_code == 400


def test_the_next_page_of_a_search_names_nobody(desk: Desk) -> None:
    sent = [desk.send()["id"] for _ in range(3)]
    whom = {"patient.identifier": token(desk.patient), "_count": "2", "_elements": "status"}
    answer = desk.client.post("Observation/_search", data=whom).json()
    (following,) = [one["url"] for one in answer["link"] if one["relation"] == "next"]
    assert desk.patient.value not in following
    assert "identifier" not in following
    told = desk.client.get(following).json()
    assert [*ids(answer), *ids(told)] == sent
    assert "valueQuantity" not in told["entry"][0]["resource"]


def test_versions_stay_and_a_change_names_the_one_it_expects(desk: Desk) -> None:
    kept = desk.send()
    address = f"Observation/{kept['id']}"
    changed = {**kept, "status": "amended"}
    wrong = desk.client.put(address, json=changed, headers={**JSON, "if-match": 'W/"2"'})
    assert wrong.status_code == 412
    right = desk.client.put(address, json=changed, headers={**JSON, "if-match": 'W/"1"'})
    assert (right.status_code, right.headers["etag"]) == (200, 'W/"2"')
    assert desk.client.get(f"{address}/_history/1").json() == kept
    assert desk.client.get(f"{address}/_history/3").status_code == 404
    assert ids(desk.find("&status=final")) == []
    assert ids(desk.find("&status=amended")) == [kept["id"]]

    assert desk.client.delete(address).status_code == 204
    assert desk.client.get(address).status_code == 410
    assert desk.client.get(f"{address}/_history/2").status_code == 200
    history = desk.client.get(f"{address}/_history").json()
    assert validation.faults(history) == ()
    assert [one["request"]["method"] for one in history["entry"]] == ["DELETE", "PUT", "POST"]
    assert desk.find()["total"] == 0


@pytest.mark.parametrize(
    ("change", "status", "expression"),
    [
        ({"status": "shoe"}, 400, ["Observation.status"]),
        ({"shoe": 1}, 400, ["Observation.shoe"]),
        ({"resourceType": "Patient"}, 400, ["resourceType"]),
        ({"subject": {"reference": "Patient/1"}}, 422, None),
        ({"subject": {"reference": f"Patient/{uuid4()}"}}, 422, None),
        ({"subject": {"reference": "Group/1"}}, 422, None),
        ({"subject": {"display": "김나루"}}, 422, None),
    ],
)
def test_what_is_unsound_or_of_nobody_is_not_kept(
    sandbox: Node, desk: Desk, change: dict[str, Any], status: int, expression: list[str] | None
) -> None:
    before = sandbox.holdings()
    last = sandbox.last_record()
    answer = desk.client.post("Observation", json=observation(desk.patient) | change, headers=JSON)

    assert answer.status_code == status
    assert answer.json()["issue"][0].get("expression") == expression
    assert sandbox.holdings() == before
    (record,) = sandbox.records_after(last)
    assert record.errors


def entry(resource: dict[str, Any], full_url: str = "", **request: str) -> dict[str, Any]:
    told = {"resource": resource, "request": {"method": "POST", "url": resource["resourceType"]}}
    told["request"] |= request
    return ({"fullUrl": full_url} if full_url else {}) | told


def bundle(*entries: dict[str, Any], kind: str = "transaction") -> dict[str, Any]:
    return {"resourceType": "Bundle", "type": kind, "entry": list(entries)}


def test_a_transaction_resolves_its_references_and_includes_find_them(desk: Desk) -> None:
    visit, doctor = f"urn:uuid:{uuid4()}", f"urn:uuid:{uuid4()}"
    licence = {"system": SYSTEM, "value": str(uuid4())}
    encounter = {
        "resourceType": "Encounter",
        "status": "finished",
        "class": {"code": "AMB"},
        "subject": subject(desk.patient),
        "period": {"start": "2026-02-03"},
    }
    seen = observation(
        desk.patient,
        encounter={"reference": visit},
        performer=[{"reference": f"Practitioner?identifier={SYSTEM}|{licence['value']}"}],
    )
    practitioner = {"resourceType": "Practitioner", "identifier": [licence]}
    answer = desk.client.post("", json=bundle(entry(seen), entry(encounter, visit)), headers=JSON)
    assert answer.status_code == 412  # Nobody has this licence yet.
    assert desk.find()["total"] == 0
    answer = desk.client.post(
        "",
        json=bundle(entry(encounter, visit), entry(practitioner, doctor), entry(seen)),
        headers=JSON,
    )
    assert answer.status_code == 200, answer.text
    assert validation.faults(answer.json()) == ()
    responses = [one["response"] for one in answer.json()["entry"]]
    assert [one["status"] for one in responses] == ["201 Created"] * 3
    kinds = [one["location"].split("/")[-4] for one in responses]
    assert kinds == ["Encounter", "Practitioner", "Observation"]

    found = desk.find("&_include=Observation:encounter&_include=Observation:performer")
    assert [one["search"]["mode"] for one in found["entry"]] == ["match", "include", "include"]
    assert found["total"] == 1
    kept = found["entry"][0]["resource"]
    assert kept["encounter"]["reference"] == f"Encounter/{ids(found)[1]}"
    assert kept["performer"][0]["reference"] == f"Practitioner/{ids(found)[2]}"


def test_a_transaction_is_whole_or_nothing_and_a_batch_is_not(sandbox: Node, desk: Desk) -> None:
    good, bad = observation(desk.patient), observation(Identifier("TEST-unknown", "2.999.1"))
    before = sandbox.holdings()
    answer = desk.client.post("", json=bundle(entry(good), entry(bad)), headers=JSON)
    assert answer.status_code == 422
    assert sandbox.holdings() == before

    last = sandbox.last_record()
    answer = desk.client.post("", json=bundle(entry(bad), entry(good), kind="batch"), headers=JSON)
    assert answer.status_code == 200
    responses = [one["response"] for one in answer.json()["entry"]]
    assert [one["status"][:3] for one in responses] == ["422", "201"]
    assert responses[0]["outcome"]["issue"][0]["code"] == "business-rule"
    assert desk.find()["total"] == 1
    (record, *_) = sandbox.records_after(last)
    assert record.transaction == "FHIR batch"


@pytest.mark.parametrize(
    "entries",
    [
        [{"request": {"method": "GET", "url": "Shoe/1"}}],
        [{"request": {"method": "GET", "url": "Observation/1/shoe"}}],
        [{"request": {"method": "DELETE", "url": "Observation/1?code=a"}}],
        [{"request": {"method": "POST", "url": "Observation"}}],
        [{"request": {"method": "POST", "url": "Shoe"}}],
        [{"request": {"method": "DELETE", "url": "Observation/../Patient"}}],
        [{"resource": {"resourceType": "Basic", "code": {"text": "x"}}}],
    ],
)
def test_what_a_bundle_may_not_hold_is_refused(desk: Desk, entries: list[dict[str, Any]]) -> None:
    answer = desk.client.post("", json=bundle(*entries), headers=JSON)

    assert answer.status_code == 400
    assert answer.json()["issue"][0]["expression"][0].startswith("Bundle.entry[0]")


def test_a_dangling_reference_is_refused(desk: Desk) -> None:
    lost = observation(desk.patient, encounter={"reference": f"urn:uuid:{uuid4()}"})

    assert desk.client.post("", json=bundle(entry(lost)), headers=JSON).status_code == 400


def race(base: str, patient: Identifier, keys: int, clients: int = 64) -> None:
    """Every client posts each key at once; exactly one record of each is to be there."""
    barrier = threading.Barrier(clients)

    def one() -> list[tuple[int, str]]:
        seen = []
        with httpx.Client(base_url=base, timeout=120) as client:
            for number in range(keys):
                condition = f"identifier={SYSTEM}|{patient.value}-{number}"
                body = observation(
                    patient, identifier=[{"system": SYSTEM, "value": f"{patient.value}-{number}"}]
                )
                barrier.wait(120)
                while True:
                    answer = client.post(
                        "Observation", json=body, headers={**JSON, "if-none-exist": condition}
                    )
                    if answer.status_code != 503:  # Busy: the node asks to try again.
                        break
                assert answer.status_code in {200, 201}, answer.text
                seen.append((answer.status_code, answer.json()["id"]))
        return seen

    with ThreadPoolExecutor(clients) as pool:
        futures = [pool.submit(one) for _ in range(clients)]
        columns = zip(*(future.result() for future in futures), strict=True)
    for column in columns:
        assert len({id_ for _, id_ in column}) == 1
        assert sorted(status for status, _ in column) == [200] * (clients - 1) + [201]


def test_racing_conditional_creates_make_one_record(desk: Desk) -> None:
    race(str(desk.client.base_url), desk.patient, keys=2)

    assert desk.find()["total"] == 2


@pytest.mark.long
def test_a_long_race_of_conditional_creates_makes_one_record_each(desk: Desk) -> None:
    race(str(desk.client.base_url), desk.patient, keys=1000)

    assert desk.find("&_summary=count")["total"] == 1000


def test_a_condition_that_fits_several_is_refused(desk: Desk) -> None:
    same = [{"system": SYSTEM, "value": str(uuid4())}]
    for _ in range(2):
        desk.send(identifier=same)
    condition = f"identifier={SYSTEM}|{same[0]['value']}"
    body = observation(desk.patient, identifier=same)
    created = desk.client.post(
        "Observation", json=body, headers={**JSON, "if-none-exist": condition}
    )
    assert created.status_code == 412
    assert desk.client.put(f"Observation?{condition}", json=body, headers=JSON).status_code == 412


def test_a_conditional_update_creates_and_then_updates(desk: Desk) -> None:
    same = [{"system": SYSTEM, "value": str(uuid4())}]
    body = observation(desk.patient, identifier=same)
    address = f"Observation?identifier={SYSTEM}|{same[0]['value']}"
    statuses = [desk.client.put(address, json=body, headers=JSON).status_code for _ in range(2)]

    assert statuses == [201, 200]
    assert desk.find()["total"] == 1


def client_of(exchange: Exchange, oid: str) -> httpx.Client:
    context = exchange.caller(oid).tls
    assert context is not None
    base = f"https://127.0.0.1:{exchange.node.tls_port}/fhir/"
    return httpx.Client(base_url=base, verify=context, timeout=60)


def test_a_record_is_seen_as_far_as_the_patient_consents(exchange: Exchange) -> None:
    patient = exchange.registered(HUB_A)
    with client_of(exchange, HUB_A) as own, client_of(exchange, HUB_B) as other:
        writer, reader = Desk(own, patient), Desk(other, patient)
        body = observation(patient)
        refused = own.post("Observation", json=body, headers=JSON)
        assert refused.status_code == 403
        assert "only records after consent" in refused.text

        consents(exchange.caller(HUB_A), patient, GRANT)
        kept = writer.send()
        # Consented to, but the patient has not come to the other.
        assert ids(reader.find()) == []
        exchange.caller(HUB_B).receives(patient)
        before = writer.client.post(
            "Observation", json=body | {"effectiveDateTime": "2001-01-01"}, headers=JSON
        )
        undated = {name: value for name, value in body.items() if name != "effectiveDateTime"}
        assert before.status_code == 403
        assert own.post("Observation", json=undated, headers=JSON).status_code == 403
        assert ids(reader.find()) == [kept["id"]]
        address = f"Observation/{kept['id']}"
        assert other.get(address).status_code == 200
        # Nobody changes what another wrote, nor learns that it is there.
        for answer in (other.put(address, json=kept, headers=JSON), other.delete(address)):
            assert answer.status_code == 404

        consents(exchange.caller(HUB_A), patient, WITHDRAW)
        withheld, absent = other.get(address), other.get(f"Observation/{uuid4()}")
        assert withheld.status_code == absent.status_code == 404
        assert withheld.content == absent.content
        found = reader.find(f"&_id={kept['id']}")
        assert (found["total"], ids(found)) == (0, [])
        assert other.get(f"{address}/_history").status_code == 404
        assert other.get(f"{address}/_history/1").status_code == 404


def test_a_search_asks_for_what_is_missing_and_what_is_not(desk: Desk) -> None:
    plain = desk.send(status="final")["id"]
    told = desk.send(status="amended", category=[{"text": "활력징후"}])["id"]
    coded = desk.send(category=[{"coding": [{"system": "urn:x", "code": "lab"}]}])["id"]
    for query, expected in (
        ("&category:missing=true", [plain]),
        ("&category:missing=false", [told, coded]),
        ("&category:not=lab", [plain, told]),
        ("&status:not=amended", [plain, coded]),
        ("&status:not=amended,final", []),
        ("&date:missing=true", []),
        ("&encounter:missing=true", [plain, told, coded]),
    ):
        assert ids(desk.find(query)) == expected, query
    assert desk.asks("&category:missing=perhaps").status_code == 400
    assert desk.asks("&date:not=2026").status_code == 400
    for evading in ("identifier:missing=true", "identifier:not=a"):
        assert desk.client.get(f"Observation?{evading}").status_code == 400


def test_a_part_of_a_name_finds_it(desk: Desk) -> None:
    name = f"나루{uuid4().hex[:6]}의원"
    sent = desk.client.post(
        "Organization", json={"resourceType": "Organization", "name": name}, headers=JSON
    )
    assert sent.status_code == 201
    for part, found in ((name[1:7], 1), (name[-4:], 1), (name[::-1][:6], 0)):
        told = desk.client.get("Organization", params={"name:contains": part}).json()
        assert ids(told).count(sent.json()["id"]) == found, part
    assert desk.client.get("Organization?name:contains=abcdefghi").status_code == 400


def test_what_refers_to_a_match_comes_along(desk: Desk) -> None:
    visit = {
        "resourceType": "Encounter",
        "status": "finished",
        "class": {"code": "AMB"},
        "subject": subject(desk.patient),
        "period": {"start": "2026-02-03"},
    }
    kept = desk.client.post("Encounter", json=visit, headers=JSON).json()["id"]
    seen = desk.send(encounter={"reference": f"Encounter/{kept}"})["id"]
    desk.send()
    found = desk.client.get(f"Encounter?_id={kept}&_revinclude=Observation:encounter").json()
    assert validation.faults(found) == ()
    modes = [(one["resource"]["id"], one["search"]["mode"]) for one in found["entry"]]
    assert modes == [(kept, "match"), (seen, "include")]
    assert found["total"] == 1
    for wrong in ("Observation:code", "Practitioner:name", "Shoe:size"):
        assert desk.client.get(f"Encounter?_id={kept}&_revinclude={wrong}").status_code == 400
    everybody = desk.client.get("Practitioner?_revinclude=Observation:performer")
    assert everybody.status_code == 400


def test_an_answer_is_cut_to_what_was_asked_for(desk: Desk) -> None:
    div = '<div xmlns="http://www.w3.org/1999/xhtml">혈압 120</div>'
    text = {"status": "generated", "div": div}
    kept = desk.send(text=text, note=[{"text": "앉아서"}])
    address = f"Observation/{kept['id']}"
    always = {"resourceType", "id", "meta", "status", "code"}
    for query, expected in (
        ("_elements=subject", {*always, "subject"}),
        ("_elements=value,note", {*always, "valueQuantity", "note"}),
        ("_summary=text", {*always, "text"}),
        ("_summary=data", kept.keys() - {"text"}),
        ("_summary=true", kept.keys() - {"text", "note"}),
        ("_summary=false", kept.keys()),
    ):
        read = desk.client.get(f"{address}?{query}").json()
        assert read.keys() == expected, query
        (found,) = desk.find(f"&{query}")["entry"]
        assert found["resource"] == read, query
        assert validation.faults(read) == (), query
        cut = [one["code"] for one in read["meta"].get("tag", ())]
        assert cut == ([] if query == "_summary=false" else ["SUBSETTED"]), query
    for wrong in ("_summary=shoe", "_elements=a.b", "_elements=note&_summary=text"):
        assert desk.asks(f"&{wrong}").status_code == 400, wrong
    pretty = desk.client.get(f"{address}?_format=xml&_pretty=true")
    assert "\n  <status value=" in pretty.text
    assert div in pretty.text
    assert xml.from_xml(pretty.content) == kept


def test_a_delete_by_condition_deletes_one(desk: Desk) -> None:
    name = str(uuid4())
    for _ in range(2):
        desk.send(identifier=[{"system": SYSTEM, "value": name}])
    address = f"Observation?identifier={SYSTEM}|{name}"
    assert desk.client.delete(address).status_code == 412
    desk.client.delete(f"Observation/{ids(desk.client.get(address).json())[0]}")
    assert desk.client.delete(address).status_code == 204
    assert desk.client.get(address).json()["total"] == 0
    assert desk.client.delete(address).status_code == 404
    assert desk.client.delete("Observation").status_code == 400
    desk.send(identifier=[{"system": SYSTEM, "value": name}])
    done = desk.client.post(
        "", json=bundle({"request": {"method": "DELETE", "url": address}}), headers=JSON
    )
    assert done.json()["entry"][0]["response"]["status"] == "204 No Content"


def look(url: str) -> dict[str, Any]:
    return {"request": {"method": "GET", "url": url}}


def test_a_bundle_looks_at_what_it_has_just_changed(sandbox: Node, desk: Desk) -> None:
    kept = desk.send()
    search = f"Observation?patient.identifier={token(desk.patient)}"
    last = sandbox.last_record()
    asked = bundle(
        look(f"Observation/{kept['id']}"),
        look(f"{search}&_summary=count"),
        look(f"Observation/{kept['id']}/_history/1"),
        look(f"Observation/{kept['id']}/_history"),
        entry(observation(desk.patient)),
        look(f"{search}&_elements=status"),
    )
    answer = desk.client.post("", json=asked, headers=JSON)
    assert answer.status_code == 200, answer.text
    assert validation.faults(answer.json()) == ()
    read, count, version, versions, made, found = answer.json()["entry"]
    assert read["resource"] == version["resource"] == kept
    assert read["response"]["etag"] == 'W/"1"'
    assert (count["resource"]["total"], found["resource"]["total"]) == (2, 2)
    assert versions["resource"]["type"] == "history"
    assert made["response"]["status"] == "201 Created"
    assert "subject" not in found["resource"]["entry"][0]["resource"]
    (record,) = sandbox.records_after(last)
    assert f"Observation/{kept['id']}" in {one.id for one in record.objects}

    missing = look(f"Observation/{uuid4()}")
    new = entry(observation(desk.patient))
    assert desk.client.post("", json=bundle(new, missing), headers=JSON).status_code == 404
    assert desk.find()["total"] == 2
    batch = desk.client.post("", json=bundle(missing, new, kind="batch"), headers=JSON).json()
    statuses = [one["response"]["status"][:3] for one in batch["entry"]]
    assert statuses == ["404", "201"]
    assert desk.client.post("", json=bundle(*[missing] * 101), headers=JSON).status_code == 400


def test_the_statement_tells_what_is_answered(desk: Desk) -> None:
    (rest,) = desk.client.get("metadata").json()["rest"]
    told = {one["type"]: one for one in rest["resource"]}
    assert told["Observation"]["conditionalDelete"] == "single"
    assert "Observation:encounter" in told["Encounter"]["searchRevInclude"]
    assert "searchRevInclude" not in told["Practitioner"]
    (status,) = [one for one in told["Observation"]["searchParam"] if one["name"] == "status"]
    assert status["documentation"] == "Modifiers: missing, not."
    assert {"_elements", "_summary"} <= {one["name"] for one in rest["searchParam"]}
