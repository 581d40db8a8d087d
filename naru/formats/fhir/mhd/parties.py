"""Practitioner, Organization and their like beside XCN, XON and XTN (ITI TF-3 Table 4.2.3.1.7-2).

A whole name without parts stands as the last name: a Korean name is never split. A name's own
language, degrees and further identifiers have no place on the other side.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from naru.domain.hl7_v2_names import component, escape, joined, unescape, xcn, xon
from naru.domain.identifiers import is_oid
from naru.formats.fhir.mhd import identifiers
from naru.formats.fhir.mhd.element import Element, filled, kept

_TO_EQUIPMENT: Final = {"phone": "PH", "fax": "FX", "pager": "BP", "sms": "CP"}
_TO_SYSTEM: Final = {"PH": "phone", "FX": "fax", "BP": "pager", "CP": "phone"}
_TO_USE: Final = {"home": "PRN", "work": "WPN"}
_USE: Final = {"PRN": "home", "WPN": "work"}


def person(resource: Element) -> str | None:
    """The XCN of a Practitioner, Patient, RelatedPerson or Device; `None` without id and name."""
    authority, value = _identity(resource)
    name = _name(resource)
    if not (value or name[0]):
        return None
    return joined(value, *name, None, None, authority)


def _identity(resource: Element) -> tuple[str, str | None]:
    """The authority as `&OID&ISO` and the id; one whose authority has an OID goes first."""
    found = resource.children("identifier")
    for one in found:
        within = identifiers.from_oid_system(one)
        if within is not None:
            return f"&{within.authority}&ISO", escape(within.value)
    values = [value for value in (one.text("value") for one in found) if value]
    return "", escape(values[0]) if values else None


def _name(resource: Element) -> tuple[str, str, str, str, str]:
    """Family, given, further given names, suffix and prefix."""
    if resource.type == "Device":
        named = resource.children("deviceName")
        return (escape(named[0].text("name") or "") if named else "", "", "", "", "")
    names = resource.children("name")
    if not names:
        return ("", "", "", "", "")
    given = names[0].texts("given")
    whole = names[0].text("text") or "" if not given else ""
    return (
        escape(names[0].text("family") or whole),
        escape(component(given, 0)),
        escape(" ".join(given[1:])),
        escape(" ".join(names[0].texts("suffix"))),
        escape(" ".join(names[0].texts("prefix"))),
    )


@kept(1024)  # Those who work at the institutions of an affinity domain.
def to_person(xcn: str | None, telecommunications: tuple[str, ...] = ()) -> dict[str, Any]:
    """The children of a Practitioner."""
    parts = [*map(unescape, _raw(xcn or "", 9))]
    authority = component((xcn or "").split("^"), 8)
    given = [name for name in (parts[2], *parts[3].split()) if name]
    name = filled(
        family=parts[1],
        given=given,
        prefix=[parts[5]] if parts[5] else None,
        suffix=[parts[4]] if parts[4] else None,
    )
    return filled(
        identifier=_to_identity(parts[0], authority),
        name=[name] if name else None,
        telecom=to_telecoms(telecommunications),
    )


def _raw(text: str, number: int) -> list[str]:
    parts = text.split("^")
    return [*parts, *[""] * (number - len(parts))]


def _to_identity(value: str, authority: str) -> list[dict[str, Any]] | None:
    oid = component(authority.split("&"), 1)
    if not value:
        return None
    return [filled(system=identifiers.OID + oid if oid else None, value=value)]


def organization(resource: Element) -> str:
    """The XON of an Organization, whose name XON cannot do without."""
    name = resource.text("name")
    if name is None:
        raise resource.invalid("must have a name", "name")
    return _xon(name, resource.children("identifier"))


def _xon(name: str, found: Sequence[Element]) -> str:
    for one in found:
        value = (one.text("value") or "").removeprefix(identifiers.OID)
        if one.text("system") == identifiers.URI and is_oid(value):
            return xon(name, value)
        within = identifiers.from_oid_system(one)
        if within is not None:
            place = f"&{within.authority}&ISO"
            return joined(escape(name), *[None] * 4, place, *[None] * 3, escape(within.value))
    return escape(name)


@kept(1024)
def to_organization(xon: str, telecommunications: tuple[str, ...] = ()) -> dict[str, Any]:
    """The children of an Organization."""
    parts = _raw(xon, 10)
    value, oid = unescape(parts[9]), component(parts[5].split("&"), 1)
    identifier = None
    if value and oid:
        identifier = [{"system": identifiers.OID + oid, "value": value}]
    elif is_oid(value):
        identifier = [{"system": identifiers.URI, "value": identifiers.OID + value}]
    elif value:
        identifier = [{"value": value}]
    return filled(
        identifier=identifier,
        name=unescape(parts[0]),
        telecom=to_telecoms(telecommunications),
    )


def described(reference: Element) -> str | None:
    """What a Reference itself tells of an organisation or person that is not at hand."""
    display = reference.text("display")
    identifier = reference.child("identifier")
    if is_organization(reference):
        return _xon(display, [identifier] if identifier else []) if display else None
    within = identifiers.from_oid_system(identifier) if identifier else None
    if within is not None:
        return xcn(within.value, display or "", within.authority)
    return f"^{escape(display)}" if display else None


def is_organization(reference: Element) -> bool:
    """Whether a Reference is said to lead to an Organization."""
    literal = reference.text("reference") or ""
    return "Organization" in {reference.text("type"), *literal.split("/")[-2:-1]}


def telecommunications(resource: Element) -> tuple[str, ...]:
    """The XTN of mail addresses and telephone numbers; other contact points have none."""
    found = (_xtn(one) for one in resource.children("telecom"))
    return tuple(one for one in found if one)


def _xtn(contact: Element) -> str | None:
    kind, value = contact.text("system"), contact.text("value")
    if not value:
        return None
    if kind == "email":
        return f"^^Internet^{escape(value.removeprefix('mailto:'))}"
    if kind not in _TO_EQUIPMENT:
        return None
    use = contact.text("use")
    equipment = "CP" if kind == "phone" and use == "mobile" else _TO_EQUIPMENT[kind]
    number = escape(value.removeprefix("tel:"))
    return joined(None, _TO_USE.get(use or ""), equipment, *[None] * 3, number)


def to_telecoms(found: Iterable[str]) -> list[dict[str, Any]]:
    """Contact points of XTN texts."""
    return [one for one in map(_to_telecom, found) if one]


def _to_telecom(xtn: str) -> dict[str, Any] | None:
    parts = [*map(unescape, _raw(xtn, 8))]
    if parts[3]:
        return {"system": "email", "value": parts[3]}
    # The national and international parts, where a sender wrote the number in parts.
    country = f"+{parts[4].lstrip('+')}" if parts[4] else ""
    number = " ".join(part for part in (country, parts[5], parts[6] or parts[0]) if part)
    extension = f" ext. {parts[7]}" if parts[7] else ""
    if not number:
        return None
    use = "mobile" if parts[2] == "CP" else _USE.get(parts[1])
    return filled(system=_TO_SYSTEM.get(parts[2], "phone"), value=number + extension, use=use)
