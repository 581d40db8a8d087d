"""The clauses of the law by which a body may demand records, as data with its status."""

from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from importlib.resources import files

import msgspec


class Told(StrEnum):
    """When the patient is told of a release."""

    AT_ONCE = "at-once"
    AFTER = "after"


class Clause(msgspec.Struct, frozen=True, kw_only=True):
    """A clause by its number, from the day `since`.

    What is told `after` is kept from the patient for `after_days` days after a release is over.
    """

    code: str
    ko: str
    en: str
    told: Told
    since: date
    after_days: int = 0

    def told_on(self, over: date) -> date:
        """The first day on which the patient may be told of a release that is over on that day."""
        return over + timedelta(days=self.after_days)


class _File(msgspec.Struct, frozen=True, kw_only=True):
    version: str
    status: str
    note: str
    clauses: tuple[Clause, ...]


def clauses(on: date) -> Mapping[str, Clause]:
    """Every clause that has begun on that day, by its number, in the order of the law."""
    return {one.code: one for one in _shipped() if one.since <= on}


@cache
def _shipped() -> tuple[Clause, ...]:
    content = files("naru.consent").joinpath("data/statutory.json").read_bytes()
    return msgspec.json.decode(content, type=_File).clauses
