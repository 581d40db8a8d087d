"""Published XML Schemas, loaded once from disk and never from the network."""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

from lxml import etree
from lxml.etree import _Element

NO_CATALOGUE: Final[Mapping[str, Path]] = MappingProxyType({})


class SchemaViolation(ValueError):
    """A document does not follow its schema."""


class _Catalogue(etree.Resolver):
    """Answers the addresses it was given from disk and refuses every other web address."""

    def __init__(self, places: Mapping[str, Path]) -> None:
        self._places = places

    def resolve(  # type: ignore[override]  # lxml passes a context that its stubs leave out.
        self, system_url: str, public_id: str, context: object
    ) -> object:
        del public_id  # A system address is all that schema imports carry.
        if system_url in self._places:
            place = str(self._places[system_url])
            return self.resolve_filename(place, context)  # type: ignore[attr-defined]  # Stubs.
        if system_url.startswith(("http:", "https:", "ftp:")):
            return self.resolve_empty(context)  # type: ignore[attr-defined]  # Same.
        return None


def load_schema(path: Path, catalogue: Mapping[str, Path] = NO_CATALOGUE) -> etree.XMLSchema:
    """The schema at a path, compiled once per process."""
    return _load(path.resolve(), tuple(sorted(catalogue.items())))


@lru_cache(maxsize=32)
def _load(path: Path, catalogue: tuple[tuple[str, Path], ...]) -> etree.XMLSchema:
    parser = etree.XMLParser(no_network=True, load_dtd=False, resolve_entities=False)
    parser.resolvers.add(_Catalogue(dict(catalogue)))
    return etree.XMLSchema(etree.parse(str(path), parser))


def validate(element: _Element, schema: etree.XMLSchema) -> None:
    """Returns when the element follows the schema; else names the first violation."""
    try:
        schema.assertValid(element)
    except etree.DocumentInvalid as violation:
        raise SchemaViolation(str(violation)) from None
