"""HL7's validator with KR Core's profiles on every kind of FHIR resource that documents become."""

import dataclasses
import json
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Final
from uuid import UUID

import pytest

from naru.domain.bookings import Place
from naru.domain.clinical import Authorship, Content, Diagnosis
from naru.domain.content_reading import Opened
from naru.domain.identifiers import Identifier
from naru.domain.korea import KST
from naru.domain.papers import Certificate, DiagnosisList, PaperDocument, Prescription
from naru.domain.person import Demographics, PatientRecord, PersonName
from naru.domain.records import Assigned, Key
from naru.domain.scheduling import Appointment, AppointmentStatus, Hours, Schedule, Slot
from naru.domain.whole_record import Origin, Sourced
from naru.domain.xds import DocumentEntry
from naru.formats.fhir.bundle import Match, searchset
from naru.formats.fhir.ips import to_summary
from naru.formats.fhir.json import to_json
from naru.formats.fhir.krcore import to_bundle
from naru.formats.fhir.krcore.provenance import name_of, reference_to, to_provenance, told_by
from naru.formats.fhir.patient import to_patient
from naru.formats.fhir.records.bookings import FhirAppointments
from naru.formats.fhir.resource import Resource
from naru.formats.fhir.scheduling.places import to_location, to_practitioner_role
from naru.formats.fhir.scheduling.slots import to_schedule, to_slot
from tests import papers
from tests.formats.fhir.krcore.broken import ADVISED, BROKEN
from tests.formats.fhir.krcore.clinical import KINDS
from tests.formats.fhir.krcore.consents import DOCUMENTS as CONSENTS
from tests.formats.fhir.krcore.example import CONTENT, DAY, DOCUMENT, TIME
from tests.peers import definitions, exchanges, installed, validator
from tests.peers.exchanges import Exchanges

installed.need("hapi")
pytestmark = exchanges.together("kr-core")

_KEY: Final = UUID("7c9e6679-7425-40de-944b-e07fc1f90ae7")
_BASE: Final = "https://naru.invalid/fhir"

# What users bring: codes of systems that nobody may ship.
BROUGHT: Final = {
    "http://www.hl7korea.or.kr/CodeSystem/kostat-kcd-8": ["E11.9", "A15.0", "I20.9"],
    "urn:oid:1.2.410.100110.40.2.3.1": [f"TEST-H0000000{number}" for number in (1, 2, 3)],
}

# docs/conformance/kr-core.tsv tells why these are no fault of ours.
STATED: Final = {
    "MHD's profiles are on no registry that a build may ask": (
        "IHE.MHD.Comprehensive.DocumentReference' has not been checked because it could not be"
    ),
    "KR Core cuts blood pressure into slices by what it does not fix": (
        "Slicing cannot be evaluated: Could not match discriminator (code.coding.code)"
    ),
}
UNSAID: Final = "ele-1"
"""By R4's words an element of an id alone breaks it; the validator says nothing of it."""
UNADVISED: Final = "con-3"
"""Its expression compares a CodeableConcept with a text: by R4's words alone it is broken."""

KCD_9: Final = "krcore/ValueSet/krcore-kcd8-codes"


def _made() -> dict[str, Resource]:
    made = {
        f"document-{kind}": to_bundle(dataclasses.replace(DOCUMENT, kind=kind)) for kind in KINDS
    }
    made |= {f"paper-{one.kind}": to_bundle(one) for one in _papers()}
    made |= {f"consent-{name.replace(' ', '-')}": to_bundle(one) for name, one in CONSENTS.items()}
    ninth = Content(diagnoses=(Diagnosis(date=date(2026, 1, 1), code="E119", name="당뇨병"),))
    made["ninth"] = to_bundle(dataclasses.replace(DOCUMENT, content=ninth))
    made |= _of_patients()
    made |= _of_bookings()
    made |= {f"broken-{key}": resource for key, resource in BROKEN.items()}
    made |= {f"advised-{key}": resource for key, resource in ADVISED.items()}
    # One that has to be found, so that silence proves something.
    made["wrong"] = to_bundle(DOCUMENT)
    del made["wrong"]["entry"][1]["resource"]["birthDate"]
    return made


def _papers() -> list[PaperDocument]:
    """Each paper, on a day on which the revision of KCD that KR Core knows was in force."""
    header = dataclasses.replace(papers.header(), time=TIME)
    return [_then(one) for one in papers.documents(header)]


def _then(document: PaperDocument) -> PaperDocument:
    paper = document.paper
    if isinstance(paper, Prescription):
        paper = dataclasses.replace(paper, issued=DAY)
    elif isinstance(paper, DiagnosisList):
        then = tuple(dataclasses.replace(one, date=DAY) for one in paper.diagnoses)
        paper = dataclasses.replace(paper, diagnoses=then)
    elif isinstance(paper, Certificate):
        days = tuple(dataclasses.replace(one, diagnosed=DAY) for one in paper.diagnoses)
        paper = dataclasses.replace(paper, diagnoses=days)
    return dataclasses.replace(document, paper=paper)


