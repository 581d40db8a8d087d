"""`$clinic-launch`: an EMR opens the clinic's page for one of its people, with the patient chosen.

FHIR R4 3.2.0.2: an operation of the type, whose patient an identifier names.
"""

from http import HTTPStatus
from typing import Final

from naru.accounts.errors import NotFound
from naru.consent.errors import NotPermitted, NotRegisteredHere
from naru.exchange.callers import clinic_launch
from naru.faces.fhir.interaction import Code, Interaction, Request, Response
from naru.formats.fhir.clinic_launch import read_request, to_parameters
from naru.formats.fhir.outcome import IssueType, Refused, refused


def handle(request: Request) -> Response:
    """Answer the address."""
    asked = read_request(request.resource("Parameters"))
    try:
        told = clinic_launch.ask(request.access, asked.patient, asked.post, asked.reason)
    except NotRegisteredHere as refusal:
        raise _unknown("No patient of this institution has the number.") from refusal
    except NotFound as refusal:
        raise _unknown("Nobody of this institution who sees patients has the post.") from refusal
    except NotPermitted as refusal:
        raise refused(IssueType.FORBIDDEN, str(refusal), status=HTTPStatus.FORBIDDEN) from refusal
    return Response(resource=to_parameters(told.address, told.ends))


def _unknown(sentence: str) -> Refused:
    return refused(IssueType.NOT_FOUND, sentence, "Parameters", status=HTTPStatus.NOT_FOUND)


INTERACTION: Final = Interaction(
    name=clinic_launch.ASK,
    code=Code.OPERATION,
    methods=("POST",),
    path=f"Patient/${clinic_launch.ASK}",
    handle=handle,
    definition=f"OperationDefinition/{clinic_launch.ASK}",
)
