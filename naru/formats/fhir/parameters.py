"""Search parameters: what is asked, by which modifier, in which order (FHIR R4 3.1.1)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final
from urllib.parse import urlencode

from naru.formats.fhir.outcome import Issue, IssueType, refused

PAGE: Final = "_page"
"""The name under which our links carry the cursor of a page."""

PAGE_LENGTH: Final = 3500
"""Characters of a cursor: the line of a request is not to grow beyond what a server reads."""

MISSING: Final = "missing"
"""The modifier that asks whether there is any value (FHIR R4 3.1.1.4.2)."""


class ParameterType(StrEnum):
    """http://hl7.org/fhir/search-param-type."""

    NUMBER = "number"
    DATE = "date"
    STRING = "string"
    TOKEN = "token"  # noqa: S105  # A word, not a secret.
    REFERENCE = "reference"
    QUANTITY = "quantity"
    URI = "uri"


_USUAL_MODIFIERS: Final[Mapping[ParameterType, frozenset[str]]] = {
    ParameterType.STRING: frozenset({"exact", "contains"}),
}


@dataclass(frozen=True, slots=True)
class Definition:
    """A search parameter that an interaction answers, as the CapabilityStatement tells it.

    A chain is a name of its own (`patient.identifier`). `targets` are the types of a reference:
    `subject:Patient=1` is read as `subject=Patient/1`. `modifiers` of None are the type's usual.
    """

    name: str
    type: ParameterType
    targets: tuple[str, ...] = ()
    modifiers: frozenset[str] | None = None
    url: str = ""
    """The canonical address of the SearchParameter, where it is not R4's own."""
    required: bool = False

    @property
    def allowed(self) -> frozenset[str]:
        """The modifiers with which the parameter is answered."""
        usual = _USUAL_MODIFIERS.get(self.type, frozenset())
        return usual if self.modifiers is None else self.modifiers

    def allows(self, modifier: str) -> bool:
        """Whether the parameter is answered with this modifier."""
        return not modifier or modifier in self.allowed


@dataclass(frozen=True, slots=True)
class Asked:
    """One parameter: any of `values` fits. They are as sent; `values` of this room read them."""

    definition: Definition
    values: tuple[str, ...]
    modifier: str = ""

    @property
    def name(self) -> str:
        """The parameter's name, without a modifier."""
        return self.definition.name


@dataclass(frozen=True, slots=True)
class SortKey:
    """One parameter by which to sort."""

    name: str
    descending: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """A search as it was understood: every one of `asked` has to fit."""

    asked: tuple[Asked, ...] = ()
    sort: tuple[SortKey, ...] = ()
    include: tuple[str, ...] = ()
    revinclude: tuple[str, ...] = ()
    count: int | None = None
    """How many matches a page is to hold; 0 asks for the number alone."""
    total: str = ""
    """`none`, `estimate` or `accurate`, where it was said."""
    page: str = ""
    """The cursor of a page, as a link of ours said it."""
    remarks: tuple[Issue, ...] = ()
    """What was left out, to be told in the answer."""
    understood: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    """Names and values that the link `self` repeats."""

    @property
    def query(self) -> str:
        """The question as the link `self` says it."""
        return urlencode(self.understood, safe="|,:/$*")

    def all(self, name: str) -> tuple[Asked, ...]:
        """Every occurrence of one parameter."""
        return tuple(one for one in self.asked if one.name == name)

    def one(self, name: str) -> Asked | None:
        """The parameter, if it was asked; refused where it was asked twice."""
        found = self.all(name)
        if len(found) > 1:
            raise refused(IssueType.INVALID, f"The parameter {name} stands more than once.", name)
        return found[0] if found else None
