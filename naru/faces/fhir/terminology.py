"""What the operations of the terminology service have in common (FHIR R4 4.6).

They are of no patient; each leaves its access record. A refusal of the service is one of the
standard's, told in one place here.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus

from naru.domain.terminology import named
from naru.domain.value_sets import ValueSet, value_set
from naru.faces.fhir.interaction import Code, Interaction, Request, Response
from naru.formats.fhir.outcome import IssueType, Refused, refused
from naru.formats.fhir.resource import Resource
from naru.formats.fhir.terminology.asked import Asked, Coding
from naru.terminology.errors import QueryTooLong, TerminologyRefused, UnknownCode, UnknownSystem

NAME = "FHIR operation"
"""Under which the access record has each of them; what was asked tells which it was."""


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation by GET and POST, with the names of the parameters that it answers."""

    path: str
    known: frozenset[str]
    handle: Callable[[Request, Asked], Response]

    def in_url(self, query: Iterable[tuple[str, str]]) -> Asked:
        """What the URL of a GET asks. Raises Refused."""
        return Asked.in_url(query, self.known)

    def in_parameters(self, resource: Resource) -> Asked:
        """What sound Parameters ask. Raises Refused."""
        return Asked.in_parameters(resource, self.known)

    def answer(self, request: Request, asked: Asked) -> Response:
        """Do it. Raises Refused."""
        with refusing():
            return self.handle(request, asked)

    def interaction(self) -> Interaction:
        """The operation at an address of its own."""
        kind, _, name = self.path.partition("/$")
        return Interaction(
            name=NAME,
            code=Code.OPERATION,
            methods=("GET", "POST"),
            path=self.path,
            handle=self._alone,
            definition=f"http://hl7.org/fhir/OperationDefinition/{kind}-{name}",
        )

    def _alone(self, request: Request) -> Response:
        if request.method == "POST":
            return self.answer(request, self.in_parameters(request.resource("Parameters")))
        return self.answer(request, self.in_url(request.query))


def operation(
    path: str, parameters: str, handle: Callable[[Request, Asked], Response]
) -> Operation:
    """An operation; the names of its parameters stand in one text."""
    return Operation(path, frozenset(parameters.split()), handle)


@contextmanager
def refusing() -> Iterator[None]:
    """The service's refusals in the standard's words."""
    try:
        yield
    except TerminologyRefused as refusal:
        raise in_words(refusal) from refusal


def in_words(refusal: TerminologyRefused) -> Refused:
    """A refusal of the service as the standard says it."""
    if isinstance(refusal, UnknownSystem | UnknownCode):
        return refused(IssueType.NOT_FOUND, str(refusal), status=HTTPStatus.NOT_FOUND)
    if isinstance(refusal, QueryTooLong):
        return refused(IssueType.TOO_LONG, str(refusal), "filter")
    raise refusal


def of_system(coding: Coding) -> Coding:
    """The coding, whose system is known. Raises Refused."""
    if not coding.system:
        raise refused(IssueType.REQUIRED, "The code system is required.", "system")
    if not named(coding.system):
        raise UnknownSystem("This code system is not known here.")
    return coding


def known_value_set(url: str) -> ValueSet:
    """The value set of an address. Raises Refused."""
    found = value_set(url)
    if found is None:
        raise refused(
            IssueType.NOT_FOUND,
            "This value set is not known here.",
            "url",
            status=HTTPStatus.NOT_FOUND,
        )
    return found
