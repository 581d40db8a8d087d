"""진료비 계산서·영수증: what a visit cost, who bears it, and what was paid. Won, whole numbers."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from naru.domain.papers.breach import Breach, unequal, unknown_code
from naru.domain.papers.tables import Bearer, tables
from naru.domain.papers.visit import Visit, of_time


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """An amount of the table: rows and columns are those of the form, as data."""

    row: str
    column: str
    won: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnSum:
    """합계 of a column, as the paper says it."""

    column: str
    won: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """A receipt as it was handed out: the cells that hold an amount, and the sums it states.

    `patient_share` (본인부담금) is what the patient bears after rounding, 비급여 included; what is
    rounded off goes to the payer. `ceiling_excess` is 상한액 초과금.
    """

    number: str
    visit: Visit
    paid_on: date
    cells: tuple[Cell, ...]
    sums: tuple[ColumnSum, ...]
    total: int
    payer_share: int
    patient_share: int
    uncovered: int
    ceiling_excess: int = 0
    paid_before: int = 0
    due: int = 0
    paid_card: int = 0
    paid_cash_receipt: int = 0
    paid_cash: int = 0
    paid: int = 0


def borne_by(receipt: Receipt, bearer: Bearer) -> int:
    """What stands in the columns that somebody bears, before rounding."""
    columns = tables().columns
    return sum(
        cell.won
        for cell in receipt.cells
        if cell.column in columns and columns[cell.column].bearer is bearer
    )


def breaches(receipt: Receipt) -> Iterator[Breach]:
    """Each rule and arithmetic identity of a receipt that the amounts break."""
    yield from _of_cells(receipt)
    yield from _of_sums(receipt)
    yield from of_time(receipt.visit)
    yield from unknown_code("insurance", receipt.visit.insurance, ("visit", "insurance"))
    total = sum(cell.won for cell in receipt.cells)
    yield from unequal("receipt.total", ("total",), receipt.total, total)
    borne = borne_by(receipt, Bearer.PATIENT)
    rounded = tables().floor(borne, receipt.visit.insurance)
    yield from unequal("receipt.patient-share", ("patient_share",), receipt.patient_share, rounded)
    payer = receipt.total - receipt.patient_share
    yield from unequal("receipt.payer-share", ("payer_share",), receipt.payer_share, payer)
    uncovered = sum(
        cell.won
        for cell in receipt.cells
        if cell.column in tables().columns and tables().columns[cell.column].uncovered
    )
    yield from unequal("receipt.uncovered", ("uncovered",), receipt.uncovered, uncovered)
    yield from _of_payment(receipt)


def _of_cells(receipt: Receipt) -> Iterator[Breach]:
    table = tables()
    places = Counter((cell.row, cell.column) for cell in receipt.cells)
    for at, cell in enumerate(receipt.cells):
        if cell.row not in table.rows:
            yield Breach("receipt.row", ("cells", at), (("code", cell.row),))
        if cell.column not in table.columns:
            yield Breach("receipt.column", ("cells", at), (("code", cell.column),))
        if cell.won < 0:
            yield Breach("paper.negative", ("cells", at))
        if places[cell.row, cell.column] > 1:
            yield Breach("receipt.cell-twice", ("cells", at))


def _of_sums(receipt: Receipt) -> Iterator[Breach]:
    reckoned: Counter[str] = Counter()
    for cell in receipt.cells:
        reckoned[cell.column] += cell.won
    for at, one in enumerate(receipt.sums):
        yield from unequal("receipt.column-sum", ("sums", at), one.won, reckoned[one.column])
    stated = {one.column for one in receipt.sums}
    if len(stated) < len(receipt.sums) or set(reckoned) - stated:
        yield Breach("receipt.columns", ("sums",))


def _of_payment(receipt: Receipt) -> Iterator[Breach]:
    due = receipt.patient_share - receipt.ceiling_excess - receipt.paid_before
    yield from unequal("receipt.due", ("due",), receipt.due, due)
    paid = receipt.paid_card + receipt.paid_cash_receipt + receipt.paid_cash
    yield from unequal("receipt.paid", ("paid",), receipt.paid, paid)
    if receipt.paid > max(receipt.due, 0):
        yield Breach("receipt.overpaid", ("paid",))
    # 납부할 금액 may be below nothing: then the patient is paid back.
    for name in _NEVER_NEGATIVE:
        if getattr(receipt, name) < 0:
            yield Breach("paper.negative", (name,))


_NEVER_NEGATIVE = (
    "total",
    "payer_share",
    "patient_share",
    "uncovered",
    "ceiling_excess",
    "paid_before",
    "paid_card",
    "paid_cash_receipt",
    "paid_cash",
    "paid",
)
