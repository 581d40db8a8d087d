"""The papers that a patient carries, read back from the Bundles that `document` makes of them.

Each value is read where it was written: from R4's and KR Core's own elements, else from extensions
of ours. A paper of somebody else, who does not know these, is refused by what it lacks.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from naru.domain.clinical import ClinicalDocument
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
    PaperDocument,
    PrescribedItem,
    Prescription,
    Receipt,
    Shares,
    Visit,
)
from naru.formats.fhir.krcore import own_extensions as own
from naru.formats.fhir.krcore.bill import ADJUSTMENT, CODES, OF_RECEIPT, SHARES, SUM
from naru.formats.fhir.krcore.condition import from_diagnosis
from naru.formats.fhir.krcore.document_reading import composition_of, from_bundle, members_of
from naru.formats.fhir.krcore.licence import read_licence
from naru.formats.fhir.krcore.medication_request import from_medication_request
from naru.formats.fhir.krcore.own_extension import MOST, counted, whole
from naru.formats.fhir.krcore.paper import INSURANCES
from naru.formats.fhir.krcore.profiles import Extension
from naru.formats.fhir.krcore.reading import child, day, each, number, word
from naru.formats.fhir.outcome import IssueType, Refused, refused
from naru.formats.fhir.resource import Resource


def paper_from_bundle(bundle: Resource) -> PaperDocument:
    """The paper that a Bundle tells. Raises Refused where it is none, or lacks what one says."""
    document = from_bundle(bundle)
    read = _READ.get(document.kind)
    if read is None:
        raise refused(IssueType.INVALID, "This document is no paper.", "Composition.category")
    composition = composition_of(bundle)
    paper = read(_Told(document, composition, members_of(bundle)))
    return PaperDocument(
        header=document.header, patient=document.patient, author=document.author, paper=paper
    )


@dataclass(frozen=True, slots=True)
class _Told:
    """A Bundle that is read: its document, and the resources to which its sections lead."""

    document: ClinicalDocument
    composition: Resource
    members: Mapping[str, Resource]

    def all(self, kind: str) -> list[Resource]:
        """The resources of a type, in the order of the sections."""
        return [one for one in self._entries() if one.get("resourceType") == kind]

    def _entries(self) -> Iterator[Resource]:
        for entry in each(self.composition, "section", "entry"):
            found = self.members.get(word(entry, "reference"))
            if found is not None:
                yield found

    def invoice(self, kind: str) -> Resource:
        """The one Invoice of a bill of this kind."""
        found = [one for one in self.all("Invoice") if _code(child(one, "type"), CODES) == kind]
        if len(found) != 1:
            raise _missing(f"an Invoice of the type {CODES}|{kind}", "Invoice.type")
        return found[0]

    def licence(self) -> dict[str, Any]:
        """The kind and the number of the author's licence, by the fields of papers."""
        author = self.members.get(word(self.composition, "author", "reference"), {})
        if author.get("resourceType") == "PractitionerRole":
            author = self.members.get(word(author, "practitioner", "reference"), {})
        kind, number_ = read_licence(author)
        return {"license_kind": kind, "license_number": number_}

    def fax(self) -> str:
        """The institution's fax number."""
        custodian = self.members.get(word(self.composition, "custodian", "reference"), {})
        numbers = [one for one in each(custodian, "telecom") if word(one, "system") == "fax"]
        return word(numbers, "value")

    def visit(self) -> Visit:
        """The visit of which the paper tells."""
        encounter = self.members.get(word(self.composition, "encounter", "reference"), {})
        known = self.document.encounter
        if known is None:
            raise _missing("the visit and its day", "Composition.encounter")
        until = known.until
        return Visit(
            date=known.date,
            kind=known.kind,
            until=until.date() if isinstance(until, datetime) else until,
            department=known.department,
            doctor=word(encounter, "participant", "individual", "display"),
            insurance=_insurance(encounter),
            room=word(encounter, "location", "location", "display"),
        )


