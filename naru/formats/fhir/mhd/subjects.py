"""Whom `subject` names: the patient id under which the registry keeps a document.

A patient is named by a reference to this server, by a Patient in the Bundle or contained that
carries an identifier, or by the identifier alone (MHD 2:3.65.4.1.2.2).
"""

from collections.abc import Sequence
from typing import Any, Protocol

from naru.domain.identifiers import Identifier
from naru.domain.registry_errors import ErrorCode, RegistryFailure, failure
from naru.formats.fhir.mhd import identifiers
from naru.formats.fhir.mhd.element import Element
from naru.formats.fhir.mhd.references import References


class Patients(Protocol):
    """What the exchange knows of the patients that a resource names."""

    def of(self, logical_id: str, /) -> Identifier | None:
        """The patient id of `Patient/{logical_id}`; `None` for nobody."""

    def logical_id(self, identifier: Identifier, /) -> str | None:
        """The logical id of the Patient who has the identifier; `None` for nobody."""

    def is_patient_id(self, identifier: Identifier, /) -> bool:
        """Whether documents are registered under identifiers of this authority."""


def from_fhir(
    subject: Element | None, holder: Element, known: References, patients: Patients
) -> Identifier | None:
    """The patient id that a subject names; XDSUnknownPatientId where it names nobody here."""
    if subject is None:
        return None
    resource = _patient(subject, holder, known)
    if resource is not None:
        return of_resource(resource, subject, patients)
    literal = known.relative(subject.text("reference") or "")
    kind, _, logical_id = literal.partition("/")
    found = patients.of(logical_id) if kind == "Patient" and logical_id else None
    if found is not None:
        return found
    identifier = subject.child("identifier")
    if identifier is not None:
        return _one_of([identifier], subject, patients)
    raise unknown(subject)


def of_resource(patient: Element, subject: Element, patients: Patients) -> Identifier:
    """The patient id among the identifiers of a Patient that was sent along."""
    return _one_of(patient.children("identifier"), subject, patients)


def _patient(subject: Element, holder: Element, known: References) -> Element | None:
    literal = subject.text("reference") or ""
    # A stored Patient is never read here: whom it means is the identity index's to say.
    found = known.find(subject, holder) if literal.startswith("#") else known.in_bundle(literal)
    if found is not None and found.type != "Patient":
        raise subject.invalid("must lead to a Patient", "reference")
    return found


def _one_of(found: Sequence[Element], subject: Element, patients: Patients) -> Identifier:
    within = [one for one in map(identifiers.from_oid_system, found) if one is not None]
    used = [one for one in within if patients.is_patient_id(one)]
    if not within:
        raise unknown(subject)
    return (used or within)[0]


def unknown(subject: Element) -> RegistryFailure:
    """XDSUnknownPatientId, at the element that names the patient."""
    return failure(
        ErrorCode.XDSUnknownPatientId, "the subject names no patient known here", subject.path
    )


def to_fhir(patient_id: Identifier | None, logical_id: str | None) -> dict[str, Any] | None:
    """A subject: the reference to this server, with the identifier beside it."""
    identifier = identifiers.to_oid_system(patient_id)
    reference = f"Patient/{logical_id}" if logical_id else None
    if not (identifier or reference):
        return None
    return {
        **({"reference": reference} if reference else {}),
        **({"type": "Patient", "identifier": identifier} if identifier else {}),
    }
