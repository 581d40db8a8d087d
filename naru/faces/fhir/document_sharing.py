"""What ITI-66 and ITI-67 have in common: whom the search is about, and when it was sent."""

from naru.domain.identifiers import Identifier
from naru.exchange.documents.sharing import Shared
from naru.exchange.patients import reference as patient_reference
from naru.formats.fhir.mhd.find_document_references import patient_of
from naru.formats.fhir.parameters import Search


def patient_id(search: Search, base: str) -> Identifier | None:
    """The patient id of whom the search is about; `None` for nobody. Raises Refused."""
    logical_id, identifier = patient_of(search, base)
    return identifier or patient_reference.of(logical_id)


def registered(shared: Shared, entry_uuid: str) -> str:
    """When an object was registered, as a text that sorts by time."""
    found = shared.registered.get(entry_uuid)
    return found.isoformat(timespec="microseconds") if found else ""
