"""Many questions of terminology in one batch (FHIR R4 3.1.0.11), and one access record of all.

Each entry asks an operation, by GET with its parameters in the URL or by POST with Parameters. An
entry that is refused refuses no other.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from naru.exchange import terminology as exchange
from naru.exchange.access import together
from naru.faces.fhir import (
    code_system_lookup,
    code_system_subsumes,
    code_system_validate_code,
    concept_map_translate,
    value_set_validate_code,
)
from naru.faces.fhir.interaction import Request, Response
from naru.faces.fhir.needs import needs_of
from naru.faces.fhir.terminology import Operation, in_words, refusing
from naru.formats.fhir.bundle import Done, batch_response
from naru.formats.fhir.outcome import IssueType, Refused, refused, to_operation_outcome
from naru.formats.fhir.resource import Resource
from naru.formats.fhir.search_reading import pairs
from naru.formats.fhir.terminology.asked import Asked, Coding
from naru.terminology.errors import UnknownSystem

QUESTIONS: Final = 1_000
"""Entries of one batch."""

CODINGS: Final = 1_000
"""Codes that one batch asks about by `CodeSystem/$validate-code`."""

OTHERS: Final = 100
"""Entries that ask something else: each takes statements of its own."""

_VALIDATE: Final = code_system_validate_code.OPERATION
# What $expand tells has pages of its own, and is no part of a batch.
_ANSWERED: Final[Mapping[str, Operation]] = {
    one.path: one
    for one in (
        _VALIDATE,
        code_system_lookup.OPERATION,
        code_system_subsumes.OPERATION,
        value_set_validate_code.OPERATION,
        concept_map_translate.OPERATION,
    )
}


@dataclass(frozen=True, slots=True)
class _Asked:
    """An entry: the operation, and what it is asked or why that is nothing."""

    operation: Operation
    by: Asked | Refused


def asks(bundle: Resource) -> bool:
    """Whether every entry of the batch asks the terminology something."""
    entries = bundle.get("entry", ())
    return bool(entries) and all(_path(one) in _ANSWERED for one in entries)


def handle(request: Request, bundle: Resource) -> Response:
    """Answer each entry in its place. Raises Refused where there are too many."""
    asked = _bounded([_read(one) for one in bundle["entry"]])
    access = request.access
    request.require(
        access.transaction,
        {need for one in asked for need in needs_of(one.operation.interaction())},
    )
    access.query = _counted(asked)
    with together(access):
        judged = _judged(request, asked)
        answers = [judged.get(at) or _one(request, one) for at, one in enumerate(asked)]
        refusals = [issue for one in answers if isinstance(one, Refused) for issue in one.issues]
        if refusals:
            access.refused(*dict.fromkeys(f"{one.code}: {one.sentence}" for one in refusals))
    return Response(resource=batch_response(map(_done, answers)))


def _path(entry: Resource) -> str:
    url: str = entry.get("request", {}).get("url", "")
    return url.partition("?")[0]


def _read(entry: Resource) -> _Asked:
    operation = _ANSWERED[_path(entry)]
    try:
        return _Asked(operation, _asked(operation, entry))
    except Refused as refusal:
        return _Asked(operation, refusal)


def _asked(operation: Operation, entry: Resource) -> Asked:
    method, resource = entry["request"]["method"], entry.get("resource")
    if method == "GET":
        return operation.in_url(pairs(entry["request"]["url"].partition("?")[2]))
    if method != "POST" or resource is None or resource["resourceType"] != "Parameters":
        raise refused(
            IssueType.INVALID, "An operation is asked by GET, or by POST with Parameters."
        )
    return operation.in_parameters(resource)


def _bounded(asked: list[_Asked]) -> list[_Asked]:
    others = sum(one.operation is not _VALIDATE for one in asked)
    if len(asked) > QUESTIONS or others > OTHERS:
        raise refused(IssueType.TOO_COSTLY, "The Bundle has too many entries.", "Bundle.entry")
    return asked


def _counted(asked: Sequence[_Asked]) -> str:
    """What the access record tells of a batch: how often which operation."""
    counted = Counter(one.operation.path for one in asked)
    return ", ".join(f"{path} x {number}" for path, number in counted.items())


def _judged(request: Request, asked: Sequence[_Asked]) -> Mapping[int, Response | Refused]:
    """The answers of `CodeSystem/$validate-code` by their places, judged at once."""
    answers: dict[int, Response | Refused] = {}
    held: dict[int, tuple[Asked, tuple[Coding, ...], exchange.Question]] = {}
    for at, one in enumerate(asked):
        if one.operation is _VALIDATE and isinstance(one.by, Asked):
            try:
                held[at] = _question(one.by)
            except Refused as refusal:
                answers[at] = refusal
    if sum(len(codings) for _, codings, _ in held.values()) > CODINGS:
        raise refused(IssueType.TOO_COSTLY, "The Bundle asks about too many codes.", "Bundle.entry")
    found = exchange.validate_each(request.access, [one for _, _, one in held.values()])
    for (at, (by, codings, _)), verdicts in zip(held.items(), found, strict=True):
        answers[at] = (
            in_words(verdicts)
            if isinstance(verdicts, UnknownSystem)
            else code_system_validate_code.told(by, codings, verdicts)
        )
    return answers


def _question(by: Asked) -> tuple[Asked, tuple[Coding, ...], exchange.Question]:
    with refusing():
        codings = code_system_validate_code.codings_of(by)
    return by, codings, exchange.Question(code_system_validate_code.asked_of(codings), by.day())


def _one(request: Request, asked: _Asked) -> Response | Refused:
    if isinstance(asked.by, Refused):
        return asked.by
    try:
        return asked.operation.answer(request, asked.by)
    except Refused as refusal:
        return refusal


def _done(answer: Response | Refused) -> Done:
    status = f"{answer.status.value} {answer.status.phrase}"
    if isinstance(answer, Refused):
        return Done(status=status, outcome=to_operation_outcome(answer.issues))
    return Done(status=status, resource=answer.resource)
