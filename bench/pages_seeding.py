"""Fills a data folder for `bench.pages`: many people, and one of them with many documents.

Run as `python -m bench.pages_seeding FOLDER PATIENTS DOCUMENTS`, with the variables of the server.
The many are kept as a feed would keep them, in large transactions (`bench.micro.patients`); whom
the pages show goes through the services like anybody: a consent, a reception, and each document
checked, registered, committed and kept sealed as one that came over the wire. Leaves `pages.json`.
"""

import json
import sys
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from bench.micro.patients import AFFINITY, HOSPITAL, fill
from naru.domain.identifiers import Identifier
from naru.domain.korea import KST, korean_day
from naru.node.options import NodeOptions

if TYPE_CHECKING:
    from naru.domain.clinical import Content
    from naru.exchange.access import Access

HOSPITALS = 5
"""They write of the patient in turn; the first one's doctor looks."""

NOW = datetime.now(UTC)
TODAY = korean_day(NOW)


@dataclass(frozen=True, slots=True, kw_only=True)
class PagesSeed:
    """The cookies of the two browsers, and how many documents each of them is to be shown."""

    citizen: str
    clinician: str
    documents: int
    filled: float

    @classmethod
    def read(cls, folder: Path) -> "PagesSeed":
        """The seed that was left in `folder`."""
        return cls(**json.loads((folder / "pages.json").read_text()))


def main(folder: Path, patients: int, documents: int) -> None:
    """Make the tables and fill them."""
    from naru.node import preparation

    preparation.enter(NodeOptions.from_environment())
    from django.core.management import call_command
    from django.db import transaction

    call_command("migrate", interactive=False, verbosity=0)
    with transaction.atomic():
        from naru.patients import services

        for domain in (HOSPITAL, AFFINITY):
            services.know_domain(domain)
    began = datetime.now(UTC)
    fill(patients)
    hospitals = [_hospital(number) for number in range(HOSPITALS)]
    patient, own = _patient(hospitals[0])
    for number in range(documents):
        _send(hospitals[number % HOSPITALS], patient, own, number, documents)
    _read_all()
    with transaction.atomic():
        seed = _signed_in(hospitals[0][0], patient, documents, began)
    _settle_statistics()
    (folder / "pages.json").write_text(json.dumps(asdict(seed)))


def _settle_statistics() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _hospital(number: int) -> tuple[UUID, str]:
    from naru.directory import services as directory
    from naru.domain.institution import InstitutionKind
    from naru.patients import services
    from naru.repository import services as repository

    oid, name = f"2.999.410.{number + 1}", f"나루병원 {number + 1}"
    kind, since = InstitutionKind.HUB, date(2026, 1, 1)
    made = directory.admit(name=name, kind=kind, on=since, oid=oid)
    repository.establish(oid=f"{oid}.9", institution=made.id, name=name)
    services.know_domain(oid)
    return made.id, oid


def _access(institution: UUID) -> "Access":
    from naru.domain.caller import Assurance, Caller, PurposeOfUse, Role
    from naru.exchange.access import Access

    caller = Caller(
        role=Role.SYSTEM,
        purpose=PurposeOfUse.TREATMENT,
        assurance=Assurance.CERTIFICATE,
        institution=institution,
    )
    return Access(transaction="ITI-41", caller=caller, time=datetime.now(UTC))


def _patient(hospital: tuple[UUID, str]) -> tuple[UUID, Identifier]:
    """Somebody who consented years ago and was received here today."""
    from naru.consent import services as consent
    from naru.domain.arrangements import RelationKind, Visit
    from naru.domain.person import Demographics, Gender, PatientRecord, PersonName
    from naru.exchange.access import changing
    from naru.exchange.treatment import relations as treatment
    from naru.patients import services

    own = Identifier("TEST-0000001", hospital[1])
    told = Demographics(
        names=(PersonName(text="김하늘", family="김", given=("하늘",)),),
        gender=Gender.FEMALE,
        birth_time="19680411",
    )
    # A consent reaches no further back than the day on which it was given.
    then = NOW - timedelta(days=1800)
    patient = services.add(PatientRecord(identifiers=(own,), demographics=told), now=then)
    access = _access(hospital[0])
    consent.grant(patient, korean_day(then), access.caller, "TEST-1", then)
    with changing(access):
        visit = Visit(kind=RelationKind.RECEPTION, name="TEST-1")
        assert treatment.note_visit(access, patient, visit) is not None
    return patient, own


