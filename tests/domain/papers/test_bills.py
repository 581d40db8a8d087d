"""Receipt and itemised bill: each identity holds to the won, and a won more breaks a named one."""

from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import timedelta
from decimal import Decimal

import pytest

from naru.domain.papers import BillLine, Cell, ItemisedBill, Receipt, against_receipt, breaches

COLUMNS = ("covered_patient", "covered_payer", "full_patient", "uncovered")


def rules(paper: Receipt | ItemisedBill) -> set[str]:
    return {one.rule for one in breaches(paper)}


def test_a_whole_receipt_breaks_nothing(receipt: Receipt) -> None:
    assert rules(receipt) == set()


def test_a_whole_bill_breaks_nothing_and_equals_its_receipt(
    bill: ItemisedBill, receipt: Receipt
) -> None:
    assert rules(bill) == set()
    assert not list(against_receipt(bill, receipt))


def amounts(receipt: Receipt) -> Iterator[tuple[str, Receipt]]:
    """The receipt with each of its amounts a won more and a won less."""
    for won in (1, -1):
        for one in fields(receipt):
            value = getattr(receipt, one.name)
            if isinstance(value, int):
                yield one.name, replace(receipt, **{one.name: value + won})
        for name in ("cells", "sums"):
            items = getattr(receipt, name)
            for at, item in enumerate(items):
                other = (*items[:at], replace(item, won=item.won + won), *items[at + 1 :])
                yield f"{name}[{at}]", replace(receipt, **{name: other})


def test_changing_one_won_of_a_receipt_breaks_it(receipt: Receipt) -> None:
    changed = dict(amounts(receipt))
    assert len(changed) == 25
    for place, other in amounts(receipt):
        assert rules(other), place


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"total": 25_361}, "receipt.total"),
        ({"payer_share": 15_261}, "receipt.payer-share"),
        ({"patient_share": 10_152}, "receipt.patient-share"),
        ({"uncovered": 1_999}, "receipt.uncovered"),
        ({"due": 9_001}, "receipt.due"),
        ({"paid": 9_001}, "receipt.paid"),
        ({"sums": ()}, "receipt.columns"),
        ({"paid_before": -1}, "paper.negative"),
    ],
)
def test_each_identity_has_its_name(receipt: Receipt, change: dict[str, int], rule: str) -> None:
    assert rule in rules(replace(receipt, **change))


@pytest.mark.parametrize(
    ("cell", "rule"),
    [
        (Cell(row="no-such", column="uncovered", won=0), "receipt.row"),
        (Cell(row="ct", column="no-such", won=0), "receipt.column"),
        (Cell(row="ct", column="uncovered", won=-1), "paper.negative"),
        (Cell(row="certificates", column="uncovered", won=0), "receipt.cell-twice"),
    ],
)
def test_each_wrong_cell_has_its_name(receipt: Receipt, cell: Cell, rule: str) -> None:
    assert rule in rules(replace(receipt, cells=(*receipt.cells, cell)))


@pytest.mark.parametrize(
    ("insurance", "share"),
    [("4", 10_100), ("general", 10_150), ("7", 10_150), ("9", 10_150), ("", 10_150)],
)
def test_the_share_is_rounded_as_the_insurance_says(
    receipt: Receipt, insurance: str, share: int
) -> None:
    other = replace(
        receipt,
        visit=replace(receipt.visit, insurance=insurance),
        patient_share=share,
        payer_share=25_360 - share,
        due=share - 1_100,
    )
    assert rules(other) == set()


def test_a_breach_says_what_is_stated_and_what_is_reckoned(receipt: Receipt) -> None:
    (found,) = [one for one in breaches(replace(receipt, due=9_001)) if one.rule == "receipt.due"]
    assert found.field == ("due",)
    assert dict(found.values) == {"stated": "9,001", "reckoned": "9,000"}


@pytest.mark.parametrize("name", ["price", "total", *COLUMNS])
@pytest.mark.parametrize("won", [1, -1])
def test_changing_one_won_of_a_line_breaks_the_bill(
    bill: ItemisedBill, name: str, won: int
) -> None:
    first, *rest = bill.lines
    other = replace(first, **{name: getattr(first, name) + won})
    assert rules(replace(bill, lines=(other, *rest)))


@pytest.mark.parametrize("foot", ["sums", "totals"])
@pytest.mark.parametrize("name", ["total", *COLUMNS])
def test_changing_one_won_of_the_foot_breaks_the_bill(
    bill: ItemisedBill, foot: str, name: str
) -> None:
    row = getattr(bill, foot)
    other = replace(row, **{name: getattr(row, name) + 1})
    assert rules(replace(bill, **{foot: other}))


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"adjustment": 51}, "bill.adjustment"),
        ({"lines": ()}, "bill.no-line"),
    ],
)
def test_each_rule_of_a_bill_has_its_name(
    bill: ItemisedBill, change: dict[str, int], rule: str
) -> None:
    assert rule in rules(replace(bill, **change))


def moved(bill: ItemisedBill, row: str, **won: int) -> ItemisedBill:
    """The bill with amounts of its foot changed by so many won."""
    shares = getattr(bill, row)
    other = replace(shares, **{name: getattr(shares, name) + by for name, by in won.items()})
    return replace(bill, **{row: other})


