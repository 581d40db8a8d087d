"""sourcePatientId and sourcePatientInfo (ITI TF-3 4.2.3.2.22, .23) beside a contained Patient.

PID-3, 5, 7, 8, 11 and 13 have a place in a Patient; other fields stay with the registry.
"""

from collections.abc import Iterable
from typing import Any, Final

from naru.domain.hl7_v2_names import component, escape, joined, unescape
from naru.domain.identifiers import Identifier, is_oid
from naru.formats.fhir.mhd import identifiers, parties, times
from naru.formats.fhir.mhd.element import Element, filled, kept

_SEX: Final = {"male": "M", "female": "F", "other": "O", "unknown": "U"}
_GENDER: Final = {"M": "male", "F": "female", "O": "other", "A": "other", "U": "unknown"}
_REPEATING: Final = {"3", "5", "11", "13"}
_DAY: Final = len("YYYYMMDD")


def id_of(patient: Element) -> Identifier | None:
    """The source's own id: the one in `usual` use, else the first whose authority has an OID."""
    found = [
        (one.text("use") == "usual", within)
        for one in patient.children("identifier")
        if (within := identifiers.from_oid_system(one)) is not None
    ]
    usual = [within for is_usual, within in found if is_usual]
    return next(iter([*usual, *(within for _, within in found)]), None)


def info_of(patient: Element) -> tuple[str, ...]:
    """The PID fields, one text for each value."""
    ids = [within for one in patient.children("identifier") if (within := _cx(one))]
    birth = times.from_fhir(patient, "birthDate")
    sex = patient.text("gender")
    if sex is not None and sex not in _SEX:
        raise patient.invalid("must be male, female, other or unknown", "gender")
    fields = [
        *(("3", one) for one in ids),
        *(("5", _xpn(one)) for one in patient.children("name")),
        ("7", birth),
        ("8", _SEX[sex] if sex else None),
        *(("11", _xad(one)) for one in patient.children("address")),
        *(("13", one) for one in parties.telecommunications(patient)),
    ]
    return tuple(f"PID-{number}|{value}" for number, value in fields if value)


def _cx(identifier: Element) -> str | None:
    within = identifiers.from_oid_system(identifier)
    if within is not None:
        return str(within)
    value, system = identifier.text("value"), identifier.text("system")
    if value is None:
        return None
    # HL7 v2.5 2.A.36: an authority that has a URI and no OID.
    return joined(escape(value), None, None, f"&{escape(system)}&URI" if system else None)


def _xpn(name: Element) -> str:
    given = name.texts("given")
    whole = name.text("text") if not given else None
    return joined(
        escape(name.text("family") or whole or ""),
        escape(component(given, 0)),
        escape(" ".join(given[1:])),
        escape(" ".join(name.texts("suffix"))),
        escape(" ".join(name.texts("prefix"))),
    )


def _xad(address: Element) -> str:
    lines = address.texts("line")
    return joined(
        escape(component(lines, 0)),
        escape(" ".join(lines[1:])),
        *(escape(address.text(name) or "") for name in ("city", "state", "postalCode", "country")),
    )


@kept(1)  # The documents of one patient come one after the other.
def to_patient(source: Identifier | None, info: tuple[str, ...]) -> dict[str, Any]:
    """The children of the contained Patient."""
    fields = list(_fields(info))
    ids = [_to_identifier(value) for number, value in fields if number == "3"]
    own = identifiers.to_oid_system(source, "usual")
    others = [one for one in ids if own is None or not _is_same(one, own)]
    birth = next((value for number, value in fields if number == "7"), None)
    sex = next((value for number, value in fields if number == "8"), "")
    return filled(
        identifier=[*([own] if own else []), *others],
        name=_each(fields, "5", _to_name),
        telecom=parties.to_telecoms(value for number, value in fields if number == "13"),
        gender=_GENDER.get(sex),
        birthDate=times.to_fhir(birth[:_DAY]) if birth else None,
        address=_each(fields, "11", _to_address),
    )


def _fields(info: Iterable[str]) -> Iterable[tuple[str, str]]:
    for field in info:
        name, _, text = field.partition("|")
        number = name.strip().removeprefix("PID-")
        values = text.split("~") if number in _REPEATING else [text]
        yield from ((number, value) for value in values if value)


def _each(fields: Iterable[tuple[str, str]], wanted: str, to: Any) -> list[dict[str, Any]]:
    return [one for number, value in fields if number == wanted and (one := to(value))]


def _is_same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return (one.get("system"), one["value"]) == (other.get("system"), other["value"])


def _to_identifier(cx: str) -> dict[str, Any]:
    parts = cx.split("^")
    authority = component(parts, 3).split("&")
    name = unescape(component(authority, 1))
    oid = f"{identifiers.OID}{name}" if is_oid(name) else name
    return filled(system=oid, value=unescape(parts[0]))


def _to_name(xpn: str) -> dict[str, Any]:
    parts = [unescape(one) for one in [*xpn.split("^"), *[""] * 5]]
    return filled(
        family=parts[0],
        given=[name for name in (parts[1], *parts[2].split()) if name],
        prefix=[parts[4]] if parts[4] else None,
        suffix=[parts[3]] if parts[3] else None,
    )


def _to_address(xad: str) -> dict[str, Any]:
    parts = [unescape(one) for one in [*xad.split("^"), *[""] * 6]]
    return filled(
        line=[line for line in parts[:2] if line],
        city=parts[2],
        state=parts[3],
        postalCode=parts[4],
        country=parts[5],
    )
