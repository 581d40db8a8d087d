"""Terminology over real sockets: releases loaded beside a running node, and FHIR's operations."""

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from naru.formats.fhir import validation
from naru.formats.fhir.krcore import own_extensions
from tests.end_to_end.conftest import a_sandbox
from tests.end_to_end.node import NARU, Node, environment

KCD_8 = "http://www.hl7korea.or.kr/CodeSystem/kostat-kcd-8"
KCD_9 = "https://naru.invalid/CodeSystem/kcd-9"
KCD = "urn:oid:1.2.410.100110.40.2.3.2"
DEPARTMENT = "http://www.hl7korea.or.kr/CodeSystem/hira-medical-department"
KRCORE = "http://www.hl7korea.or.kr/fhir/krcore/ValueSet"

EIGHT = """상병코드,한글명칭,영문명칭,포함용어
TEST-E11,2형 당뇨병,Type 2 diabetes,인슐린비의존당뇨병
TEST-E11.0,혼수를 동반한 2형 당뇨병,,
TEST-E11.9,합병증이 없는 2형 당뇨병,,
"""
NINE = """상병코드,한글명칭,영문명칭
TEST-E11,2형 당뇨병,Type 2 diabetes
TEST-E11.0,혼수를 동반한 2형 당뇨병,
"""


def naru(node: Node, *arguments: str) -> subprocess.CompletedProcess[str]:
    database = {"NARU_DATABASE": node.database} if node.database else {}
    return subprocess.run(
        [str(NARU), "terminology", *arguments],
        env=environment(**database),
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory, codes: Path) -> Iterator[Node]:
    """A node of its own: beside a loaded release, codes of other tests' documents are unknown."""
    with a_sandbox(tmp_path_factory.mktemp("terminology"), codes) as node:
        yield node


