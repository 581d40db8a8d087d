"""A FHIR document (R4 3.3), whoever wrote it, as a clinical document."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from naru.domain.clinical import (
    Answered,
    CareInstitution,
    ClinicalDocument,
    DocumentHeader,
    Practitioner,
)
from naru.domain.identifiers import Identifier
from naru.domain.korea import midnight
from naru.formats.fhir.identifier import OID
from naru.formats.fhir.krcore.consent import URI
from naru.formats.fhir.krcore.content import TEXTS, Sorting, section_of
from naru.formats.fhir.krcore.document import KIND, KINDS
from naru.formats.fhir.krcore.encounter import from_encounter
from naru.formats.fhir.krcore.narrative import words_of
from naru.formats.fhir.krcore.organization import from_organization
from naru.formats.fhir.krcore.patient import from_patient
from naru.formats.fhir.krcore.practitioner import from_practitioner
from naru.formats.fhir.krcore.reading import child, each, when, word
from naru.formats.fhir.krcore.service_request import from_service_request
from naru.formats.fhir.outcome import IssueType, refused
from naru.formats.fhir.resource import Resource


def from_bundle(bundle: Resource) -> ClinicalDocument:
    """The document that a Bundle tells, whoever wrote it. Raises Refused where it is none."""
    composition = composition_of(bundle)
    read = _Reading(members_of(bundle))
    patient, known_as = from_patient(read.at(composition, "subject"))
    time = when(word(composition, "date"))
    if patient is None or time is None:
        raise refused(IssueType.REQUIRED, "A document tells its day and its patient's birth.")
    id_, number = _read_identifier(child(composition, "identifier") or child(bundle, "identifier"))
    content, recipient = read.content(composition)
    attester = read.at(composition, "attester", "party")
    encounter = read.at(composition, "encounter")
    return ClinicalDocument(
        kind=_kind(composition),
        header=DocumentHeader(
            id=id_,
            time=_instant(time),
            patient_id=known_as or Identifier(patient.mrn, ""),
            custodian=from_organization(read.at(composition, "custodian")),
        ),
        patient=patient,
        author=read.person(read.at(composition, "author")),
        content=content,
        authenticator=read.person(attester) if attester else None,
        recipient=recipient,
        encounter=from_encounter(encounter) if encounter else None,
        number=number,
        answers=_answered(child(composition, "relatesTo", "targetIdentifier")),
    )


def composition_of(bundle: Resource) -> Resource:
    """The head of a document. Raises Refused for a Bundle that is none."""
    composition = child(bundle, "entry", "resource")
    if bundle.get("type") != "document" or composition.get("resourceType") != "Composition":
        raise refused(IssueType.INVALID, "This Bundle is no document.", "Bundle.type")
    return composition


def members_of(bundle: Resource) -> dict[str, Resource]:
    """The resources of a Bundle by the references that lead to them."""
    return {
        word(one, "fullUrl"): one["resource"]
        for one in each(bundle, "entry")
        if isinstance(one.get("resource"), dict)
    }


class _Reading:
    def __init__(self, members: Mapping[str, Resource]) -> None:
        self._members = members

    def at(self, resource: Resource, *path: str) -> Resource:
        """The first resource to which a reference leads."""
        return self._members.get(word(resource, *path, "reference"), {})

    def person(self, resource: Resource) -> Practitioner:
        """The practitioner, in a role or not."""
        if resource.get("resourceType") == "PractitionerRole":
            return from_practitioner(self.at(resource, "practitioner"), resource)
        return from_practitioner(resource, {})

    def content(self, composition: Resource) -> tuple[Any, CareInstitution | None]:
        """What the sections say, and to whom the document goes."""
        sorting, texts = Sorting(self._members), dict[str, Any]()
        recipient = None
        for section in each(composition, "section"):
            codes = [word(one, "code") for one in each(section, "code", "coding")]
            name = section_of(codes)
            found = [
                self._members[one]
                for one in (word(entry, "reference") for entry in each(section, "entry"))
                if one in self._members
            ]
            sorting.all(found, name)
            requests = [one for one in found if one.get("resourceType") == "ServiceRequest"]
            for one in requests:
                texts["referral_reason"], texts["return_reason"] = from_service_request(one)
                asked = self.at(one, "performer")
                recipient = from_organization(asked) if asked else None
            narrative = child(section, "text")
            if name in TEXTS and word(narrative, "status") != "generated":
                texts[name] = words_of(narrative)
        return sorting.content(**texts), recipient


def _kind(composition: Resource) -> str:
    for one in each(composition, "category", "coding"):
        if word(one, "system") == KIND:
            return word(one, "code")
    codes = [word(one, "code") for one in each(composition, "type", "coding")]
    return next((KINDS[one] for one in codes if one in KINDS), "summary")


def _instant(time: date) -> datetime:
    return time if isinstance(time, datetime) else midnight(time).astimezone(UTC)


def _read_identifier(told: Resource) -> tuple[str, str]:
    system, value = word(told, "system"), word(told, "value")
    if system == URI:
        return value.removeprefix(OID), ""
    return system.removeprefix(OID), value


def _answered(told: Resource) -> Answered | None:
    if not told:
        return None
    id_, number = _read_identifier(told)
    return Answered(id=id_, number=number)
