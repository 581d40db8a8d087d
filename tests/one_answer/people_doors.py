"""The doors that tell who somebody is: by number (ITI-45, 83), by name (ITI-47, 78, 119)."""

from datetime import UTC, datetime
from functools import partial
from typing import Any

from naru.domain.dtm import from_datetime
from naru.domain.identifiers import Identifier, new_oid
from naru.domain.patient_messages import (
    II,
    DemographicsRequest,
    Device,
    IdentifierRequest,
    Transmission,
)
from naru.domain.patient_query import IdentifierQuery, PatientQuery, QueryResponseCode
from naru.formats.hl7v3 import (
    read_demographics_response,
    read_identifier_response,
    write_demographics_request,
    write_identifier_request,
)
from tests.end_to_end.wire import PDQ, PIX, PIX_QUERY_ACTION
from tests.one_answer.adapters import Kind, Question, Told, adapter
from tests.one_answer.wire import Wire

_PDQ_ACTION = "urn:hl7-org:v3:PRPA_IN201305UV02"


def _transmission(interaction: str) -> Transmission:
    return Transmission(
        id=II(new_oid()),
        creation_time=from_datetime(datetime.now(UTC)),
        interaction=interaction,
        sender=Device("2.999.30"),
        receiver=Device("2.999.31"),
    )


def _of_fhir(identifiers: list[Any]) -> list[str]:
    return [
        str(Identifier(one["value"], one["system"].removeprefix("urn:oid:"))) for one in identifiers
    ]


@adapter(Kind.IDENTIFIERS, "ITI-45", for_patients=False)
def pix(wire: Wire, question: Question) -> Told:
    request = IdentifierRequest(
        transmission=_transmission("PRPA_IN201309UV02"),
        query_id=II(new_oid()),
        query=IdentifierQuery(patient=question.patient.survivor.affinity_id),
    )
    answer = wire.soap(question.asker, PIX, PIX_QUERY_ACTION, write_identifier_request(request))
    told = read_identifier_response(answer.body)
    if told.code is QueryResponseCode.APPLICATION_ERROR:
        return Told({"": "unknown"})
    return Told().seen(*map(str, told.identifiers))


@adapter(Kind.IDENTIFIERS, "GET Patient/$ihe-pix", for_patients=False)
def pixm(wire: Wire, question: Question) -> Told:
    number = question.patient.survivor.affinity_id
    asked = {"sourceIdentifier": f"urn:oid:{number.authority}|{number.value}"}
    answer = wire.fhir(question.asker, "GET", "Patient/$ihe-pix", asked=asked)
    if answer.status_code == 404:
        return Told({"": "unknown"})
    assert answer.status_code == 200, answer.text
    told = answer.json().get("parameter", ())
    found = [one["valueIdentifier"] for one in told if "valueIdentifier" in one]
    return Told().seen(*_of_fhir(found))


@adapter(Kind.PEOPLE, "ITI-47", for_patients=False)
def pdq(wire: Wire, question: Question) -> Told:
    person = question.patient.survivor
    request = DemographicsRequest(
        transmission=_transmission("PRPA_IN201305UV02"),
        query_id=II(new_oid()),
        query=PatientQuery(names=(person.name,), birth_time=f"{person.born:%Y%m%d}"),
    )
    answer = wire.soap(question.asker, PDQ, _PDQ_ACTION, write_demographics_request(request))
    told = Told()
    for one in read_demographics_response(answer.body).candidates.found:
        told.seen(*map(str, one.record.identifiers))
    return told


def pdqm(wire: Wire, question: Question, way: str) -> Told:
    person = question.patient.survivor
    asked = {
        "family": person.name.family or "",
        "given": person.name.given[0],
        "birthdate": person.born.isoformat(),
    }
    told = Told()
    for one in wire.pages(question.asker, "Patient", asked, by=way):
        told.seen(*_of_fhir(one["identifier"]))
    return told


adapter(Kind.PEOPLE, "GET Patient", for_patients=False)(partial(pdqm, way="get"))
adapter(Kind.PEOPLE, "GET Patient", for_patients=False)(partial(pdqm, way="page"))
adapter(Kind.PEOPLE, "POST Patient/_search", for_patients=False)(partial(pdqm, way="post"))


@adapter(Kind.PEOPLE, "GET Patient/{id}", for_patients=False)
def patient(wire: Wire, question: Question) -> Told:
    answer = wire.fhir(question.asker, "GET", f"Patient/{question.patient.survivor.key}")
    if answer.status_code == 404:
        return Told()
    return Told().seen(*_of_fhir(answer.json()["identifier"]))


@adapter(Kind.PEOPLE, "POST Patient/$match", for_patients=False)
def match(wire: Wire, question: Question) -> Told:
    person = question.patient.survivor
    described = {
        "resourceType": "Patient",
        "name": [{"family": person.name.family, "given": list(person.name.given)}],
        "birthDate": person.born.isoformat(),
    }
    body = {
        "resourceType": "Parameters",
        "parameter": [{"name": "resource", "resource": described}],
    }
    answer = wire.fhir(question.asker, "POST", "Patient/$match", json=body)
    assert answer.status_code == 200, answer.text
    told = Told()
    for one in answer.json().get("entry", ()):
        # Who is only like the person described is no answer to who has this name.
        if one["search"]["extension"][0]["valueCode"] in {"certain", "probable"}:
            told.seen(*_of_fhir(one["resource"]["identifier"]))
    return told
