"""ITI-45 PIXV3 Query: which other identifiers a person has (ITI TF-2 3.45)."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from lxml.etree import _Element

from naru.domain.identifiers import Identifier
from naru.domain.patient_messages import (
    II,
    AcknowledgementDetail,
    DetailCode,
    IdentifierRequest,
    IdentifierResponse,
)
from naru.domain.patient_query import IdentifierQuery, QueryResponseCode
from naru.formats.hl7v3.acknowledgement import read_acknowledgement, write_acknowledgement
from naru.formats.hl7v3.elements import all_children, child, children, required, the_only
from naru.formats.hl7v3.identifiers import (
    read_domain,
    read_identifier,
    read_ii,
    write_identifier,
    write_ii,
    write_root,
)
from naru.formats.hl7v3.patient import read_other_ids, read_patient_ids
from naru.formats.hl7v3.queries import (
    PARAMETERS,
    acknowledge,
    parameter_value,
    query_of,
    read_query_ack,
    write_parameter,
    write_query_ack,
)
from naru.formats.hl7v3.wrappers import (
    expect,
    read_transmission,
    reply_to,
    write_control_act,
    write_message,
    write_registration,
)

REQUEST: Final = "PRPA_IN201309UV02"
RESPONSE: Final = "PRPA_IN201310UV02"
PATIENT_LOCATION: Final = f"/{REQUEST}/{PARAMETERS}/patientIdentifier/value"
"""Where the id asked for stands, for the detail that says that nobody has it."""


def domain_location(repetition: int) -> str:
    """Where the asked domain with this number, from 1, stands."""
    return f"/{REQUEST}/{PARAMETERS}/dataSource[{repetition}]/value"


def read_identifier_request(message: _Element) -> IdentifierRequest:
    """What a consumer asks."""
    expect(message, REQUEST)
    query = query_of(message)
    return IdentifierRequest(
        transmission=read_transmission(message),
        query_id=read_ii(required(query, "queryId")),
        query=read_identifier_query(query),
    )


def read_identifier_query(query: _Element) -> IdentifierQuery:
    """The parameters, of a request or of the copy in an answer."""
    parameters = required(query, "parameterList")
    sources = all_children(parameters, "dataSource")
    return IdentifierQuery(
        patient=read_identifier(parameter_value(the_only(parameters, "patientIdentifier"))),
        domains=tuple(read_domain(parameter_value(source)) for source in sources),
    )


def write_identifier_request(request: IdentifierRequest) -> str:
    """What a consumer sends; its device stands as the author."""
    # ITI TF-2 3.45.4.1.2.3: authorOrPerformer.typeCode SHALL be AUT.
    author = (
        '<authorOrPerformer typeCode="AUT"><assignedDevice classCode="ASSIGNED">'
        f"{write_root('id', request.transmission.sender.oid)}</assignedDevice></authorOrPerformer>"
    )
    query = (
        f"<queryByParameter>{write_ii('queryId', request.query_id)}"
        '<statusCode code="new"/><responsePriorityCode code="I"/>'
        f"<parameterList>{_write_parameters(request.query)}</parameterList></queryByParameter>"
    )
    return write_message(
        request.transmission,
        write_control_act("PRPA_TE201309UV02", author + query),
        accept_acknowledgement="AL",
    )


def _write_parameters(query: IdentifierQuery) -> str:
    sources = "".join(
        write_parameter("dataSource", write_root("value", domain), "DataSource.id")
        for domain in query.domains
    )
    patient = write_identifier("value", query.patient)
    return sources + write_parameter("patientIdentifier", patient, "Patient.id")


def answer_identifiers(
    request: IdentifierRequest,
    identifiers: Sequence[Identifier],
    *,
    message_id: II,
    creation_time: str,
) -> IdentifierResponse:
    """Cases 1, 2, 3 and 6: the person is known, and has other ids or has none."""
    # ITI TF-2 3.45.4.2.3: the id of the query is returned only in the copy of the parameters.
    others = tuple(found for found in identifiers if found != request.query.patient)
    outcome = QueryResponseCode.OK if others else QueryResponseCode.NOT_FOUND
    return IdentifierResponse(
        transmission=reply_to(
            request.transmission, RESPONSE, message_id=message_id, creation_time=creation_time
        ),
        acknowledgement=acknowledge(request.transmission.id, outcome),
        query_id=request.query_id,
        code=outcome,
        identifiers=others,
    )


def answer_unknown_patient(
    request: IdentifierRequest,
    *,
    message_id: II,
    creation_time: str,
) -> IdentifierResponse:
    """Case 4: nobody has the id."""
    detail = AcknowledgementDetail(
        DetailCode.UNKNOWN_KEY, "the patient identifier is not known", (PATIENT_LOCATION,)
    )
    return _answer_error(request, (detail,), message_id, creation_time)


def answer_unknown_domains(
    request: IdentifierRequest,
    repetitions: Iterable[int],
    *,
    message_id: II,
    creation_time: str,
) -> IdentifierResponse:
    """Case 5: the asked domains with these numbers, from 1, are not known; one detail for each."""
    details = tuple(
        AcknowledgementDetail(
            DetailCode.UNKNOWN_KEY, "the domain is not known", (domain_location(repetition),)
        )
        for repetition in repetitions
    )
    return _answer_error(request, details, message_id, creation_time)


def _answer_error(
    request: IdentifierRequest,
    details: tuple[AcknowledgementDetail, ...],
    message_id: II,
    creation_time: str,
) -> IdentifierResponse:
    outcome = QueryResponseCode.APPLICATION_ERROR
    return IdentifierResponse(
        transmission=reply_to(
            request.transmission, RESPONSE, message_id=message_id, creation_time=creation_time
        ),
        acknowledgement=replace(acknowledge(request.transmission.id, outcome), details=details),
        query_id=request.query_id,
        code=outcome,
    )


def read_identifier_response(message: _Element) -> IdentifierResponse:
    """What a consumer gets back; ids of the patient and of the person count alike."""
    expect(message, RESPONSE)
    _, query_id, outcome = read_query_ack(message)
    return IdentifierResponse(
        transmission=read_transmission(message),
        acknowledgement=read_acknowledgement(message),
        query_id=query_id,
        code=outcome,
        identifiers=_identifiers(required(message, "controlActProcess")),
    )


def _identifiers(act: _Element) -> tuple[Identifier, ...]:
    # ITI TF-2 3.45.4.2.2.3: zero or one registration event with exactly one patient.
    children(act, "subject", at_most=1)
    patient = child(act, "subject", "registrationEvent", "subject1", "patient")
    if patient is None:
        return ()
    person = child(patient, "patientPerson")
    others = read_other_ids(person) if person is not None else ()
    return (*read_patient_ids(patient), *others)


def write_identifier_response(response: IdentifierResponse, *, copy: str, custodian: str) -> str:
    """What a manager answers; `copy` is the request's `copy_of_query`."""
    subject = ""
    if response.identifiers:
        subject = write_registration(_write_patient(response.identifiers), custodian=custodian)
    ack = write_query_ack(response.query_id, response.code)
    act = write_control_act("PRPA_TE201310UV02", subject + ack + copy)
    return write_message(
        response.transmission,
        write_acknowledgement(response.acknowledgement) + act,
        accept_acknowledgement="NE",
    )


def _write_patient(identifiers: tuple[Identifier, ...]) -> str:
    # All ids stand in Patient.id, which the standard leaves to the manager; the schema wants a
    # name, and to tell it here would say more than was asked.
    ids = "".join(write_identifier("id", identifier) for identifier in identifiers)
    return (
        f'<patient classCode="PAT">{ids}<statusCode code="active"/>'
        '<patientPerson classCode="PSN" determinerCode="INSTANCE"><name nullFlavor="NA"/>'
        "</patientPerson></patient>"
    )
