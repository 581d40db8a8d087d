"""What ITI-66 and ITI-67 have in common: whom the search is about, and the Bundle of the answer."""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from naru.domain.identifiers import Identifier
from naru.exchange import patient_reference
from naru.exchange.document_sharing import Shared
from naru.faces.fhir import cursor
from naru.faces.fhir.interaction import Request, Response
from naru.faces.fhir.paging import page
from naru.formats.fhir.bundle import Match, searchset
from naru.formats.fhir.mhd.find_document_references import patient_of
from naru.formats.fhir.parameters import Search
from naru.formats.fhir.resource import Resource

One = TypeVar("One")


def patient_id(search: Search, base: str) -> Identifier | None:
    """The patient id of whom the search is about; `None` for nobody. Raises Refused."""
    logical_id, identifier = patient_of(search, base)
    return identifier or patient_reference.of(logical_id)


def registered(shared: Shared, entry_uuid: str) -> str:
    """When an object was registered, as a text that sorts by time."""
    found = shared.registered.get(entry_uuid)
    return found.isoformat(timespec="microseconds") if found else ""


def bundle(
    request: Request,
    search: Search,
    found: Sequence[One],
    *,
    order: Callable[[One], str],
    sorts: Mapping[str, Callable[[One], str]],
    write: Callable[[One], Resource],
) -> Response:
    """The page of the searchset that is asked for."""
    one_page = page(found, search, order=order, sorts=sorts)
    kind = request.interaction.type
    written = [write(one) for one in one_page.matches]
    return Response(
        resource=searchset(
            [Match(f"{request.base}/{kind}/{one['id']}", one) for one in written],
            self_link=request.self_link(search),
            next_link=cursor.link(request, search, one_page.next) if one_page.next else None,
            total=one_page.total,
            remarks=search.remarks,
        )
    )
