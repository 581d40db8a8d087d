"""ITI-66 Find Document Lists, and the read of a List.

MHD 2:3.66.
"""

from collections.abc import Iterator
from typing import Final

from naru.domain.stored_query import Found
from naru.domain.xds import AssociationType, Folder, SubmissionSet
from naru.exchange.documents.sharing import Shared, find, find_list
from naru.faces.fhir import cursor, document_sharing, paging
from naru.faces.fhir.interaction import Code, Interaction, Request, Response
from naru.faces.fhir.not_found import not_found
from naru.formats.fhir.mhd import folder, identifiers, lists, profiles, submission_set
from naru.formats.fhir.mhd.find_document_lists import PARAMETERS, from_search
from naru.formats.fhir.resource import Resource

Sharing = SubmissionSet | Folder


def handle(request: Request) -> Response:
    """Find what ITI-18 finds for the same question of the same caller."""
    search = cursor.asked(request)
    patient = document_sharing.patient_id(search, request.base)
    if patient is None:  # Nobody has nothing, as with an identifier that nobody has.
        return _bundle(request, Shared(found=Found()), [])
    question = from_search(search, patient, request.access.time)
    shared = find(request.access, question.query)
    return _bundle(request, shared, [one for one in _all(shared) if question.fits(one)])


def read(request: Request) -> Response:
    """One List; what is not there and what may not be seen look alike."""
    uuid = identifiers.UUID + request.path["id"]
    shared = find_list(request.access, uuid)
    found = _all(shared)
    if not found:
        raise not_found()
    return Response(resource=_write(shared, found[0]))


def _all(shared: Shared) -> list[Sharing]:
    return [*shared.found.submission_sets, *shared.found.folders]


def _bundle(request: Request, shared: Shared, found: list[Sharing]) -> Response:
    def order(one: Sharing) -> str:
        return f"{document_sharing.registered(shared, one.entry_uuid)} {one.entry_uuid}"

    return paging.bundle(
        request,
        cursor.asked(request),
        found,
        order=order,
        sorts={"_id": lambda one: one.entry_uuid, "date": _date},
        write=lambda one: _write(shared, one),
    )


def _date(one: Sharing) -> str:
    return lists.date(one) or ""


def _write(shared: Shared, one: Sharing) -> Resource:
    patient = str(shared.patient) if shared.patient else None
    members = _members(shared, one)
    if isinstance(one, Folder):
        return folder.to_fhir(one, patient=patient, members=members)
    return submission_set.to_fhir(one, patient=patient, members=members)


def _members(shared: Shared, one: Sharing) -> Iterator[str]:
    """References to the documents and folders; a membership itself is no resource."""
    for association in shared.found.associations:
        if association.source == one.entry_uuid and association.type == AssociationType.HAS_MEMBER:
            logical_id = association.target.removeprefix(identifiers.UUID)
            if association.target in shared.documents:
                yield f"DocumentReference/{logical_id}"
            elif association.target in shared.folders:
                yield f"List/{logical_id}"


SEARCH: Final = Interaction(
    name="ITI-66",
    code=Code.SEARCH_TYPE,
    methods=("GET",),
    path="List",
    handle=handle,
    search=PARAMETERS,
    profiles=(profiles.COMPREHENSIVE_SUBMISSION_SET, profiles.COMPREHENSIVE_FOLDER),
)
READ: Final = Interaction(
    name="FHIR read",
    code=Code.READ,
    methods=("GET",),
    path="List/{id}",
    handle=read,
)
