"""New rows by one prepared statement: Django's compiler costs more than the insertion itself."""

from collections.abc import Iterable
from functools import cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import AutoField, Field, Model


def insert(rows: Iterable[Model]) -> None:
    """Insert rows of one model. Their generated ids are not read back."""
    given = list(rows)
    if not given:
        return
    connection = connections[DEFAULT_DB_ALIAS]  # Not the proxy, which is asked for each value.
    statement, fields = _prepared(type(given[0]))
    values = [
        tuple(field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields)
        for row in given
    ]
    with connection.cursor() as cursor:
        cursor.executemany(statement, values)


@cache
def _prepared(model: type[Model]) -> tuple[str, "tuple[Field[Any, Any], ...]"]:
    meta = model._meta  # noqa: SLF001  # Django documents it as public.
    fields = tuple(field for field in meta.concrete_fields if not isinstance(field, AutoField))
    columns = ", ".join(f'"{field.column}"' for field in fields)
    places = ", ".join(["%s"] * len(fields))
    # Only names of our own models are put together; every value is a parameter.
    return f'INSERT INTO "{meta.db_table}" ({columns}) VALUES ({places})', fields  # noqa: S608  # Our own names; values are parameters.
