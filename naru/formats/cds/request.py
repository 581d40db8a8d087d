"""What a CDS client sends (CDS Hooks 2.0, Calling a CDS Service), as values.

Only what the context names is looked at; the FHIR server that a client offers is never called.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from naru.domain.clinical import Coding
from naru.domain.examinations import Category, category_of, modality_of
from naru.domain.identifiers import Identifier
from naru.domain.order_checks import Order, OrderKind
from naru.formats.fhir.element import Element
from naru.formats.fhir.identifier import read_identifier
from naru.formats.fhir.json import JsonLimits, read
from naru.formats.fhir.krcore.reading import child, day, each, word
from naru.formats.fhir.krcore.systems import codings_of
from naru.formats.fhir.outcome import IssueType, Refused, refused
from naru.formats.fhir.resource import Resource

LIMITS: Final = JsonLimits(size=2 * 1024 * 1024)
MOST_ORDERS: Final = 100
"""Orders of one request; no doctor signs more at once."""

MOST_IDENTIFIERS: Final = 50
"""Of one patient; each is looked up."""

MOST_CODINGS: Final = 50
"""Of one order."""

_DRUGS: Final = frozenset({"MedicationRequest", "MedicationOrder"})
_TESTS: Final = frozenset({"ServiceRequest", "ProcedureRequest"})
_ATC: Final = "ATC"


@dataclass(frozen=True, slots=True, kw_only=True)
class HookRequest:
    """One request. `patient_id` is the client's own word, `known_as` what its Patient tells."""

    hook: str
    instance: UUID
    patient_id: str
    known_as: tuple[Identifier, ...]
    orders: tuple[Order, ...]


def read_request(octets: bytes, hook: str, *, on: date, rrn_authority: str = "") -> HookRequest:
    """The request, which is to be of this hook. Raises Refused with the place that is wrong.

    `on` is the day of orders that tell none.
    """
    told = read(octets, limits=LIMITS)
    if not isinstance(told, dict) or told.get("hook") != hook:
        raise refused(IssueType.INVALID, f"This service answers the hook {hook}.", "hook")
    context = child(told, "context")
    patient = word(context, "patientId")
    if not patient or len(patient) > 1_024:  # noqa: PLR2004  # An id of FHIR has 64, a URL some more.
        raise refused(IssueType.REQUIRED, "The context names a patient.", "context.patientId")
    return HookRequest(
        hook=hook,
        instance=_instance(told),
        patient_id=patient.removeprefix("Patient/"),
        known_as=tuple(_known_as(child(told, "prefetch", "patient"), rrn_authority)),
        orders=tuple(_orders(context, on)),
    )


def _instance(told: Mapping[str, Any]) -> UUID:
    try:
        return UUID(str(told["hookInstance"]))
    except (KeyError, ValueError):
        raise refused(IssueType.REQUIRED, "hookInstance is a UUID.", "hookInstance") from None


def _known_as(patient: Resource, rrn_authority: str) -> Iterator[Identifier]:
    told = each(patient, "identifier")
    if len(told) > MOST_IDENTIFIERS:
        raise refused(IssueType.TOO_COSTLY, "Too many identifiers.", "prefetch.patient")
    for one in told:
        try:
            found = read_identifier(Element(one, "Patient.identifier"), rrn_authority)
        except Refused:  # One that we cannot read does not hide the others.
            continue
        if found is not None:
            yield found


def _orders(context: Mapping[str, Any], on: date) -> Iterator[Order]:
    drafts = each(context, "draftOrders", "entry", "resource") or each(
        context, "draftOrders", "resource"
    )
    if len(drafts) > MOST_ORDERS:
        raise refused(IssueType.TOO_COSTLY, "Too many orders at once.", "context.draftOrders")
    selected = context.get("selections")
    chosen = set(map(str, selected)) if isinstance(selected, list) else None
    for one in drafts:
        name = f"{one.get('resourceType')}/{one.get('id', '')}"
        if chosen is None or name in chosen:
            order = _order(one, name, drafts, on)
            if order is None:
                continue
            if len(order.codes) + len(order.ingredients) > MOST_CODINGS:
                raise refused(IssueType.TOO_COSTLY, "Too many codings.", "context.draftOrders")
            yield order


def _order(one: Resource, name: str, drafts: list[Resource], on: date) -> Order | None:
    kind = one.get("resourceType")
    if not isinstance(kind, str):
        return None
    if kind in _DRUGS:
        return _drug(one, name, drafts, on)
    return _test(one, name, on) if kind in _TESTS else None


def _drug(one: Resource, number: str, drafts: list[Resource], on: date) -> Order:
    told = child(one, "medicationCodeableConcept") or child(
        _medication(one, word(one, "medicationReference", "reference"), drafts), "code"
    )
    codings = codings_of(told)
    extended = tuple(
        coding
        for extension in each(told, "extension")
        for coding in codings_of(child(extension, "valueCodeableConcept"))
        if coding.system == _ATC
    )
    return Order(
        kind=OrderKind.DRUG,
        date=day(word(one, "authoredOn")) or on,
        name=_name(told, codings),
        number=number,
        codes=tuple(coding for coding in codings if coding.system != _ATC),
        ingredients=(*(coding for coding in codings if coding.system == _ATC), *extended),
    )


def _medication(one: Resource, reference: str, drafts: list[Resource]) -> Resource:
    """The Medication that an order refers to: inside it, or beside it."""
    for other in (*each(one, "contained"), *drafts):
        own = word(other, "id")
        if own and reference in {f"#{own}", f"Medication/{own}"}:
            return other
    return {}


def _test(one: Resource, number: str, on: date) -> Order:
    told = child(one, "code")
    codings = codings_of(told)
    name = _name(told, codings)
    categories = [coding for each_ in each(one, "category") for coding in codings_of(each_)]
    category = category_of(categories)
    modality = "" if category is Category.LABORATORY else modality_of(name, (*codings, *categories))
    imaging = bool(modality) or category is Category.IMAGING
    return Order(
        kind=OrderKind.IMAGING if imaging else OrderKind.TEST,
        date=day(word(one, "occurrenceDateTime")) or day(word(one, "authoredOn")) or on,
        name=name,
        number=number,
        codes=codings,
        modality=modality,
        body_site=word(one, "bodySite", "text") or word(one, "bodySite", "coding", "display"),
    )


def _name(told: Resource, codings: tuple[Coding, ...]) -> str:
    return word(told, "text") or next((one.display for one in codings if one.display), "")
