"""The entries of a Provide Document Bundle, sorted by what each of them is to become."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from naru.domain.identifiers import is_uuid_urn, new_uuid_urn
from naru.domain.registry_errors import ErrorCode, RegistryFailure, failure
from naru.formats.fhir.mhd import identifiers, profiles, relates_to, subjects
from naru.formats.fhir.mhd.element import Element
from naru.formats.fhir.mhd.references import References
from naru.formats.fhir.mhd.subjects import Patients

MAX_ENTRIES: Final = 300
"""Entries of a Bundle: a hundred documents, each with its Binary, and what goes with them."""

_SUPERSEDE: Final = {
    "type": "replace",
    "path": "DocumentReference.status",
    "value": "superseded",
}


class Made(StrEnum):
    """What becomes of an entry of the Bundle when the whole succeeds."""

    SUBMISSION_SET = "submission set"
    FOLDER = "folder"
    DOCUMENT = "document"
    BINARY = "binary"
    PATIENT = "patient"
    """One who is known already: nothing is changed about them."""
    SUPERSEDED = "superseded"
    """A DocumentReference that was here already and is replaced."""
    UPDATED = "updated"
    """A folder that was here already and gets members."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the Bundle; `uuid` is the entryUUID of what it is about.

    That of a Binary is its DocumentReference's, that of a Patient `urn:uuid:` and the logical id.
    """

    made: Made
    resource: Element
    uuid: str


@dataclass(slots=True)
class Entries:
    """The entries in the order of the Bundle, and how they refer to each other."""

    known: References
    patients: Patients
    all: list[Entry] = field(default_factory=list)
    _uuids: dict[str, str] = field(default_factory=dict)
    """From a resource's path to the id of the registry object that it becomes."""

    def read(self, bundle: Element) -> None:
        """Sort every entry. Raises RegistryFailure for one that is no part of ITI-65."""
        found = bundle.children("entry")
        if len(found) > MAX_ENTRIES:
            raise bundle.invalid(f"must not have more than {MAX_ENTRIES} entries", "entry")
        for entry in found:
            resource = entry.child("resource")
            if resource is not None:
                self.known.add(entry.text("fullUrl"), resource)
        self.all += map(self._entry, found)

    def of(self, *made: Made) -> list[Entry]:
        """The entries that become such a thing."""
        return [one for one in self.all if one.made in made]

    def target(self, reference: Element, kind: str = "DocumentReference") -> str:
        """The id of what a reference leads to: of this Bundle, or registered already."""
        resource = self.known.in_bundle(reference.text("reference") or "")
        uuid = self._uuids.get(resource.path) if resource else None
        if resource is None or uuid is None:
            return relates_to.registered(reference, self.known, kind)
        if resource.type != kind:
            raise reference.invalid(f"must lead to a {kind}", "reference")
        return uuid

    def items(self, resource: Element) -> list[tuple[str, bool]]:
        """What a List lists: the id, and whether it comes with this Bundle."""
        found: dict[str, bool] = {}
        for entry in resource.children("entry"):
            item = entry.child("item")
            if item is None:
                raise entry.invalid("is required", "item")
            literal = item.text("reference") or ""
            new = self.known.in_bundle(literal)
            kind = new.type if new else self.known.relative(literal).partition("/")[0]
            uuid = self.target(item, "List" if kind == "List" else "DocumentReference")
            if uuid in found:
                raise item.invalid("stands twice in the List")
            found[uuid] = new is not None
        return [*found.items()]

    def places(self) -> dict[str, str]:
        """From the id of each new object to the element that it comes from."""
        return {uuid: path for path, uuid in self._uuids.items()}

    def _entry(self, entry: Element) -> Entry:
        request, resource = entry.child("request"), entry.child("resource")
        if request is None:
            raise entry.invalid("is required", "request")
        method, url = request.text("method") or "", request.text("url") or ""
        if method == "GET" and self.known.relative(url).startswith("Patient/"):
            return Entry(Made.PATIENT, entry, self._patient_read(url, request))
        if resource is None:
            raise entry.invalid("is required", "resource")
        match resource.type, method:
            case "List", "POST" | "PUT":
                return self._list(method, url, request, resource)
            case "DocumentReference", "POST":
                return self._new(Made.DOCUMENT, resource)
            case "Binary", "POST":
                return Entry(Made.BINARY, resource, "")
            case "Parameters", "PATCH":
                return Entry(Made.SUPERSEDED, resource, self._superseded(url, request, resource))
            case "Patient", "POST" | "PUT":
                return Entry(Made.PATIENT, resource, self._patient_sent(resource))
        if resource.type == "Bundle":
            raise document_not_supported(resource.path)
        raise request.invalid("is no part of a Provide Document Bundle", "method")

    def _list(self, method: str, url: str, request: Element, resource: Element) -> Entry:
        kind = profiles.list_type(resource)
        if kind is None:
            raise resource.invalid("must be a submissionset or a folder", "code")
        if kind == profiles.SUBMISSION_SET and method == "POST":
            return self._new(Made.SUBMISSION_SET, resource)
        if kind == profiles.SUBMISSION_SET:
            raise request.invalid("must be POST for a SubmissionSet", "method")
        return self._new(Made.FOLDER, resource) if method == "POST" else self._put(url, resource)

    def _put(self, url: str, resource: Element) -> Entry:
        address = identifiers.UUID + self.known.relative(url).removeprefix("List/")
        given = identifiers.entry_uuid_of(resource.children("identifier"))
        uuid = address if is_uuid_urn(address) else given
        if uuid is None:
            # The published example puts a List without an id: nobody can tell which is updated, so
            # that it is a new one (FHIR R4 3.1.0.7.1, update as create).
            return self._new(Made.FOLDER, resource)
        self._uuids[resource.path] = uuid
        return Entry(Made.UPDATED, resource, uuid)

    def _new(self, made: Made, resource: Element) -> Entry:
        # MHD 2:3.65.4.1.2: a source need not give an entryUUID; one that it gives is kept.
        uuid = identifiers.entry_uuid_of(resource.children("identifier")) or new_uuid_urn()
        self._uuids[resource.path] = uuid
        return Entry(made, resource, uuid)

    def _superseded(self, url: str, request: Element, resource: Element) -> str:
        """The DocumentReference whose status a Parameters sets to superseded (MHD 4.2)."""
        parameters = resource.children("parameter")
        for parameter in parameters:
            told = {
                part.text("name"): part.text("valueCode") or part.text("valueString")
                for part in parameter.children("part")
            }
            if parameter.text("name") != "operation" or told != _SUPERSEDE:
                raise parameter.invalid("must only set DocumentReference.status to superseded")
        if len(parameters) != 1:
            raise resource.invalid("must hold one operation", "parameter")
        return relates_to.registered(Element({"reference": url}, request.at("url")), self.known)

    def _patient_read(self, url: str, request: Element) -> str:
        logical_id = self.known.relative(url).removeprefix("Patient/")
        if self.patients.of(logical_id) is None:
            raise failure(
                ErrorCode.XDSUnknownPatientId, "the patient is not known here", request.at("url")
            )
        return identifiers.UUID + logical_id

    def _patient_sent(self, resource: Element) -> str:
        # The Bundle says whom it is about and does not change who that is: identities come by
        # their own feeds, and the identifiers lead to a patient who is known already.
        found = subjects.of_resource(resource, resource, self.patients)
        logical_id = self.patients.logical_id(found)
        if logical_id is None:
            raise subjects.unknown(resource)
        return identifiers.UUID + logical_id


def document_not_supported(place: str) -> RegistryFailure:
    """The option "ITI-65 FHIR Document Publish" is not taken (MHD 2:3.65.4.1.3)."""
    return failure(
        ErrorCode.FHIRDocumentNotSupported, "a FHIR document is taken as a Binary only", place
    )
