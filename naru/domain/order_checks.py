"""What an order meets in the past: an allergy, the same drug, the same examination.

Every alert quotes the old record. Days and levels are data (data/order_checks.json); which
ingredients a drug has is told by the terminology of the exchange.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Any, Final

from naru.domain.allergens import groups_of, is_named_in
from naru.domain.clinical import Allergy, Coding, Medication, Reading, TestResult
from naru.domain.examinations import modality_of, parts_of
from naru.domain.past_history import Line, Origin, PastHistory, Told, day_of, is_current, word

ATC: Final = "ATC"


class OrderKind(StrEnum):
    """What is ordered."""

    DRUG = "drug"
    TEST = "test"
    IMAGING = "imaging"


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """An order that is being written. `ingredients` are of ATC; `number` names it in the answer."""

    kind: OrderKind
    date: date
    name: str
    number: str = ""
    codes: tuple[Coding, ...] = ()
    ingredients: tuple[Coding, ...] = ()
    modality: str = ""
    body_site: str = ""


class AlertKind(StrEnum):
    """Why an order is held up to the doctor."""

    ALLERGY = "allergy"
    ALLERGY_CLASS = "allergy-class"
    SAME_INGREDIENT = "same-ingredient"
    REPEATED_IMAGING = "repeated-imaging"
    REPEATED_TEST = "repeated-test"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One old record that an order meets. `days`: how long before the order it was."""

    kind: AlertKind
    order: Order
    words: str
    """The old record's own."""
    name: str
    """What the old record calls the drug, the allergen or the examination."""
    on: date
    days: int
    origin: Origin

    @property
    def blocking(self) -> bool:
        """Whether the doctor has to say why the order stands all the same."""
        return self.kind is AlertKind.ALLERGY


Ingredients = Mapping[tuple[str, str], tuple[Coding, ...]]
"""Ingredients by (system, code) of the drugs and allergens of the history."""


def check(order: Order, history: PastHistory, ingredients: Ingredients) -> tuple[Alert, ...]:
    """The alerts, the gravest first; each old line once."""
    found = {
        OrderKind.DRUG: _drug,
        OrderKind.IMAGING: _imaging,
        OrderKind.TEST: _test,
    }[order.kind](order, history, ingredients)
    return tuple(sorted(found, key=lambda alert: (list(AlertKind).index(alert.kind), alert.days)))


def codings_of(history: PastHistory) -> Iterator[tuple[str, str]]:
    """The codes of drugs and allergens whose ingredients `check` wants to know."""
    for drug in history.medications:
        yield from ((told.item.system, told.item.code) for told in drug.told if told.item.code)
    for allergy in history.allergies:
        yield from (("KOSTOM", told.item.code) for told in allergy.told if told.item.code)


def _drug(order: Order, history: PastHistory, known: Ingredients) -> Iterator[Alert]:
    for allergy in history.allergies:
        kind = _against(order, allergy, known)
        if kind is not None:
            words = allergy.item.name + (
                f" ({allergy.item.reaction})" if allergy.item.reaction else ""
            )
            yield _alert(kind, order, allergy.told[0], words)
    for drug in history.medications:
        if is_current(drug, order.date) and _same_ingredient(order, drug, known):
            yield _alert(AlertKind.SAME_INGREDIENT, order, drug.told[0], _prescribed(drug.item))


def _against(order: Order, allergy: Line[Allergy], known: Ingredients) -> AlertKind | None:
    level, near = _rules()["same_ingredient"], _rules()["same_class"]
    ordered = {one.code for one in order.ingredients}
    told = {code for one in allergy.told for code in _allergens(one.item, known)}
    if not told:  # A class that is named counts where no code says which drug of it was meant.
        told = {group for one in allergy.told for group in groups_of(one.item.name)}
    if _share(ordered, told, level) or _names_meet(order, allergy):
        return AlertKind.ALLERGY
    return AlertKind.ALLERGY_CLASS if _share(ordered, told, near) else None


def _allergens(allergy: Allergy, known: Ingredients) -> Iterator[str]:
    yield from (one.code for one in allergy.translations if one.system.upper() == ATC)
    yield from (one.code for one in known.get(("KOSTOM", allergy.code), ()))


