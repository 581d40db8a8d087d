"""HumanName, Address and ContactPoint beside a person's names, addresses and numbers.

What has no place in the domain is left out: periods, an address's type and text beside its lines,
a number's rank.
"""

import unicodedata
from collections.abc import Iterable
from typing import Final

from naru.domain.person import Address, PersonName, Telecom, written_whole
from naru.formats.fhir.element import Element
from naru.formats.fhir.resource import Resource

REPRESENTATION: Final = "http://hl7.org/fhir/StructureDefinition/iso21090-EN-representation"

# FHIR's definitions are those of v3's EntityNameUse and AddressUse in other words.
_NAME_USES: Final = {
    "usual": "L",
    "official": "OR",
    "temp": "T",
    "nickname": "P",
    "anonymous": "ANON",
    "old": "OLD",
    "maiden": "M",
}
_USES: Final = {"home": "H", "work": "WP", "temp": "TMP", "old": "OLD", "mobile": "MC"}
_FHIR_NAME_USES: Final = {v3: use for use, v3 in _NAME_USES.items()} | {"C": "official"}
_FHIR_USES: Final = {v3: use for use, v3 in _USES.items()} | {
    "HP": "home",
    "HV": "home",
    "DIR": "work",
    "PUB": "work",
    "BAD": "old",
}
_SCHEMES: Final = {"phone": "tel", "fax": "fax", "email": "mailto", "sms": "sms", "pager": "tel"}
_SYSTEMS: Final = {"tel": "phone", "fax": "fax", "mailto": "email", "sms": "sms"}
_PAGER: Final = "PG"


def read_name(element: Element) -> PersonName | None:
    """HumanName; `None` where it says nothing."""
    family, given = element.text("family"), element.texts("given")
    name = PersonName(
        text=element.text("text") or written_whole(family, given),
        family=family,
        given=given,
        prefix=" ".join(element.texts("prefix")) or None,
        suffix=" ".join(element.texts("suffix")) or None,
        use=_NAME_USES.get(element.text("use") or ""),
    )
    return name if name != PersonName(use=name.use) else None


def write_names(names: Iterable[PersonName]) -> list[Resource]:
    """HumanNames, each with its whole text (KR Core); in several scripts each says its own."""
    told = [one for name in names for one in _in_parts(name)]
    scripts = {found for one in told if (found := representation(one.text or whole(one)))}
    return [_write_name(one, tell_script=len(scripts) > 1) for one in told]


def _in_parts(name: PersonName) -> Iterable[PersonName]:
    """FHIR has one family name in a name; the one at birth stands in a name of its own."""
    if name != PersonName(birth_family=name.birth_family, use=name.use):
        yield name
    if name.birth_family:
        yield PersonName(family=name.birth_family, use="M")


def _write_name(name: PersonName, *, tell_script: bool) -> Resource:
    text = name.text or whole(name)
    script = representation(text) if tell_script else None
    extension = [{"url": REPRESENTATION, "valueCode": script}] if script else None
    told = {
        "extension": extension,
        "use": _use(name.use, _FHIR_NAME_USES),
        "text": text,
        "family": name.family,
        "given": list(name.given),
        "prefix": [name.prefix] if name.prefix else None,
        "suffix": [name.suffix] if name.suffix else None,
    }
    return {key: value for key, value in told.items() if value}


def whole(name: PersonName) -> str:
    """The whole of a name in parts: a Korean one without a space, another given name first."""
    written = written_whole(name.family, name.given)
    return written or " ".join(part for part in (*name.given, name.family) if part)


def representation(text: str) -> str | None:
    """SYL for Hangul, IDE for Han characters, ABC for Latin letters; `None` for a mixture.

    The codes are EntityNameUse's (2.16.840.1.113883.5.45), as HL7 names a name's script.
    """
    letters = [letter for letter in text if letter.isalpha()]
    found = {_script(letter) for letter in letters}
    return found.pop() if len(found) == 1 else None


def _script(letter: str) -> str | None:
    name = unicodedata.name(letter, "")
    scripts = {"HANGUL": "SYL", "CJK": "IDE", "LATIN": "ABC"}
    return next((code for script, code in scripts.items() if name.startswith(script)), None)


def read_address(element: Element) -> Address | None:
    """Address; `None` where it says nothing. A district is one more line."""
    district = element.text("district")
    lines = element.texts("line") or tuple(filter(None, [element.text("text")]))
    address = Address(
        lines=(*lines, *([district] if district else [])),
        city=element.text("city"),
        state=element.text("state"),
        postal_code=element.text("postalCode"),
        country=element.text("country"),
        use=_USES.get(element.text("use") or ""),
    )
    return address if address != Address(use=address.use) else None


def write_address(address: Address) -> Resource:
    """Address."""
    told = {
        "use": _use(address.use, _FHIR_USES),
        "line": list(address.lines),
        "city": address.city,
        "state": address.state,
        "postalCode": address.postal_code,
        "country": address.country,
    }
    return {key: value for key, value in told.items() if value}


def read_telecom(element: Element) -> Telecom | None:
    """ContactPoint; `None` where it has no value."""
    value, system = element.text("value"), element.text("system")
    if value is None:
        return None
    use = _PAGER if system == "pager" else _USES.get(element.text("use") or "")
    scheme = _SCHEMES.get(system or "")
    if scheme is None or value.casefold().startswith(f"{scheme}:"):
        return Telecom(value, use)
    return Telecom(f"{scheme}:{value}", use)


def write_telecom(telecom: Telecom) -> Resource:
    """ContactPoint."""
    scheme, colon, value = telecom.value.partition(":")
    uses = (telecom.use or "").split()
    system = _SYSTEMS.get(scheme.casefold()) if colon else "phone"
    if system == "phone" and _PAGER in uses:
        system = "pager"
    told = {
        "system": system or "url",
        "value": value if colon and system else telecom.value,
        "use": _use(telecom.use, _FHIR_USES),
    }
    return {key: one for key, one in told.items() if one}


def _use(v3: str | None, table: dict[str, str]) -> str | None:
    return next((table[one] for one in (v3 or "").split() if one in table), None)
