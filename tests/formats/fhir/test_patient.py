"""Patient beside a person: the pair round, the published examples, Korean names."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from naru.domain.identifiers import Identifier
from naru.domain.person import (
    Address,
    Demographics,
    Gender,
    PatientRecord,
    PersonName,
    Telecom,
    written_whole,
)
from naru.formats.fhir.identifier import resident_numbers
from naru.formats.fhir.names import representation
from naru.formats.fhir.outcome import Refused
from naru.formats.fhir.patient import from_patient, to_patient
from tests.published import CASES

KEY = UUID(int=7)
RESIDENT = "2.999.77"
# The fortieth of a thirteenth month: nobody's.
NUMBER = "901340-1234567"
TEXT = st.text("가나다ABCabc漢字 .-", min_size=1, max_size=12).map(str.strip).filter(bool)
NAME_USE = st.sampled_from([None, "L", "OR", "T", "P", "ANON", "OLD", "M"])
USE = st.sampled_from([None, "H", "WP", "TMP", "OLD"])


@st.composite
def names(draw: st.DrawFn) -> PersonName:
    family, given_names = draw(st.none() | TEXT), tuple(draw(st.lists(TEXT, max_size=2)))
    text = draw(TEXT) if not family and not given_names else None
    whole = written_whole(family, given_names)
    joined = " ".join(part for part in (*given_names, family) if part)
    return PersonName(
        text=text or whole or joined,
        family=family,
        given=given_names,
        prefix=draw(st.none() | TEXT),
        use=draw(NAME_USE),
    )


ADDRESSES = st.builds(
    Address,
    lines=st.lists(TEXT, min_size=1, max_size=2).map(tuple),
    city=st.none() | TEXT,
    postal_code=st.none() | TEXT,
    country=st.none() | TEXT,
    use=USE,
)
DAYS = st.dates().map(lambda day: f"{day:%Y%m%d}" if day.year > 999 else "19700101")
DEMOGRAPHICS = st.builds(
    Demographics,
    names=st.lists(names(), max_size=2).map(tuple),
    gender=st.none() | st.sampled_from(list(Gender)),
    birth_time=st.none() | DAYS | st.sampled_from(["1970", "197002", "19700203103000+0900"]),
    addresses=st.lists(ADDRESSES, max_size=2).map(tuple),
    telecoms=st.lists(
        st.builds(Telecom, st.sampled_from(["tel:010-0000", "mailto:a@b.kr", "fax:2"]), USE),
        max_size=2,
    ).map(tuple),
    mothers_maiden_name=st.none() | st.builds(PersonName, text=TEXT),
    deceased=st.none() | st.booleans(),
)
IDENTIFIERS = st.builds(Identifier, TEXT, st.just("2.999.1") | st.just("2.999.2"))


@given(st.lists(IDENTIFIERS, max_size=3, unique=True).map(tuple), DEMOGRAPHICS)
def test_a_person_comes_back_as_written(
    identifiers: tuple[Identifier, ...], told: Demographics
) -> None:
    record = PatientRecord(identifiers=identifiers, demographics=told)
    sent = json.loads(json.dumps(to_patient(record, KEY)))
    assert sent["id"] == str(KEY)
    assert from_patient(sent).record == record


def test_births_and_deaths_to_the_precision_told() -> None:
    told = Demographics(
        birth_time="19700203", deceased=True, deceased_time="20200101101500+0900",
        multiple_birth=True, multiple_birth_order=2,
    )  # fmt: skip
    written = to_patient(PatientRecord(identifiers=(), demographics=told))
    assert written["deceasedDateTime"] == "2020-01-01T10:15:00+09:00"
    assert written["multipleBirthInteger"] == 2
    assert from_patient(written).record.demographics == told


def test_a_name_at_birth_is_a_maiden_name_of_its_own() -> None:
    name = PersonName(text="Alice Doe", family="Doe", given=("Alice",), birth_family="Roe")
    record = PatientRecord(identifiers=(), demographics=Demographics(names=(name,)))
    one, other = to_patient(record)["name"]
    assert (one["family"], one["given"]) == ("Doe", ["Alice"])
    assert other == {"use": "maiden", "text": "Roe", "family": "Roe"}


def test_a_korean_name_is_told_whole_and_never_split() -> None:
    parts = from_patient(
        {"resourceType": "Patient", "name": [{"family": "남궁", "given": ["민수"]}]}
    )
    (name,) = parts.record.demographics.names
    assert name == PersonName(text="남궁민수", family="남궁", given=("민수",))
    whole = from_patient({"resourceType": "Patient", "name": [{"text": "남궁민수"}]})
    (name,) = whole.record.demographics.names
    assert name == PersonName(text="남궁민수")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("남궁민수", "SYL"),
        ("南宮敏秀", "IDE"),
        ("Minsu Namgung", "ABC"),
        ("김Min", None),
        ("", None),
    ],
)
def test_the_script_of_a_name(text: str, code: str | None) -> None:
    assert representation(text) == code


@pytest.mark.parametrize(
    "identifier",
    [
        {"system": "https://mois.go.kr/rrn", "value": NUMBER},
        {"type": {"coding": [resident_numbers()["type"]]}, "value": NUMBER},
        {"system": "urn:oid:2.999.77", "value": NUMBER},
    ],
)
def test_a_resident_number_comes_in_by_each_of_its_names(identifier: dict[str, Any]) -> None:
    sent = {"resourceType": "Patient", "identifier": [identifier]}
    found = from_patient(sent, rrn_authority=RESIDENT).record.identifiers
    assert found == (Identifier(NUMBER, RESIDENT),)


def test_a_resident_number_is_dropped_where_the_node_takes_none() -> None:
    sent = {"resourceType": "Patient", "identifier": [
        {"system": "https://mois.go.kr/rrn", "value": NUMBER},
        {"system": "urn:oid:2.999.1", "value": "1"},
    ]}  # fmt: skip
    assert from_patient(sent).record.identifiers == (Identifier("1", "2.999.1"),)


@pytest.mark.parametrize("kind", ["PPN", "DL", "NI"])
def test_a_number_of_a_state_s_register_is_no_hospital_s_whoever_s_arc_it_bears(kind: str) -> None:
    coding = {"system": "http://terminology.hl7.org/CodeSystem/v2-0203", "code": kind}
    sent = {"resourceType": "Patient", "identifier": [
        {"type": {"coding": [coding]}, "system": "urn:oid:2.999.1", "value": "TEST-M1"},
        {"type": {"coding": [{**coding, "code": "MR"}]}, "system": "urn:oid:2.999.1", "value": "1"},
    ]}  # fmt: skip
    assert from_patient(sent).record.identifiers == (Identifier("1", "2.999.1"),)


def published() -> list[Path]:
    folder = CASES / "ihe" / "ihe-fhir"
    return sorted(folder.glob("P*Xm/Patient-*.json")) + sorted(folder.glob("PDQm/Patient-*.json"))


@pytest.mark.skipif(not published(), reason="no published cases: NARU_CASES names no folder")
def test_published_patients_come_back_but_for_what_has_no_place() -> None:
    """Left out: ids of others, the profile and its text; name periods; links, which are acts."""
    for file in published():
        sent = json.loads(file.read_text("utf-8"))
        read = from_patient(sent)
        back = to_patient(read.record)
        for name in ("identifier", "gender", "birthDate", "address"):
            assert back.get(name) == sent.get(name), (file.name, name)
        for one, other in zip(back["name"], sent["name"], strict=True):
            assert {k: v for k, v in one.items() if k != "text"} == {
                k: v for k, v in other.items() if k != "period"
            }, file.name
        assert read.active is sent.get("active", True)
        assert (read.replaced_by is not None) == ("link" in sent)


@pytest.mark.parametrize(
    "sent",
    [
        {"resourceType": "Person"},
        {"resourceType": "Patient", "implicitRules": "urn:x"},
        {"resourceType": "Patient", "name": {"text": "a"}},
        {"resourceType": "Patient", "name": ["a"]},
        {"resourceType": "Patient", "name": [{"given": "a"}]},
        {"resourceType": "Patient", "birthDate": 1970},
        {"resourceType": "Patient", "multipleBirthInteger": True},
        {"resourceType": "Patient", "link": [{"type": "replaced-by"}] * 2},
        {"resourceType": "Patient", "name": [{"text": "\u202e\u0007"}]},
    ],
)
def test_what_is_no_patient_is_refused_by_its_element(sent: dict[str, Any]) -> None:
    with pytest.raises(Refused) as refusal:
        from_patient(sent)
    (issue,) = refusal.value.issues
    assert re.match(r"Patient", issue.expression[0])


def test_no_sentence_repeats_what_was_sent() -> None:
    with pytest.raises(Refused) as refusal:
        from_patient({"resourceType": "Patient", "gender": "TEST-SECRET", "name": []})
    assert "SECRET" not in str(refusal.value.issues)


def test_a_record_written_has_no_empty_members() -> None:
    written = to_patient(PatientRecord(identifiers=(), updated=datetime(2026, 1, 1, tzinfo=UTC)))
    assert written == {"resourceType": "Patient", "active": True}
