"""In what a mandate lets somebody speak, as a form sends it: which records, and only to look."""

from datetime import date
from typing import Final

from django.http import HttpRequest

from naru.domain.decision import EVERYTHING, Scope
from naru.ui.consent_form import day

MOST: Final = 200
"""Departments or documents that one mandate names."""

_LONGEST: Final = 300


def scope(request: HttpRequest) -> Scope:
    """The part of the record that was chosen; ValueError for a part that is none."""
    given = request.POST
    if given.get("part") != "some":
        return EVERYTHING
    first, last = day(given.get("first", "")), day(given.get("until", ""))
    chosen = Scope(
        departments=_named(given.getlist("department")),
        documents=_named(given.getlist("document")),
        first=first,
        last=last,
    )
    if chosen.whole or (first or date.min) > (last or date.max):
        raise ValueError("a part of the record is named by departments, documents or days")
    return chosen


def sees_only(request: HttpRequest) -> bool:
    """Whether the mandate lets somebody look and say nothing."""
    return request.POST.get("acts") == "look"


def _named(given: list[str]) -> frozenset[str]:
    found = frozenset(one for one in given if one)
    if len(found) > MOST or any(len(one) > _LONGEST for one in found):
        raise ValueError("too much is named")
    return found