def _share(ordered: Iterable[str], told: Iterable[str], level: int) -> bool:
    """Whether a code of each agrees in so many letters; an allergen may be a whole class."""
    return any(
        one[:level] == other[:level] or (len(other) < level and one.startswith(other))
        for one in ordered
        for other in told
        if len(other) >= _rules()["same_class"]
    )


def _names_meet(order: Order, allergy: Line[Allergy]) -> bool:
    codes = {(one.system, one.code) for one in order.codes if one.code}
    if any(("KOSTOM", one.item.code) in codes for one in allergy.told if one.item.code):
        return True
    names = {order.name, *(one.display for one in order.ingredients)}
    return any(is_named_in(one.item.name, name) for one in allergy.told for name in names)


def _same_ingredient(order: Order, drug: Line[Medication], known: Ingredients) -> bool:
    codes = {(one.system, one.code) for one in order.codes if one.code}
    level = _rules()["same_ingredient"]
    ordered = {one.code[:level] for one in order.ingredients}
    name = word(order.name)
    for told in drug.told:
        item = told.item
        held = {one.code[:level] for one in item.translations if one.system.upper() == ATC}
        held |= {one.code[:level] for one in known.get((item.system, item.code), ())}
        if held & ordered or (item.system, item.code) in codes:
            return True
        if word(item.name) == name:
            return True
    return False


def _imaging(order: Order, history: PastHistory, _known: Ingredients) -> Iterator[Alert]:
    modality = order.modality or modality_of(order.name, order.codes)
    days = _rules()["repeat_days"].get(modality, _rules()["repeat_days"]["OTHER"])
    for line in history.imaging:
        old = line.item
        before = (order.date - day_of(old)).days
        if 0 <= before <= days and _same_image(order, modality, old):
            yield _alert(AlertKind.REPEATED_IMAGING, order, line.told[0], _image(old))


def _same_image(order: Order, modality: str, old: TestResult | Reading) -> bool:
    if old.code and old.code in {one.code for one in order.codes}:
        return True
    told = (old.modality if isinstance(old, Reading) else "") or modality_of(
        old.name, (Coding("EDI", old.code),)
    )
    if not modality or told != modality:
        return word(old.name) == word(order.name)
    return _same_part(order, old)


def _same_part(order: Order, old: TestResult | Reading) -> bool:
    """Whether both may be of one part of the body: where one tells none, they may."""
    site = old.body_site if isinstance(old, Reading) else ""
    ordered = parts_of(order.body_site) or parts_of(order.name)
    told = parts_of(site) or parts_of(old.name)
    if ordered and told:
        return not ordered.isdisjoint(told)
    return not (site and order.body_site) or word(site) == word(order.body_site)


def _test(order: Order, history: PastHistory, _known: Ingredients) -> Iterator[Alert]:
    codes = {one.code for one in order.codes if one.code}
    for line in history.test_results:
        old = line.item
        before = (order.date - day_of(old)).days
        same = old.code in codes if old.code and codes else word(old.name) == word(order.name)
        if same and 0 <= before <= _rules()["repeat_days"]["TEST"]:
            words = f"{old.name} {old.result}{f' {old.unit}' if old.unit else ''}"
            yield _alert(AlertKind.REPEATED_TEST, order, line.told[0], words)


def _allergen(allergy: Allergy) -> str:
    return f"{allergy.name} ({allergy.reaction})" if allergy.reaction else allergy.name


def _prescribed(drug: Medication) -> str:
    parts = (drug.name, drug.dose, f"하루 {drug.times}회" if drug.times else "", drug.usage)
    return " ".join(part for part in parts if part)


def _image(old: TestResult | Reading) -> str:
    said = old.conclusion or old.findings if isinstance(old, Reading) else old.result
    return f"{old.name}: {said}" if said else old.name


def _alert(kind: AlertKind, order: Order, told: Told[Any], words: str) -> Alert:
    on = day_of(told.item)
    days = (order.date - on) // timedelta(days=1)
    return Alert(
        kind=kind,
        order=order,
        words=words,
        name=told.item.name,
        on=on,
        days=days,
        origin=told.origin,
    )


@cache
def _rules() -> Mapping[str, Any]:
    text = resources.files("naru.domain").joinpath("data/order_checks.json").read_text("utf-8")
    facts: Mapping[str, Any] = json.loads(text)
    return facts
