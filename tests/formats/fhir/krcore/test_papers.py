"""The papers that a patient carries as FHIR and back: what they tell of care, and what was paid."""

import copy
import json
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from naru.domain.papers import ItemisedBill, PaperDocument, Prescription, Receipt
from naru.domain.whole_record import Origin, Sourced
from naru.domain.xds import DocumentEntry
from naru.formats import cda
from naru.formats.fhir import validation
from naru.formats.fhir.json import from_json, to_json
from naru.formats.fhir.krcore import own_extensions, paper_from_bundle, to_bundle
from naru.formats.fhir.krcore.profiles import Extension
from naru.formats.fhir.krcore.provenance import told_by
from naru.formats.fhir.krcore.validation import claimed, faults, is_sound
from naru.formats.fhir.outcome import Refused
from naru.node.reading import READERS
from tests import papers
from tests.formats.any_paper import paper_of
from tests.formats.fhir.krcore.any_paper import AsFhirTells

DOCUMENTS = {one.kind: one for one in papers.documents(papers.header())}
KEY = UUID("7c9e6679-7425-40de-944b-e07fc1f90ae7")


def of_type(bundle: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    resources = [one["resource"] for one in bundle["entry"]]
    return [one for one in resources if one["resourceType"] == kind]


def summed(components: list[dict[str, Any]]) -> Counter[str]:
    found: Counter[str] = Counter()
    for one in components:
        found[one["code"]["coding"][0]["code"]] += one["amount"]["value"]
    return found


@pytest.mark.parametrize("document", DOCUMENTS.values(), ids=DOCUMENTS)
def test_each_paper_is_a_sound_document(document: PaperDocument) -> None:
    bundle = from_json(to_json(to_bundle(document)))

    assert validation.faults(bundle) == ()
    for one in bundle["entry"]:
        resource = one["resource"]
        assert is_sound(faults(resource, *claimed(resource)))
    (composition,) = of_type(bundle, "Composition")
    assert composition["category"][0]["coding"][0]["code"] == document.kind
    led = {each["reference"] for one in composition["section"] for each in one.get("entry", ())}
    assert led
    assert led <= {one["fullUrl"] for one in bundle["entry"]}


@pytest.mark.parametrize("document", DOCUMENTS.values(), ids=DOCUMENTS)
def test_each_paper_is_read_back_as_it_was(document: PaperDocument) -> None:
    assert paper_from_bundle(from_json(to_json(to_bundle(document)))) == document


@pytest.mark.parametrize("kind", DOCUMENTS)
@given(data=st.data())
def test_any_paper_is_read_back_as_it_was(kind: str, data: st.DataObject) -> None:
    document = replace(DOCUMENTS[kind], paper=data.draw(paper_of(kind, AsFhirTells)))
    bundle = from_json(to_json(to_bundle(document)))

    assert validation.faults(bundle) == ()
    assert paper_from_bundle(bundle) == document


def without(value: Any, gone: str) -> Any:
    """The tree without the extensions and components that name this."""
    if isinstance(value, list):
        return [without(one, gone) for one in value if not _names(one, gone)]
    if not isinstance(value, dict):
        return value
    told = {name: without(one, gone) for name, one in value.items()}
    return {name: one for name, one in told.items() if one != []}


def _names(one: Any, name: str) -> bool:
    if not isinstance(one, dict):
        return False
    codes = (
        [each["code"] for each in one.get("code", {}).get("coding", ())] if "amount" in one else ()
    )
    return one.get("url") == name or name in codes


def refusal(bundle: dict[str, Any]) -> str:
    """Why a Bundle is no paper."""
    with pytest.raises(Refused) as refused:
        paper_from_bundle(from_json(to_json(bundle)))
    (issue,) = refused.value.issues
    return issue.sentence


FOREIGN = [
    (
        "prescription",
        own_extensions.PRESCRIPTION.url,
        "/prescription is missing",
    ),
    ("certificate", own_extensions.CERTIFICATE.url, "/certificate is missing"),
    ("itemised-bill", own_extensions.BILL_LINE.url, "/bill-line is missing"),
    ("receipt", "patient_share", "does not tell the amount"),
    ("itemised-bill", "sum-total", "does not tell the amount"),
]


@pytest.mark.parametrize(("kind", "gone", "reason"), FOREIGN)
def test_a_paper_of_somebody_else_is_refused_by_what_it_lacks(
    kind: str, gone: str, reason: str
) -> None:
    bundle = without(to_bundle(DOCUMENTS[kind]), gone)

    assert validation.faults(bundle) == ()
    assert reason in refusal(bundle)


@pytest.mark.parametrize("kind", ["prescription", "receipt", "itemised-bill", "diagnosis-list"])
def test_a_paper_without_its_visit_is_refused(kind: str) -> None:
    bundle = copy.deepcopy(to_bundle(DOCUMENTS[kind]))
    del bundle["entry"][0]["resource"]["encounter"]

    assert "does not tell the visit" in refusal(bundle)


@pytest.mark.parametrize("won", [0.5, 10**16, "100"], ids=str)
def test_an_amount_that_is_none_is_refused(won: object) -> None:
    bundle = copy.deepcopy(to_bundle(DOCUMENTS["receipt"]))
    (invoice,) = of_type(bundle, "Invoice")
    invoice["totalGross"]["value"] = won

    assert "number of the paper" in refusal(bundle)


@pytest.mark.parametrize(
    ("insurance", "url"),
    [("4", Extension.INSURANCE_TYPES.url), ("near-poor", own_extensions.VISIT.url), ("", None)],
)
def test_an_insurance_stands_where_kr_core_has_it(insurance: str, url: str | None) -> None:
    document = DOCUMENTS["receipt"]
    assert isinstance(document.paper, Receipt)
    visit = replace(document.paper.visit, insurance=insurance)
    (encounter,) = of_type(
        to_bundle(replace(document, paper=replace(document.paper, visit=visit))), "Encounter"
    )

    assert [one["url"] for one in encounter.get("extension", ())] == ([url] if url else [])
    assert is_sound(faults(encounter, *claimed(encounter)))


def test_what_is_no_paper_is_refused() -> None:
    bundle = copy.deepcopy(to_bundle(DOCUMENTS["receipt"]))
    bundle["entry"][0]["resource"]["category"][0]["coding"][0]["code"] = "referral"

    assert "is no paper" in refusal(bundle)


def test_the_published_extensions_are_those_that_are_written() -> None:
    file = Path(__file__).parents[4] / "docs/conformance/paper-extensions.json"

    assert json.loads(file.read_text("utf-8")) == own_extensions.published()
    for one in own_extensions.definitions():
        assert validation.faults(one) == ()


def test_a_prescription_is_of_medicines_and_diagnoses() -> None:
    bundle = to_bundle(DOCUMENTS["prescription"])

    paper = papers.prescription()
    orders = of_type(bundle, "MedicationRequest")
    assert [one["medicationCodeableConcept"]["text"] for one in orders] == [
        one.name for one in paper.items
    ]
    (dosage,) = orders[0]["dosageInstruction"]
    assert str(dosage["doseAndRate"][0]["doseQuantity"]["value"]) == "0.5"
    assert dosage["timing"]["repeat"]["frequency"] == 3
    assert orders[0]["dispenseRequest"]["expectedSupplyDuration"]["value"] == 7
    assert orders[0]["authoredOn"] == paper.issued.isoformat()
    assert len(of_type(bundle, "Condition")) == len(paper.diseases)


def test_a_fax_stands_at_the_institution_and_each_dispensing_in_an_extension() -> None:
    paper = papers.prescription()
    (one,) = paper.dispensings
    paper = replace(paper, dispensings=(one, replace(one, pharmacy="또약국", change="")))
    document = replace(DOCUMENTS["prescription"], paper=paper)
    bundle = copy.deepcopy(from_json(to_json(to_bundle(document))))

    (institution,) = of_type(bundle, "Organization")
    assert {"system": "fax", "value": paper.fax} in institution["telecom"]
    assert paper_from_bundle(bundle) == document
    composition = bundle["entry"][0]["resource"]
    told = [one for one in composition["extension"] if one["url"] == own_extensions.DISPENSING.url]
    assert len(told) == 2
    told[1]["extension"] = [one for one in told[1]["extension"] if one["url"] != "days"]
    assert "days of a dispensing" in refusal(bundle)


@pytest.mark.parametrize(
    ("kind", "number", "system", "profile"),
    [
        ("1", "TEST-1", "http://www.hl7korea.or.kr/Identifier/mohw-md-license-id", True),
        ("4", "TEST-1", "http://www.hl7korea.or.kr/Identifier/mohw-md-license-id", True),
        ("3", "TEST-1", "https://naru.invalid/Identifier/license-number", False),
        ("", "TEST-1", "https://naru.invalid/Identifier/license-number", False),
        ("1", "", None, False),
    ],
)
def test_a_licence_stands_where_kr_core_has_it(
    kind: str, number: str, system: str | None, *, profile: bool
) -> None:
    document = DOCUMENTS["prescription"]
    assert isinstance(document.paper, Prescription)
    signed = replace(document.paper, license_kind=kind, license_number=number)
    bundle = to_bundle(replace(document, paper=signed))

    (practitioner,) = of_type(bundle, "Practitioner")
    (qualification,) = practitioner["qualification"]
    numbers = qualification.get("identifier", ())
    assert [(one["system"], one["value"]) for one in numbers] == ([(system, number)] * bool(system))
    claims = practitioner["meta"]["profile"][0].endswith("/krcore-medical-doctor")
    assert claims is profile
    assert is_sound(faults(practitioner, *claimed(practitioner)))
    for role in of_type(bundle, "PractitionerRole"):
        assert is_sound(faults(role, *claimed(role)))
        assert role["meta"]["profile"][0].endswith("/krcore-medical-doctor-role") is profile


def test_whoever_signs_without_a_licence_has_no_qualification() -> None:
    document = DOCUMENTS["prescription"]
    assert isinstance(document.paper, Prescription)
    paper = replace(document.paper, license_kind="", license_number="")
    (practitioner,) = of_type(to_bundle(replace(document, paper=paper)), "Practitioner")

    assert "qualification" not in practitioner


def test_a_receipt_is_an_invoice_that_adds_up() -> None:
    paper = DOCUMENTS["receipt"].paper
    assert isinstance(paper, Receipt)
    (invoice,) = of_type(to_bundle(DOCUMENTS["receipt"]), "Invoice")

    assert invoice["totalGross"] == {"value": paper.total, "currency": "KRW"}
    assert invoice["totalNet"]["value"] == paper.patient_share
    parts = [each for one in invoice["lineItem"] for each in one["priceComponent"]]
    columns = summed(parts)
    assert columns.total() == paper.total
    totals = summed([one for one in invoice["totalPriceComponent"] if one["type"] == "base"])
    assert totals == columns == Counter({one.column: one.won for one in paper.sums})


def test_an_itemised_bill_has_a_charge_for_each_line() -> None:
    paper = DOCUMENTS["itemised-bill"].paper
    assert isinstance(paper, ItemisedBill)
    bundle = to_bundle(DOCUMENTS["itemised-bill"])

    (invoice,) = of_type(bundle, "Invoice")
    charges = {f"urn:uuid:{one['id']}": one for one in of_type(bundle, "ChargeItem")}
    assert len(invoice["lineItem"]) == len(charges) == len(paper.lines)
    for item, line in zip(invoice["lineItem"], paper.lines, strict=True):
        charge = charges[item["chargeItemReference"]["reference"]]
        assert charge["code"]["coding"][0]["code"] == line.code
        assert charge["priceOverride"]["value"] == line.price
        assert charge["quantity"]["value"] == line.times * line.days
        shares = [one for one in item["priceComponent"] if one["type"] == "base"]
        assert summed(shares).total() == line.total
    assert invoice["totalGross"]["value"] == paper.totals.total
    assert invoice["totalNet"]["value"] == paper.totals.total - paper.totals.covered_payer


@pytest.mark.parametrize(
    ("kind", "types"),
    [
        ("prescription", {"Condition", "MedicationRequest", "Encounter"}),
        ("diagnosis-list", {"Condition", "Encounter"}),
        ("certificate", {"Condition"}),
        ("receipt", {"Invoice", "Encounter"}),
        ("itemised-bill", {"Invoice", "ChargeItem", "Encounter"}),
    ],
)
def test_a_paper_that_came_as_cda_is_told_with_all_that_a_patient_has(
    kind: str, types: set[str]
) -> None:
    document = DOCUMENTS[kind]
    open_ = READERS.opening("text/xml")
    assert open_ is not None
    opened = open_(cda.write_paper_document(document))
    origin = Origin(
        institution=None,
        institution_name="가람의원",
        entry_uuid=f"urn:uuid:{KEY}",
        unique_id=document.unique_id,
        title="",
        event_date=None,
        registered=None,
    )
    entry = DocumentEntry(entry_uuid=origin.entry_uuid, unique_id=origin.unique_id, patient_id=None)

    told = told_by(Sourced(origin=origin, entry=entry, opened=opened), f"Patient/{KEY}")

    writers = {"Organization", "Practitioner"}
    assert {one["resourceType"] for one in told} == types | writers
    about = [one["subject"]["reference"] for one in told if one["resourceType"] not in writers]
    assert {*about} == {f"Patient/{KEY}"}
