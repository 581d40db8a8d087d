"""One extension of ours: written, read and defined by the same table of its parts."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from naru.domain.papers import tables
from naru.formats.fhir.krcore.consent_codes import TABLES
from naru.formats.fhir.krcore.frame import moment
from naru.formats.fhir.krcore.profiles import OURS
from naru.formats.fhir.krcore.reading import day, each, number, word
from naru.formats.fhir.outcome import IssueType, refused
from naru.formats.fhir.resource import Resource

MOST: Final = 10**15
"""Beyond which a number is none of a paper's; CDA writes no larger one."""

_TYPES: Final[Mapping[str, str]] = {
    "text": "string",
    "code": "Coding",
    "day": "date",
    "number": "decimal",
    "won": "Money",
}


@dataclass(frozen=True, slots=True)
class Part:
    """One value of an extension: a field of the paper; `type` is one of those of `_TYPES`.

    `table` is the table of papers, or of consents, to which a code belongs.
    """

    name: str
    title: str
    type: str = "text"
    table: str = ""

    @property
    def url(self) -> str:
        """Its address within the extension."""
        return self.name.replace("_", "-")

    @property
    def element(self) -> str:
        """The element that holds it."""
        kind = _TYPES[self.type]
        return f"value{kind[0].upper()}{kind[1:]}"


@dataclass(frozen=True, slots=True)
class OwnExtension:
    """An extension: its name, what it tells, the element on which it stands, and its parts.

    `repeats` says that one element may have several of it.
    """

    name: str
    title: str
    context: str
    parts: tuple[Part, ...]
    repeats: bool = False

    @property
    def url(self) -> str:
        """The canonical address."""
        return f"{OURS}/StructureDefinition/{self.name}"

    def tell(self, on: Resource, of: object) -> None:
        """Put what a value says onto a resource; an extension of nothing is not written."""
        parts = [*self._told(of)]
        if parts:
            on["extension"] = [*on.get("extension", ()), {"extension": parts, "url": self.url}]

    def _told(self, of: object) -> Iterator[Resource]:
        for part in self.parts:
            value = getattr(of, part.name)
            if value is not None and str(value).strip():
                yield {"url": part.url, part.element: _written(part, value)}

    def stands_on(self, resource: Resource) -> bool:
        """Whether a resource has it."""
        return any(word(one, "url") == self.url for one in each(resource, "extension"))

    def read(self, resource: Resource) -> dict[str, Any]:
        """The fields that it tells; what it does not tell is left out. Raises Refused."""
        found: dict[str, Any] = {}
        for one in self.read_each(resource):
            found |= one
        return found

    def read_each(self, resource: Resource) -> Iterator[dict[str, Any]]:
        """The same of each of several. Raises Refused."""
        parts = {part.url: part for part in self.parts}
        for own in each(resource, "extension"):
            if word(own, "url") == self.url:
                told = ((parts.get(word(one, "url")), one) for one in each(own, "extension"))
                yield {part.name: _read(part, one) for part, one in told if part is not None}

    def require(self, resource: Resource) -> dict[str, Any]:
        """The same; an extension that is not there is refused by its address."""
        if not self.stands_on(resource):
            raise refused(
                IssueType.REQUIRED,
                f"The extension {self.url} is missing, without which the paper is not whole.",
                f"{self.context}.extension",
            )
        return self.read(resource)

    def definition(self) -> Resource:
        """Its StructureDefinition (R4), told by what differs from R4's Extension."""
        elements: list[Resource] = [
            {
                "id": "Extension",
                "path": "Extension",
                "short": self.title,
                "definition": self.title,
                "max": "*" if self.repeats else "1",
            }
        ]
        for part in self.parts:
            at = f"Extension.extension:{part.url}"
            path = "Extension.extension"
            elements += [
                {"id": at, "path": path, "sliceName": part.url, "short": part.title, "max": "1"},
                {"id": f"{at}.extension", "path": f"{path}.extension", "max": "0"},
                {"id": f"{at}.url", "path": f"{path}.url", "fixedUri": part.url},
                {
                    "id": f"{at}.value[x]",
                    "path": f"{path}.value[x]",
                    "min": 1,
                    "type": [{"code": _TYPES[part.type]}],
                },
            ]
        elements += [
            {"id": "Extension.url", "path": "Extension.url", "fixedUri": self.url},
            {"id": "Extension.value[x]", "path": "Extension.value[x]", "max": "0"},
        ]
        return {
            "resourceType": "StructureDefinition",
            "id": self.name,
            "url": self.url,
            "name": "".join(word_.capitalize() for word_ in self.name.split("-")),
            "title": self.title,
            "status": "draft",
            "fhirVersion": "4.0.1",
            "kind": "complex-type",
            "abstract": False,
            "context": [{"type": "element", "expression": self.context}],
            "type": "Extension",
            "baseDefinition": "http://hl7.org/fhir/StructureDefinition/Extension",
            "derivation": "constraint",
            "differential": {"element": elements},
        }


def _written(part: Part, value: Any) -> Any:
    match part.type:
        case "code":
            return own_coding(part.table, value)
        case "day":
            return moment(value)
        case "number":
            return Decimal(value)
        case "won":
            return {"value": value, "currency": "KRW"}
    return value


def _read(part: Part, one: Resource) -> Any:
    match part.type:
        case "code":
            return word(one, part.element, "code")
        case "day":
            return _day(word(one, part.element))
        case "number":
            return counted(number(one, part.element))
        case "won":
            return whole(number(one, part.element, "value"))
    return word(one, part.element)


def own_coding(table: str, code: str) -> Resource:
    """A code of one of the tables of papers, or of consents."""
    told = {"system": f"{OURS}/CodeSystem/{table.replace('_', '-')}", "code": code}
    known = tables()
    named: Mapping[str, Mapping[str, Any]] = {"certificate": known.certificates, "bill": known.rows}
    held = named.get(table) or known.codes.get(table, {})
    display = str(held[code].korean) if code in held else TABLES.get(table, {}).get(code, "")
    return told | ({"display": display} if display else {})


def counted(found: Decimal | None) -> Decimal:
    """A number that a paper can say. Raises Refused."""
    if found is None or not found.is_finite() or abs(found) >= MOST:
        raise refused(IssueType.VALUE, "A number of the paper is missing, or too large for one.")
    return found


def whole(found: Decimal | None) -> int:
    """The same without a fraction."""
    value = counted(found)
    if value != value.to_integral_value():
        raise refused(IssueType.VALUE, "A number of the paper is no whole one.")
    return int(value)


def _day(text: str) -> date:
    found = day(text)
    if found is None:
        raise refused(IssueType.VALUE, "A day of the paper is no day.")
    return found
