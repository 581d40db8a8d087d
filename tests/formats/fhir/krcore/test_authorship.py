"""Who wrote several documents is told once: by number and name, of one institution and sender."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from naru.domain.clinical import Authorship, Department, Practitioner
from naru.domain.content_reading import Opened
from naru.domain.papers import content_of
from naru.domain.whole_record import Origin, Sourced
from naru.domain.xds import DocumentEntry
from naru.formats.fhir.krcore.provenance import told_once
from tests.formats.fhir.krcore.example import CONTENT, DOCUMENT
from tests.papers import prescription

SENDER = UUID("0b0f3a1e-7a3e-4d0c-9d7e-2b0f6f3a1c55")
PATIENT = "Patient/7c9e6679-7425-40de-944b-e07fc1f90ae7"
OF_WRITERS = ("Organization", "Practitioner", "PractitionerRole")
DOCTOR = Practitioner(
    id="TEST-D1", name="한의사", department=Department(code="0100", name="내과"), telephone="1"
)


def document(
    number: int, author: Practitioner, sender: UUID | None = SENDER, oid: str = "2.999.1"
) -> Sourced:
    entry_uuid = f"urn:uuid:00000000-0000-4000-8000-{number:012}"
    origin = Origin(
        institution=sender,
        institution_name="시험의원",
        entry_uuid=entry_uuid,
        unique_id=f"2.999.7.{number}",
        title="",
        event_date=None,
        registered=datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=number),
    )
    custodian = replace(DOCUMENT.header.custodian, oid=oid)
    authorship = Authorship(custodian=custodian, author=author, encounter=DOCUMENT.encounter)
    return Sourced(
        origin=origin,
        entry=DocumentEntry(entry_uuid=entry_uuid, unique_id=origin.unique_id, patient_id=None),
        opened=Opened(content=CONTENT, authorship=authorship),
    )


def told(*documents: Sourced) -> list[dict[str, Any]]:
    return [one for _, resources in told_once(documents, PATIENT) for one in resources]


def count(resources: list[dict[str, Any]]) -> tuple[int, ...]:
    return tuple(sum(one["resourceType"] == kind for one in resources) for kind in OF_WRITERS)


def references(value: Any) -> set[str]:
    if isinstance(value, list):
        return set().union(*(references(one) for one in value))
    if not isinstance(value, dict):
        return set()
    own = {value["reference"]} if isinstance(value.get("reference"), str) else set()
    return own.union(*(references(one) for one in value.values()))


def test_a_doctor_who_wrote_five_documents_is_one() -> None:
    found = told(*(document(number, DOCTOR) for number in range(5)))

    assert count(found) == (1, 1, 1)
    assert sum(one["resourceType"] == "Encounter" for one in found) == 5
    names = {f"{one['resourceType']}/{one['id']}" for one in found}
    assert len(names) == len(found)
    assert references(found) <= names | {PATIENT}


@pytest.mark.parametrize("order", [(1, 2), (2, 1)])
def test_the_newest_document_says_how_they_are_reached(order: tuple[int, int]) -> None:
    found = told(*(document(at, replace(DOCTOR, telephone=str(at))) for at in order))

    (doctor,) = [one for one in found if one["resourceType"] == "Practitioner"]
    assert doctor["telecom"][0]["value"] == "2"
    assert doctor["meta"]["source"] == "urn:oid:2.999.7.2"


def test_a_licence_of_an_older_paper_is_not_hidden_by_a_newer_document() -> None:
    older, paper = document(1, DOCTOR), prescription()
    assert older.opened is not None
    opened = replace(older.opened, content=content_of(paper), paper=paper)
    found = told(replace(older, opened=opened), document(2, DOCTOR))

    (doctor,) = [one for one in found if one["resourceType"] == "Practitioner"]
    assert doctor["qualification"][0]["identifier"][0]["value"] == "TEST-1"
    assert doctor["meta"]["profile"][0].endswith("/krcore-medical-doctor")


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (document(2, replace(DOCTOR, id="TEST-D2")), (1, 2, 2)),
        (document(2, replace(DOCTOR, name="한의원")), (1, 2, 2)),
        (document(2, replace(DOCTOR, department=Department(code="0200", name="외과"))), (1, 1, 2)),
        (document(2, DOCTOR, oid="2.999.2"), (2, 2, 2)),
        (document(2, DOCTOR, sender=UUID(int=1)), (2, 2, 2)),
        (document(2, DOCTOR, sender=None), (2, 2, 2)),
        (document(2, DOCTOR, oid="no OID"), (2, 2, 2)),
    ],
)
def test_whoever_is_another_stands_apart(other: Sourced, expected: tuple[int, ...]) -> None:
    assert count(told(document(1, DOCTOR), other)) == expected


def test_a_name_alone_is_nobodys() -> None:
    unnumbered = replace(DOCTOR, id="")

    assert count(told(document(1, unnumbered), document(2, unnumbered))) == (1, 2, 2)
