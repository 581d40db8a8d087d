"""Following references within a Bundle and a resource's contained resources.

Nothing is ever fetched: a reference that leads elsewhere is asked of `held`, which knows what this
server itself holds, and is otherwise not resolved.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from naru.formats.fhir.mhd.element import Element

Held = Callable[[str], dict[str, Any] | None]
"""The resource of a relative reference `Type/id` that this server holds."""

MAX_HELD: Final = 200
"""Resources of this server that one Bundle leads to: more authors than a hundred documents have."""

MAX_CONTAINED: Final = 200
"""Contained resources of one resource: far more than a document has authors."""


def nothing_held(_reference: str) -> dict[str, Any] | None:
    """A server that holds no other resources."""
    return None


@dataclass(slots=True)
class References:
    """The resources that a reference can lead to."""

    base: str = ""
    held: Held = nothing_held
    _entries: dict[str, Element] = field(default_factory=dict)
    _held: dict[str, dict[str, Any] | None] = field(default_factory=dict)

    def add(self, full_url: str | None, resource: Element) -> None:
        """Know an entry of the Bundle, by its fullUrl and by type and id."""
        if full_url:
            if full_url in self._entries:
                raise resource.invalid("must have a fullUrl of its own")
            self._entries[full_url] = resource
        logical = resource.text("id")
        if logical:
            self._entries.setdefault(f"{resource.type}/{logical}", resource)

    def in_bundle(self, reference: str) -> Element | None:
        """The entry's resource to which a literal reference leads."""
        return self._entries.get(reference) or self._entries.get(self.relative(reference))

    def relative(self, reference: str) -> str:
        """The reference without this server's own base, and without a version."""
        own = reference.removeprefix(f"{self.base}/") if self.base else reference
        return own.partition("/_history/")[0]

    def find(self, reference: Element, holder: Element) -> Element | None:
        """The resource to which a Reference within `holder` leads, if it is at hand."""
        literal = reference.text("reference")
        if literal is None:
            return None
        if literal.startswith("#"):
            return _contained(literal[1:], reference, holder)
        found = self.in_bundle(literal)
        if found is not None:
            return found
        held = self._here(self.relative(literal), reference)
        return None if held is None else Element(held, reference.path)

    def _here(self, relative: str, reference: Element) -> dict[str, Any] | None:
        """What this server holds, asked for once for each reference."""
        if relative not in self._held:
            if len(self._held) >= MAX_HELD:
                raise reference.invalid(f"the Bundle may lead to {MAX_HELD} resources at most")
            self._held[relative] = self.held(relative)
        return self._held[relative]


def _contained(identity: str, reference: Element, holder: Element) -> Element:
    contained = holder.children("contained")
    if len(contained) > MAX_CONTAINED:
        raise holder.invalid(f"must not contain more than {MAX_CONTAINED} resources", "contained")
    found = [one for one in contained if (one.text("id") or "").removeprefix("#") == identity]
    if len(found) != 1:
        raise reference.invalid("must lead to one contained resource", "reference")
    return found[0]


@dataclass(slots=True)
class Contained:
    """Resources that are being contained in one that is written."""

    resources: list[dict[str, Any]] = field(default_factory=list)

    def add(self, resource_type: str, children: dict[str, Any]) -> dict[str, Any]:
        """A Reference to a contained resource; the same resource stands once."""
        for one in self.resources:
            if {**one, "id": None} == {"resourceType": resource_type, "id": None, **children}:
                return {"reference": f"#{one['id']}"}
        name = f"{resource_type.lower()}-{len(self.resources) + 1}"
        self.resources.append({"resourceType": resource_type, "id": name, **children})
        return {"reference": f"#{name}"}
