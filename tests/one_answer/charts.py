"""What the documents of a world say: one allergy and one test, by whose name it is known again.

The doors that tell the content of documents show by it which of them they opened. What is sent to
somebody by name is a referral, all else a summary.
"""

from datetime import date, datetime

from naru.domain.clinical import (
    Allergy,
    AllergyKind,
    CareInstitution,
    ClinicalDocument,
    Content,
    Department,
    Diagnosis,
    DocumentHeader,
    Encounter,
    Patient,
    Practitioner,
    TestResult,
)
from naru.domain.identifiers import Identifier
from naru.domain.korea import KST, korean_day
from naru.formats import cda

_PLACE = CareInstitution(name="시험병원", oid="2.999.200", code="TEST-1", telephone="02-000-0001")
_DOCTOR = Practitioner(id="TEST-D", name="한의사", department=Department(code="01", name="내과"))


REFERRAL = "referral"


def chart(allergen: str, written: datetime, *, referral: bool = False) -> bytes:
    """The bytes, which name nobody: two charts of the same words and moment are the same."""
    day = korean_day(written)
    return cda.write(
        ClinicalDocument(
            kind=REFERRAL if referral else "summary",
            header=DocumentHeader(
                id="2.999.1",
                time=written.astimezone(KST),
                patient_id=Identifier("TEST-1", "2.999.200"),
                custodian=_PLACE,
            ),
            patient=Patient(mrn="TEST-1", name="김나루", birth_date=date(1970, 1, 1)),
            author=_DOCTOR,
            authenticator=_DOCTOR,
            encounter=Encounter(date=day),
            content=Content(
                diagnoses=(Diagnosis(date=day, code="TESTE119", name="시험 당뇨병"),),
                allergies=(Allergy(date=day, kind=AllergyKind.DRUG, name=allergen),),
                test_results=(TestResult(time=written.astimezone(KST), name=allergen, result="1"),),
                reason="시험" if referral else "",
            ),
            recipient=_PLACE if referral else None,
            number="TEST-1" if referral else "",
        )
    )
