"""진료비 세부산정내역: each thing done or given, with its price. Won, whole numbers."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from naru.domain.papers.breach import Breach, unequal, unknown_code
from naru.domain.papers.receipt import Receipt
from naru.domain.papers.tables import tables
from naru.domain.papers.visit import Visit, of_time


@dataclass(frozen=True, slots=True, kw_only=True)
class BillLine:
    """A line: `price` times `times` times `days` is `total`, which four columns share.

    `item` is the row of the receipt to which it belongs.
    """

    item: str
    date: date
    code: str
    name: str
    price: int
    total: int
    times: Decimal = Decimal(1)
    days: int = 1
    covered_patient: int = 0
    covered_payer: int = 0
    full_patient: int = 0
    uncovered: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Shares:
    """A row of the foot: one amount for each column."""

    total: int
    covered_patient: int
    covered_payer: int
    full_patient: int
    uncovered: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemisedBill:
    """The lines, 계 (`sums`), 끝처리 조정금액 (`adjustment`) and 합계 (`totals`).

    The adjustment is what rounding takes from the patient and gives to the payer. `applicant` asked
    for the paper, as `relation` to the patient.
    """

    number: str
    visit: Visit
    lines: tuple[BillLine, ...]
    sums: Shares
    adjustment: int
    totals: Shares
    patient_kind: str = ""
    remark: str = ""
    applicant: str = ""
    relation: str = ""
    representative: str = ""


_COLUMNS = ("covered_patient", "covered_payer", "full_patient", "uncovered")
_OF_PATIENT = ("covered_patient", "full_patient", "uncovered")


def breaches(bill: ItemisedBill) -> Iterator[Breach]:
    """Each rule and arithmetic identity of an itemised bill that the amounts break."""
    yield from unknown_code("insurance", bill.visit.insurance, ("visit", "insurance"))
    yield from of_time(bill.visit)
    if not bill.lines:
        yield Breach("bill.no-line", ("lines",))
    for at, line in enumerate(bill.lines):
        yield from _of_line(line, at)
        if line.date < bill.visit.date or (bill.visit.until and line.date > bill.visit.until):
            yield Breach("bill.line-day", ("lines", at, "date"))
    for name in ("total", *_COLUMNS):
        reckoned = sum(getattr(line, name) for line in bill.lines)
        stated = getattr(bill.sums, name)
        yield from unequal("bill.sum", ("sums", name), stated, reckoned)
    yield from _of_foot(bill)


def _of_line(line: BillLine, at: int) -> Iterator[Breach]:
    if line.item not in tables().rows:
        yield Breach("bill.item", ("lines", at, "item"), (("code", line.item),))
    if min(line.price, line.total, line.days, *(getattr(line, one) for one in _COLUMNS)) < 0:
        yield Breach("paper.negative", ("lines", at, "total"))
    product = line.price * line.times * line.days
    # Where a dose is halved the product has a fraction of a won, and either won beside it is right.
    if abs(product - line.total) >= 1:
        yield from unequal("bill.line-total", ("lines", at, "total"), line.total, int(product))
    shares = sum(getattr(line, one) for one in _COLUMNS)
    yield from unequal("bill.line-shares", ("lines", at, "total"), line.total, shares)


def _of_foot(bill: ItemisedBill) -> Iterator[Breach]:
    sums, totals, adjustment = bill.sums, bill.totals, bill.adjustment
    borne = sum(getattr(sums, one) for one in _OF_PATIENT)
    rounded_off = borne - tables().floor(borne, bill.visit.insurance)
    yield from unequal("bill.adjustment", ("adjustment",), adjustment, rounded_off)
    moved = sum(getattr(totals, one) for one in _OF_PATIENT)
    yield from unequal("bill.patient", ("totals", "covered_patient"), moved, borne - adjustment)
    payer = sums.covered_payer + adjustment
    place = ("totals", "covered_payer")
    yield from unequal("bill.payer", place, totals.covered_payer, payer)
    yield from unequal("bill.total", ("totals", "total"), totals.total, sums.total)
    shares = sum(getattr(totals, one) for one in _COLUMNS)
    yield from unequal("bill.total-shares", ("totals", "total"), totals.total, shares)


def against_receipt(bill: ItemisedBill, receipt: Receipt) -> Iterator[Breach]:
    """Where the lines do not add up to the receipt of the same visit."""
    yield from unequal("bill.receipt-total", ("totals", "total"), bill.totals.total, receipt.total)
    patient = sum(getattr(bill.totals, one) for one in _OF_PATIENT)
    place = ("totals", "covered_patient")
    yield from unequal("bill.receipt-patient", place, patient, receipt.patient_share)
    payer = bill.totals.covered_payer
    place = ("totals", "covered_payer")
    yield from unequal("bill.receipt-payer", place, payer, receipt.payer_share)
    place = ("sums", "uncovered")
    uncovered = bill.sums.uncovered
    yield from unequal("bill.receipt-uncovered", place, uncovered, receipt.uncovered)
    of_bill: Counter[str] = Counter()
    of_receipt: Counter[str] = Counter()
    for line in bill.lines:
        of_bill[line.item] += line.total
    for cell in receipt.cells:
        of_receipt[cell.row] += cell.won
    for item in dict.fromkeys((*of_bill, *of_receipt)):
        for breach in unequal("bill.receipt-item", ("lines",), of_bill[item], of_receipt[item]):
            name = tables().rows[item].korean if item in tables().rows else item
            yield Breach(breach.rule, breach.field, (*breach.values, ("item", name)))
