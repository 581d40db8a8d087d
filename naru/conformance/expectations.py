"""Whether an answer is what the case expects: status, codes, contents, XPaths.

Each check yields a sentence for what is otherwise than expected. What is expected and not known
here raises NotAttempted: no step passes by an expectation that nobody looked at.
"""

from collections.abc import Iterator
from typing import Final

from lxml.etree import QName, _Element

from naru.conformance import contents
from naru.conformance.plan import Step
from naru.conformance.session import NotAttempted, Session
from naru.conformance.wire import Reply
from naru.conformance.xpath import is_true
from naru.domain.registry_errors import Severity
from naru.formats.ebxml import namespaces as ns

STATUSES: Final = {
    "Success": "urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:Success",
    "Failure": "urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:Failure",
    "PartialSuccess": "urn:ihe:iti:2007:ResponseStatusType:PartialSuccess",
}
"""ITI TF-3 4.2.4.2: the plans' words and the values of the wire."""
FAULT: Final = "Fault"
_REGISTRY_RESPONSE: Final = f"{{{ns.RS}}}RegistryResponse"
_ERROR: Final = f"{{{ns.RS}}}RegistryError"


def require_known(step: Step) -> None:
    """Raise NotAttempted where the case expects something that nobody here can look at."""
    if not step.statuses and not step.asserts:
        raise NotAttempted("the case names nothing that has to be true")
    for status in step.statuses:
        if status not in STATUSES and status != FAULT:
            raise NotAttempted(f"the expected status {status} is not known")
    for one in step.asserts:
        if one.process or not one.expression:
            raise NotAttempted(f"the assertion {one.process or one.id} is not one of XPath")
    contents.require_known(step.contents)


def of_registry_response(step: Step, reply: Reply, tag: str) -> Iterator[str]:
    """The answer's name, status and errors (ITI TF-3 4.2.4); `tag` is what must be answered."""
    if reply.fault is not None:
        if FAULT not in step.statuses:
            yield f"expected {_or(step.statuses)}, came a SOAP fault: {reply.fault.reason}"
        return
    if reply.body.tag != tag:
        yield f"expected {QName(tag).localname}, came {QName(reply.body).localname}"
        return
    response = registry_response(reply.body)
    if response is None:
        yield "the answer holds no RegistryResponse"
        return
    errors = list(response.iter(_ERROR))
    yield from _status(step, response.get("status", ""), errors)
    yield from _errors(step, errors)


def registry_response(body: _Element) -> _Element | None:
    """The element with the status: the answer itself, or the one inside a retrieve's."""
    return body if body.get("status") is not None else body.find(_REGISTRY_RESPONSE)


def of_asserts(step: Step, session: Session) -> Iterator[str]:
    """The XPaths that must be true of the section's steps up to this one."""
    root = session.results(step)
    for one in step.asserts:
        if not is_true(root, one.expression):
            yield f"assertion {one.id or '-'} is not true: {' '.join(one.expression.split())}"


def _status(step: Step, status: str, errors: list[_Element]) -> Iterator[str]:
    wanted = [STATUSES[one] for one in step.statuses if one in STATUSES]
    if status not in wanted:
        yield f"expected {_or(step.statuses)}, came {_short(status)}{_told(errors)}"
        return
    if status == STATUSES["Success"]:  # ITI TF-3 4.2.4.2: success has warnings at most.
        serious = [one for one in errors if one.get("severity") != Severity.WARNING.value]
        if serious:
            yield f"expected no error beside Success, came{_told(serious)}"
    elif not errors:
        yield f"{_short(status)} without a RegistryError that says why"


def _errors(step: Step, errors: list[_Element]) -> Iterator[str]:
    codes = [one.get("errorCode", "") for one in errors]
    if step.error_codes and not set(codes) & set(step.error_codes):
        yield f"expected the error {_or(step.error_codes)}, came {', '.join(codes) or 'none'}"
    told = [f"{one.get('errorCode')}: {one.get('codeContext')}" for one in errors]
    for message in step.error_messages:
        if not any(message in one for one in told):
            yield f"expected an error that says {message!r}, came {'; '.join(told) or 'none'}"


def _told(errors: list[_Element]) -> str:
    return "".join(f"; {one.get('errorCode')}: {one.get('codeContext')}" for one in errors[:5])


def _short(status: str) -> str:
    return status.rpartition(":")[2] or "no status"


def _or(words: tuple[str, ...]) -> str:
    return " or ".join(words) or "nothing"
