"""What patients submitted to the agency that asks, as its Tasks: the list, and each of them.

The document itself is fetched by ITI-68, once, at the address that its Attachment has.
"""

from typing import Final
from uuid import UUID

from naru.deliveries import agencies, queries
from naru.deliveries.errors import NotTheirs
from naru.deliveries.queries import RECEIVED
from naru.deliveries.values import Chosen, State, Submission
from naru.exchange.documents.proof import Proof
from naru.faces.fhir import cursor
from naru.faces.fhir.interaction import Code, Interaction, Request, Response
from naru.faces.fhir.not_found import not_found
from naru.formats.fhir.bundle import Match, searchset
from naru.formats.fhir.outcome import IssueType, refused
from naru.formats.fhir.parameters import PAGE
from naru.formats.fhir.received_delivery import (
    PARAMETERS,
    Received,
    ReceivedDelivery,
    Status,
    Verified,
    statuses,
    to_task,
)
from naru.formats.fhir.resource import Resource

_STATUS: Final = {
    State.WAITING: Status.REQUESTED,
    State.PARTLY: Status.IN_PROGRESS,
    State.OPENED: Status.COMPLETED,
    State.RECALLED: Status.CANCELLED,
    State.OVER: Status.FAILED,
}


def search(request: Request) -> Response:
    """The caller's own, newest first; whoever is no agency has none."""
    asked = cursor.asked(request)
    if asked.sort:
        raise refused(IssueType.NOT_SUPPORTED, "They are told newest first.", "_sort")
    wanted = statuses(asked)
    count = queries.SHOWN if asked.count is None else min(asked.count, queries.SHOWN)
    try:
        page = queries.inbox(request.access, before=_place(asked.page), most=count)
    except NotTheirs:
        page = queries.Received(submissions=(), more=False)
    told = [_told(one, request) for one in page.submissions]
    fitting = [one for one in told if wanted is None or one.status in wanted]
    last = str(page.submissions[-1].id) if page.more else ""
    return Response(
        resource=searchset(
            [Match(f"{request.base}/Task/{one.id}", _task(one, request)) for one in fitting],
            self_link=request.self_link(asked),
            next_link=cursor.link(request, asked, last) if last else None,
            remarks=asked.remarks,
        )
    )


def read(request: Request) -> Response:
    """One of them with its documents; another's and none look alike."""
    try:
        found, proofs, entries = queries.received_entries(request.access, _id(request.path["id"]))
    except NotTheirs:
        raise not_found() from None
    documents = [
        _document(found, one, proofs[one.document], entries.get(one.key), request)
        for one in found.told(request.access.time)
    ]
    return Response(resource=_task(_told(found, request, documents), request))


def _task(one: ReceivedDelivery, request: Request) -> Resource:
    return to_task(one, base=request.base, checked=request.access.time)


def _told(
    one: Submission, request: Request, documents: list[Received] | None = None
) -> ReceivedDelivery:
    agency = agencies.known(one.agency)
    return ReceivedDelivery(
        id=one.id,
        number=one.number,
        status=_STATUS[one.state(request.access.time)],
        purpose=agency.purpose(one.purpose).korean,
        at=one.at,
        until=one.until,
        owner=agency.name,
        documents=documents,
    )


def _document(
    found: Submission, one: Chosen, proof: Proof, entry: UUID | None, request: Request
) -> Received:
    waits = one.document not in found.opened and found.recallable(request.access.time)
    receipt = proof.receipt
    return Received(
        unique_id=one.document,
        entry=entry if waits else None,
        mime_type=one.mime_type,
        title=one.title,
        source=one.source,
        made=one.made,
        size=one.size,
        sha1=one.hash,
        sha256=proof.sha256,
        verified=_verified(proof),
        operation=receipt.operation if receipt else None,
        position=receipt.position if receipt else None,
    )


def _verified(proof: Proof) -> Verified:
    if not proof.same or proof.committed is False:
        return Verified.FAILED
    if proof.receipt is None:
        return Verified.ATTESTED
    return Verified.IN_PROCESS if proof.receipt.pending else Verified.VALIDATED


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise not_found() from None


def _place(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        raise refused(IssueType.VALUE, "The page is none of ours.", PAGE) from None


INTERACTIONS: Final = (
    Interaction(
        name=RECEIVED,
        code=Code.SEARCH_TYPE,
        methods=("GET",),
        path="Task",
        handle=search,
        search=PARAMETERS,
    ),
    Interaction(name=RECEIVED, code=Code.READ, methods=("GET",), path="Task/{id}", handle=read),
)
