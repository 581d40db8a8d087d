"""The papers that a patient carries: plain values, and what they must say of each other."""

from naru.domain.papers.breach import Breach
from naru.domain.papers.certificate import Certificate, CertifiedDiagnosis
from naru.domain.papers.content import content_of, encounter_of
from naru.domain.papers.diagnosis_list import DiagnosisList
from naru.domain.papers.documents import PAPER_OF, Paper, PaperDocument, breaches
from naru.domain.papers.itemised_bill import BillLine, ItemisedBill, Shares, against_receipt
from naru.domain.papers.prescription import (
    Disease,
    Dispensing,
    PrescribedItem,
    Prescription,
    prescription_number,
)
from naru.domain.papers.receipt import Cell, ColumnSum, Receipt
from naru.domain.papers.tables import Bearer, tables
from naru.domain.papers.visit import Visit

__all__ = [
    "PAPER_OF",
    "Bearer",
    "BillLine",
    "Breach",
    "Cell",
    "Certificate",
    "CertifiedDiagnosis",
    "ColumnSum",
    "DiagnosisList",
    "Disease",
    "Dispensing",
    "ItemisedBill",
    "Paper",
    "PaperDocument",
    "PrescribedItem",
    "Prescription",
    "Receipt",
    "Shares",
    "Visit",
    "against_receipt",
    "breaches",
    "content_of",
    "encounter_of",
    "prescription_number",
    "tables",
]
