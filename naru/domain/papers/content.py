"""What a paper tells of care: the diagnoses and medicines on it, as any document tells them."""

from collections.abc import Iterator
from decimal import Decimal

from naru.domain.clinical import Content, Diagnosis, Encounter, Medication
from naru.domain.papers.certificate import Certificate
from naru.domain.papers.diagnosis_list import DiagnosisList
from naru.domain.papers.documents import Paper
from naru.domain.papers.itemised_bill import ItemisedBill
from naru.domain.papers.prescription import PrescribedItem, Prescription
from naru.domain.papers.receipt import Receipt


def content_of(paper: Paper) -> Content:
    """The content; empty of a bill, which tells what was paid for and nothing of the patient.

    A diagnosis of a certificate bears the day on which it was made, else that of the paper.
    """
    match paper:
        case Prescription():
            return Content(
                diagnoses=tuple(
                    Diagnosis(date=paper.issued, code=one.code, name=one.name)
                    for one in paper.diseases
                ),
                medications=tuple(_medications(paper)),
            )
        case DiagnosisList():
            return Content(diagnoses=paper.diagnoses)
        case Certificate():
            return Content(
                diagnoses=tuple(
                    Diagnosis(
                        date=one.diagnosed or one.onset or paper.issued,
                        code=one.code,
                        name=one.name,
                    )
                    for one in paper.diagnoses
                ),
                opinion=paper.opinion,
            )
        case Receipt() | ItemisedBill():
            return Content()


def encounter_of(paper: Paper) -> Encounter | None:
    """The visit of which a paper tells; None of a certificate, which names none."""
    if isinstance(paper, Certificate):
        return None
    visit = paper.visit
    return Encounter(
        date=visit.date, kind=visit.kind, until=visit.until, department=visit.department
    )


def _medications(paper: Prescription) -> Iterator[Medication]:
    for one in paper.items:
        yield Medication(
            time=paper.issued,
            code=one.code,
            name=one.name,
            dose=_dose(one),
            times=str(one.times),
            days=str(one.days),
            usage=one.usage,
        )


def _dose(one: PrescribedItem) -> str:
    number = one.dose.normalize() if one.dose else Decimal(0)
    return f"{number:f}{one.unit}"
