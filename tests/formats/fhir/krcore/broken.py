"""For each invariant of R4 that is judged, a resource that breaks it and nothing else of them."""

from typing import Any, Final

_VERIFIED: Final = "http://terminology.hl7.org/CodeSystem"
_SUBJECT: Final = {"reference": "Patient/1"}
_UCUM: Final = "http://unitsofmeasure.org"

Resource = dict[str, Any]


def _coded(system: str, code: str) -> Resource:
    return {"coding": [{"system": f"{_VERIFIED}/{system}", "code": code}]}


def _patient(**told: Any) -> Resource:
    return {"resourceType": "Patient", **told}


def _condition(**told: Any) -> Resource:
    return {"resourceType": "Condition", "subject": _SUBJECT, **told}


def _allergy(**told: Any) -> Resource:
    return {"resourceType": "AllergyIntolerance", "patient": _SUBJECT, **told}


def _observation(**told: Any) -> Resource:
    code = {"coding": [{"system": "http://loinc.org", "code": "8302-2"}]}
    return {"resourceType": "Observation", "status": "final", "code": code, **told}


def _appointment(**told: Any) -> Resource:
    participant = [{"actor": _SUBJECT, "status": "accepted"}]
    base = {"resourceType": "Appointment", "status": "proposed", "participant": participant}
    return {**base, **told}


def _organization(**told: Any) -> Resource:
    return {"resourceType": "Organization", "name": "시험병원", **told}


def _bundle(type_: str, *entries: Resource, **told: Any) -> Resource:
    told = {"entry": [*entries]} | told if entries else told
    return {"resourceType": "Bundle", "type": type_, **told}


def _list(**told: Any) -> Resource:
    return {"resourceType": "List", "status": "current", "mode": "snapshot", **told}


def _of(resource: Resource, name: str = "1", **told: Any) -> Resource:
    return {"fullUrl": f"urn:uuid:00000000-0000-4000-8000-00000000000{name}", **told} | {
        "resource": resource
    }


def _timing(**repeat: Any) -> Resource:
    request = {"resourceType": "ServiceRequest", "status": "active", "intent": "order"}
    return {**request, "subject": _SUBJECT, "occurrenceTiming": {"repeat": repeat}}


def _composition(**section: Any) -> Resource:
    return {
        "resourceType": "Composition",
        "status": "final",
        "type": {"text": "진료의뢰서"},
        "subject": _SUBJECT,
        "date": "2025-12-01",
        "author": [{"reference": "Practitioner/1"}],
        "title": "진료의뢰서",
        "section": [{"title": "구역", **section}],
    }


def _document(**told: Any) -> Resource:
    first = _of(_composition(text=_NARRATIVE))
    named = {"identifier": {"system": "urn:oid:2.999", "value": "1"}}
    return _bundle("document", first, **named, timestamp="2025-12-01T09:00:00+09:00") | told


_NARRATIVE: Final = {
    "status": "generated",
    "div": '<div xmlns="http://www.w3.org/1999/xhtml">글</div>',
}
_WRITER: Final = {"resourceType": "Organization", "id": "w", "name": "시험병원"}
_LED: Final = {"managingOrganization": {"reference": "#w"}}
_IN_ERROR: Final = "entered-in-error"