def _insurance(encounter: Resource) -> str:
    for one in each(encounter, "extension"):
        if word(one, "url") == Extension.INSURANCE_TYPES.url:
            return _code(child(one, "valueCodeableConcept"), INSURANCES)
    return str(own.VISIT.read(encounter).get("insurance", ""))


def _prescription(told: _Told) -> Prescription:
    head = own.PRESCRIPTION.require(told.composition)
    if not {"issued", "valid_days"} <= head.keys():
        raise _missing("the day of issue and the days of use", own.PRESCRIPTION.context)
    return Prescription(
        number=told.document.number,
        visit=told.visit(),
        items=tuple(_item(one) for one in told.all("MedicationRequest")),
        diseases=tuple(
            Disease(code=one.code, name=one.name) for one in told.document.content.diagnoses
        ),
        fax=told.fax(),
        dispensings=tuple(map(_dispensing, own.DISPENSING.read_each(told.composition))),
        **told.licence(),
        **head | {"valid_days": whole(head["valid_days"])},
    )


def _dispensing(said: Mapping[str, Any]) -> Dispensing:
    if not {"dispensed", "days"} <= said.keys():
        raise _missing("the day and the days of a dispensing", own.DISPENSING.context)
    named = {"pharmacy": "", "pharmacist": "", **said}
    return Dispensing(**named | {"days": whole(said["days"])})


def _item(order: Resource) -> PrescribedItem:
    known = from_medication_request(order)
    dosage = child(order, "dosageInstruction")
    dose = child(dosage, "doseAndRate", "doseQuantity")
    if known is None:
        raise _missing("the day of an order", "MedicationRequest.authoredOn")
    repeat = child(dosage, "timing", "repeat")
    return PrescribedItem(
        code=known.code,
        name=known.name,
        dose=counted(number(dose, "value")),
        unit=word(dose, "unit"),
        times=_counted_or_told(number(repeat, "frequency"), known.times),
        days=_counted_or_told(number(repeat, "boundsDuration", "value"), known.days),
        usage=word(dosage, "patientInstruction"),
        irreplaceable=word(order, "substitution", "reason", "text"),
        **own.PRESCRIBED_ITEM.read(order),
    )


def _counted_or_told(found: Decimal | None, words: str) -> int:
    """A count; none at all, or one that no positiveInt holds, stands in the words alone."""
    if found is None and words.isascii() and words.isdecimal() and len(words) <= len(str(MOST)):
        found = Decimal(words)
    return whole(found)


def _receipt(told: _Told) -> Receipt:
    invoice = told.invoice("receipt")
    paid_on = day(word(invoice, "date"))
    if paid_on is None:
        raise _missing("the day of payment", "Invoice.date")
    totals = each(invoice, "totalPriceComponent")
    sums = [one for one in totals if word(one, "type") == "base"]
    return Receipt(
        number=told.document.number,
        visit=told.visit(),
        paid_on=paid_on,
        cells=tuple(
            Cell(
                row=_code(child(item, "chargeItemCodeableConcept"), CODES),
                column=_code(child(one, "code"), CODES),
                won=_won(one),
            )
            for item in each(invoice, "lineItem")
            for one in each(item, "priceComponent")
        ),
        sums=tuple(
            ColumnSum(column=_code(child(one, "code"), CODES), won=_won(one)) for one in sums
        ),
        total=whole(number(invoice, "totalGross", "value")),
        **_amounts(_besides(totals), OF_RECEIPT),
    )


