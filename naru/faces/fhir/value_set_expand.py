"""`ValueSet/$expand`: the codes of a value set, or those that a text leads to.

FHIR R4 ValueSet-operation-expand. `filter` is the search as people type it.
"""

from http import HTTPStatus
from typing import Final

from naru.exchange import terminology as exchange
from naru.faces.fhir.interaction import Request, Response
from naru.faces.fhir.terminology import known_value_set, operation
from naru.formats.fhir.outcome import IssueType, refused
from naru.formats.fhir.terminology.answers import expanded
from naru.formats.fhir.terminology.asked import Asked


def handle(request: Request, asked: Asked) -> Response:
    """Tell a page; whoever wants more than one holds says which (`offset`, `count`)."""
    value_set = known_value_set(asked.required("url"))
    offset = asked.number("offset", 0)
    found = exchange.expand(
        request.access,
        value_set,
        on=asked.day(),
        text=asked.text("filter"),
        offset=offset,
        count=asked.number("count", exchange.MOST),
    )
    whole = not asked.text("count") and not asked.text("filter")
    if whole and found.total is not None and found.total > exchange.MOST:
        raise refused(
            IssueType.TOO_COSTLY,
            f"The value set has more than {exchange.MOST} codes: ask for pages by count and offset,"
            " or with a filter.",
            "count",
            status=HTTPStatus.UNPROCESSABLE_ENTITY,
        )
    return Response(
        resource=expanded(
            value_set,
            found.concepts,
            total=found.total,
            offset=offset,
            now=request.access.time,
            english=asked.english,
            unloaded=found.unloaded,
        )
    )


OPERATION: Final = operation(
    "ValueSet/$expand", "url filter date offset count displayLanguage activeOnly", handle
)
INTERACTION: Final = OPERATION.interaction()
