"""Who reads what is said: CDA of any writer, FHIR documents, single FHIR resources."""

import json
from typing import Final

from naru.domain.clinical import Content
from naru.domain.content_reading import Readers
from naru.formats.cda import CdaRefused, read_content
from naru.formats.fhir import validation
from naru.formats.fhir.json import DOCUMENTS, from_json
from naru.formats.fhir.krcore import from_bundle, from_resources
from naru.formats.fhir.outcome import Refused
from naru.formats.xml.errors import XmlRefused

_TYPES: Final = (
    "AllergyIntolerance",
    "Condition",
    "DiagnosticReport",
    "Immunization",
    "MedicationRequest",
    "Observation",
    "Procedure",
)


def _document(octets: bytes) -> Content | None:
    try:
        return read_content(octets).content
    except (CdaRefused, XmlRefused):
        return None


def _bundle(octets: bytes) -> Content | None:
    try:
        bundle = from_json(octets, limits=DOCUMENTS)
        validation.check(bundle, "Bundle")
        return from_bundle(bundle).content
    except Refused:
        return None


def _record(octets: bytes) -> Content | None:
    return from_resources([json.loads(octets)])


READERS: Final = Readers(
    documents={
        "text/xml": _document,
        "application/xml": _document,
        "application/fhir+json": _bundle,
    },
    record=_record,
    record_types=_TYPES,
)