BROKEN: Final[dict[str, Resource]] = {
    "ele-1": _patient(name=[{"id": "a"}]),
    "ref-1": _patient(managingOrganization={"reference": "#absent"}),
    "dom-2": _patient(
        contained=[
            {**_WRITER, "contained": [{**_WRITER, "id": "x", "partOf": {"reference": "#"}}]}
        ],
        **_LED,
    ),
    "dom-3": _patient(contained=[_WRITER]),
    "dom-4": _patient(contained=[{**_WRITER, "meta": {"versionId": "1"}}], **_LED),
    "dom-5": _patient(
        contained=[{**_WRITER, "meta": {"security": [{"system": "urn:oid:2.999", "code": "R"}]}}],
        **_LED,
    ),
    "ext-1": _patient(extension=[{"url": "https://example.org/x"}]),
    "per-1": _patient(
        name=[{"text": "김", "period": {"start": "2025-02-02", "end": "2025-02-01"}}]
    ),
    "rng-2": _observation(valueRange={"low": {"value": 2}, "high": {"value": 1}}),
    "rat-1": _observation(valueRatio={"numerator": {"value": 1}}),
    "qty-3": _observation(valueQuantity={"value": 1, "code": "cm"}),
    "age-1": _condition(onsetAge={"value": 40}),
    "dis-1": {
        "resourceType": "Location",
        "extension": [
            {"url": "https://example.org/far", "valueDistance": {"value": 3, "unit": "리"}}
        ],
    },
    "drt-1": _timing(boundsDuration={"system": _UCUM, "code": "d"}),
    "att-1": _patient(photo=[{"data": "AAAA"}]),
    "cpt-2": _patient(telecom=[{"value": "010-0000-0000"}]),
    "exp-1": _patient(
        extension=[{"url": "https://example.org/x", "valueExpression": {"language": "text/cql"}}]
    ),
    "tim-1": _timing(duration=1),
    "tim-2": _timing(period=1),
    "tim-4": _timing(duration=-1, durationUnit="h"),
    "tim-5": _timing(period=-1, periodUnit="d"),
    "tim-6": _timing(periodMax=2, periodUnit="d"),
    "tim-7": _timing(durationMax=2, durationUnit="h"),
    "tim-8": _timing(countMax=2),
    "tim-9": _timing(offset=30),
    "tim-10": _timing(timeOfDay=["08:00:00"], when=["AC"]),
    "ait-1": _allergy(),
    "ait-2": _allergy(
        clinicalStatus=_coded("allergyintolerance-clinical", "active"),
        verificationStatus=_coded("allergyintolerance-verification", _IN_ERROR),
    ),
    "app-1": _appointment(participant=[{"status": "accepted"}]),
    "app-2": _appointment(start="2025-12-01T09:00:00+09:00"),
    "app-3": _appointment(status="booked"),
    "app-4": _appointment(cancelationReason={"text": "사정"}),
    "bdl-1": _bundle("collection", total=1),
    "bdl-2": _bundle("collection", _of(_patient(), search={"mode": "match"})),
    "bdl-3": _bundle("batch", _of(_patient())),
    "bdl-4": _bundle("batch-response", _of(_patient())),
    "bdl-5": _bundle("collection", {"fullUrl": "urn:uuid:00000000-0000-4000-8000-000000000001"}),
    "bdl-7": _bundle("collection", _of(_patient()), _of(_organization())),
    "bdl-8": _bundle(
        "collection",
        {"fullUrl": "https://example.org/Patient/1/_history/2", "resource": _patient(id="1")},
    ),
    "bdl-9": _document(identifier={"value": "1"}),
    "bdl-10": {name: one for name, one in _document().items() if name != "timestamp"},
    "bdl-11": _document(entry=[_of(_patient())]),
    "bdl-12": _bundle("message", _of(_patient())),
    "cmp-1": _composition(),
    "cmp-2": _composition(text=_NARRATIVE, entry=[_SUBJECT], emptyReason={"text": "없음"}),
    "con-1": _condition(stage=[{"type": {"text": "병기"}}]),
    "con-2": _condition(
        evidence=[{"extension": [{"url": "https://example.org/x", "valueCode": "x"}]}]
    ),
    "con-4": _condition(abatementDateTime="2025-12-01"),
    "con-5": _condition(
        clinicalStatus=_coded("condition-clinical", "active"),
        verificationStatus=_coded("condition-ver-status", _IN_ERROR),
    ),
    "imm-1": {
        "resourceType": "Immunization",
        "status": "completed",
        "vaccineCode": {"text": "결핵"},
        "patient": _SUBJECT,
        "occurrenceDateTime": "2025-12-01",
        "education": [{"publicationDate": "2025-01-01"}],
    },
    "obs-3": _observation(referenceRange=[{"appliesTo": [{"text": "모두"}]}]),
    "obs-6": _observation(valueString="1", dataAbsentReason={"text": "모름"}),
    "obs-7": _observation(
        valueString="1", component=[{"code": _observation()["code"], "valueString": "1"}]
    ),
    "org-1": {"resourceType": "Organization", "active": True},
    "org-2": _organization(address=[{"use": "home", "text": "시험시"}]),
    "org-3": _organization(telecom=[{"use": "home", "system": "phone", "value": "02-000-0000"}]),
    "pat-1": _patient(contact=[{"gender": "female"}]),
    "lst-1": _list(emptyReason={"text": "없음"}, entry=[{"item": _SUBJECT}]),
    "lst-2": _list(entry=[{"item": _SUBJECT, "deleted": True}]),
    "lst-3": _list(entry=[{"item": _SUBJECT, "date": "2025-12-01"}]),
    "inv-1": {
        "resourceType": "Task",
        "status": "requested",
        "intent": "order",
        "authoredOn": "2025-12-02",
        "lastModified": "2025-12-01",
    },
    "ppc-1": {
        "resourceType": "Consent",
        "status": "active",
        "scope": _coded("consentscope", "research"),
        "category": [{"text": "진료정보교류"}],
    },
    "cpl-3": {
        "resourceType": "CarePlan",
        "status": "active",
        "intent": "plan",
        "subject": _SUBJECT,
        "activity": [{"reference": _SUBJECT, "detail": {"status": "scheduled"}}],
    },
    "sev-1": {
        "resourceType": "AuditEvent",
        "type": {"system": "http://dicom.nema.org/resources/ontology/DCM", "code": "110112"},
        "recorded": "2025-12-01T09:00:00+09:00",
        "agent": [{"requestor": True}],
        "source": {"observer": {"display": "시험병원"}},
        "entity": [{"name": "김", "query": "AAAA"}],
    },
    "qrs-1": {
        "resourceType": "QuestionnaireResponse",
        "status": "completed",
        "item": [{"linkId": "1", "item": [{"linkId": "1.1"}], "answer": [{"valueBoolean": True}]}],
    },
    "gol-1": {
        "resourceType": "Goal",
        "lifecycleStatus": "active",
        "description": {"text": "체중"},
        "subject": _SUBJECT,
        "target": [{"detailQuantity": {"value": 60}}],
    },
    "grp-1": {
        "resourceType": "Group",
        "type": "person",
        "actual": False,
        "member": [{"entity": _SUBJECT}],
    },
    "prr-1": _timing() | {"occurrenceDateTime": "2025-12-01", "orderDetail": [{"text": "세부"}]},
}
BROKEN["prr-1"].pop("occurrenceTiming")

ADVISED: Final[dict[str, Resource]] = {
    "dom-6": _patient(birthDate="2000-01-01"),
    "con-3": _condition(
        category=[_coded("condition-category", "problem-list-item")], text=_NARRATIVE
    ),
}
"""For each recommendation, a sound resource that does not follow it, but follows the others."""
