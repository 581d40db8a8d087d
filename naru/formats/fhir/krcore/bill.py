"""진료비 계산서·영수증 and 세부산정내역 as R4's Invoice and ChargeItem.

KR Core 2.0.0 has no profile of bills. An amount is in won; which row and column of the paper it
stands in, and which share it is, are codes of ours.
"""

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any, Final

from naru.domain.papers import BillLine, ItemisedBill, Paper, Receipt, tables
from naru.domain.papers.itemised_bill import Shares
from naru.formats.fhir.krcore import own_extensions as own
from naru.formats.fhir.krcore.frame import Frame, absent, moment, reference
from naru.formats.fhir.krcore.profiles import OURS
from naru.formats.fhir.resource import Resource

CODES: Final = f"{OURS}/CodeSystem/bill"
SUM: Final = "sum-"
"""Before a column's code: what its lines add up to, before rounding (계)."""
ADJUSTMENT: Final = "adjustment"
_UNNAMED: Final = "이름 없는 열"
SHARES: Final = {
    "covered_patient": "급여 본인부담금",
    "covered_payer": "급여 공단부담금",
    "full_patient": "급여 전액본인부담",
    "uncovered": "비급여",
}
OF_RECEIPT: Final = {
    "payer_share": "공단부담총액",
    "patient_share": "환자부담총액",
    "uncovered": "비급여",
    "ceiling_excess": "상한액 초과금",
    "paid_before": "이미 납부한 금액",
    "due": "납부할 금액",
    "paid_card": "카드",
    "paid_cash_receipt": "현금영수증",
    "paid_cash": "현금",
    "paid": "납부한 금액",
}


def to_bill(frame: Frame, paper: Paper, issuer: Resource) -> list[Resource]:
    """The Invoice first and its ChargeItems; nothing of a paper that is no bill."""
    match paper:
        case Receipt():
            return [_receipt(frame, paper, issuer)]
        case ItemisedBill():
            charges = [_charge(frame, one, at) for at, one in enumerate(paper.lines)]
            return [_itemised(frame, paper, issuer, charges), *charges]
    return []


def _invoice(frame: Frame, number: str, kind: str, issuer: Resource) -> Resource:
    told = frame.new("Invoice", "bill")
    if number.strip():
        told["identifier"] = [{"system": f"{OURS}/Identifier/bill-number", "value": number}]
    told["status"] = "issued"
    told["type"] = _concept(kind, {"receipt": "진료비 계산서·영수증"}.get(kind, "세부산정내역"))
    told["subject"] = reference(frame.patient)
    told["issuer"] = reference(issuer)
    return told


def _receipt(frame: Frame, paper: Receipt, issuer: Resource) -> Resource:
    told = _invoice(frame, paper.number, "receipt", issuer)
    told["date"] = moment(paper.paid_on)
    if paper.paid == paper.due:
        told["status"] = "balanced"
    rows = groupby(paper.cells, key=lambda cell: cell.row)
    items: list[Resource] = [
        {
            "sequence": at,
            "chargeItemCodeableConcept": _concept(row, _name(tables().rows, row)),
            "priceComponent": [
                _component(cell.column, _name(tables().columns, cell.column), cell.won)
                for cell in cells
            ],
        }
        for at, (row, cells) in enumerate(rows, 1)
    ]
    if items:
        told["lineItem"] = items
    told["totalPriceComponent"] = [
        *(
            _component(one.column, _name(tables().columns, one.column), one.won)
            for one in paper.sums
        ),
        *(
            _component(name, words, getattr(paper, name), "informational")
            for name, words in OF_RECEIPT.items()
        ),
    ]
    return _with_totals(told, paper.total, paper.patient_share)


def _itemised(
    frame: Frame, paper: ItemisedBill, issuer: Resource, charges: list[Resource]
) -> Resource:
    told = _invoice(frame, paper.number, "itemised-bill", issuer)
    own.ITEMISED_BILL.tell(told, paper)
    items: list[Resource] = [
        {
            "sequence": at,
            "chargeItemReference": reference(charge),
            "priceComponent": [
                *_shared(line),
                _component("total", "총액", line.total, "informational"),
            ],
        }
        for at, (line, charge) in enumerate(zip(paper.lines, charges, strict=True), 1)
    ]
    if items:
        told["lineItem"] = items
    sums = {"total": "총액", **SHARES}
    told["totalPriceComponent"] = [
        *_shared(paper.totals),
        *(
            _component(f"{SUM}{name}", f"계: {words}", getattr(paper.sums, name), "informational")
            for name, words in sums.items()
        ),
        _component(ADJUSTMENT, "끝처리 조정금액", paper.adjustment, "informational"),
    ]
    if paper.remark.strip():
        told["note"] = [{"text": paper.remark}]
    borne = paper.totals.total - paper.totals.covered_payer
    return _with_totals(told, paper.totals.total, borne)


def _charge(frame: Frame, line: BillLine, at: int) -> Resource:
    told = frame.new("ChargeItem", f"line/{at}")
    told["status"] = "billed"
    # The paper names no system of its lines' codes.
    told["code"] = _concept(line.code, line.name, f"{OURS}/CodeSystem/bill-line")
    own.BILL_LINE.tell(told, line)
    told["subject"] = reference(frame.patient)
    if frame.encounter is not None:
        told["context"] = reference(frame.encounter)
    told["occurrenceDateTime"] = moment(line.date)
    told["quantity"] = {"value": line.times * line.days}
    told["priceOverride"] = _won(line.price)
    told["overrideReason"] = "단가"
    if line.item.strip():
        told["note"] = [{"text": f"항목: {_name(tables().rows, line.item)}"}]
    return told


def _shared(amounts: BillLine | Shares) -> Iterator[Resource]:
    for name, words in SHARES.items():
        yield _component(name, words, getattr(amounts, name))


def _component(code: str, words: str, won: int, kind: str = "base") -> Resource:
    return {"type": kind, "code": _concept(code, words), "amount": _won(won)}


def lines_of(invoice: Resource) -> Iterator[str]:
    """What a person reads of an Invoice: its sums and the amounts that it ends in."""
    for one in invoice["totalPriceComponent"]:
        yield f"{one['code'].get('text', _UNNAMED)} {one['amount']['value']:,}원"
    yield f"합계 {invoice['totalGross']['value']:,}원"


def _with_totals(told: Resource, gross: int, net: int) -> Resource:
    """The whole amount, and of it what the patient bears."""
    return told | {"totalNet": _won(net), "totalGross": _won(gross)}


def _won(amount: int) -> Resource:
    return {"value": amount, "currency": "KRW"}


def _concept(code: str, words: str, system: str = CODES) -> Resource:
    told: Resource = {}
    if code.strip():
        told["coding"] = [{"system": system, "code": code}]
    if words.strip():
        told["text"] = words
    return told or absent()


def _name(table: Mapping[str, Any], code: str) -> str:
    return str(table[code].korean) if code in table else code
