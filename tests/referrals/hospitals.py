"""Hospitals that send each other patients: with codes, telephones, and something in the chart."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from typing import Any
from uuid import UUID, uuid4

from naru.directory import registers
from naru.directory import services as directory
from naru.domain.caller import Assurance, Caller, PurposeOfUse, Role
from naru.domain.clinical import (
    Allergy,
    AllergyKind,
    CareInstitution,
    ClinicalDocument,
    Content,
    Diagnosis,
    Medication,
    Practitioner,
)
from naru.domain.document_submission import document_oid
from naru.domain.institution import InstitutionKind
from naru.domain.korea import korean_day
from naru.domain.referrals import AskedBy, Basis, Kind
from naru.domain.registers import Profile
from naru.exchange.access import Access
from naru.exchange.documents.provide_and_register import provide_and_register
from naru.node.referral_papers import CdaReferralPapers
from naru.patients import services as patients
from naru.referrals import sending
from naru.referrals.sending import Draft
from naru.referrals.submission import Metadata, submission
from naru.repository import services as repository
from tests.documents import document as clinical
from tests.exchange import hospitals

_numbers = count(1)
DEPARTMENT = "01^^http://www.hl7korea.or.kr/CodeSystem/hira-medical-department"
PAPERS = CdaReferralPapers()


class Hospital(hospitals.Hospital):
    """A hub with a code and a telephone, at which a doctor works."""

    def __post_init__(self) -> None:
        self.oid = f"2.999.300.{next(_numbers)}"
        admitted = directory.admit(
            name=f"의뢰병원 {self.oid}",
            kind=InstitutionKind.HUB,
            on=korean_day(datetime.now(UTC)).replace(month=1, day=1),
            oid=self.oid,
            code=f"TEST-{self.oid}",
        )
        self.id = admitted.id
        registers.describe(self.id, Profile(telephone="000-0000-0000"))
        repository.establish(oid=self.repository, institution=self.id, name=self.oid)
        patients.know_domain(self.oid)

    def access(self, transaction: str = "TEST") -> Access:
        """A request of its system, now."""
        return replace(super().access(transaction), time=datetime.now(UTC))

    def doctor(self, role: Role = Role.DOCTOR, transaction: str = "referral") -> Access:
        """A request of somebody who works here, now."""
        caller = Caller(
            role=role,
            purpose=PurposeOfUse.TREATMENT,
            assurance=Assurance.SESSION,
            institution=self.id,
            person=uuid4(),
        )
        return Access(transaction=transaction, caller=caller, time=datetime.now(UTC))

    def care(self) -> CareInstitution:
        """As a paper names it."""
        return CareInstitution(
            name=f"의뢰병원 {self.oid}",
            oid=self.oid,
            code=f"TEST-{self.oid}",
            telephone="000-0000-0000",
        )

    def chart(self, patient: hospitals.Patient, content: Content | None = None) -> None:
        """A summary of today in the patient's chart here."""
        self.writes(patient, "summary", content or CHART)

    def writes(  # The parts of a paper.
        self,
        patient: hospitals.Patient,
        kind: str,
        content: Content,
        *,
        to: "Hospital | None" = None,
        edit: Callable[[ClinicalDocument], ClinicalDocument] = lambda one: one,
    ) -> str:
        """A paper that the EMR here hands over the wire; its uniqueId."""
        key, now = uuid4(), datetime.now(UTC)
        document = edit(
            clinical(
                kind,
                content,
                of=patient.own,
                by=self.care(),
                time=now,
                id_=document_oid(key),
                author=Practitioner(id="TEST-D1", name="이도윤"),
                authenticator=None,
                recipient=None if to is None else to.care(),
                number=f"TEST-{next(_numbers)}",
            )
        )
        written = PAPERS.write(document)
        said = Metadata(
            patient_id=patient.affinity_id, source_patient_id=patient.own, department=DEPARTMENT
        )
        sent = submission(key, document, written, said)
        access = self.access("ITI-41")
        access.time = now
        (entry,) = sent.entries
        provide_and_register(access, sent, {entry.entry_uuid: hospitals.bytes_of(written.octets)})
        return document.unique_id


TODAY = korean_day(datetime.now(UTC))
CHART = Content(
    diagnoses=(
        Diagnosis(date=TODAY, code="TEST-R074", name="상세불명의 흉통"),
        Diagnosis(date=TODAY, code="TEST-F32", name="우울에피소드"),
    ),
    medications=(Medication(time=TODAY, code="TEST-M01", name="암로디핀 5 mg", times="1"),),
    allergies=(Allergy(date=TODAY, kind=AllergyKind.DRUG, name="페니실린"),),
)


def draft(
    sender: Hospital,
    receiver: Hospital | None,
    patient: hospitals.Patient,
    *names: str,
    **said: Any,
) -> Draft:
    """What is to be sent, with what of the chart bears these names."""
    offered = sending.offered(sender.doctor(), patient.key, "referral")
    ticked = frozenset(one.id for one in offered if getattr(one.value, "name", "") in names)
    return plain_draft(receiver.id if receiver else None, patient.key, ticked=ticked, **said)


def plain_draft(receiver: UUID | None, patient: UUID, **said: Any) -> Draft:
    """The same, of nothing of the chart."""
    told: dict[str, Any] = {
        "once": uuid4(),
        "kind": Kind.REFERRAL,
        "patient": patient,
        "receiver": receiver,
        "department": DEPARTMENT,
        "ticked": frozenset(),
        "said": Content(reason="추가 검사를 부탁드립니다."),
        "asked_by": AskedBy.CLINICIAN,
        "basis": Basis.CONSENT,
        "outside": "" if receiver else "동네의원",
    }
    return Draft(**(told | said))
