"""The patient summary's words: what a human reads of it without its entries."""

from datetime import date
from typing import Any
from uuid import UUID

from naru.domain.content_reading import Opened
from naru.domain.identifiers import Identifier
from naru.domain.person import Demographics, PatientRecord, PersonName
from naru.domain.whole_record import Origin, Sourced
from naru.domain.xds import DocumentEntry
from naru.formats.fhir.ips import to_summary
from naru.formats.fhir.krcore.provenance import told_by
from naru.formats.fhir.patient import to_patient
from tests.formats.fhir.krcore.example import CONTENT, TIME

_KEY = UUID("7c9e6679-7425-40de-944b-e07fc1f90ae7")


def summary() -> dict[str, Any]:
    origin = Origin(
        institution=None,
        institution_name="시험의원",
        entry_uuid=f"urn:uuid:{_KEY}",
        unique_id="2.999.1.5",
        title="진료의뢰서",
        event_date=date(2025, 12, 2),
        registered=TIME,
    )
    entry = DocumentEntry(
        entry_uuid=origin.entry_uuid,
        unique_id=origin.unique_id,
        patient_id=Identifier("P-1", "2.999.1"),
        mime_type="text/xml",
    )
    sourced = Sourced(origin=origin, entry=entry, opened=Opened(content=CONTENT))
    demographics = Demographics(names=(PersonName(text="홍길동"),), birth_time="19700101")
    record = PatientRecord(identifiers=(Identifier("P-1", "2.999.1"),), demographics=demographics)
    told = told_by(sourced, f"Patient/{_KEY}")
    patient = to_patient(record, _KEY)
    return to_summary(patient, told, base="https://naru.invalid/fhir", time=TIME, author="나루")


def test_the_narrative_of_results_says_each_with_its_value() -> None:
    (composition, *_) = [one["resource"] for one in summary()["entry"]]
    told = {one["title"]: one["text"]["div"] for one in composition["section"]}
    for words in ("혈색소 · 13.50 g/dL", "혈액형 · A형", "HBsAg · 음성", "위 조직검사 · 만성 위염"):
        assert words in told["검사 결과"], told["검사 결과"]
    assert told["검사 결과"].count("혈색소") == 1
    assert "Laboratory" not in told["검사 결과"]
