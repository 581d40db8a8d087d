"""An element that was sent, and where it stands: read by its kind, or refused by its FHIRPath."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

from naru.formats.fhir.outcome import IssueType, Refused, refused

LONGEST_TEXT: Final = 1024
"""Characters of one text of a person's."""

MOST: Final = 200
"""Elements of one list of a person's."""

# R4 datatypes, string: no control characters but tab, carriage return and line feed.
_UNWRITABLE: Final = re.compile(r"[^\t\n\r -\ud7ff\ue000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Element:
    """The members of an object; `at` is its FHIRPath expression."""

    members: Mapping[str, Any]
    at: str

    @classmethod
    def of(cls, resource: Any, kind: str, at: str = "") -> Self:
        """A resource of this type. Raises Refused."""
        if not isinstance(resource, dict) or resource.get("resourceType") != kind:
            raise refused(IssueType.INVALID, f"A {kind} is expected.", at or kind)
        return cls(resource, at or kind)

    def text(self, name: str) -> str | None:
        """A text without blanks around it; `None` where it is absent or blank. Raises Refused."""
        return self._text(self.members.get(name), f"{self.at}.{name}")

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of texts, the blank ones left out. Raises Refused."""
        places = enumerate(self._list(name))
        found = (self._text(one, f"{self.at}.{name}[{place}]") for place, one in places)
        return tuple(one for one in found if one)

    def flag(self, name: str) -> bool | None:
        """A boolean. Raises Refused."""
        found = self.members.get(name)
        if found is not None and not isinstance(found, bool):
            raise self.refused("is true or false", name)
        return found

    def number(self, name: str) -> int | None:
        """An integer. Raises Refused."""
        found = self.members.get(name)
        if found is not None and (not isinstance(found, int) or isinstance(found, bool)):
            raise self.refused("is an integer", name)
        return found

    def child(self, name: str) -> "Element | None":
        """An object. Raises Refused."""
        found = self.members.get(name)
        if found is None:
            return None
        if not isinstance(found, dict):
            raise self.refused("is an object", name)
        return Element(found, f"{self.at}.{name}")

    def each(self, name: str) -> tuple["Element", ...]:
        """A list of objects. Raises Refused."""
        found = self._list(name)
        if not all(isinstance(one, dict) for one in found):
            raise self.refused("is a list of objects", name)
        return tuple(Element(one, f"{self.at}.{name}[{place}]") for place, one in enumerate(found))

    def extension(self, url: str) -> "Element | None":
        """The extension of this address; refused where there are two."""
        found = [one for one in self.each("extension") if one.text("url") == url]
        if len(found) > 1:
            raise self.refused("stands twice with one url", "extension")
        return found[0] if found else None

    def refused(self, what: str, name: str = "", code: IssueType = IssueType.STRUCTURE) -> Refused:
        """The refusal of this element, or of one of its members."""
        at = f"{self.at}.{name}" if name else self.at
        return refused(code, f"{at} {what}.", at)

    def _list(self, name: str) -> list[Any]:
        found = self.members.get(name, [])
        if not isinstance(found, list):
            raise self.refused("is a list", name)
        if len(found) > MOST:
            raise self.refused("has more elements than any person's", name, IssueType.TOO_LONG)
        return found

    def _text(self, found: object, at: str) -> str | None:
        if found is None:
            return None
        if not isinstance(found, str):
            raise refused(IssueType.STRUCTURE, f"{at} is a text.", at)
        if len(found) > LONGEST_TEXT:
            raise refused(IssueType.TOO_LONG, f"{at} is too long.", at)
        if _UNWRITABLE.search(found):
            raise refused(IssueType.VALUE, f"{at} holds a control character.", at)
        return found.strip() or None
