"""What the transactions about people share: refusals in FHIR's words, entries of a Bundle."""

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from http import HTTPStatus
from typing import Final

from django.conf import settings

from naru.domain.patient_query import Candidate
from naru.faces.fhir.interaction import Request
from naru.formats.fhir.bundle import Match
from naru.formats.fhir.outcome import Issue, IssueType, Refused
from naru.formats.fhir.patient import to_patient
from naru.patients import errors
from naru.patients.errors import Part

_UNPROCESSABLE: Final = HTTPStatus.UNPROCESSABLE_ENTITY

_SAID: Final[dict[type[errors.Refused], tuple[HTTPStatus, IssueType]]] = {
    errors.UnknownIdentifier: (HTTPStatus.NOT_FOUND, IssueType.NOT_FOUND),
    errors.UnknownDomain: (HTTPStatus.BAD_REQUEST, IssueType.CODE_INVALID),
    errors.ForeignDomain: (HTTPStatus.FORBIDDEN, IssueType.FORBIDDEN),
    errors.OfAnotherPatient: (HTTPStatus.FORBIDDEN, IssueType.FORBIDDEN),
    errors.SameIdentifier: (_UNPROCESSABLE, IssueType.BUSINESS_RULE),
    errors.DifferentDomains: (_UNPROCESSABLE, IssueType.BUSINESS_RULE),
    errors.AlreadySubsumed: (HTTPStatus.CONFLICT, IssueType.CONFLICT),
    errors.DifferentPatients: (HTTPStatus.CONFLICT, IssueType.CONFLICT),
    errors.ResidentNumbersDiffer: (HTTPStatus.CONFLICT, IssueType.BUSINESS_RULE),
    errors.TooLarge: (_UNPROCESSABLE, IssueType.TOO_LONG),
    errors.TooBroad: (HTTPStatus.BAD_REQUEST, IssueType.TOO_COSTLY),
}
"""How FHIR says what the identity service refuses."""

_EXPRESSIONS: Final = {
    Part.PATIENT: "Patient.identifier",
    Part.SUBSUMED: "Patient.identifier",
    Part.SURVIVOR: "Patient.link.other.identifier",
}


@contextmanager
def refusing() -> Iterator[None]:
    """Whatever the identity service refuses is raised as FHIR says it."""
    try:
        yield
    except errors.Refused as refusal:
        status, code = _SAID[type(refusal)]
        if isinstance(refusal, errors.UnknownIdentifier) and refusal.part is Part.SURVIVOR:
            # The address is that of the subsumed one: what is not found stands in the content.
            status = _UNPROCESSABLE
        issue = Issue(code, str(refusal), (_EXPRESSIONS[refusal.part],))
        raise Refused(issue, status=status) from refusal


def rrn_authority() -> str:
    """The OID under which this node takes 주민등록번호, or nothing."""
    authority: str = settings.NARU.rrn_authority
    return authority


def match(request: Request, candidate: Candidate) -> Match:
    """A person found, as an entry of a Bundle."""
    score = None if candidate.score is None else Decimal(candidate.score) / 100
    return Match(
        f"{request.base}/Patient/{candidate.patient}",
        to_patient(candidate.record, candidate.patient),
        score=score,
        grade=candidate.grade.value if candidate.grade else None,
    )
