"""transaction and batch: several changes in one Bundle (FHIR R4 3.1.0.11)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any, Final

import msgspec

from naru.domain.records import Change, Changed, Inquiry, Method, Noted, Record, Told
from naru.domain.records import Refused as RecordRefused
from naru.exchange.records import single as exchange
from naru.faces.fhir import iti65_provide_document_bundle, record_inquiries, terminology_batch
from naru.faces.fhir.interaction import Code, Interaction, Request, Response
from naru.faces.fhir.needs import needs_of, of_changes
from naru.faces.fhir.records import (
    INTERACTIONS,
    NOTED,
    STATUS,
    if_match,
    in_part,
    location,
    to_change,
)
from naru.faces.fhir.records_refused import in_words, refusing
from naru.faces.fhir.router import MethodNotAllowed, Router
from naru.formats.fhir.bundle import Done, batch_response, transaction_response
from naru.formats.fhir.json import DOCUMENTS
from naru.formats.fhir.moments import instant
from naru.formats.fhir.outcome import IssueType, Refused, refused, to_operation_outcome
from naru.formats.fhir.records import content, criteria
from naru.formats.fhir.records.searchable import SEARCHABLE
from naru.formats.fhir.resource import Resource
from naru.formats.fhir.search_reading import pairs
from naru.formats.fhir.subset import subset

ENTRIES: Final = 1_000
"""Entries of one Bundle."""

LOOKS: Final = 100
"""Entries of one Bundle that look at records."""

_DOCUMENTS: Final = frozenset({"Binary", "DocumentReference", "List"})
_MHD: Final = "/ITI/MHD/"
_LOOKING: Final = frozenset({"GET"})
_ROUTER: Final = Router(INTERACTIONS)


@dataclass(frozen=True, slots=True)
class _Asked:
    """An entry: what it does, and the request that it stands for by itself."""

    request: Request
    does: Change | Inquiry


def handle(request: Request) -> Response:
    """Answer a Bundle: a transaction whole or not at all, a batch entry by entry."""
    bundle = request.resource("Bundle")
    if _provides_documents(bundle):
        request.require(iti65_provide_document_bundle.NAME, ())
        return iti65_provide_document_bundle.provide(request, bundle)
    kind = bundle["type"]
    if kind not in {"transaction", "batch"}:
        raise refused(IssueType.INVALID, "A transaction or batch is taken here.", "Bundle.type")
    request.access.transaction = f"FHIR {kind}"
    if kind == "batch" and terminology_batch.asks(bundle):
        return terminology_batch.handle(request, bundle)
    asked = _read(request, bundle.get("entry", ()))
    _require_opened(request, asked)
    does = [one.does for one in asked]
    if kind == "batch":
        each = exchange.change_each(request.access, does)
        done = [_done(one, became) for one, became in zip(asked, each, strict=True)]
        return Response(resource=batch_response(done))
    with refusing():
        whole = exchange.change(request.access, does)
    done = [_done(one, became) for one, became in zip(asked, whole, strict=True)]
    return Response(resource=transaction_response(done))


def _provides_documents(bundle: Resource) -> bool:
    """Whether the Bundle is of ITI-65: by its profile, or by what it holds."""
    profiles = bundle.get("meta", {}).get("profile", ())
    held = {one.get("resource", {}).get("resourceType") for one in bundle.get("entry", ())}
    return any(_MHD in one for one in profiles if one) or not held.isdisjoint(_DOCUMENTS)


def _read(request: Request, entries: Sequence[Resource]) -> list[_Asked]:
    looks = sum(one.get("request", {}).get("method") in _LOOKING for one in entries)
    if len(entries) > ENTRIES or looks > LOOKS:
        raise refused(IssueType.TOO_COSTLY, "The Bundle has too many entries.", "Bundle.entry")
    asked = [_entry(request, one, f"Bundle.entry[{n}]") for n, one in enumerate(entries)]
    changes = [one.does for one in asked if isinstance(one.does, Change)]
    named = [change.sent_as for change in changes if change.sent_as]
    if len(set(named)) != len(named):
        raise refused(IssueType.INVALID, "Two entries have one fullUrl.", "Bundle.entry.fullUrl")
    for place, entry in enumerate(entries):
        _require_resolvable(entry, set(named), f"Bundle.entry[{place}].resource")
    return asked


def _entry(request: Request, entry: Resource, path: str) -> _Asked:
    asked = entry.get("request", {})
    if asked.get("method") not in _LOOKING:
        return _Asked(request, _change(request, entry, path))
    looking = _looking(request, asked["url"], path)
    return _Asked(looking, record_inquiries.from_request(looking))


def _looking(request: Request, url: str, path: str) -> Request:
    """The request that the entry of a GET stands for."""
    address, _, query = url.partition("?")
    try:
        route = _ROUTER.route("GET", address)
    except (Refused, MethodNotAllowed):
        raise refused(
            IssueType.NOT_SUPPORTED, "This is not answered in a Bundle.", f"{path}.request.url"
        ) from None
    return replace(
        request,
        method="GET",
        target=address,
        interaction=route.interaction,
        path=route.path,
        query=pairs(query),
        body=b"",
    )


def _require_opened(request: Request, asked: Sequence[_Asked]) -> None:
    needs = {*of_changes(one.does for one in asked if isinstance(one.does, Change))}
    for one in asked:
        if not isinstance(one.does, Change):
            needs |= needs_of(one.request.interaction)
    request.require(request.access.transaction, needs)


def _change(request: Request, entry: Resource, path: str) -> Change:
    asked = entry.get("request")
    if asked is None:
        raise refused(IssueType.REQUIRED, "An entry says what is to be done.", f"{path}.request")
    method, (kind, id_, query) = asked["method"], _target(asked["url"], path)
    resource = entry.get("resource")
    version = if_match(asked.get("ifMatch"))
    if method == "DELETE" and bool(id_) != bool(query):
        found = criteria.from_condition(kind, query) if query else None
        return Change(method=Method.DELETE, type=kind, id=id_, criteria=found, if_version=version)
    if method not in {"POST", "PUT"} or (method == "POST") == bool(id_):
        raise refused(
            IssueType.NOT_SUPPORTED, "This is not answered in a Bundle.", f"{path}.request"
        )
    _require_matching(resource, kind, id_, path)
    assert resource is not None
    condition = asked.get("ifNoneExist") if method == "POST" else query or None
    if method == "PUT" and not id_ and condition is None:
        raise refused(IssueType.REQUIRED, "An update names a record.", f"{path}.request.url")
    return to_change(
        Method(method),
        resource,
        request.base,
        id_=id_,
        criteria=None if condition is None else criteria.from_condition(kind, condition),
        version=version,
        sent_as=entry.get("fullUrl", ""),
    )


def _target(url: str, path: str) -> tuple[str, str, str]:
    """Type, id and condition of a relative address."""
    address, _, query = url.partition("?")
    kind, _, id_ = address.partition("/")
    if kind not in SEARCHABLE or "/" in id_:
        raise refused(
            IssueType.NOT_SUPPORTED, "This is not answered in a Bundle.", f"{path}.request.url"
        )
    return kind, id_, query


def _require_matching(resource: Resource | None, kind: str, id_: str, path: str) -> None:
    if resource is None or resource["resourceType"] != kind:
        raise refused(IssueType.INVALID, f"A {kind} is expected.", f"{path}.resource")
    if id_ and resource.get("id") != id_:
        raise refused(
            IssueType.INVALID, "The id is not that of the address.", f"{path}.resource.id"
        )


def _require_resolvable(entry: Resource, named: set[str], path: str) -> None:
    for sent in content.references(entry.get("resource")):
        if sent.startswith(("urn:uuid:", "urn:oid:")) and sent not in named:
            raise refused(IssueType.INVALID, "A reference leads to no entry of the Bundle.", path)


def _done(asked: _Asked, one: Changed | Noted | Told | RecordRefused) -> Done:
    request = asked.request
    if isinstance(one, RecordRefused):
        told = in_words(one)
        outcome = to_operation_outcome(told.issues)
        return Done(status=_line(told.status), outcome=outcome)
    if isinstance(one, Noted):
        return Done(status=_line(NOTED), outcome=to_operation_outcome(in_part(one)))
    if not isinstance(one, Changed):
        return _looked(request, one)
    held = one.record.held
    return Done(
        status=_line(STATUS[one.result]),
        location=None if held.deleted else location(request.base, one.record),
        etag=f'W/"{held.version}"',
        last_modified=instant(held.updated),
        resource=_representation(request, one.record),
        full_url=f"{request.base}/{held.key}" if _representation(request, one.record) else None,
    )


def _looked(request: Request, told: Told) -> Done:
    answer, cut = record_inquiries.to_response(request, told), subset(request.query)
    resource = answer.resource
    return Done(
        status=_line(answer.status),
        etag=None if answer.version is None else f'W/"{answer.version}"',
        last_modified=instant(told.held.updated) if isinstance(told, Record) else None,
        resource=cut.of(resource) if cut and resource is not None else resource,
        full_url=f"{request.base}/{told.held.key}" if isinstance(told, Record) else None,
    )


def _representation(request: Request, record: Record) -> Any:
    if record.held.deleted or request.preferences.get("return") != "representation":
        return None
    return msgspec.Raw(record.text)


def _line(status: HTTPStatus) -> str:
    return f"{status.value} {status.phrase}"


INTERACTION: Final = Interaction(
    name="FHIR transaction",
    code=Code.TRANSACTION,
    methods=("POST",),
    path="",
    handle=handle,
    limits=DOCUMENTS,
    also=(iti65_provide_document_bundle.NAME,),
)
