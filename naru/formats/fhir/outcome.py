"""OperationOutcome: how FHIR says that something was refused, or that it was done with a remark."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus

from naru.formats.fhir.resource import Resource


class Severity(StrEnum):
    """http://hl7.org/fhir/issue-severity."""

    FATAL = "fatal"
    ERROR = "error"
    WARNING = "warning"
    INFORMATION = "information"


class IssueType(StrEnum):
    """http://hl7.org/fhir/issue-type, as far as doors say it."""

    INVALID = "invalid"
    STRUCTURE = "structure"
    REQUIRED = "required"
    VALUE = "value"
    INVARIANT = "invariant"
    SECURITY = "security"
    LOGIN = "login"
    FORBIDDEN = "forbidden"
    SUPPRESSED = "suppressed"
    PROCESSING = "processing"
    NOT_SUPPORTED = "not-supported"
    DUPLICATE = "duplicate"
    MULTIPLE_MATCHES = "multiple-matches"
    NOT_FOUND = "not-found"
    DELETED = "deleted"
    TOO_LONG = "too-long"
    CODE_INVALID = "code-invalid"
    TOO_COSTLY = "too-costly"
    BUSINESS_RULE = "business-rule"
    CONFLICT = "conflict"
    TRANSIENT = "transient"
    THROTTLED = "throttled"
    EXCEPTION = "exception"
    INFORMATIONAL = "informational"


@dataclass(frozen=True, slots=True)
class Issue:
    """One issue; `expression` names the element (FHIRPath), `sentence` names no person."""

    code: IssueType
    sentence: str
    expression: tuple[str, ...] = ()
    severity: Severity = Severity.ERROR
    detail: str = ""
    """A code of the standard that the issue answers to, told as `details.text`."""


class Refused(Exception):
    """A request refused as a whole; the door answers it with an OperationOutcome."""

    def __init__(self, *issues: Issue, status: HTTPStatus = HTTPStatus.BAD_REQUEST) -> None:
        super().__init__(", ".join(issue.code for issue in issues))
        self.issues = issues
        self.status = status


def refused(
    code: IssueType,
    sentence: str,
    *expression: str,
    status: HTTPStatus = HTTPStatus.BAD_REQUEST,
) -> Refused:
    """The exception for a single issue."""
    return Refused(Issue(code, sentence, expression), status=status)


def to_operation_outcome(issues: Iterable[Issue]) -> Resource:
    """The resource; every refusal holds at least one issue (FHIR R4 OperationOutcome)."""
    return {"resourceType": "OperationOutcome", "issue": [_to_issue(one) for one in issues]}


def _to_issue(issue: Issue) -> Resource:
    told: Resource = {"severity": issue.severity.value, "code": issue.code.value}
    if issue.detail:
        told["details"] = {"text": issue.detail}
    told["diagnostics"] = issue.sentence
    if issue.expression:
        told["expression"] = list(issue.expression)
    return told
