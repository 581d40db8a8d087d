"""ITI-119 Patient Demographics Match: `Patient/$match`.

ITI TF-2 3.119 (PDQm), FHIR R4 Patient-operation-match: candidates best first, each with its grade.
"""

from typing import Final

from naru.domain.patient_query import Candidate
from naru.domain.patient_search import MatchGrade
from naru.exchange.patients.identity import matching
from naru.faces.fhir import people
from naru.faces.fhir.interaction import Code, Interaction, Request, Response
from naru.formats.fhir.bundle import searchset
from naru.formats.fhir.match import read_match

MOST: Final = 100
"""Candidates of one answer: more of them help nobody to tell who is meant."""


def handle(request: Request) -> Response:
    """Tell who may be the person described."""
    asked = read_match(request.resource(), rrn_authority=people.rrn_authority())
    with people.refusing():
        found = matching(request.access, asked.record)
    if asked.only_certain:
        found = _certain(found)
    told = found[: min(asked.count or MOST, MOST)]
    return Response(
        resource=searchset(
            (people.match(request, one) for one in told),
            self_link=f"{request.base}/Patient/$match",
            total=len(told),
        )
    )


def _certain(found: tuple[Candidate, ...]) -> tuple[Candidate, ...]:
    """FHIR R4: where several may be meant, nothing is certain."""
    certain = tuple(one for one in found if one.grade is MatchGrade.CERTAIN)
    return certain if len(certain) == 1 else ()


INTERACTION: Final = Interaction(
    name="ITI-119",
    code=Code.OPERATION,
    methods=("POST",),
    path="Patient/$match",
    handle=handle,
    definition="http://hl7.org/fhir/OperationDefinition/Patient-match",
)
