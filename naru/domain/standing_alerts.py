"""What the drugs and examinations of a patient meet in each other, before anything is ordered.

The same rules as those of an order (`order_checks`): each drug in use is held up against the rest
of the past as if it were ordered on the day, each examination as it was when it was done.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Final

from naru.domain.clinical import Coding, Medication, Reading, TestResult
from naru.domain.order_checks import Alert, AlertKind, Ingredients, Order, OrderKind, check
from naru.domain.past_history import Line, PastHistory, Told, day_of, is_current

MOST: Final = 50
"""Drugs in use, and examinations, that are held up against the rest: the newest."""

_NOTHING: Final[tuple[Line[Medication], ...]] = ()


def standing_alerts(history: PastHistory, ingredients: Ingredients, on: date) -> tuple[Alert, ...]:
    """The alerts as they stand on a day, the gravest first; of two that meet each other, one."""
    found = (*_drugs(history, ingredients, on), *_examinations(history, ingredients, on))
    return tuple(sorted(found, key=lambda alert: (list(AlertKind).index(alert.kind), alert.days)))


def shared(alerts: tuple[Alert, ...]) -> frozenset[str]:
    """The names of the drugs in use that have an ingredient in common."""
    same = [one for one in alerts if one.kind is AlertKind.SAME_INGREDIENT]
    return frozenset({one.order.name for one in same} | {one.name for one in same})


def _drugs(history: PastHistory, ingredients: Ingredients, on: date) -> Iterator[Alert]:
    in_use = [line for line in history.medications if is_current(line, on)][:MOST]
    current = [_in_brief(line, on) for line in in_use]
    for place, line in enumerate(current):
        rest = replace(history, medications=tuple(current[place + 1 :]))
        yield from check(_as_ordered(line.item, ingredients, on), rest, ingredients)


def _in_brief(line: Line[Medication], on: date) -> Line[Medication]:
    """A drug in use, once for each way in which it is told, and once as it lasts."""
    ways: dict[tuple[object, ...], Told[Medication]] = {}
    for one in line.told:
        drug = one.item
        ways.setdefault((drug.system, drug.code, drug.name, drug.translations), one)
    lasting = next(one for one in line.told if is_current(Line((one,)), on))
    return Line((*ways.values(), lasting))


def _as_ordered(drug: Medication, ingredients: Ingredients, on: date) -> Order:
    told = tuple(one for one in drug.translations if one.system.upper() == "ATC")
    codes = (Coding(drug.system, drug.code),) if drug.code else ()
    return Order(
        kind=OrderKind.DRUG,
        date=on,
        name=drug.name,
        codes=codes,
        ingredients=told or ingredients.get((drug.system, drug.code), ()),
    )


def _examinations(history: PastHistory, ingredients: Ingredients, on: date) -> Iterator[Alert]:
    lines = [line for line in history.imaging if day_of(line.item) <= on][:MOST]
    for place, line in enumerate(lines):
        rest = replace(history, medications=_NOTHING, imaging=tuple(lines[place + 1 :]))
        yield from check(_as_done(line.item), rest, ingredients)


def _as_done(image: TestResult | Reading) -> Order:
    return Order(
        kind=OrderKind.IMAGING,
        date=day_of(image),
        name=image.name,
        codes=(Coding("EDI", image.code),) if image.code else (),
        modality=image.modality if isinstance(image, Reading) else "",
        body_site=image.body_site if isinstance(image, Reading) else "",
    )
