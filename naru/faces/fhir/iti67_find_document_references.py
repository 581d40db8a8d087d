"""ITI-67 Find Document References, and the read of a DocumentReference.

MHD 2:3.67.
"""

from collections.abc import Callable, Mapping
from typing import Final

from naru.domain.stored_query import Found, GetDocuments
from naru.domain.xds import DocumentEntry
from naru.exchange.documents.sharing import Shared, find
from naru.faces.fhir import cursor, document_sharing, paging
from naru.faces.fhir.interaction import Code, Interaction, Request, Response
from naru.faces.fhir.not_found import not_found
from naru.formats.fhir.mhd import document_reference, identifiers, profiles
from naru.formats.fhir.mhd.find_document_references import PARAMETERS, from_search
from naru.formats.fhir.resource import Resource


def handle(request: Request) -> Response:
    """Find what ITI-18 finds for the same question of the same caller."""
    search = cursor.asked(request)
    patient = document_sharing.patient_id(search, request.base)
    if patient is None:  # Nobody has nothing, as with an identifier that nobody has.
        return _bundle(request, Shared(found=Found()), [])
    question = from_search(search, patient, request.access.time)
    shared = find(request.access, question.query)
    fitting = [
        entry
        for entry in shared.found.entries
        if question.fits(entry, shared.registered.get(entry.entry_uuid))
    ]
    return _bundle(request, shared, fitting)


def read(request: Request) -> Response:
    """One DocumentReference; what is not there and what may not be seen look alike."""
    uuid = identifiers.UUID + request.path["id"]
    shared = find(request.access, GetDocuments(entry_uuids=(uuid,)))
    if not shared.found.entries:
        raise not_found()
    return Response(resource=_write(request, shared, shared.found.entries[0]))


def _bundle(request: Request, shared: Shared, entries: list[DocumentEntry]) -> Response:
    def date(entry: DocumentEntry) -> str:
        return document_sharing.registered(shared, entry.entry_uuid)

    return paging.bundle(
        request,
        cursor.asked(request),
        entries,
        order=lambda entry: f"{date(entry)} {entry.entry_uuid}",
        sorts={"date": date, **_SORTS},
        write=lambda entry: _write(request, shared, entry),
    )


_SORTS: Final[Mapping[str, Callable[[DocumentEntry], str]]] = {
    "_id": lambda entry: entry.entry_uuid,
    "creation": lambda entry: entry.creation_time or "",
    "period": lambda entry: entry.service_start_time or "",
}


def _write(request: Request, shared: Shared, entry: DocumentEntry) -> Resource:
    return document_reference.to_fhir(
        entry,
        base=request.base,
        patient=str(shared.patient) if shared.patient else None,
        associations=shared.found.associations,
        registered=shared.registered.get(entry.entry_uuid),
    )


SEARCH: Final = Interaction(
    name="ITI-67",
    code=Code.SEARCH_TYPE,
    methods=("GET",),
    path="DocumentReference",
    handle=handle,
    search=PARAMETERS,
    profiles=(profiles.COMPREHENSIVE_DOCUMENT_REFERENCE,),
)
READ: Final = Interaction(
    name="FHIR read",
    code=Code.READ,
    methods=("GET",),
    path="DocumentReference/{id}",
    handle=read,
)
