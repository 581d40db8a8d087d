"""From method and path to an interaction."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from naru.faces.fhir.interaction import Code, Interaction
from naru.formats.fhir.outcome import IssueType, refused
from naru.formats.fhir.values import ID

DEEPEST: Final = 4
"""`Type/id/_history/vid`."""


class MethodNotAllowed(Exception):
    """The address is known, the method is not answered there."""

    def __init__(self, allowed: Iterable[str]) -> None:
        super().__init__()
        self.allowed = tuple(sorted(allowed))


@dataclass(frozen=True, slots=True)
class Route:
    """The interaction that answers, and the values of its pattern's names."""

    interaction: Interaction
    path: Mapping[str, str]


class Router:
    """The patterns of a table, looked up at once."""

    def __init__(self, table: Iterable[Interaction]) -> None:
        self._patterns: dict[tuple[str, ...], dict[str, Interaction]] = {}
        self._names: dict[tuple[str, ...], tuple[str, ...]] = {}
        for one in table:
            for method in one.methods:
                self._add(one.path, method, one)
            if one.code is Code.SEARCH_TYPE:
                self._add(f"{one.path}/_search", "POST", one)

    def route(self, method: str, target: str) -> Route:
        """What answers `target`. Raises Refused (404), MethodNotAllowed."""
        parts = target.split("/") if target else []
        key = tuple(_shape(part, place) for place, part in enumerate(parts[: DEEPEST + 1]))
        methods = self._patterns.get(key)
        if methods is None:
            raise refused(
                IssueType.NOT_SUPPORTED,
                "Nothing is answered at this address.",
                status=HTTPStatus.NOT_FOUND,
            )
        found = methods.get("GET" if method == "HEAD" else method)
        if found is None:
            raise MethodNotAllowed(self._allowed(methods))
        ids = [part for part, shape in zip(parts, key, strict=False) if shape == "{}"]
        return Route(found, dict(zip(self._names[key], ids, strict=True)))

    def _add(self, path: str, method: str, interaction: Interaction) -> None:
        parts = path.split("/") if path else []
        key = tuple("{}" if part.startswith("{") else part for part in parts)
        methods = self._patterns.setdefault(key, {})
        assert method not in methods, f"{method} {path} is answered twice"
        methods[method] = interaction
        self._names[key] = tuple(part[1:-1] for part in parts if part.startswith("{"))

    def _allowed(self, methods: Mapping[str, Interaction]) -> set[str]:
        return {*methods, "OPTIONS"} | ({"HEAD"} if "GET" in methods else set())


def _shape(part: str, place: int) -> str:
    """An id's place holder, or the part itself: a type, an operation, `_history`, `_search`."""
    if place == 0 or part[:1] in {"$", "_"}:
        return part
    return "{}" if ID.fullmatch(part) else part
