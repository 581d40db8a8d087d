"""The search parameters of AuditEvent (ITI-81): the span of time, the patient, and what remains."""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from naru.domain.audit_message import AuditMessage
from naru.formats.fhir import values
from naru.formats.fhir.balp.audit_event import to_audit_event
from naru.formats.fhir.outcome import IssueType, refused
from naru.formats.fhir.parameters import Asked, Definition, ParameterType, Search
from naru.formats.fhir.resource import Resource
from naru.formats.fhir.values import Prefix

_TOKENS: Final = (
    "action",
    "agent.identifier",
    "altid",
    "entity.identifier",
    "entity-role",
    "entity-type",
    "outcome",
    "source.identifier",
    "subtype",
    "type",
)
DEFINITIONS: Final = (
    Definition("date", ParameterType.DATE, required=True),
    Definition("patient", ParameterType.REFERENCE, targets=("Patient",)),
    Definition("patient.identifier", ParameterType.TOKEN),
    Definition("address", ParameterType.STRING, modifiers=frozenset({"exact"})),
    *(Definition(name, ParameterType.TOKEN) for name in _TOKENS),
)
_APART: Final = frozenset({"date", "patient", "patient.identifier"})
_SINCE: Final = frozenset({Prefix.EQUAL, Prefix.GREATER_OR_EQUAL})
_UNTIL: Final = frozenset({Prefix.EQUAL, Prefix.LESS_OR_EQUAL})


def span(search: Search) -> tuple[datetime | None, datetime | None]:
    """From when until before when; every `date` must hold. Raises Refused."""
    since: list[datetime] = []
    until: list[datetime] = []
    for asked in search.all("date"):
        if len(asked.values) != 1:
            raise refused(IssueType.NOT_SUPPORTED, "date has no alternatives.", "date")
        date = values.date(asked.values[0], "date", zone=UTC)
        if date.prefix in _SINCE:
            since.append(date.interval.low)
        elif date.prefix in {Prefix.GREATER, Prefix.STARTS_AFTER}:
            since.append(date.interval.high)
        elif date.prefix in {Prefix.LESS, Prefix.ENDS_BEFORE}:
            until.append(date.interval.low)
        elif date.prefix is not Prefix.LESS_OR_EQUAL:
            raise refused(IssueType.NOT_SUPPORTED, "date is not compared so.", "date")
        if date.prefix in _UNTIL:
            until.append(date.interval.high)
    return max(since, default=None), min(until, default=None)


def wanted(search: Search) -> Callable[[AuditMessage], bool]:
    """Whether an event has what else is asked for."""
    rest = tuple(one for one in search.asked if one.name not in _APART)
    if not rest:
        return lambda _message: True
    return lambda message: _matches(to_audit_event(message), rest)


def _matches(event: Resource, rest: Iterable[Asked]) -> bool:
    return all(_has(event, one) for one in rest)


def _has(event: Resource, asked: Asked) -> bool:
    if asked.name == "address":
        held = [one.get("network", {}).get("address", "") for one in event["agent"]]
        texts = map(values.unescape, asked.values)
        if asked.modifier:
            return any(text in held for text in texts)
        return any(one.casefold().startswith(text.casefold()) for text in texts for one in held)
    codings = list(_HELD[asked.name](event))
    return any(_fits(values.token(value), one) for value in asked.values for one in codings)


def _fits(token: values.Token, held: Mapping[str, Any]) -> bool:
    code = held.get("code", held.get("value"))
    system = held.get("system", "")
    return token.code in {None, code} and token.system in {None, system}


def _who(one: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = one.get("identifier", {"value": one.get("display")})
    return found


_HELD: Final[Mapping[str, Callable[[Resource], Iterable[Mapping[str, Any]]]]] = {
    "action": lambda event: [{"code": event.get("action")}],
    "agent.identifier": lambda event: [_who(one.get("who", {})) for one in event["agent"]],
    "altid": lambda event: [{"code": one.get("altId")} for one in event["agent"]],
    "entity.identifier": lambda event: [
        _who(one["what"]) for one in event.get("entity", ()) if "what" in one
    ],
    "entity-role": lambda event: [one["role"] for one in event.get("entity", ()) if "role" in one],
    "entity-type": lambda event: [one["type"] for one in event.get("entity", ()) if "type" in one],
    "outcome": lambda event: [{"code": event["outcome"]}],
    "source.identifier": lambda event: [_who(event["source"]["observer"])],
    "subtype": lambda event: event.get("subtype", ()),
    "type": lambda event: [event["type"]],
}
