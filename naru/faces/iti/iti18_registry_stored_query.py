"""ITI-18 Registry Stored Query.

ITI TF-2 3.18.
"""

from naru.domain.registry_errors import RegistryFailure, RegistryResponse, ResponseStatus
from naru.domain.stored_query import ReturnType
from naru.exchange.documents.stored_query import stored_query
from naru.faces.iti.transaction import Request, Response, Transaction
from naru.formats.ebxml import adhoc_query, adhoc_query_response, stored_queries


def handle(request: Request) -> Response:
    """Answer a stored query as far as the patient's consent reaches."""
    request.asks()
    asked = adhoc_query.from_ebxml(request.body)
    request.asks(adhoc_query.to_ebxml(asked))
    request.access.query_id = stored_queries.BY_VALUE[type(asked.query)].id
    leaf = asked.return_type is ReturnType.LEAF_CLASS
    found = stored_query(
        request.access, asked.query, leaf=leaf, home_community_id=asked.home_community_id
    )
    return Response(adhoc_query_response.to_ebxml(found, asked.return_type))


def refuse(failure: RegistryFailure) -> Response:
    """Nothing is found, and why."""
    response = RegistryResponse(ResponseStatus.FAILURE, failure.errors)
    return Response(adhoc_query_response.to_ebxml(response=response))


TRANSACTION = Transaction(
    name="ITI-18",
    actions=("urn:ihe:iti:2007:RegistryStoredQuery",),
    response_action="urn:ihe:iti:2007:RegistryStoredQueryResponse",
    handle=handle,
    refuse=refuse,
)