@pytest.fixture(scope="module")
def base(loaded: Node, tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("releases")
    for name, text, since in (("kcd-8", EIGHT, "2021-01-01"), ("kcd-9", NINE, "2026-01-01")):
        file = folder / f"{name}.csv"
        file.write_text(text, "cp949")
        last = loaded.last_record()
        data = ("--data", str(loaded.data), "--version", "TEST-1", "--from", since)
        dry = naru(loaded, "load", name, str(file), *data, "--dry-run")
        assert "would be added" in dry.stdout, dry.stderr
        done = naru(loaded, "load", name, str(file), *data)
        assert done.returncode == 0, done.stderr
        assert [one.transaction for one in loaded.records_after(last)] == ["load terminology"] * 2
        again = naru(loaded, "load", name, str(file), *data)
        assert "added 0, changed 0, retired 0" in again.stdout
    return f"http://127.0.0.1:{loaded.port}/fhir"


def get(base: str, operation: str, **asked: str) -> httpx.Response:
    return httpx.get(f"{base}/{operation}", params=asked)


def post(base: str, operation: str, *parameters: dict[str, Any]) -> httpx.Response:
    body = {"resourceType": "Parameters", "parameter": list(parameters)}
    headers = {"content-type": "application/fhir+json"}
    return httpx.post(f"{base}/{operation}", json=body, headers=headers)


def told(answer: httpx.Response) -> dict[str, Any]:
    """The first value of each parameter by its name."""
    assert answer.status_code == 200, answer.text
    resource = answer.json()
    validation.check(resource, "Parameters", "ValueSet")
    found: dict[str, Any] = {}
    for one in resource["parameter"]:
        value = next((one[name] for name in one if name.startswith("value")), one.get("part"))
        found.setdefault(one["name"], value)
    return found


def issue(answer: httpx.Response) -> tuple[int, str]:
    outcome = answer.json()
    assert outcome["resourceType"] == "OperationOutcome"
    return answer.status_code, outcome["issue"][0]["code"]


def test_lookup_tells_a_code_with_its_terms_by_get_and_post(loaded: Node, base: str) -> None:
    last = loaded.last_record()
    found = get(base, "CodeSystem/$lookup", system=KCD_8, code="TEST-E11", date="2025-06-01")
    coding = {"system": KCD_8, "code": "TEST-E11"}
    posted = post(
        base,
        "CodeSystem/$lookup",
        {"name": "coding", "valueCoding": coding},
        {"name": "date", "valueDateTime": "2025-06-01"},
    )
    assert found.json() == posted.json()
    first = told(found)
    assert (first["version"], first["display"]) == ("TEST-1", "2형 당뇨병")
    assert "인슐린비의존당뇨병" in found.text
    assert [one.transaction for one in loaded.records_after(last)] == ["FHIR operation"] * 2
    english = get(
        base,
        "CodeSystem/$lookup",
        system=KCD_9,
        code="TEST-E11",
        date="2026-06-01",
        displayLanguage="en",
    )
    assert told(english)["display"] == "Type 2 diabetes"


def test_validate_code_judges_by_the_day_and_names_the_nearest(base: str) -> None:
    asked = {"url": KCD, "code": "TEST-E11.9"}
    path = "CodeSystem/$validate-code"
    assert told(get(base, path, **asked, date="2025-12-31"))["result"] is True
    retired = told(get(base, path, **asked, date="2026-01-01"))
    assert retired["result"] is False
    assert "TEST-E11.0" in retired["message"]
    assert retired["display"] == "합병증이 없는 2형 당뇨병"
    right, wrong = (
        told(get(base, path, url=DEPARTMENT, code="01", display=display))["result"]
        for display in ("내과", "외과")
    )
    assert (right, wrong) == (True, False)
    codings = [{"system": DEPARTMENT, "code": "999"}, {"system": DEPARTMENT, "code": "01"}]
    whole = {"name": "codeableConcept", "valueCodeableConcept": {"coding": codings}}
    assert told(post(base, path, whole))["result"] is True
    codings.append({"system": "urn:oid:2.999.1", "code": "LOCAL"})
    assert told(post(base, path, whole))["result"] is True
    local = {"name": "codeableConcept", "valueCodeableConcept": {"coding": codings[2:]}}
    assert issue(post(base, path, local)) == (404, "not-found")


def test_subsumes_follows_the_classification(base: str) -> None:
    def outcome(one: str, other: str) -> Any:
        answer = get(base, "CodeSystem/$subsumes", system=KCD_9, codeA=one, codeB=other)
        return told(answer)["outcome"]

    assert outcome("TEST-E11", "TEST-E11.0") == "subsumes"
    assert outcome("TEST-E11.0", "TEST-E11") == "subsumed-by"
    assert outcome("TEST-E11", "TEST-E11") == "equivalent"


def test_expand_tells_pages_and_what_a_text_leads_to(base: str) -> None:
    path, url = "ValueSet/$expand", f"{KRCORE}/krcore-vcnt-type-codes"
    whole = get(base, path, url=url).json()
    validation.check(whole, "ValueSet")
    assert whole["expansion"]["total"] == len(whole["expansion"]["contains"]) == 46
    page = get(base, path, url=url, offset="40", count="3").json()["expansion"]
    assert page["contains"] == whole["expansion"]["contains"][40:43]
    kcd = f"{KRCORE}/krcore-kcd8-codes"
    for text in ("당뇨", "ㄷㄴㅂ", "TEST-E11", "인슐린비"):
        found = get(base, path, url=kcd, filter=text, date="2025-06-01").json()["expansion"]
        assert found["contains"][0]["code"] == "TEST-E11", text
    vital = get(base, path, url=f"{KRCORE}/krcore-vital-signs-codes").json()["expansion"]
    assert {"system": "http://loinc.org", "code": "8867-4"} in vital["contains"]


def test_a_value_set_holds_just_its_codes(base: str) -> None:
    path, url = "ValueSet/$validate-code", f"{KRCORE}/krcore-medicaldepartment-codes"
    assert told(get(base, path, url=url, system=DEPARTMENT, code="01"))["result"] is True
    assert told(get(base, path, url=url, code="01"))["result"] is True
    assert told(get(base, path, url=url, system=DEPARTMENT, code="99"))["result"] is False
    assert told(get(base, path, url=url, system=KCD_8, code="01"))["result"] is False


def test_translate_tells_the_departments_in_the_other_systems(base: str) -> None:
    path, egen = "ConceptMap/$translate", "E-Gen"
    found = get(base, path, system=DEPARTMENT, code="03", targetsystem=egen)
    assert told(found)["result"] is True
    assert '"code":"D003"' in found.text
    assert "naru:departments" in found.text
    back = get(base, path, system=egen, code="D003", targetsystem=DEPARTMENT, reverse="true")
    assert '"code":"03"' in back.text
    assert told(get(base, path, system=KCD_9, code="TEST-E11"))["result"] is False


def test_a_map_is_named_by_its_address(base: str) -> None:
    path, url = "ConceptMap/$translate", "https://naru.invalid/ConceptMap"
    there = f"{url}/hira-department-to-egen-department"
    assert '"code":"D003"' in get(base, path, url=there, code="03").text
    back = get(base, path, url=there, code="D003", reverse="true")
    assert '"code":"03"' in back.text
    other = get(base, path, url=there, system=KCD_9, code="03")
    assert issue(other) == (400, "invalid")
    assert issue(get(base, path, url=f"{url}/a-to-b", code="03")) == (404, "not-found")


def test_code_systems_and_value_sets_are_read_and_found_by_their_address(
    loaded: Node, base: str
) -> None:
    last = loaded.last_record()
    read = get(base, "CodeSystem/kcd-8").json()
    validation.check(read, "CodeSystem")
    assert (read["url"], read["version"], read["content"]) == (KCD_8, "TEST-1", "not-present")
    found = get(base, "CodeSystem", url=KCD_8).json()
    assert [one["resource"] for one in found["entry"]] == [read]
    assert get(base, "CodeSystem", url="urn:x").json()["total"] == 0
    departments = get(base, "ValueSet/krcore-medicaldepartment-codes").json()
    validation.check(departments, "ValueSet")
    url = departments["url"]
    assert url == f"{KRCORE}/krcore-medicaldepartment-codes"
    (entry,) = get(base, "ValueSet", url=url).json()["entry"]
    assert entry["resource"] == departments
    assert get(base, "ValueSet/all-kcd-9").json()["compose"]["include"] == [{"system": KCD_9}]
    assert issue(get(base, "ValueSet/none")) == (404, "not-found")
    assert issue(get(base, "CodeSystem")) == (400, "not-supported")
    assert len(loaded.records_after(last)) == 8


def test_extensions_of_ours_are_read_and_found_by_their_address(loaded: Node, base: str) -> None:
    last = loaded.last_record()
    (rest,) = get(base, "metadata").json()["rest"]
    (told,) = [one for one in rest["resource"] if one["type"] == "StructureDefinition"]
    assert [one["code"] for one in told["interaction"]] == ["read", "search-type"]
    for one in own_extensions.definitions():
        (entry,) = get(base, "StructureDefinition", url=one["url"]).json()["entry"]
        assert entry["resource"] == one
        assert entry["fullUrl"].endswith(f"/StructureDefinition/{one['id']}")
    read = get(base, "StructureDefinition/prescription").json()
    validation.check(read, "StructureDefinition")
    assert read == own_extensions.PRESCRIPTION.definition()
    assert get(base, "StructureDefinition", url="urn:x").json()["total"] == 0
    assert get(base, "StructureDefinition", _id="visit").json()["total"] == 1
    assert issue(get(base, "StructureDefinition/krcore-patient")) == (404, "not-found")
    assert issue(get(base, "StructureDefinition")) == (400, "not-supported")
    assert len(loaded.records_after(last)) == len(own_extensions.ALL) + 6


@pytest.mark.parametrize(
    ("operation", "asked", "expected"),
    [
        ("CodeSystem/$lookup", {"code": "01"}, (400, "required")),
        ("CodeSystem/$lookup", {"system": "urn:x", "code": "01"}, (404, "not-found")),
        ("CodeSystem/$lookup", {"system": DEPARTMENT, "code": "no"}, (404, "not-found")),
        ("CodeSystem/$lookup", {"system": DEPARTMENT}, (400, "invalid")),
        (
            "CodeSystem/$lookup",
            {"system": DEPARTMENT, "code": "01", "date": "now"},
            (400, "value"),
        ),
        (
            "CodeSystem/$lookup",
            {"system": DEPARTMENT, "code": "01", "version": "9"},
            (404, "not-found"),
        ),
        ("CodeSystem/$lookup", {"system": DEPARTMENT, "codes": "01"}, (400, "not-supported")),
        ("ValueSet/$expand", {"url": "urn:x"}, (404, "not-found")),
        ("ValueSet/$expand", {}, (400, "required")),
        (
            "ValueSet/$expand",
            {"url": f"{KRCORE}/krcore-vcnt-type-codes", "count": "-1"},
            (400, "value"),
        ),
        (
            "ValueSet/$expand",
            {"url": f"{KRCORE}/krcore-vcnt-type-codes", "filter": "a" * 600},
            (400, "too-long"),
        ),
        (
            "ConceptMap/$translate",
            {"system": DEPARTMENT, "code": "01", "reverse": "si"},
            (400, "value"),
        ),
        ("CodeSystem/$subsumes", {"system": DEPARTMENT, "codeA": "01"}, (400, "required")),
    ],
)
def test_what_cannot_be_answered_is_refused_in_the_standards_words(
    loaded: Node, base: str, operation: str, asked: dict[str, str], expected: tuple[int, str]
) -> None:
    last = loaded.last_record()
    assert issue(get(base, operation, **asked)) == expected
    assert len(loaded.records_after(last)) == 1


LAST_QUERY = """
from naru.audit import queries
from naru.audit.models import Record
record = queries.one(Record.objects.order_by("-id").values_list("record", flat=True)[0])
print(record.query)
"""


def batch(base: str, *entries: dict[str, Any]) -> httpx.Response:
    body = {"resourceType": "Bundle", "type": "batch", "entry": list(entries)}
    headers = {"content-type": "application/fhir+json"}
    return httpx.post(base, json=body, headers=headers)


def by_url(operation: str, **asked: str) -> dict[str, Any]:
    url = f"{operation}?{httpx.QueryParams(asked)}"
    return {"request": {"method": "GET", "url": url}}


def by_parameters(operation: str, *parameters: dict[str, Any]) -> dict[str, Any]:
    return {
        "request": {"method": "POST", "url": operation},
        "resource": {"resourceType": "Parameters", "parameter": list(parameters)},
    }


def test_a_batch_asks_many_questions_and_leaves_one_record_that_counts_them(
    loaded: Node, base: str
) -> None:
    validate, day = "CodeSystem/$validate-code", {"date": "2025-06-01"}
    url, code = {"name": "url", "valueUri": KCD_9}, {"name": "code", "valueCode": "TEST-E11"}
    last = loaded.last_record()
    answer = batch(
        base,
        by_url(validate, url=KCD_8, code="TEST-E11", **day),
        by_url(validate, url=KCD_8, code="TEST-E11"),
        by_url("CodeSystem/$lookup", system=KCD_9, code="TEST-E11"),
        by_parameters(validate, url, code),
        by_url(validate, url="urn:x", code="TEST-E11"),
        by_url(validate, url=KCD_8, code="TEST-E11", version="9"),
        by_url(validate, url=KCD_8, code="TEST-E11", date="now"),
        by_url("CodeSystem/$lookup", system=KCD_9, code="none"),
        {"request": {"method": "PUT", "url": validate}},
        by_url("CodeSystem/$subsumes", system=KCD_9, codeA="TEST-E11", codeB="TEST-E11.0"),
    )
    assert answer.status_code == 200, answer.text
    (record,) = loaded.records_after(last)
    assert record.transaction == "FHIR batch"
    counted = f"{validate} x 7, CodeSystem/$lookup x 2, CodeSystem/$subsumes x 1"
    assert loaded.administer(LAST_QUERY).strip() == counted
    bundle = answer.json()
    validation.check(bundle, "Bundle")
    alone = get(base, validate, url=KCD_8, code="TEST-E11", **day).json()
    assert bundle["entry"][0]["resource"] == alone
    results = [one.get("resource", {}).get("parameter", [{}])[0] for one in bundle["entry"]]
    assert [one.get("valueBoolean") for one in results[:4]] == [True, False, None, True]
    assert results[9] == {"name": "outcome", "valueCode": "subsumes"}
    statuses = [one["response"]["status"][:3] for one in bundle["entry"]]
    assert statuses == ["200", "200", "200", "200", "404", "404", "400", "404", "400", "200"]
    codes = [one["response"].get("outcome", {}).get("issue", [{}])[0] for one in bundle["entry"]]
    assert [one.get("code") for one in codes[4:9]] == [
        "not-found", "not-found", "value", "not-found", "invalid",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("entry", "number"),
    [
        (by_url("CodeSystem/$validate-code", url=KCD_8, code="TEST-E11"), 1_001),
        (by_url("CodeSystem/$lookup", system=KCD_8, code="TEST-E11"), 101),
        (
            by_parameters(
                "CodeSystem/$validate-code",
                {
                    "name": "codeableConcept",
                    "valueCodeableConcept": {"coding": [{"system": KCD_8, "code": "A"}] * 100},
                },
            ),
            11,
        ),
        (by_url("ValueSet/$expand", url=f"{KRCORE}/krcore-vcnt-type-codes"), 1),
    ],
)
def test_more_than_a_batch_may_ask_is_refused_whole_and_recorded(
    loaded: Node, base: str, entry: dict[str, Any], number: int
) -> None:
    last = loaded.last_record()
    status, code = issue(batch(base, *[entry] * number))
    assert (status, code) in {(400, "too-costly"), (422, "too-costly"), (400, "not-supported")}
    assert (code == "not-supported") == (number == 1)
    assert len(loaded.records_after(last)) == 1


def test_a_batch_of_terms_and_records_is_refused(base: str) -> None:
    mixed = (
        by_url("CodeSystem/$validate-code", url=KCD_8, code="A"),
        {"request": {"method": "GET", "url": "Observation?patient=1"}},
    )
    assert issue(batch(base, *mixed)) == (400, "not-supported")


@pytest.mark.parametrize("code", ["\x00", "%", "😀", "'--", "x" * 5_000, "\x1b[2J"])
def test_hostile_codes_and_texts_are_answered_and_break_nothing(base: str, code: str) -> None:
    url = {"name": "url", "valueUri": DEPARTMENT}
    sent = {"name": "code", "valueCode": code}
    answer = post(base, "CodeSystem/$validate-code", url, sent)
    if answer.status_code == 200:
        assert told(answer)["result"] is False
    else:  # Control characters, and what is longer than any code.
        assert issue(answer)[0] == 400
    value_set = {"name": "url", "valueUri": f"{KRCORE}/krcore-vcnt-type-codes"}
    text = {"name": "filter", "valueString": code}
    assert post(base, "ValueSet/$expand", value_set, text).status_code in {200, 400}


def test_the_node_tells_what_it_knows(base: str) -> None:
    capabilities = httpx.get(f"{base}/metadata", params={"mode": "terminology"}).json()
    validation.check(capabilities, "TerminologyCapabilities")
    known = {one["uri"]: one for one in capabilities["codeSystem"]}
    assert known[KCD_8]["version"][0]["code"] == "TEST-1"
    assert "version" not in known["http://loinc.org"]
    statement = httpx.get(f"{base}/metadata").json()
    told_of = {one["type"] for one in statement["rest"][0]["resource"]}
    assert {"CodeSystem", "ValueSet", "ConceptMap"} <= told_of


def test_a_broken_file_loads_nothing(loaded: Node, base: str, tmp_path: Path) -> None:
    file = tmp_path / "kostom.csv"
    file.write_text("개념코드,한글용어\nTEST-H00000001,말\n,없음\n", "utf-8")
    data = ("--data", str(loaded.data), "--version", "TEST-1", "--from", "2026-01-01")
    broken = naru(loaded, "load", "kostom", str(file), *data)
    assert (broken.returncode, "line 3" in broken.stdout) == (1, True)
    assert "nothing was loaded" in broken.stderr
    assert "kostom" not in naru(loaded, "list", "--data", str(loaded.data)).stdout
    assert naru(loaded, "load", "hira-department", str(file), *data).returncode == 1
    assert naru(loaded, "load", "kcd", str(file), *data).returncode == 2
    done = naru(loaded, "load", "kostom", str(file), *data, "--skip-refused")
    assert "added 1" in done.stdout
    found = naru(loaded, "search", "마", "--in", "kostom", "--data", str(loaded.data))
    assert found.stdout == "kostom\tTEST-H00000001\t말\t말\n"
