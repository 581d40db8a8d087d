"""What is not there: the same words for what was never there and for what may not be seen."""

from http import HTTPStatus

from naru.formats.fhir.outcome import IssueType, Refused, refused


def not_found() -> Refused:
    """404 (ITI TF-2 Z.7)."""
    return refused(IssueType.NOT_FOUND, "There is no such resource.", status=HTTPStatus.NOT_FOUND)
