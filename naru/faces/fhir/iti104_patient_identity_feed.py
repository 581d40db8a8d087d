"""ITI-104 Patient Identity Feed FHIR: a conditional update of Patient.

ITI TF-2 3.104 (PIXm 3.0.2). Tells what ITI-44 tells, and is taken alike. The Remove Patient Option
is not offered: neither feed takes a person away from the documents that name them.
"""

from dataclasses import replace
from http import HTTPStatus
from typing import Final

from naru.domain.identifiers import Identifier
from naru.domain.patient_messages import FeedAct, PatientAdd, PatientMerge
from naru.domain.person import PatientRecord
from naru.exchange.patients.identity import feed
from naru.faces.fhir.interaction import Code, Interaction, Request, Response
from naru.faces.fhir.people import refusing, rrn_authority
from naru.formats.fhir import values
from naru.formats.fhir.identifier import authority_of
from naru.formats.fhir.outcome import Issue, IssueType, Severity, refused
from naru.formats.fhir.parameters import Definition, ParameterType
from naru.formats.fhir.patient import SentPatient, from_patient, to_patient

PROFILE: Final = "https://profiles.ihe.net/ITI/PIXm/StructureDefinition/IHE.PIXm.Patient"
_KNOWN: Final = Issue(
    IssueType.INFORMATIONAL, "The record was taken.", severity=Severity.INFORMATION
)


def handle(request: Request) -> Response:
    """Take what a source tells of one patient."""
    identifier = _criterion(request)
    _refuse_conditions(request)
    sent = from_patient(request.resource(), rrn_authority=rrn_authority())
    act = _act(sent, identifier)
    with refusing():
        (taken,) = feed(request.access, (act,))
    location = f"{request.base}/Patient/{taken.patient}"
    wanted = request.preferences.get("return", "minimal")
    return Response(
        resource=to_patient(_told(act, sent), taken.patient)
        if wanted == "representation"
        else None,
        issues=(_KNOWN,) if wanted == "OperationOutcome" else (),
        status=HTTPStatus.CREATED if taken.created else HTTPStatus.OK,
        location=location if taken.created else None,
    )


def _criterion(request: Request) -> Identifier:
    """ITI TF-2 3.104.4.1.2: the identifier by which the source knows the patient."""
    asked = request.search().one("identifier")
    assert asked is not None, "read_search refuses where a required parameter is missing"
    token = values.token(asked.values[0])
    if len(asked.values) != 1 or not token.system or not token.code:
        raise refused(IssueType.INVALID, "identifier is one system and value.", "identifier")
    # A 주민등록번호 is nobody's domain, and this address is no place for it.
    return Identifier(token.code, authority_of(token.system))


def _refuse_conditions(request: Request) -> None:
    if "if-match" in request.headers:
        # No version of a Patient is ever told, so that none can be the one meant (R4 3.1.0.7).
        raise refused(
            IssueType.CONFLICT,
            "The version is not the present one.",
            status=HTTPStatus.PRECONDITION_FAILED,
        )
    if "if-none-match" in request.headers:
        raise refused(IssueType.NOT_SUPPORTED, "If-None-Match is not answered for an update.")


def _act(sent: SentPatient, identifier: Identifier) -> FeedAct:
    identifiers = sent.record.identifiers
    ours = [one for one in identifiers if one.authority == identifier.authority]
    if ours and identifier not in ours:
        raise refused(
            IssueType.INVALID, "The Patient is another than the one named.", "Patient.identifier"
        )
    if sent.replaced_by is not None:
        return PatientMerge(survivor=sent.replaced_by, subsumed=identifier)
    if not sent.active:
        raise refused(
            IssueType.NOT_SUPPORTED,
            "A record ends by a link to the one that replaces it.",
            "Patient.active",
            status=HTTPStatus.UNPROCESSABLE_ENTITY,
        )
    others = tuple(one for one in identifiers if one.authority != identifier.authority)
    record = PatientRecord(
        # ITI TF-2 3.104.4.1.3: one source in a domain; what others gave is told beside it.
        identifiers=tuple(dict.fromkeys((identifier, *ours))),
        demographics=replace(sent.record.demographics, other_ids=others),
    )
    return PatientAdd(record=record)


def _told(act: FeedAct, sent: SentPatient) -> PatientRecord:
    """What is said back: no identifier but the source's own."""
    if isinstance(act, PatientMerge):
        return PatientRecord(identifiers=(act.survivor,), demographics=sent.record.demographics)
    return replace(act.record, demographics=replace(act.record.demographics, other_ids=()))


INTERACTION: Final = Interaction(
    name="ITI-104",
    code=Code.UPDATE,
    methods=("PUT",),
    path="Patient",
    handle=handle,
    search=(Definition("identifier", ParameterType.TOKEN, required=True),),
    profiles=(PROFILE,),
    conditional=True,
)
