"""All that a clinician's first page tells of a patient: one look, one access record.

Why a page is empty is told from what the asking institution knows by its duties alone: whether it
received the patient, and, if so, whether a general consent stands, which its desk asks the patient
for. That a consent was never given and that it has ended look the same. Of documents that are
withheld, of their number, their places and the reason of each, nothing is told, and nothing depends
on them but that they are not there.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum, auto
from uuid import UUID

from naru.domain.caller import PurposeOfUse
from naru.domain.korea import korean_day
from naru.domain.order_checks import Alert, Order
from naru.domain.past_history import PastHistory, past_history
from naru.exchange import arranging
from naru.exchange.access import Access, together
from naru.exchange.charts import order_checks
from naru.exchange.charts.past_history import Gathered, gather
from naru.exchange.patients import whole_person
from naru.exchange.treatment import reception


class Exchange(StrEnum):
    """What stands between the asking institution and the patient's records elsewhere."""

    CONSENTED = auto()
    NOT_CONSENTED = auto()
    """No general consent stands: it was never given, or has ended."""
    NOT_RECEIVED = auto()
    """The institution has not received the patient, and reads nothing that others wrote."""
    EMERGENCY = auto()
    """The record was opened in an emergency."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstView:
    """What is told; `since` is the day from which records cross, where a consent stands.

    `number` is the institution's own of the patient. `met` is what an order meets, where one was
    given.
    """

    number: str
    exchange: Exchange
    since: date | None
    gathered: Gathered
    history: PastHistory
    alerts: tuple[Alert, ...]
    met: tuple[Alert, ...]


def look(access: Access, patient: UUID, order: Order | None = None) -> FirstView:
    """Look; the access is durable on return. Raises RegistryFailure, AuditUnavailable."""
    on = korean_day(access.time)
    with together(access):
        gathered = gather(access, patient)
        history = past_history(gathered.sources)
        exchange, since = _exchange(access, patient, on)
        return FirstView(
            number=reception.number(access, patient),
            exchange=exchange,
            since=since,
            gathered=gathered,
            history=history,
            alerts=order_checks.standing(history, on),
            met=() if order is None else order_checks.met(history, [order], on),
        )


def _exchange(access: Access, patient: UUID, on: date) -> tuple[Exchange, date | None]:
    if access.caller.purpose is PurposeOfUse.EMERGENCY_TREATMENT:
        return Exchange.EMERGENCY, None
    if not arranging.treats(access, patient):
        return Exchange.NOT_RECEIVED, None
    snapshot = whole_person.snapshot(patient, access.time)
    if snapshot is None or not snapshot.consents_on(on):
        return Exchange.NOT_CONSENTED, None
    return Exchange.CONSENTED, snapshot.from_date