@pytest.mark.parametrize(
    ("row", "won", "broken"),
    [
        # Each change breaks the identities that it names and no other.
        ("sums", {"total": 1}, {"bill.sum", "bill.total"}),
        ("totals", {"total": 1}, {"bill.total", "bill.total-shares"}),
        ("totals", {"covered_patient": 1}, {"bill.patient", "bill.total-shares"}),
        ("totals", {"covered_payer": 1}, {"bill.payer", "bill.total-shares"}),
        ("totals", {"covered_patient": 1, "covered_payer": -1}, {"bill.patient", "bill.payer"}),
        ("totals", {"covered_patient": 1, "full_patient": -1}, set()),
    ],
)
def test_each_identity_of_a_foot_has_its_name(
    bill: ItemisedBill, row: str, won: dict[str, int], broken: set[str]
) -> None:
    assert rules(moved(bill, row, **won)) == broken


def test_each_identity_of_a_line_has_its_name(bill: ItemisedBill) -> None:
    first, *rest = bill.lines
    dearer = replace(first, price=first.price + 2, total=first.total)
    assert rules(replace(bill, lines=(dearer, *rest))) == {"bill.line-total"}
    shared = replace(first, uncovered=first.uncovered + 1)
    assert rules(replace(bill, lines=(shared, *rest))) == {"bill.line-shares", "bill.sum"}


def test_days_and_payments_that_cannot_be_have_their_names(
    bill: ItemisedBill, receipt: Receipt
) -> None:
    day = bill.visit.date
    for paper in (bill, receipt):
        early = replace(paper.visit, until=day - timedelta(days=1))
        assert "visit.until" in rules(replace(paper, visit=early))
    stay = replace(bill.visit, until=day + timedelta(days=2))
    for days, outside in ((-1, True), (0, False), (2, False), (3, True)):
        line = replace(bill.lines[0], date=day + timedelta(days=days))
        found = rules(replace(bill, visit=stay, lines=(line, *bill.lines[1:])))
        assert ("bill.line-day" in found) is outside
    back = replace(receipt, paid_card=-100, paid_cash=receipt.paid + 100, paid_cash_receipt=0)
    assert rules(back) == {"paper.negative"}
    much = replace(receipt, paid_card=receipt.paid_card + 1_000_000, paid=receipt.paid + 1_000_000)
    assert rules(much) == {"receipt.overpaid"}


def test_a_halved_dose_may_be_rounded_either_way(bill: ItemisedBill) -> None:
    line = BillLine(
        item="dispensing-drug",
        date=bill.lines[0].date,
        code="TEST-1",
        name="반 알",
        price=101,
        times=Decimal("0.5"),
        total=51,
        uncovered=51,
    )
    for total in (50, 51):
        either = replace(line, total=total, uncovered=total)
        assert "bill.line-total" not in rules(replace(bill, lines=(either,)))
    wrong = replace(line, total=49, uncovered=49)
    assert "bill.line-total" in rules(replace(bill, lines=(wrong,)))


def test_a_bill_of_another_amount_is_not_the_receipt_s(
    bill: ItemisedBill, receipt: Receipt
) -> None:
    cells = (replace(receipt.cells[0], won=5_113), *receipt.cells[1:])
    found = {one.rule for one in against_receipt(bill, replace(receipt, cells=cells))}
    assert found == {"bill.receipt-item"}
    found = {
        one.rule
        for one in against_receipt(bill, replace(receipt, total=1, patient_share=2, payer_share=3))
    }
    assert found == {"bill.receipt-total", "bill.receipt-patient", "bill.receipt-payer"}
    other = moved(moved(bill, "sums", full_patient=1, uncovered=-1), "totals", uncovered=-1)
    (breach,) = against_receipt(moved(other, "totals", full_patient=1), receipt)
    assert breach.rule == "bill.receipt-uncovered"
    assert dict(breach.values) == {"stated": "1,999", "reckoned": "2,000"}


@pytest.mark.parametrize(
    ("change", "broken"),
    [
        ({"item": "no-such"}, {"bill.item"}),
        (
            {"days": -1, "total": -17_040, "covered_patient": -5_112, "covered_payer": -11_928},
            {"paper.negative"},
        ),
        ({"price": -17_040, "days": -1}, {"paper.negative"}),
    ],
)
def test_each_wrong_line_has_its_name(
    bill: ItemisedBill, change: dict[str, int], broken: set[str]
) -> None:
    first, *rest = bill.lines
    other = replace(bill, lines=(replace(first, **change), *rest))
    assert {one for one in rules(other) if one != "bill.sum"} == broken


def test_a_column_has_one_sum(receipt: Receipt) -> None:
    first, *rest = receipt.sums
    assert rules(replace(receipt, sums=(first, *receipt.sums))) == {"receipt.columns"}
    assert rules(replace(receipt, sums=tuple(rest))) == {"receipt.columns"}
    wrong = replace(first, won=first.won - 1)
    assert rules(replace(receipt, sums=(wrong, *rest))) == {"receipt.column-sum"}


def test_an_insurance_that_no_table_has_is_named(bill: ItemisedBill, receipt: Receipt) -> None:
    for paper in (bill, receipt):
        unknown = replace(paper, visit=replace(paper.visit, insurance="no-such"))
        (breach,) = [one for one in breaches(unknown) if one.rule == "paper.unknown-code"]
        assert breach.field == ("visit", "insurance")
