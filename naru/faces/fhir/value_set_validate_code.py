"""`ValueSet/$validate-code`: whether a value set has a code (ValueSet-operation-validate-code)."""

from typing import Final

from naru.exchange import terminology as exchange
from naru.faces.fhir.interaction import Request, Response
from naru.faces.fhir.terminology import known_value_set, operation
from naru.formats.fhir.terminology.answers import validated
from naru.formats.fhir.terminology.asked import Asked


def handle(request: Request, asked: Asked) -> Response:
    """Tell whether it is; of several codings one that is in it is enough."""
    value_set, codings = known_value_set(asked.required("url")), asked.code()
    pairs = [(one.system, one.code) for one in codings]
    verdicts = exchange.validate_in(request.access, value_set, pairs, on=asked.day())
    place = next((at for at, one in enumerate(verdicts) if one.valid), 0)
    told = validated(verdicts[place], codings[place].display, english=asked.english)
    return Response(resource=told)


OPERATION: Final = operation(
    "ValueSet/$validate-code",
    "url code system systemVersion display coding codeableConcept date displayLanguage",
    handle,
)
INTERACTION: Final = OPERATION.interaction()
