"""`CodeSystem/$lookup`: what a code is (FHIR R4 CodeSystem-operation-lookup)."""

from typing import Final

from naru.exchange import terminology as exchange
from naru.faces.fhir.interaction import Request, Response
from naru.faces.fhir.terminology import of_system, operation
from naru.formats.fhir.terminology.answers import looked_up
from naru.formats.fhir.terminology.asked import Asked


def handle(request: Request, asked: Asked) -> Response:
    """Tell the concept with its terms; a code that is none on the day is not found."""
    coding = of_system(asked.code()[0])
    concept, release = exchange.lookup(
        request.access, coding.system, coding.code, version=coding.version, on=asked.day()
    )
    return Response(resource=looked_up(concept, release, english=asked.english))


OPERATION: Final = operation(
    "CodeSystem/$lookup", "code system version coding date displayLanguage property", handle
)
INTERACTION: Final = OPERATION.interaction()
