"""`CodeSystem/$validate-code`: whether a code is valid (CodeSystem-operation-validate-code)."""

from typing import Final

from naru.exchange import terminology as exchange
from naru.faces.fhir.interaction import Request, Response
from naru.faces.fhir.terminology import of_system, operation
from naru.formats.fhir.terminology.answers import validated
from naru.formats.fhir.terminology.asked import Asked, Coding


def handle(request: Request, asked: Asked) -> Response:
    """Tell whether it is, and the nearest valid codes where it is not.

    Of several codings one that is valid is enough.
    """
    codings = [_named(one, asked.text("url")) for one in asked.code(system="url")]
    verdicts = exchange.validate_all(
        request.access, [(one.system, one.code, one.version) for one in codings], on=asked.day()
    )
    place = next((at for at, one in enumerate(verdicts) if one.valid), 0)
    told = validated(verdicts[place], codings[place].display, english=asked.english)
    return Response(resource=told)


def _named(coding: Coding, url: str) -> Coding:
    """A Coding may leave the system to the parameter `url`."""
    return of_system(Coding(coding.system or url, coding.code, coding.version, coding.display))


INTERACTION: Final = operation(
    "CodeSystem/$validate-code",
    "url code version display coding codeableConcept date displayLanguage",
    handle,
)
