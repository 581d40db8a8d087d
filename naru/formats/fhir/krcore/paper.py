"""What a paper says beside its diagnoses, medicines and amounts, put onto the resources of these.

R4's and KR Core's own elements come first; what they have no place for stands in extensions of ours
(`own_extensions`). So a paper comes back from its Bundle as it was (`paper_reading`).
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from naru.domain.papers import (
    Certificate,
    CertifiedDiagnosis,
    Paper,
    PrescribedItem,
    Prescription,
    Visit,
)
from naru.formats.fhir.krcore import own_extensions as own
from naru.formats.fhir.krcore.definitions import code_system
from naru.formats.fhir.krcore.frame import Frame, moment, put
from naru.formats.fhir.krcore.medication_request import unit_code
from naru.formats.fhir.krcore.profiles import OURS, Extension
from naru.formats.fhir.krcore.systems import UCUM
from naru.formats.fhir.resource import Resource

INSURANCES: Final = "http://www.hl7korea.or.kr/CodeSystem/hira-insurance-types"
_NUMBER: Final = f"{OURS}/Identifier/prescription-number"
_MOST_TIMES: Final = 2**31 - 1
"""The largest positiveInt of R4."""


def tell_paper(frame: Frame, paper: Paper, resources: Iterable[Resource]) -> None:
    """Put the rest of a paper onto the resources of its content and its visit."""
    made = [*resources]
    match paper:
        case Prescription():
            for order, item in zip(_of(made, "MedicationRequest"), paper.items, strict=True):
                _order(order, item, paper)
        case Certificate():
            for condition, one in zip(_of(made, "Condition"), paper.diagnoses, strict=True):
                _certified(condition, one)
    if not isinstance(paper, Certificate) and frame.encounter is not None:
        _visit(frame.encounter, paper.visit)


def tell_institution(custodian: Resource, paper: Paper) -> None:
    """Put onto the Organization what only a paper says of its institution."""
    if isinstance(paper, Prescription) and paper.fax.strip():
        fax = {"system": "fax", "value": paper.fax}
        custodian["telecom"] = [*custodian.get("telecom", ()), fax]


def tell_head(composition: Resource, paper: Paper) -> None:
    """Put onto the Composition what is said of the paper as a whole."""
    match paper:
        case Prescription():
            own.PRESCRIPTION.tell(composition, paper)
            for one in paper.dispensings:
                own.DISPENSING.tell(composition, one)
        case Certificate():
            own.CERTIFICATE.tell(composition, paper)


def _of(resources: list[Resource], kind: str) -> list[Resource]:
    return [one for one in resources if one["resourceType"] == kind]


def _order(order: Resource, item: PrescribedItem, paper: Prescription) -> None:
    """The dose as it was counted, whatever words it was told in."""
    own.PRESCRIBED_ITEM.tell(order, item)
    if paper.number.strip():
        order["groupIdentifier"] = {"system": _NUMBER, "value": paper.number}
    (dosage,) = order["dosageInstruction"]
    dose: Resource = {"value": item.dose}
    if item.unit.strip():
        dose["unit"] = item.unit
        if code := unit_code(item.unit):
            dose |= {"system": UCUM, "code": code}
    dosage["doseAndRate"] = [{"doseQuantity": dose}]
    put(dosage, "patientInstruction", item.usage)
    repeat: Resource = {}
    if item.days:
        repeat["boundsDuration"] = {"value": item.days, "unit": "일", "system": UCUM, "code": "d"}
    if 0 < item.times <= _MOST_TIMES:
        repeat |= {"frequency": item.times, "period": 1, "periodUnit": "d"}
    dosage.pop("timing", None)
    if repeat:
        dosage["timing"] = {"repeat": repeat}
    order["dispenseRequest"] = {
        **order.pop("dispenseRequest", {}),
        "validityPeriod": _validity(paper),
    }
    if item.irreplaceable.strip():
        order["substitution"] = {"allowedBoolean": False, "reason": {"text": item.irreplaceable}}


def _validity(paper: Prescription) -> Resource:
    """The days on which it is dispensed; without an end that no calendar has."""
    told: Resource = {"start": moment(paper.issued)}
    try:
        last = paper.issued + timedelta(days=paper.valid_days - 1)
    except OverflowError:
        return told
    return told | ({"end": moment(last)} if last >= paper.issued else {})


def _certified(condition: Resource, one: CertifiedDiagnosis) -> None:
    own.CERTIFIED_DIAGNOSIS.tell(condition, one)
    if one.onset is not None:
        condition["onsetDateTime"] = moment(one.onset)


def _visit(encounter: Resource, visit: Visit) -> None:
    if visit.doctor.strip():
        encounter["participant"] = [{"individual": {"display": visit.doctor}}]
    if visit.room.strip():
        encounter["location"] = [{"location": {"display": visit.room}}]
    known = code_system(INSURANCES)
    if visit.insurance in known:
        coding = {
            "system": INSURANCES,
            "code": visit.insurance,
            "display": known[visit.insurance],
        }
        extension = {
            "url": Extension.INSURANCE_TYPES.url,
            "valueCodeableConcept": {"coding": [coding]},
        }
        encounter["extension"] = [*encounter.get("extension", ()), extension]
    else:
        own.VISIT.tell(encounter, visit)
