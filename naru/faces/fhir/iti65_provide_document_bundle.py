"""ITI-65 Provide Document Bundle.

MHD 2:3.65.
"""

import base64
import binascii
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Final

from naru.domain.records import Key
from naru.domain.registry_errors import ErrorCode, RegistryFailure, failure
from naru.exchange.documents import sharing as document_sharing
from naru.exchange.documents.provide_and_register import provide_and_register
from naru.exchange.patients import reference as patient_reference
from naru.exchange.records import single as records
from naru.faces.fhir import registry_outcome
from naru.faces.fhir.interaction import Request, Response
from naru.formats.cda.consent_paper import read_paper
from naru.formats.ebxml import attribute_forms
from naru.formats.fhir import json, moments
from naru.formats.fhir.bundle import Done, transaction_response
from naru.formats.fhir.mhd import identifiers, profiles, provide_bundle
from naru.formats.fhir.mhd.bundle_entries import Entry, Made
from naru.formats.fhir.mhd.provide_bundle import Provided
from naru.formats.fhir.outcome import to_operation_outcome
from naru.formats.fhir.resource import Resource
from naru.formats.fhir.values import ID
from naru.formats.xmldsig import read_detached
from naru.registry.values import Registered
from naru.repository import services as repository
from naru.repository.errors import no_room
from naru.storage.objects import ObjectWriter
from naru.storage.objects.errors import StorageFull

NAME: Final = "ITI-65"
_STEP: Final = 256 * 1024
"""Characters of base64 that are decoded at a time, a multiple of four."""

_KIND: Final = {
    Made.SUBMISSION_SET: "List",
    Made.FOLDER: "List",
    Made.UPDATED: "List",
    Made.DOCUMENT: "DocumentReference",
    Made.SUPERSEDED: "DocumentReference",
    Made.BINARY: "Binary",
    Made.PATIENT: "Patient",
}
_CREATED: Final = {Made.SUBMISSION_SET, Made.FOLDER, Made.DOCUMENT, Made.BINARY}


def provide(request: Request, bundle: Resource) -> Response:
    """Keep the documents and register them: all of the Bundle or nothing."""
    request.access.transaction = NAME
    places: Mapping[str, str] = {}
    try:
        provided = provide_bundle.from_fhir(
            bundle,
            base=request.base,
            patients=patient_reference,
            held=_held,
            members=partial(document_sharing.members, request.access),
        )
        places = provided.places
        attribute_forms.check(provided.submission)
        registered = _kept(request, provided)
    except RegistryFailure as refusal:
        raise registry_outcome.refused(refusal, places) from refusal
    return Response(resource=_answer(request, provided, registered))


def _held(reference: str) -> Resource | None:
    """An organisation or practitioner who is kept here as a record."""
    kind, _, name = reference.partition("/")
    record = records.referred(Key(kind, name)) if ID.fullmatch(name) else None
    return None if record is None else json.from_json(record.text)


def _kept(request: Request, provided: Provided) -> Registered:
    documents: dict[str, ObjectWriter] = {}
    try:
        for entry_uuid, data in provided.documents.items():
            documents[entry_uuid] = repository.receive()
            _decode(data, documents[entry_uuid], provided.places[entry_uuid])
        return provide_and_register(
            request.access, provided.submission, documents, read_paper, read_detached
        )
    except StorageFull as full:
        raise no_room() from full
    finally:
        for writer in documents.values():
            writer.abort()  # Undoes only what was not settled.


def _decode(data: str, writer: ObjectWriter, place: str) -> None:
    try:
        for octets in _octets(data):
            writer.write(octets)
    except binascii.Error:
        raise failure(
            ErrorCode.XDSRepositoryMetadataError, "the Binary's data must be base64", place
        ) from None
    writer.close()


def _octets(data: str) -> Iterator[bytes]:
    # R4 permits blanks between the characters (base64Binary).
    text = "".join(data.split())
    if "=" in text[:-2]:
        raise binascii.Error  # Padding ends a document and never stands within it.
    for start in range(0, len(text), _STEP):
        yield base64.b64decode(text[start : start + _STEP], validate=True)


def _answer(request: Request, provided: Provided, registered: Registered) -> Resource:
    """One entry for each of the request, in its order (MHD 2:3.65.4.2.2)."""
    time = moments.instant(request.access.time)
    issues = registry_outcome.issues(registered.warnings, provided.places)
    # A warning is about the submission: its set carries it.
    outcome = to_operation_outcome(issues) if issues else None
    answer = transaction_response(
        _done(entry, time, outcome if entry.made is Made.SUBMISSION_SET else None)
        for entry in provided.entries
    )
    return {**answer, "meta": {"profile": [profiles.PROVIDE_RESPONSE]}}


def _done(entry: Entry, time: str, outcome: Resource | None) -> Done:
    logical_id = entry.uuid.removeprefix(identifiers.UUID)
    return Done(
        status="201 Created" if entry.made in _CREATED else "200 OK",
        location=f"{_KIND[entry.made]}/{logical_id}",
        last_modified=time if entry.made in _CREATED else None,
        outcome=outcome,
    )
