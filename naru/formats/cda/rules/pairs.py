"""An itemised bill beside the receipt of the same visit: one amount to the won."""

from collections.abc import Iterator
from datetime import date
from typing import Final

from naru.domain.findings import Finding
from naru.domain.papers import ItemisedBill, PaperDocument, Receipt, against_receipt
from naru.formats.cda.errors import CdaRefused
from naru.formats.cda.papers import paper_form, paper_sections, read_paper_in, sections_of
from naru.formats.cda.rules.header import look
from naru.formats.cda.rules.papers import path_of
from naru.formats.cda.rules.syntax import parsed
from naru.formats.cda.rules.whole import Whole

BILL: Final = "itemised-bill"
RECEIPT: Final = "receipt"


def against(bill: bytes, receipt: bytes, *, on: date) -> tuple[Finding, ...]:
    """Where a bill is not what its receipt says; of what cannot be read `check` tells."""
    root, other = parsed(bill), parsed(receipt)
    if isinstance(root, Finding) or isinstance(other, Finding):
        return ()
    try:
        form = paper_form(root)
        said, paid = read_paper_in(root), read_paper_in(other)
    except CdaRefused:
        return ()
    if not isinstance(said.paper, ItemisedBill) or not isinstance(paid.paper, Receipt):
        return ()
    held = sections_of(root)
    sections = [(one, held.get(one.template.root)) for one in paper_sections(form)]
    whole = Whole(root, look(root), on)
    amounts = (
        Finding(one.rule, path_of(whole, one, sections), one.values)
        for one in against_receipt(said.paper, paid.paper)
    )
    return (*_of_visit(said, paid), *amounts)


def _of_visit(bill: PaperDocument, receipt: PaperDocument) -> Iterator[Finding]:
    whose = [
        (one.header.patient_id, one.header.custodian.oid, one.paper.visit.date)
        for one in (bill, receipt)
        if isinstance(one.paper, ItemisedBill | Receipt)
    ]
    if whose[0] != whose[1]:
        yield Finding("bill.receipt-visit", "/ClinicalDocument")
