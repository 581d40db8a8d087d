"""`CodeSystem/$subsumes`: how two codes stand to each other (CodeSystem-operation-subsumes)."""

from typing import Final

from naru.exchange import terminology as exchange
from naru.faces.fhir.interaction import Request, Response
from naru.faces.fhir.terminology import of_system, operation
from naru.formats.fhir.outcome import IssueType, refused
from naru.formats.fhir.terminology.answers import subsumed
from naru.formats.fhir.terminology.asked import Asked


def handle(request: Request, asked: Asked) -> Response:
    """Tell whether the one is the other, above it, below it, or neither."""
    one, other = map(of_system, asked.pair())
    if one.system != other.system:
        raise refused(IssueType.INVALID, "The codes are of two code systems.", "system")
    outcome = exchange.subsumes(
        request.access, one.system, one.code, other.code, version=one.version
    )
    return Response(resource=subsumed(outcome.value))


OPERATION: Final = operation(
    "CodeSystem/$subsumes", "codeA codeB system version codingA codingB", handle
)
INTERACTION: Final = OPERATION.interaction()
