"""ITI-83 Mobile Patient Identifier Cross-reference Query: `Patient/$ihe-pix`.

ITI TF-2 3.83 (PIXm 3.0.2). Asks what ITI-45 asks, and is answered alike.
"""

from http import HTTPStatus
from typing import Final
from uuid import UUID

from naru.domain.identifiers import Identifier
from naru.domain.patient_query import CorrespondingIdentifiers
from naru.exchange.patients.identity import cross_reference
from naru.faces.fhir.interaction import Code, Interaction, Request, Response
from naru.formats.fhir import values
from naru.formats.fhir.identifier import authority_of, write_identifier
from naru.formats.fhir.outcome import IssueType, Refused, refused
from naru.formats.fhir.parameters import Definition, ParameterType, Search
from naru.formats.fhir.resource import Resource
from naru.patients.errors import UnknownAskedDomains, UnknownDomain, UnknownIdentifier

SOURCE, TARGET = "sourceIdentifier", "targetSystem"
_LOGICAL_ID: Final = "Patient/"


def handle(request: Request) -> Response:
    """Tell which other identifiers, and which Patient, a person has."""
    search = request.search()
    asked = _source(search, request.base)
    targets = [one for each in search.all(TARGET) for one in each.values]
    domains = tuple(authority_of(values.unescape(one)) for one in targets if one != request.base)
    try:
        found = cross_reference(request.access, asked, domains)
    except UnknownIdentifier as unknown:
        # ITI TF-2 3.83.4.2.2.2.
        raise refused(
            IssueType.NOT_FOUND,
            f"{SOURCE} Patient Identifier not found",
            SOURCE,
            status=HTTPStatus.NOT_FOUND,
        ) from unknown
    except UnknownAskedDomains as unknown:
        # ITI TF-2 3.83.4.2.2.4.
        raise refused(
            IssueType.CODE_INVALID, f"{TARGET} not found", TARGET, status=HTTPStatus.FORBIDDEN
        ) from unknown
    except UnknownDomain as unknown:
        raise _unknown_authority() from unknown
    return Response(resource=_parameters(found, asked, targets, request.base))


def _source(search: Search, base: str) -> Identifier | UUID:
    """The identifier, or the key of one of our own Patients."""
    asked = search.one(SOURCE)
    assert asked is not None, "read_search refuses where a required parameter is missing"
    if len(asked.values) != 1:
        raise refused(IssueType.INVALID, f"{SOURCE} is one identifier.", SOURCE)
    token = values.token(asked.values[0])
    if not token.system:
        raise _unknown_authority()
    if not token.code:
        raise refused(IssueType.INVALID, f"{SOURCE} has no value after the system.", SOURCE)
    if token.system != base:
        return Identifier(token.code, authority_of(token.system))
    try:
        return UUID(token.code.removeprefix(_LOGICAL_ID))
    except ValueError:
        return UUID(int=0)  # Nobody's.


def _unknown_authority() -> Refused:
    # ITI TF-2 3.83.4.2.2.3.
    return refused(IssueType.CODE_INVALID, f"{SOURCE} Assigning Authority not found", SOURCE)


def _parameters(
    found: CorrespondingIdentifiers, asked: Identifier | UUID, targets: list[str], base: str
) -> Resource:
    """ITI TF-2 3.83.4.2.2.1: the Patient where one of the asked systems knows the person."""
    told = [
        {"name": "targetIdentifier", "valueIdentifier": write_identifier(one)}
        for one in found.identifiers
    ]
    in_asked = not targets or base in targets or bool(told)
    if in_asked and not isinstance(asked, UUID):  # What was asked for is never returned.
        reference = {"reference": f"{_LOGICAL_ID}{found.patient}"}
        told.insert(0, {"name": "targetId", "valueReference": reference})
    if targets and set(targets) == {base}:
        told = [one for one in told if one["name"] == "targetId"]
    parameters: Resource = {"resourceType": "Parameters"}
    return parameters | ({"parameter": told} if told else {})


INTERACTION: Final = Interaction(
    name="ITI-83",
    code=Code.OPERATION,
    methods=("GET",),
    path="Patient/$ihe-pix",
    handle=handle,
    search=(
        Definition(SOURCE, ParameterType.TOKEN, required=True),
        Definition(TARGET, ParameterType.URI),
    ),
    definition="https://profiles.ihe.net/ITI/PIXm/OperationDefinition/IHE.PIXm.pix",
)
