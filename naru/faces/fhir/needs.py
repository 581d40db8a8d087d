"""What of a token's scopes an interaction needs, in SMART's letters."""

from collections.abc import Iterable, Iterator
from typing import Final

from naru.domain.records import Change, Method
from naru.domain.scopes import Need
from naru.faces.fhir.interaction import Code, Interaction

_LETTERS: Final = {
    Code.CREATE: "c",
    Code.READ: "r",
    Code.VREAD: "r",
    Code.HISTORY_INSTANCE: "r",
    Code.UPDATE: "u",
    Code.DELETE: "d",
    Code.SEARCH_TYPE: "s",
    Code.HISTORY_TYPE: "s",
}
_READING: Final = frozenset({"CodeSystem", "ValueSet", "ConceptMap"})
"""Types whose operations tell of what one may read, and change nothing."""

_METHODS: Final = {Method.CREATE: "c", Method.UPDATE: "u", Method.DELETE: "d"}


def needs_of(interaction: Interaction) -> frozenset[Need]:
    """What an interaction needs; nothing where it is opened by its transaction's name alone."""
    if interaction.needs:
        return interaction.needs
    letter = _LETTERS.get(interaction.code)
    if interaction.code is Code.OPERATION and interaction.type in _READING:
        letter = "r"
    return frozenset({Need(interaction.type, letter)} if letter else ())


def of_changes(changes: Iterable[Change]) -> frozenset[Need]:
    """What changes need: a condition tells what is there, so that it is a search as well."""
    return frozenset(need for one in changes for need in _of_change(one))


def _of_change(change: Change) -> Iterator[Need]:
    yield Need(change.type, _METHODS[change.method])
    if change.criteria is not None:
        yield Need(change.type, "s")
    for criteria in change.references.values():
        yield Need(criteria.type, "s")
