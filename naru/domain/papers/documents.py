"""A paper as a document: whose it is, who answers for it, and what it says."""

from collections.abc import Iterator
from dataclasses import dataclass

from naru.domain.clinical import DocumentHeader, Patient, Practitioner
from naru.domain.papers import certificate, diagnosis_list, itemised_bill, prescription, receipt
from naru.domain.papers.breach import Breach
from naru.domain.papers.certificate import Certificate
from naru.domain.papers.diagnosis_list import DiagnosisList
from naru.domain.papers.itemised_bill import ItemisedBill
from naru.domain.papers.prescription import Prescription
from naru.domain.papers.receipt import Receipt

Paper = Prescription | Receipt | ItemisedBill | DiagnosisList | Certificate


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperDocument:
    """A paper that a patient carries; its institution is the header's custodian.

    `author` is who prescribed or certified, or the clerk who made out a bill.
    """

    header: DocumentHeader
    patient: Patient
    author: Practitioner
    paper: Paper

    @property
    def kind(self) -> str:
        """The name of its form."""
        return KIND_OF[type(self.paper)]

    @property
    def unique_id(self) -> str:
        """The XDS uniqueId of a CDA document (ITI TF-3 4.2.3.2.26): root, ^ and extension."""
        return f"{self.header.id}^{self.paper.number}" if self.paper.number else self.header.id


PAPER_OF: dict[str, type[Paper]] = {
    "prescription": Prescription,
    "receipt": Receipt,
    "itemised-bill": ItemisedBill,
    "diagnosis-list": DiagnosisList,
    "certificate": Certificate,
}
"""The papers by the names of their forms."""

KIND_OF = {paper: kind for kind, paper in PAPER_OF.items()}


def breaches(paper: Paper) -> Iterator[Breach]:
    """Each rule that the values of a paper break, in the order of its fields."""
    match paper:
        case Prescription():
            yield from prescription.breaches(paper)
        case Receipt():
            yield from receipt.breaches(paper)
        case ItemisedBill():
            yield from itemised_bill.breaches(paper)
        case DiagnosisList():
            yield from diagnosis_list.breaches(paper)
        case Certificate():
            yield from certificate.breaches(paper)
