"""transaction and batch: several changes in one Bundle (FHIR R4 3.1.0.11)."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any, Final

import msgspec

from naru.domain.records import Change, Changed, Method, Record
from naru.domain.records import Refused as RecordRefused
from naru.exchange import records as exchange
from naru.faces.fhir import iti65_provide_document_bundle
from naru.faces.fhir.interaction import Code, Interaction, Request, Response
from naru.faces.fhir.needs import of_changes
from naru.faces.fhir.records import STATUS, if_match, location, to_change
from naru.faces.fhir.records_refused import in_words, refusing
from naru.formats.fhir.bundle import Done, batch_response, transaction_response
from naru.formats.fhir.json import DOCUMENTS
from naru.formats.fhir.moments import instant
from naru.formats.fhir.outcome import IssueType, refused, to_operation_outcome
from naru.formats.fhir.records import content, criteria
from naru.formats.fhir.records.searchable import SEARCHABLE
from naru.formats.fhir.resource import Resource

ENTRIES: Final = 1_000
"""Changes of one Bundle."""

_DOCUMENTS: Final = frozenset({"Binary", "DocumentReference", "List"})
_MHD: Final = "/ITI/MHD/"


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
    changes = _changes(request, bundle.get("entry", ()))
    request.require(request.access.transaction, of_changes(changes))
    if kind == "batch":
        each = exchange.change_each(request.access, changes)
        return Response(resource=batch_response(_done(request, one) for one in each))
    with refusing():
        whole = exchange.change(request.access, changes)
    return Response(resource=transaction_response(_done(request, one) for one in whole))


def _provides_documents(bundle: Resource) -> bool:
    """Whether the Bundle is of ITI-65: by its profile, or by what it holds."""
    profiles = bundle.get("meta", {}).get("profile", ())
    held = {one.get("resource", {}).get("resourceType") for one in bundle.get("entry", ())}
    return any(_MHD in one for one in profiles if one) or not held.isdisjoint(_DOCUMENTS)


def _changes(request: Request, entries: Sequence[Resource]) -> list[Change]:
    if len(entries) > ENTRIES:
        raise refused(IssueType.TOO_COSTLY, "The Bundle has too many entries.", "Bundle.entry")
    changes = [_change(request, one, f"Bundle.entry[{n}]") for n, one in enumerate(entries)]
    named = [change.sent_as for change in changes if change.sent_as]
    if len(set(named)) != len(named):
        raise refused(IssueType.INVALID, "Two entries have one fullUrl.", "Bundle.entry.fullUrl")
    for place, entry in enumerate(entries):
        _require_resolvable(entry, set(named), f"Bundle.entry[{place}].resource")
    return changes


def _change(request: Request, entry: Resource, path: str) -> Change:
    asked = entry.get("request")
    if asked is None:
        raise refused(IssueType.REQUIRED, "An entry says what is to be done.", f"{path}.request")
    method, (kind, id_, query) = asked["method"], _target(asked["url"], path)
    resource = entry.get("resource")
    version = if_match(asked.get("ifMatch"))
    if method == "DELETE" and id_:
        return Change(method=Method.DELETE, type=kind, id=id_, if_version=version)
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


def _done(request: Request, one: Changed | RecordRefused) -> Done:
    if isinstance(one, RecordRefused):
        told = in_words(one)
        outcome = to_operation_outcome(told.issues)
        return Done(status=_line(told.status), outcome=outcome)
    held = one.record.held
    return Done(
        status=_line(STATUS[one.result]),
        location=None if held.deleted else location(request.base, one.record),
        etag=f'W/"{held.version}"',
        last_modified=instant(held.updated),
        resource=_representation(request, one.record),
        full_url=f"{request.base}/{held.key}" if _representation(request, one.record) else None,
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
