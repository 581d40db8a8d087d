"""Every row of the database that names some things, so that it is seen whether one was changed."""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from typing import Any, Final
from uuid import UUID

from django.apps import apps
from django.db.models import ForeignKey, Model

NOTED: Final = frozenset({"audit", "ledger", "statistics"})
"""Rooms that note what was asked, whatever came of it."""

_Row = dict[str, Any]


def rows_naming(named: AbstractSet[str]) -> dict[str, set[str]]:
    """The rows that hold one of these, and those that hang on them, by their table."""
    rows = {model: list(model._default_manager.values()) for model in _models()}
    found = {model: [row for row in each if _names(row, named)] for model, each in rows.items()}
    for model, each in rows.items():
        found[model] += _hanging(model, each, found)
    return {model._meta.label: {repr(row) for row in each} for model, each in found.items()}


def _models() -> list[type[Model]]:
    ours = [one for one in apps.get_models() if one.__module__.startswith("naru.")]
    return [one for one in ours if one._meta.app_label not in NOTED]


def _names(row: _Row, named: AbstractSet[str]) -> bool:
    return any(str(each) in named for each in row.values() if isinstance(each, UUID | str))


def _hanging(
    model: type[Model], rows: Iterable[_Row], found: dict[type[Model], list[_Row]]
) -> list[_Row]:
    """The rows whose foreign key is a row that was found."""
    keys = {
        one.attname: {row[one.target_field.attname] for row in found.get(one.related_model, ())}
        for one in model._meta.concrete_fields
        if isinstance(one, ForeignKey)
    }
    return [row for row in rows if any(row[name] in known for name, known in keys.items())]
