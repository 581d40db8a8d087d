"""`ConceptMap/$translate`: how another code system has a code (ConceptMap-operation-translate)."""

from http import HTTPStatus
from typing import Final

from naru.exchange import terminology as exchange
from naru.faces.fhir.interaction import Request, Response
from naru.faces.fhir.terminology import known_value_set, of_system, operation
from naru.formats.fhir.outcome import IssueType, refused
from naru.formats.fhir.terminology.answers import translated
from naru.formats.fhir.terminology.asked import Asked


def handle(request: Request, asked: Asked) -> Response:
    """Tell each match with the release that says so."""
    coding = of_system(asked.code()[0])
    reverse = asked.flag("reverse")
    found, displays = exchange.translate(
        request.access, coding.system, coding.code, _target(asked), on=asked.day(), reverse=reverse
    )
    return Response(resource=translated(found, displays, reverse=reverse))


def _target(asked: Asked) -> str:
    """The system to translate to: by its own address, or by a value set of one system."""
    if asked.text("targetsystem") or not asked.text("target"):
        return asked.text("targetsystem")
    meant = {one.system for one in known_value_set(asked.text("target")).includes}
    if len(meant) != 1:
        raise refused(
            IssueType.NOT_SUPPORTED,
            "The value set is of several code systems: name one by targetsystem.",
            "target",
            status=HTTPStatus.UNPROCESSABLE_ENTITY,
        )
    return meant.pop().value


OPERATION: Final = operation(
    "ConceptMap/$translate",
    "code system version source target targetsystem coding codeableConcept reverse date",
    handle,
)
INTERACTION: Final = OPERATION.interaction()
