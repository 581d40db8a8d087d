"""`$emergency-access`: an EMR opens a record for its clinician, as `/clinic/emergency` does.

의료법 제21조의2제1항 단서. FHIR R4 3.2.0.2: an operation of a resource (`Patient/{id}/$…`), and of
the type where the patient is named by an identifier.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Final
from uuid import UUID

from naru.consent.errors import NotPermitted
from naru.domain.identifiers import Identifier
from naru.exchange.patients import reference as patient_reference
from naru.exchange.without_consent import emergency
from naru.faces.fhir.interaction import Code, Interaction, Request, Response
from naru.formats.fhir.emergency_access import read_end, read_request, to_parameters
from naru.formats.fhir.outcome import IssueType, Refused, refused

_NOBODY: Final = UUID(int=0)
"""Whom a name means that nobody has: refused in the words of any other refusal."""


def begin(request: Request) -> Response:
    """Open the record, and say until when it stands."""
    asked = read_request(request.resource("Parameters"))
    request.access.caller = emergency.in_emergency(request.access.caller)
    patient = _patient(request, asked.patient)
    with _refusing():
        begun = emergency.open_record(
            request.access, patient, asked.case, asked.reason, hours=asked.hours
        )
    return Response(resource=to_parameters(begun))


def end(request: Request) -> Response:
    """Close it before its time."""
    asked = read_end(request.resource("Parameters"))
    request.access.caller = emergency.in_emergency(request.access.caller)
    patient = _patient(request, asked.patient)
    with _refusing():
        emergency.close_record(request.access, patient, asked.emergency)
    return Response(status=HTTPStatus.NO_CONTENT)


def _patient(request: Request, named: Identifier | None) -> UUID:
    """Whom the address or the parameter names; whoever may open nothing learns nobody's name."""
    here = request.path.get("id")
    if (here is None) is (named is None):
        raise refused(
            IssueType.INVALID, "The patient stands in the address or in a parameter.", "Parameters"
        )
    if named is not None:
        if not patient_reference.is_patient_id(named):
            raise refused(
                IssueType.CODE_INVALID, "Patients are named by the affinity domain.", "Parameters"
            )
        here = patient_reference.logical_id(named)
    try:
        return UUID(here or "")
    except ValueError:
        return _NOBODY


@contextmanager
def _refusing() -> Iterator[None]:
    try:
        yield
    except NotPermitted as refusal:
        raise _in_words(refusal) from refusal


def _in_words(refusal: NotPermitted) -> Refused:
    return refused(IssueType.FORBIDDEN, str(refusal), status=HTTPStatus.FORBIDDEN)


INTERACTIONS: Final = tuple(
    Interaction(
        name=name,
        code=Code.OPERATION,
        methods=("POST",),
        path=f"{path}/${name}",
        handle=handle,
        definition=f"OperationDefinition/{name}",
    )
    for name, handle in ((emergency.BEGIN, begin), (emergency.END, end))
    for path in ("Patient", "Patient/{id}")
)
