"""`ConceptMap/$translate`: how another code system has a code (ConceptMap-operation-translate)."""

from dataclasses import replace
from http import HTTPStatus
from typing import Final

from naru.domain.terminology import System
from naru.domain.terminology import named as of_name
from naru.exchange import terminology as exchange
from naru.faces.fhir.interaction import Request, Response
from naru.faces.fhir.terminology import known_value_set, of_system, operation
from naru.formats.fhir.outcome import IssueType, refused
from naru.formats.fhir.terminology.answers import translated
from naru.formats.fhir.terminology.asked import Asked, Coding
from naru.formats.fhir.terminology.definitions import mapped


def handle(request: Request, asked: Asked) -> Response:
    """Tell each match with the release that says so."""
    coding, target = _meant(asked)
    reverse = asked.flag("reverse")
    found, displays = exchange.translate(
        request.access, coding.system, coding.code, target, on=asked.day(), reverse=reverse
    )
    return Response(resource=translated(found, displays, reverse=reverse))


def _meant(asked: Asked) -> tuple[Coding, str]:
    """The code, and the system to translate to; both systems may be said by a map's address."""
    coding, target = asked.code()[0], _target(asked)
    if not asked.text("url"):
        return of_system(coding), target
    systems = mapped(asked.text("url"))
    if systems is None:
        raise refused(
            IssueType.NOT_FOUND, "This map is not known here.", "url", status=HTTPStatus.NOT_FOUND
        )
    source, far = reversed(systems) if asked.flag("reverse") else systems
    if not {source} >= _names(coding.system) or not {far} >= _names(target):
        raise refused(IssueType.INVALID, "The map is of other code systems.", "url")
    return replace(coding, system=source), far


def _names(system: str) -> set[System]:
    return {one.name for one in of_name(system)} if system else set()


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
    "url code system version source target targetsystem coding codeableConcept reverse date",
    handle,
)
INTERACTION: Final = OPERATION.interaction()
