"""ITI-47 Patient Demographics Query HL7 V3, the answer: the people found (ITI TF-2 3.47.4.2)."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from lxml.etree import _Element

from naru.domain.patient_messages import (
    II,
    AcknowledgementDetail,
    DemographicsRequest,
    DemographicsResponse,
    DetailCode,
    ProviderOrganization,
)
from naru.domain.patient_query import Candidate, Candidates, QueryResponseCode
from naru.formats.hl7v3.acknowledgement import read_acknowledgement, write_acknowledgement
from naru.formats.hl7v3.elements import (
    attribute,
    child,
    children,
    integer,
    location_of,
    required,
)
from naru.formats.hl7v3.errors import MalformedValue
from naru.formats.hl7v3.markup import attributes, value
from naru.formats.hl7v3.patient import (
    domains_of,
    read_missing_domains,
    read_record,
    write_patient,
)
from naru.formats.hl7v3.pdq_query import scoping_organization_location
from naru.formats.hl7v3.queries import acknowledge, read_query_ack, write_query_ack
from naru.formats.hl7v3.wrappers import (
    expect,
    read_transmission,
    reply_to,
    write_control_act,
    write_message,
    write_registration,
)
from naru.formats.xml.namespaces import XSI

RESPONSE: Final = "PRPA_IN201306UV02"
MAX_CANDIDATES: Final = 1000
"""People of one answer that a client of ours reads; a clerk who gets more cannot choose."""


def answer_candidates(
    request: DemographicsRequest,
    candidates: Candidates,
    *,
    message_id: II,
    creation_time: str,
) -> DemographicsResponse:
    """Cases 1 and 2: AA for people found or not found, AE where only the first ones are told.

    The id that a person has not in an asked domain is told as null, unless it is there.
    """
    asked = request.query.domains
    found = tuple(_with_missing_domains(candidate, asked) for candidate in candidates.found)
    return DemographicsResponse(
        transmission=reply_to(
            request.transmission, RESPONSE, message_id=message_id, creation_time=creation_time
        ),
        acknowledgement=acknowledge(request.transmission.id, candidates.code),
        query_id=request.query_id,
        candidates=replace(candidates, found=found),
    )


def _with_missing_domains(candidate: Candidate, asked: tuple[str, ...]) -> Candidate:
    # ITI TF-2 3.47.4.2.3 case 2: an OtherIDs.id with a null value names the domain.
    record = candidate.record
    ids = (*record.identifiers, *record.demographics.other_ids)
    present = {identifier.authority for identifier in ids}
    missing = tuple(dict.fromkeys(domain for domain in asked if domain not in present))
    return replace(candidate, missing_domains=missing)


def answer_unknown_scoping_organizations(
    request: DemographicsRequest,
    repetitions: Iterable[int],
    *,
    message_id: II,
    creation_time: str,
) -> DemographicsResponse:
    """Case 3: the asked domains with these numbers, from 1, are not known; one detail for each."""
    details = tuple(
        AcknowledgementDetail(
            DetailCode.UNKNOWN_KEY,
            "the domain is not known",
            (scoping_organization_location(repetition),),
        )
        for repetition in repetitions
    )
    nobody = Candidates(code=QueryResponseCode.APPLICATION_ERROR)
    answer = answer_candidates(request, nobody, message_id=message_id, creation_time=creation_time)
    return replace(answer, acknowledgement=replace(answer.acknowledgement, details=details))


def read_demographics_response(message: _Element) -> DemographicsResponse:
    """What a consumer gets back."""
    expect(message, RESPONSE)
    ack, query_id, outcome = read_query_ack(message)
    act = required(message, "controlActProcess")
    found = tuple(map(_candidate, children(act, "subject", MAX_CANDIDATES)))
    total = integer(child(ack, "resultTotalQuantity"))
    return DemographicsResponse(
        transmission=read_transmission(message),
        acknowledgement=read_acknowledgement(message),
        query_id=query_id,
        candidates=Candidates(
            code=outcome, found=found, total=len(found) if total is None else total
        ),
    )


def _candidate(subject: _Element) -> Candidate:
    patient = required(subject, "registrationEvent", "subject1", "patient")
    return Candidate(
        record=read_record(patient),
        score=_score(child(patient, "subjectOf1", "queryMatchObservation", "value")),
        missing_domains=read_missing_domains(patient),
    )


def _score(element: _Element | None) -> int | None:
    # ITI TF-2 Table 3.47.4.2.2.2-1: the value is an INT, and the schema leaves its type open.
    kind = attribute(element, f"{{{XSI}}}type")
    if element is not None and kind is not None and kind.rpartition(":")[2] != "INT":
        raise MalformedValue("the degree of match must be an INT", location_of(element))
    return integer(element)


def write_demographics_response(
    response: DemographicsResponse,
    *,
    copy: str | None,
    custodian: str,
    provider: ProviderOrganization | None = None,
) -> str:
    """What a supplier answers; `copy` is the request's `copy_of_query`.

    It is absent only where a continuation is refused, whose query was another message's.
    """
    events = "".join(
        write_registration(_write_candidate(candidate, provider), custodian=custodian)
        for candidate in response.candidates.found
    )
    ack = write_query_ack(
        response.query_id, response.candidates.code, _write_quantities(response.candidates)
    )
    act = write_control_act("PRPA_TE201306UV02", events + ack + (copy or ""))
    return write_message(
        response.transmission,
        write_acknowledgement(response.acknowledgement) + act,
        accept_acknowledgement="NE",
    )


def _write_candidate(candidate: Candidate, provider: ProviderOrganization | None) -> str:
    score = 'nullFlavor="NI"' if candidate.score is None else attributes(value=candidate.score)
    observation = (
        '<subjectOf1><queryMatchObservation classCode="COND" moodCode="EVN">'
        f'<code code="IHE_PDQ"/><value xsi:type="INT" {score.strip()}/></queryMatchObservation>'
        "</subjectOf1>"
    )
    # ITI TF-2 3.47.4.2.2.1: as in a feed, the patient is scoped by the provider organization.
    return write_patient(
        candidate.record,
        provider or domains_of(candidate.record),
        missing_domains=candidate.missing_domains,
        observation=observation,
    )


def _write_quantities(candidates: Candidates) -> str:
    # ITI TF-2 3.47.4.3.3: the supplier shall always populate all three.
    return (
        value("resultTotalQuantity", candidates.total)
        + value("resultCurrentQuantity", len(candidates.found))
        + value("resultRemainingQuantity", candidates.remaining)
    )
