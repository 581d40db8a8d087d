"""A resource as it is kept: with the id, version and time that the exchange gave it."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from naru.domain.departments import name_of
from naru.domain.korea import korean_day
from naru.domain.records import Assigned, Content, Key, PatientReference, Record
from naru.formats.fhir import values
from naru.formats.fhir.json import read, to_json
from naru.formats.fhir.moments import instant
from naru.formats.fhir.records import terms
from naru.formats.fhir.records.criteria import identifier, patient_id
from naru.formats.fhir.records.searchable import INCLUDES, SEARCHABLE, Searchable
from naru.formats.fhir.records.visits import visit_of
from naru.formats.fhir.records.wanted import wanted
from naru.formats.fhir.resource import Resource
from naru.formats.fhir.values import Token

LONGEST_DEPARTMENT: Final = 128
"""Characters of a department's code and system; what is longer is none that anybody knows."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_CALENDAR: Final = 250_000_000_000_000_000
"""Microseconds: beyond these ends an interval is open."""


def writer(resource: Resource, base: str) -> Callable[[Assigned], Content]:
    """What writes the resource once its name and its references are known.

    References below `base`, the address of this door, are kept relative: the door may move.
    """
    asked = wanted(resource, base)

    def write(assigned: Assigned) -> Content:
        return replace(kept(resource, assigned, base), wanted=asked)

    return write


def kept(resource: Resource, assigned: Assigned, base: str = "") -> Content:
    """The resource under the name and version that the exchange gave it."""
    whole = _assigned(resource, assigned, base)
    searchable = SEARCHABLE[assigned.key.type]
    return Content(
        text=to_json(whole),
        terms=terms.terms_of(whole, searchable),
        patient=_patient(whole, searchable),
        event_date=_day(whole, searchable),
        department=_department(whole, searchable),
        visit=visit_of(whole),
    )


def references(value: Any) -> Iterator[str]:
    """Every literal reference within a tree."""
    if isinstance(value, dict):
        sent = value.get("reference")
        if isinstance(sent, str):
            yield sent
        for member in value.values():
            yield from references(member)
    elif isinstance(value, list):
        for member in value:
            yield from references(member)


def followed(records: tuple[Record, ...], includes: tuple[str, ...]) -> list[Key]:
    """To which records the included references of a page lead."""
    found: list[Key] = []
    for record in records:
        whole = read(record.text)
        assert isinstance(whole, dict)
        for one in includes:
            kind, path = one.partition(":")[0], INCLUDES[one]
            if kind == record.held.key.type:
                found += [key for _, value in terms.found_at(whole, path) if (key := _key(value))]
    return found


def _key(reference: Resource) -> Key | None:
    led = values.reference(reference.get("reference", ""))
    held = led.type in SEARCHABLE and not led.base
    return Key(led.type, led.id) if held else None


def _assigned(resource: Resource, assigned: Assigned, base: str) -> Resource:
    meta = {
        **resource.get("meta", {}),
        "versionId": str(assigned.version),
        "lastUpdated": instant(assigned.updated),
    }
    rest = {
        name: _led(value, assigned, base)
        for name, value in resource.items()
        if name not in {"resourceType", "id", "meta"}
    }
    return {"resourceType": assigned.key.type, "id": assigned.key.id, "meta": meta, **rest}


def _led(value: Any, assigned: Assigned, base: str) -> Any:
    """The tree with its references resolved."""
    if isinstance(value, list):
        return [_led(one, assigned, base) for one in value]
    if not isinstance(value, dict):
        return value
    led = {name: _led(one, assigned, base) for name, one in value.items()}
    sent = led.get("reference")
    if isinstance(sent, str):
        known = assigned.resolved.get(sent)
        led["reference"] = str(known) if known else sent.removeprefix(f"{base}/")
    return led


def _patient(resource: Resource, searchable: Searchable) -> PatientReference | None:
    if not searchable.patient:
        return None
    led = [one for _, one in terms.found_at(resource, searchable.patient)]
    if searchable.patient != "subject" and len(led) > 1:
        led = [one for one in led if _is_patient(one)]
    # Of several patients it is about nobody in particular: nobody's consent would cover it.
    return _referred(led[0]) if len(led) == 1 else None


def _is_patient(actor: Resource) -> bool:
    """Whether a reference beside others is a patient's, as far as it tells."""
    return "Patient" in {actor.get("type"), values.reference(actor.get("reference", "")).type}


def _referred(subject: Resource) -> PatientReference | None:
    reference = values.reference(subject.get("reference", ""))
    if reference.type == "Patient" and not reference.base:
        return patient_id(reference.id)
    if "reference" in subject:
        return None
    told = subject.get("identifier", {})
    return identifier(Token(told.get("system"), told.get("value")))


def _department(resource: Resource, searchable: Searchable) -> str | None:
    """The first code of the department that the exchange knows, else the first there is."""
    if not searchable.department:
        return None
    found = [
        f"{coding['code']}^^{coding['system']}"
        for _, value in terms.found_at(resource, searchable.department)
        for coding in value.get("coding", ())
        if coding.get("code") and coding.get("system")
    ]
    told = [one for one in found if len(one) <= LONGEST_DEPARTMENT]
    return next((one for one in told if name_of(one)), told[0] if told else None)


def _day(resource: Resource, searchable: Searchable) -> date | None:
    for path in searchable.days:
        for kind, value in terms.found_at(resource, path):
            interval = terms.day_interval(kind, value)
            if interval is None:
                continue
            for moment in (interval.low, interval.high):
                if abs(moment) < _CALENDAR:
                    return korean_day(_EPOCH + timedelta(microseconds=moment))
    return None