def _itemised_bill(told: _Told) -> ItemisedBill:
    invoice = told.invoice("itemised-bill")
    totals = each(invoice, "totalPriceComponent")
    besides = _besides(totals)
    total = whole(number(invoice, "totalGross", "value"))
    sums = _amounts(besides, [f"{SUM}{name}" for name in ("total", *SHARES)])
    return ItemisedBill(
        number=told.document.number,
        visit=told.visit(),
        lines=tuple(_line(one, told) for one in each(invoice, "lineItem")),
        sums=Shares(**{name.removeprefix(SUM): won for name, won in sums.items()}),
        adjustment=_amounts(besides, [ADJUSTMENT])[ADJUSTMENT],
        totals=Shares(total=total, **_amounts(_shares(totals), SHARES)),
        remark=word(invoice, "note", "text"),
        **own.ITEMISED_BILL.read(invoice),
    )


def _line(item: Resource, told: _Told) -> BillLine:
    charge = told.members.get(word(item, "chargeItemReference", "reference"), {})
    known = own.BILL_LINE.require(charge)
    on = day(word(charge, "occurrenceDateTime"))
    if on is None or not {"times", "days"} <= known.keys():
        raise _missing("the day, the times and the days of a line", "ChargeItem")
    components = each(item, "priceComponent")
    return BillLine(
        item=known.get("item", ""),
        date=on,
        code=word(charge, "code", "coding", "code"),
        name=word(charge, "code", "text"),
        price=whole(number(charge, "priceOverride", "value")),
        times=known["times"],
        days=whole(known["days"]),
        **_amounts(_besides(components), ["total"]),
        **_amounts(_shares(components), SHARES),
    )


def _diagnosis_list(told: _Told) -> DiagnosisList:
    return DiagnosisList(
        number=told.document.number,
        visit=told.visit(),
        diagnoses=told.document.content.diagnoses,
    )


def _certificate(told: _Told) -> Certificate:
    head = own.CERTIFICATE.require(told.composition)
    if not {"issued", "kind"} <= head.keys():
        raise _missing("the kind and the day of issue", own.CERTIFICATE.context)
    visits = head.get("visits")
    return Certificate(
        number=told.document.number,
        opinion=told.document.content.opinion,
        diagnoses=tuple(_certified(one) for one in told.all("Condition")),
        **told.licence(),
        **head | {"visits": None if visits is None else whole(visits)},
    )


def _certified(condition: Resource) -> CertifiedDiagnosis:
    known = from_diagnosis(condition)
    if known is None:
        raise _missing("the day of a diagnosis", "Condition.recordedDate")
    return CertifiedDiagnosis(
        code=known.code,
        name=known.name,
        onset=day(word(condition, "onsetDateTime")),
        **own.CERTIFIED_DIAGNOSIS.read(condition),
    )


def _besides(components: list[Resource]) -> list[Resource]:
    return [one for one in components if word(one, "type") == "informational"]


def _shares(components: list[Resource]) -> list[Resource]:
    return [one for one in components if word(one, "type") == "base"]


def _amounts(components: list[Resource], names: Any) -> dict[str, int]:
    """The amount of each of these codes. Raises Refused where one of them is not told."""
    found = {_code(child(one, "code"), CODES): one for one in components}
    for name in names:
        if name not in found:
            raise _missing(f"the amount {CODES}|{name}", "Invoice.priceComponent")
    return {name: _won(found[name]) for name in names}


def _won(component: Resource) -> int:
    amount = child(component, "amount")
    if word(amount, "currency") != "KRW":
        raise refused(IssueType.VALUE, "An amount is not in won.", "Invoice.priceComponent.amount")
    return whole(number(amount, "value"))


def _code(concept: Resource, system: str) -> str:
    codings = each(concept, "coding")
    return next((word(one, "code") for one in codings if word(one, "system") == system), "")


def _missing(what: str, where: str) -> Refused:
    return refused(IssueType.REQUIRED, f"The paper does not tell {what}.", where)


_READ: Final[Mapping[str, Callable[[_Told], Paper]]] = {
    "prescription": _prescription,
    "receipt": _receipt,
    "itemised-bill": _itemised_bill,
    "diagnosis-list": _diagnosis_list,
    "certificate": _certificate,
}
