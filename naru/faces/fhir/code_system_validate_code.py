"""`CodeSystem/$validate-code`: whether a code is valid (CodeSystem-operation-validate-code)."""

from collections.abc import Iterable, Sequence
from typing import Final

from naru.domain.terminology import Verdict, named
from naru.exchange import terminology as exchange
from naru.faces.fhir.interaction import Request, Response
from naru.faces.fhir.terminology import of_system, operation
from naru.formats.fhir.terminology.answers import validated
from naru.formats.fhir.terminology.asked import Asked, Coding


def handle(request: Request, asked: Asked) -> Response:
    """Tell whether it is, and the nearest valid codes where it is not.

    Of several codings one that is valid is enough.
    """
    codings = codings_of(asked)
    verdicts = exchange.validate_all(request.access, asked_of(codings), on=asked.day())
    return told(asked, codings, verdicts)


def codings_of(asked: Asked) -> tuple[Coding, ...]:
    """What is asked about, as far as its systems are known. Raises Refused, UnknownSystem.

    Of a CodeableConcept one coding of a system that is known here is enough: the others may be
    the sender's own.
    """
    given = tuple(_named(one, asked.text("url")) for one in asked.code(system="url"))
    known = tuple(one for one in given if named(one.system))
    return known or tuple(map(of_system, given))


def asked_of(codings: Iterable[Coding]) -> tuple[tuple[str, str, str], ...]:
    """System, code and version of each."""
    return tuple((one.system, one.code, one.version) for one in codings)


def told(asked: Asked, codings: Sequence[Coding], verdicts: Sequence[Verdict]) -> Response:
    """The answer: the first coding that is valid, else what is said of the first."""
    place = next((at for at, one in enumerate(verdicts) if one.valid), 0)
    found = validated(verdicts[place], codings[place].display, english=asked.english)
    return Response(resource=found)


def _named(coding: Coding, url: str) -> Coding:
    """A Coding may leave the system to the parameter `url`."""
    return Coding(coding.system or url, coding.code, coding.version, coding.display)


OPERATION: Final = operation(
    "CodeSystem/$validate-code",
    "url code version display coding codeableConcept date displayLanguage",
    handle,
)
INTERACTION: Final = OPERATION.interaction()
