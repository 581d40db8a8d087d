"""Reading a resource element by element: what has the wrong shape is refused with its place."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache, wraps
from typing import Any, ParamSpec

from naru.domain.registry_errors import ErrorCode, RegistryFailure, failure

P = ParamSpec("P")


def invalid(sentence: str, place: str) -> RegistryFailure:
    """The element at the FHIRPath expression `place` is not as the profile asks."""
    return failure(ErrorCode.XDSRepositoryMetadataError, sentence, place)


@dataclass(frozen=True, slots=True)
class Element:
    """An object of a resource, and the FHIRPath expression of where it stands."""

    value: Mapping[str, Any]
    path: str

    def at(self, name: str) -> str:
        """The place of a child."""
        return f"{self.path}.{name}"

    def invalid(self, sentence: str, name: str = "") -> RegistryFailure:
        """The fault of this element, or of its child `name`."""
        return invalid(sentence, self.at(name) if name else self.path)

    def text(self, name: str) -> str | None:
        """A string child; `None` where it is absent."""
        found = self.value.get(name)
        if found is not None and not (isinstance(found, str) and found):
            raise self.invalid("must be a string with content", name)
        return found

    def integer(self, name: str) -> int | None:
        """A whole number."""
        found = self.value.get(name)
        if found is not None and (not isinstance(found, int) or isinstance(found, bool)):
            raise self.invalid("must be a whole number", name)
        return found

    def child(self, name: str) -> "Element | None":
        """An object child."""
        found = self.value.get(name)
        if found is None:
            return None
        if not isinstance(found, dict):
            raise self.invalid("must be one element", name)
        return Element(found, self.at(name))

    def children(self, name: str) -> "tuple[Element, ...]":
        """The objects of a repeating child."""
        found = self.value.get(name, ())
        if not isinstance(found, list | tuple) or not all(isinstance(one, dict) for one in found):
            raise self.invalid("must be a list of elements", name)
        return tuple(Element(one, f"{self.at(name)}[{number}]") for number, one in enumerate(found))

    def texts(self, name: str) -> tuple[str, ...]:
        """The strings of a repeating child."""
        found = self.value.get(name, ())
        if not isinstance(found, list | tuple):
            raise self.invalid("must be a list of strings", name)
        # A null keeps the place of an element that has only extensions (FHIR JSON 2.6.2.3).
        if not all(one is None or isinstance(one, str) for one in found):
            raise self.invalid("must be a list of strings", name)
        return tuple(one for one in found if one)

    def extensions(self, url: str) -> "tuple[Element, ...]":
        """The extensions of that definition."""
        return tuple(one for one in self.children("extension") if one.text("url") == url)

    @property
    def type(self) -> str:
        """The resource's type."""
        return self.text("resourceType") or ""


def filled(**children: object) -> dict[str, Any]:
    """An element of those children that hold something; a trailing `_` in a name is dropped."""
    return {
        name.rstrip("_"): value
        for name, value in children.items()
        if value is not None and value not in ("", [], {}, ())
    }


def kept(number: int) -> Callable[[Callable[P, dict[str, Any]]], Callable[P, dict[str, Any]]]:
    """Write an element of the same words once; each caller gets a copy of its own to change.

    The last `number` are kept.
    """

    def keep(write: Callable[P, dict[str, Any]]) -> Callable[P, dict[str, Any]]:
        written = lru_cache(maxsize=number)(write)

        @wraps(write)
        def copied(*args: P.args, **kwargs: P.kwargs) -> dict[str, Any]:
            found: dict[str, Any] = _copy(written(*args, **kwargs))  # type: ignore[arg-type]  # Whoever keeps an element is asked with hashable words.
            return found

        return copied

    return keep


def _copy(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _copy(one) for name, one in value.items()}
    return [_copy(one) for one in value] if isinstance(value, list) else value
