"""PN, AD and TEL: names, addresses and telephone numbers."""

import re
from typing import Final

from lxml.etree import _Element

from naru.domain.person import Address, PersonName, Telecom, written_whole
from naru.formats.hl7v3.elements import (
    attribute,
    bounded,
    children,
    is_null,
    name_of,
    text_chunks,
    text_of,
)
from naru.formats.hl7v3.markup import attributes, text
from naru.formats.xml import escape
from naru.formats.xml.namespaces import HL7V3

_USE: Final = re.compile(r"[A-Z]{1,8}( [A-Z]{1,8}){0,7}")


def read_name(element: _Element) -> PersonName | None:
    """PN; `None` where it is null or empty. `validTime` and delimiters mean nothing to us."""
    if is_null(element):
        return None
    family = _parts(element, "family", birth=False)
    given = tuple(part for part in map(text_of, children(element, "given")) if part)
    name = PersonName(
        text=" ".join(text_chunks(element)) or written_whole(family, given),
        family=family,
        birth_family=_parts(element, "family", birth=True),
        given=given,
        prefix=_parts(element, "prefix"),
        suffix=_parts(element, "suffix"),
        use=_use(element),
    )
    return name if name != PersonName(use=name.use) else None


def _parts(element: _Element, name: str, *, birth: bool | None = None) -> str | None:
    found = children(element, name)
    if birth is not None:
        found = tuple(
            part for part in found if ("BR" in part.get("qualifier", "").split()) == birth
        )
    return " ".join(part for part in map(text_of, found) if part) or None


def _use(element: _Element) -> str | None:
    use = attribute(element, "use")
    return use if use is not None and _USE.fullmatch(use) else None


def write_name(name: str, person_name: PersonName | None) -> str:
    """PN; a whole name that its parts do not already tell stands as text before them."""
    if person_name is None or person_name == PersonName(use=person_name.use):
        return f'<{name} nullFlavor="NA"/>'
    whole = person_name.text or ""
    if whole == written_whole(person_name.family, person_name.given):
        whole = ""
    content = escape(whole) + _name_parts(person_name)
    return f"<{name}{attributes(use=person_name.use)}>{content}</{name}>"


def _name_parts(name: PersonName) -> str:
    birth = escape(name.birth_family or "")
    return (
        text("prefix", name.prefix)
        + text("family", name.family)
        + (f'<family qualifier="BR">{birth}</family>' if birth else "")
        + "".join(text("given", given) for given in name.given)
        + text("suffix", name.suffix)
    )


_NAMED_PARTS: Final = frozenset({"city", "state", "postalCode", "country"})
_MEANINGLESS: Final = frozenset({"delimiter", "useablePeriod"})


def read_address(element: _Element) -> Address | None:
    """AD; `None` where it is null or empty. Whatever is no town or country is a line, in order."""
    if is_null(element):
        return None
    named: dict[str, str] = {}
    lines = [bounded(element.text, element)]
    for part in element:
        _sort_part(part, named, lines)
        lines.append(bounded(part.tail, element))
    address = Address(
        lines=tuple(line for line in lines if line),
        city=named.get("city"),
        state=named.get("state"),
        postal_code=named.get("postalCode"),
        country=named.get("country"),
        use=_use(element),
    )
    return address if address != Address(use=address.use) else None


def _sort_part(part: _Element, named: dict[str, str], lines: list[str]) -> None:
    if not str(part.tag).startswith(f"{{{HL7V3}}}"):  # The tag of a comment is no text.
        return
    name, content = name_of(part), text_of(part)
    if content is None or name in _MEANINGLESS:
        return
    if name in _NAMED_PARTS and name not in named:
        named[name] = content
    else:
        lines.append(content)


def write_address(name: str, address: Address) -> str:
    """AD."""
    parts = (
        "".join(text("streetAddressLine", line) for line in address.lines)
        + text("city", address.city)
        + text("state", address.state)
        + text("postalCode", address.postal_code)
        + text("country", address.country)
    )
    return f"<{name}{attributes(use=address.use)}>{parts}</{name}>"


def read_telecom(element: _Element) -> Telecom | None:
    """TEL; `None` where it has no value."""
    value = attribute(element, "value")
    return Telecom(value, _use(element)) if value is not None and not is_null(element) else None


def write_telecom(name: str, telecom: Telecom) -> str:
    """TEL."""
    return f"<{name}{attributes(value=telecom.value, use=telecom.use)}/>"
