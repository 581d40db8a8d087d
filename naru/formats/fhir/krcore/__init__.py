"""KR Core 2.0.0: clinical documents as FHIR R4 resources, and what its profiles demand."""

from naru.formats.fhir.krcore.consent_reading import consent_from_bundle
from naru.formats.fhir.krcore.content import from_resources
from naru.formats.fhir.krcore.document import to_bundle, to_resources
from naru.formats.fhir.krcore.document_reading import from_bundle
from naru.formats.fhir.krcore.paper_reading import paper_from_bundle
from naru.formats.fhir.krcore.validation import validate

__all__ = [
    "consent_from_bundle",
    "from_bundle",
    "from_resources",
    "paper_from_bundle",
    "to_bundle",
    "to_resources",
    "validate",
]
