"""Any paper that the values allow: each of the five, every field."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Final

from hypothesis import strategies as st

from naru.domain.clinical import Coding, Department, Diagnosis, EncounterKind
from naru.domain.papers import (
    BillLine,
    Cell,
    Certificate,
    CertifiedDiagnosis,
    ColumnSum,
    DiagnosisList,
    Disease,
    Dispensing,
    ItemisedBill,
    Paper,
    PrescribedItem,
    Prescription,
    Receipt,
    Shares,
    Visit,
)
from tests.formats.any_document import whole
from tests.formats.tape import Tape, tapes

_MOST_WON: Final = 10**12
_MOST: Final = 10**6


class AnyPaper:
    """Papers from a tape, each method one of their values."""

    def __init__(self, tape: Tape) -> None:
        self.tape = tape
        self.text = tape.text
        self.code = tape.code
        self.code_or_none = tape.code_or_none
        self.day = tape.day

    def won(self) -> int:
        """An amount, often of a few won or none."""
        return self.tape.below(1 + 10 ** self.tape.below(13)) * self.tape.one((1, -1))

    def count(self) -> int:
        return self.tape.below(1 + 10 ** self.tape.below(7))

    def number(self) -> Decimal:
        return self.tape.number(0, _MOST, 3)

    def wons(self, *names: str) -> dict[str, int]:
        """An amount for each of these names."""
        return {name: self.won() for name in names}

    def visit(self) -> Visit:
        return whole(
            Visit,
            date=self.day(),
            kind=self.tape.one(tuple(EncounterKind)),
            until=self.tape.maybe(self.day),
            department=self.tape.maybe(
                lambda: whole(Department, code=self.code(), name=self.text())
            ),
            doctor=self.text(),
            insurance=self.code_or_none(),
            room=self.text(),
        )

    def item(self) -> PrescribedItem:
        return whole(
            PrescribedItem,
            code=self.code(),
            name=self.tape.said(),
            dose=self.number(),
            times=self.count(),
            days=self.count(),
            unit=self.text(),
            code_kind=self.code_or_none(),
            coinsurance=self.code_or_none(),
            usage=self.text(),
            injection=self.code_or_none(),
            irreplaceable=self.text(),
        )

    def prescription(self) -> Prescription:
        return whole(
            Prescription,
            number=self.text(),
            issued=self.day(),
            visit=self.visit(),
            items=(self.item(), *self.tape.some(self.item, 2)),
            license_kind=self.code(),
            license_number=self.tape.said(),
            valid_days=self.count(),
            diseases=self.tape.some(
                lambda: whole(Disease, code=self.code_or_none(), name=self.text()), 3
            ),
            coinsurance_sign=self.text(),
            note=self.text(),
            fax=self.text(),
            dispensings=self.tape.some(self.dispensing, 3),
        )

    def dispensing(self) -> Dispensing:
        return whole(
            Dispensing,
            pharmacy=self.text(),
            pharmacist=self.text(),
            dispensed=self.day(),
            days=self.count(),
            change=self.text(),
        )

    def receipt(self) -> Receipt:
        return whole(
            Receipt,
            number=self.text(),
            visit=self.visit(),
            paid_on=self.day(),
            cells=self.tape.some(
                lambda: whole(Cell, row=self.code(), column=self.code(), won=self.won()), 3
            ),
            sums=self.tape.some(lambda: whole(ColumnSum, column=self.code(), won=self.won()), 3),
            **self.wons("total", "payer_share", "patient_share", "uncovered", "ceiling_excess"),
            **self.wons("paid_before", "due", "paid_card", "paid_cash_receipt", "paid_cash"),
            **self.wons("paid"),
        )

    def line(self) -> BillLine:
        return whole(
            BillLine,
            item=self.code(),
            date=self.day(),
            code=self.text(),
            name=self.text(),
            price=self.won(),
            total=self.won(),
            times=self.number(),
            days=self.count(),
            **self.wons("covered_patient", "covered_payer", "full_patient", "uncovered"),
        )

    def shares(self) -> Shares:
        columns = ("covered_patient", "covered_payer", "full_patient", "uncovered")
        return whole(Shares, **self.wons("total", *columns))

    def bill(self) -> ItemisedBill:
        return whole(
            ItemisedBill,
            number=self.text(),
            visit=self.visit(),
            lines=self.tape.some(self.line, 3),
            sums=self.shares(),
            adjustment=self.won(),
            totals=self.shares(),
            patient_kind=self.text(),
            remark=self.text(),
            applicant=self.text(),
            relation=self.text(),
            representative=self.text(),
        )

    def diagnosis(self) -> Diagnosis:
        return whole(
            Diagnosis,
            date=self.day(),
            code=self.code_or_none(),
            name=self.text(),
            translations=self.tape.some(self.translation, 3),
        )

    def translation(self) -> Coding:
        system = self.tape.one(("KOSTOM", "ATC"))
        return whole(Coding, system=system, code=self.code(), display=self.text())

    def diagnosis_list(self) -> DiagnosisList:
        return whole(
            DiagnosisList,
            number=self.text(),
            visit=self.visit(),
            diagnoses=self.tape.some(self.diagnosis, 3),
        )

    def certified(self) -> CertifiedDiagnosis:
        return whole(
            CertifiedDiagnosis,
            code=self.code_or_none(),
            name=self.text(),
            onset=self.tape.maybe(self.day),
            diagnosed=self.tape.maybe(self.day),
            certainty=self.code_or_none(),
        )

    def certificate(self) -> Certificate:
        return whole(
            Certificate,
            kind=self.code(),
            number=self.text(),
            issued=self.day(),
            license_kind=self.code_or_none(),
            license_number=self.text(),
            diagnoses=self.tape.some(self.certified, 3),
            since=self.tape.maybe(self.day),
            until=self.tape.maybe(self.day),
            visits=self.tape.maybe(self.count),
            opinion=self.text(),
            purpose=self.text(),
            remark=self.text(),
            fee=self.tape.maybe(self.won),
        )


_OF: Final[Mapping[str, Callable[[AnyPaper], Paper]]] = {
    "prescription": AnyPaper.prescription,
    "receipt": AnyPaper.receipt,
    "itemised-bill": AnyPaper.bill,
    "diagnosis-list": AnyPaper.diagnosis_list,
    "certificate": AnyPaper.certificate,
}


def paper_of(kind: str, drawn: type[AnyPaper] = AnyPaper) -> st.SearchStrategy[Paper]:
    """Any paper of the kind, as `drawn` draws it."""
    return tapes.map(lambda octets: _OF[kind](drawn(Tape(octets))))