def _of_patients() -> dict[str, Resource]:
    """What `$everything` and `$summary` answer, with and without anything to tell."""
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
    authorship = Authorship(
        custodian=DOCUMENT.header.custodian, author=DOCUMENT.author, encounter=DOCUMENT.encounter
    )
    opened = Opened(content=CONTENT, authorship=authorship)
    sourced = Sourced(origin=origin, entry=entry, opened=opened)
    told = told_by(sourced, f"Patient/{_KEY}")
    demographics = Demographics(names=(PersonName(text="홍길동"),), birth_time="19700101")
    record = PatientRecord(identifiers=(Identifier("P-1", "2.999.1"),), demographics=demographics)
    patient = to_patient(record, _KEY)
    document = reference_to(sourced, _KEY, _BASE)
    named = [f"{one['resourceType']}/{one['id']}" for one in told]
    provenance = to_provenance(named, origin.institution_name, TIME, origin)
    whole = [
        Match(f"{_BASE}/{name_of(one)}", one) for one in (patient, document, *told, provenance)
    ]
    return {
        "everything": searchset(whole, self_link=f"{_BASE}/Patient/{_KEY}/$everything"),
        "summary": to_summary(patient, told, base=_BASE, time=TIME, author="나루 Naru"),
        "summary-of-nothing": to_summary(patient, [], base=_BASE, time=TIME, author="나루 Naru"),
    }


def _of_bookings() -> dict[str, Resource]:
    """What `/fhir` tells of a schedule and of an appointment that was made at a page."""
    place = Place(institution=UUID(int=1), name="시험의원", oid="2.999.1")
    schedule = Schedule(
        id=UUID(int=2),
        institution=place.institution,
        department="01^^http://www.hl7korea.or.kr/CodeSystem/hira-medical-department",
        practitioner="한의사",
        weekly=((Hours(opens=time(9), closes=time(12)),),) * 7,
        slot=timedelta(minutes=15),
        first=DAY,
        last=DAY,
    )
    start = datetime.combine(DAY, time(9), tzinfo=KST)
    slot = Slot(schedule=schedule, start=start, end=start + schedule.slot)
    told = {
        "location": to_location(place),
        "practitioner-role": to_practitioner_role(schedule, place),
        "schedule": to_schedule(schedule, place),
        "slot-free": to_slot(slot, 1),
        "slot-busy": to_slot(slot, 0),
    }
    key = Key("Appointment", str(UUID(int=3)))
    for status in AppointmentStatus:
        appointment = Appointment(
            id=UUID(key.id),
            institution=place.institution,
            department=schedule.department,
            practitioner=schedule.practitioner,
            schedule=schedule.id,
            patient=_KEY,
            start=slot.start,
            end=slot.end,
            status=status,
            confirmed=True,
            referral=UUID(int=4),
        )
        assigned = Assigned(key=key, version=1, updated=TIME, resolved={})
        kept = FhirAppointments().content(b"", appointment, place, assigned)
        told[f"appointment-{status.value}"] = json.loads(kept.text)
    return told


MADE: Final = _made()
SOUND: Final = sorted(
    name for name in MADE if name not in {"ninth", "wrong"} and not name.startswith("broken-")
)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Exchanges:
    folder, profiles = (tmp_path_factory.mktemp(name) for name in ("resources", "definitions"))
    definitions.write(profiles, BROUGHT)
    _write(folder)
    return validator.judged(folder, profiles)


def _write(folder: Path) -> None:
    for name, resource in MADE.items():
        (folder / f"{name}.json").write_bytes(to_json(resource))


def _errors(told: Exchanges, name: str) -> list[str]:
    status, _, words = told.ended[f"FHIR {name}.json"].partition("\t")
    found = words.split(" | ") if status != "ok" else []
    return [one for one in found if not any(words in one for words in STATED.values())]


def test_every_resource_was_judged(told: Exchanges) -> None:
    told.must_be([f"FHIR {name}.json" for name in MADE])


@pytest.mark.parametrize("name", SOUND)
def test_nothing_is_wrong_but_what_is_stated(told: Exchanges, name: str) -> None:
    assert _errors(told, name) == []


@pytest.mark.parametrize("key", BROKEN)
def test_what_we_call_broken_is_broken_to_others(told: Exchanges, key: str) -> None:
    found = _errors(told, f"broken-{key}")

    assert any(key in one for one in found) or (key == UNSAID and not found), found


@pytest.mark.parametrize("key", ADVISED)
def test_what_we_advise_others_advise(told: Exchanges, key: str) -> None:
    status, _, words = told.ended[f"FHIR advised-{key}.json"].partition("\t")

    assert status == "ok"
    assert (f"{key}:" in words) is (key != UNADVISED), words


def test_a_code_of_the_ninth_revision_is_no_code_of_kr_core(told: Exchanges) -> None:
    found = _errors(told, "ninth")

    assert found
    assert all(KCD_9 in one or "Unable to expand" in one or "kcd-9" in one for one in found)


def test_a_patient_without_a_day_of_birth_is_found(told: Exchanges) -> None:
    assert any("Patient.birthDate" in one for one in _errors(told, "wrong"))
