"""What an order meets in the past of a patient, as far as the caller may read that past.

The same gathering as a doctor's page, the same rules for every door that asks.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

from naru.domain.clinical import Coding
from naru.domain.identifiers import Identifier
from naru.domain.korea import korean_day
from naru.domain.order_checks import ATC, Alert, Ingredients, Order, OrderKind, check, codings_of
from naru.domain.past_history import PastHistory, past_history
from naru.domain.standing_alerts import standing_alerts
from naru.exchange.access import Access
from naru.exchange.charts.past_history import gather
from naru.exchange.patients import reference as patient_reference
from naru.patients import queries as patients
from naru.terminology import queries as terminology


def patient(said: str, known_as: Iterable[Identifier]) -> UUID | None:
    """Whom a client means: by an identifier that a feed told, else by the exchange's own id."""
    for identifier in known_as:
        resolved = patients.resolve(identifier)
        if resolved is not None:
            return resolved.patient
    own = patient_reference.of(said)
    resolved = None if own is None else patients.resolve(own)
    return None if resolved is None else resolved.patient


def past(access: Access, whose: UUID | None) -> PastHistory:
    """The past that the caller may read; empty of somebody whom nobody knows. Recorded."""
    gathered = gather(access, whose)
    return past_history(gathered.sources)


def alerts(access: Access, whose: UUID | None, orders: Sequence[Order]) -> tuple[Alert, ...]:
    """What the orders meet, in the orders' order; the access is durable on return."""
    return met(past(access, whose), orders, korean_day(access.time))


def met(history: PastHistory, orders: Sequence[Order], on: date) -> tuple[Alert, ...]:
    """What the orders meet in a past that was read, in the orders' order."""
    asked = [(one.system, one.code) for order in orders for one in order.codes]
    known = _ingredients([*codings_of(history), *asked], on)
    return tuple(
        alert
        for order in orders
        for alert in check(_with_ingredients(order, known), history, known)
    )


def standing(history: PastHistory, on: date) -> tuple[Alert, ...]:
    """What the drugs and examinations of a past that was read meet in each other, on a day."""
    return standing_alerts(history, _ingredients(codings_of(history), on), on)


def _with_ingredients(order: Order, known: Ingredients) -> Order:
    if order.kind is not OrderKind.DRUG:
        return order
    found = [one for code in order.codes for one in known.get((code.system, code.code), ())]
    return replace(order, ingredients=tuple(dict.fromkeys((*order.ingredients, *found))))


def _ingredients(asked: Iterable[tuple[str, str]], on: date) -> Ingredients:
    """The ATC codes of drugs by their own, each system in one question."""
    by_system: dict[str, list[str]] = {}
    for system, code in asked:
        by_system.setdefault(system, []).append(code)
    return {
        (system, code): tuple(Coding(ATC, one.code, one.display) for one in found)
        for system, codes in by_system.items()
        for code, found in terminology.ingredients_of(codes, on, system.lower()).items()
    }