def _send(hospital: tuple[UUID, str], patient: UUID, own: Identifier, number: int, of: int) -> None:
    """A summary of a visit: four years of them, the last one of today."""
    from bench.messages import entry, submission
    from naru.exchange.documents.provide_and_register import provide_and_register
    from naru.patients import queries
    from naru.repository import services as repository

    identifier = queries.affinity_id(patient)
    assert identifier is not None
    day = TODAY - timedelta(days=(of - 1 - number) * 1460 // of)
    described = entry(identifier, f"2.999.411.{number}.1")
    told = f"{day:%Y%m%d}"
    described = replace(
        described,
        creation_time=f"{told}030405",
        service_start_time=told,
        service_stop_time=told,
        authors=tuple(
            replace(one, institutions=(f"나루병원^^^^^^^^^{hospital[1]}",))
            for one in described.authors
        ),
        source_patient_id=own,
    )
    sent = submission(identifier, [described], f"2.999.412.{number}")
    sent = replace(sent, submission_set=replace(sent.submission_set, source_id=hospital[1]))
    writer = repository.receive()
    writer.write(_cda(hospital, own, number, day))
    provide_and_register(_access(hospital[0]), sent, {described.entry_uuid: writer})


def _cda(hospital: tuple[UUID, str], own: Identifier, number: int, day: date) -> bytes:
    from naru.domain.clinical import (
        CareInstitution,
        ClinicalDocument,
        Department,
        DocumentHeader,
        Encounter,
        Patient,
        Practitioner,
    )
    from naru.formats import cda

    doctor = Practitioner(id="TEST-D", name="이진료", department=Department(code="01", name="내과"))
    return cda.write(
        ClinicalDocument(
            kind="summary",
            header=DocumentHeader(
                id=f"2.999.411.{number}.1",
                time=datetime(day.year, day.month, day.day, 3, 4, 5, tzinfo=KST),
                patient_id=own,
                custodian=CareInstitution(
                    name="나루병원", oid=hospital[1], code="TEST-1", telephone="02-000-0001"
                ),
            ),
            patient=Patient(mrn=own.value, name="김하늘", birth_date=date(1968, 4, 11)),
            author=doctor,
            authenticator=doctor,
            encounter=Encounter(date=day),
            content=_content(number, day),
        )
    )


def _content(number: int, day: date) -> "Content":
    """What a clinic's visit tells: two diagnoses, three drugs, six results, sometimes an image."""
    from naru.domain.clinical import (
        Allergy,
        AllergyKind,
        Content,
        Diagnosis,
        Interpretation,
        Medication,
        TestKind,
        TestResult,
        VitalSigns,
    )

    def result(name: str, value: Any, unit: str, **more: Any) -> TestResult:
        return TestResult(time=day, name=name, result=str(value), unit=unit, **more)

    drugs = [(number + one) % 15 for one in range(3)]
    pressure = VitalSigns(time=day, systolic=Decimal(120 + number % 30), diastolic=Decimal(80))
    high = {"interpretation": Interpretation.HIGH}
    tests = [
        result("당화혈색소", 6 + number % 20 / 10, "%", reference="4.0-5.6", **high),
        result("공복혈당", 100 + number % 40, "mg/dL", reference="<100", **high),
        result("LDL", 90 + number % 30, "mg/dL", reference="<130"),
        result("eGFR", 80 + number % 9, "mL/min", reference=">=60"),
        result("칼륨", f"4.{number % 10}", "mmol/L", reference="3.5-5.1"),
        result("크레아티닌", f"0.{70 + number % 20}", "mg/dL", reference="0.5-1.1"),
    ]
    if number % 10 == 0:
        tests.append(result("흉부 CT", "특이 소견 없음", "", kind=TestKind.IMAGING))
    return Content(
        vital_signs=(pressure,),
        diagnoses=(
            Diagnosis(date=day, code="TESTI10", name="본태성 고혈압"),
            Diagnosis(date=day, code=f"TESTR{number % 12:02}", name=f"시험 진단 {number % 12}"),
        ),
        medications=tuple(
            Medication(
                time=day, code=f"TEST-M{one:02}", name=f"시험약 {one}",
                dose="1정", times="2", days="90", usage="식후",
            )
            for one in drugs
        ),
        test_results=tuple(tests),
        allergies=(
            Allergy(date=date(2019, 5, 14), kind=AllergyKind.DRUG, name="페니실린",
                    reaction="두드러기"),
        ) if number % 7 == 0 else (),
    )  # fmt: skip


def _read_all() -> None:
    """As the worker does after they came; the figures are not those of its catching up."""
    from django.conf import settings

    from naru.repository import tasks

    while tasks.read(settings.READERS, most=100):
        pass


def _signed_in(institution: UUID, patient: UUID, documents: int, began: datetime) -> PagesSeed:
    from naru.accounts import people, posts, sessions
    from naru.accounts.posts import Invitation
    from naru.accounts.values import Link, Method, VerifiedPerson
    from naru.domain.caller import Role
    from naru.domain.person import Gender
    from naru.domain.roles import Factor

    now = datetime.now(UTC)  # Nobody has been idle since the filling began.

    def account(name: str, whose: UUID | None) -> UUID:
        person = VerifiedPerson(name=name, born=date(1970, 1, 1), gender=Gender.FEMALE, di=name)
        return people.sign_up(person, Link.LINKED if whose else Link.UNKNOWN, whose, now)

    citizen = sessions.begin(account("김하늘", patient), Method.IDENTITY, "d", "시험", now)
    works = account("이진료", None)
    clinician = sessions.begin(works, Method.IDENTITY, "e", "시험", now)
    sessions.show(clinician, Factor.PASSKEY, now)
    invitation = Invitation(
        institution=institution, role=Role.DOCTOR, name="이진료", first_day=TODAY
    )
    _post, code = posts.invite(invitation, now)
    sessions.act_as(clinician, post=posts.accept(works, code, now).id)
    return PagesSeed(
        citizen=_cookie(citizen, None),
        clinician=_cookie(clinician, patient),
        documents=documents,
        filled=(datetime.now(UTC) - began).total_seconds(),
    )


def _cookie(session: UUID, patient: UUID | None) -> str:
    """A browser that is signed in, and has the patient open."""
    from naru.security.page_sessions import SessionStore

    kept = SessionStore()
    kept["sign-in"] = str(session)
    if patient is not None:
        kept["viewing-patient"] = str(patient)
    kept.save()
    key = kept.session_key
    assert key is not None
    return key


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
