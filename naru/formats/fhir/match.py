"""The Parameters of Patient/$match (FHIR R4 Patient-operation-match)."""

from dataclasses import dataclass

from naru.domain.person import PatientRecord
from naru.formats.fhir.element import Element
from naru.formats.fhir.outcome import IssueType, refused
from naru.formats.fhir.patient import from_patient
from naru.formats.fhir.resource import Resource


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchRequest:
    """Who is looked for; `count` is how many candidates are wanted at most."""

    record: PatientRecord
    only_certain: bool = False
    count: int | None = None


def read_match(resource: Resource, *, rrn_authority: str = "") -> MatchRequest:
    """What is asked; a Patient alone asks for everybody like them. Raises Refused."""
    if resource.get("resourceType") == "Patient":
        return MatchRequest(record=_record(resource, rrn_authority, "Patient"))
    given: dict[str, Element] = {}
    for one in Element.of(resource, "Parameters").each("parameter"):
        name = one.text("name") or ""
        if name not in {"resource", "onlyCertainMatches", "count"} or name in given:
            raise one.refused("is not answered, or stands twice", "name", IssueType.NOT_SUPPORTED)
        given[name] = one
    if "resource" not in given:
        raise refused(IssueType.REQUIRED, "The parameter resource is required.", "Parameters")
    count = given["count"].number("valueInteger") if "count" in given else None
    if count is not None and count < 1:
        raise given["count"].refused("is at least one", "valueInteger", IssueType.VALUE)
    certain = given.get("onlyCertainMatches")
    at = f"{given['resource'].at}.resource"
    return MatchRequest(
        record=_record(given["resource"].members.get("resource"), rrn_authority, at),
        only_certain=bool(certain and certain.flag("valueBoolean")),
        count=count,
    )


def _record(resource: object, rrn_authority: str, at: str) -> PatientRecord:
    if not isinstance(resource, dict):
        raise refused(IssueType.REQUIRED, "The Patient to look for is required.", at)
    return from_patient(resource, rrn_authority=rrn_authority, at=at).record
