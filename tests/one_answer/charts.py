"""What the documents of a world say: one allergy and one test, by whose name it is known again.

The doors that tell the content of documents show by it which of them they opened. What is sent to
somebody by name is a referral, all else a summary.
"""

from datetime import datetime

from naru.domain.clinical import (
    Allergy,
    AllergyKind,
    Content,
    Diagnosis,
    TestResult,
)
from naru.domain.identifiers import Identifier
from naru.domain.korea import KST, korean_day
from naru.formats import cda
from tests.documents import document, institution

_PLACE = institution("2.999.200")

REFERRAL = "referral"


def chart(allergen: str, written: datetime, *, referral: bool = False) -> bytes:
    """The bytes, which name nobody: two charts of the same words and moment are the same."""
    day = korean_day(written)
    made = document(
        REFERRAL if referral else "summary",
        Content(
            diagnoses=(Diagnosis(date=day, code="TESTE119", name="시험 당뇨병"),),
            allergies=(Allergy(date=day, kind=AllergyKind.DRUG, name=allergen),),
            test_results=(TestResult(time=written.astimezone(KST), name=allergen, result="1"),),
            reason="시험" if referral else "",
        ),
        id_="2.999.1",
        of=Identifier("TEST-1", "2.999.200"),
        by=_PLACE,
        time=written,
        recipient=_PLACE if referral else None,
        number="TEST-1" if referral else "",
    )
    return cda.write(made)
