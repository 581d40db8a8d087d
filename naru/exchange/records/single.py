"""Single records: read, found and changed, as far as each patient lets the caller."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from naru.domain.records import (
    Change,
    Changed,
    Find,
    Inquiry,
    Key,
    Noted,
    Page,
    Record,
    Refused,
    Told,
)
from naru.domain.registry_errors import ErrorCode
from naru.exchange.access import Access, busy, changing, reading
from naru.exchange.decide import Deciding
from naru.exchange.records.changes import Making
from naru.exchange.records.reading import OF_NOBODY, Looking
from naru.records import queries, services


def look(access: Access, inquiry: Inquiry) -> Told:
    """What answers an inquiry, as far as the caller may see it.

    Raises NotHeld, Deleted, TooMany, UnknownPage.
    """
    with _looking(access) as looking:
        return looking.answer(inquiry)


def look_each(access: Access, inquiries: Sequence[Find], deciding: Deciding) -> tuple[Page, ...]:
    """What answers each search of one request, as of one moment, decided on by `deciding`.

    Raises TooMany.
    """
    with _looking(access, deciding) as looking:
        at = queries.newest()
        return tuple(looking.find(one, at) for one in inquiries)


def referred(key: Key) -> Record | None:
    """The record of nobody, an institution or a practitioner, that a submission refers to.

    Whatever is of a patient is not resolved, so that nothing is decided and none is told of.
    """
    held = queries.current(key) if key.type in OF_NOBODY else None
    return None if held is None or held.deleted else queries.opened([held])[0]


def change(access: Access, asked: Sequence[Change | Inquiry]) -> tuple[Changed | Told, ...]:
    """Make all changes or none, and look at what stands then; what became of each, in their order.

    Raises NotHeld, Deleted, VersionConflict, SeveralMatch, NoneMatches, NotPermitted,
    UnknownPatient, TooMany, UnknownPage.
    """
    with _changing(access) as making:
        return making.all(asked)


def change_one(access: Access, change: Change) -> Changed | Noted:
    """Make one change; of a visit whose record is not taken, only note it. Raises as `change`."""
    with _changing(access) as making:
        return making.one(change)


def change_each(
    access: Access, asked: Sequence[Change | Inquiry]
) -> tuple[Changed | Noted | Told | Refused, ...]:
    """Do each by itself, in their order; what became of each, or why it was refused."""
    with _changing(access) as making:
        return tuple(making.alone(one) for one in asked)


@contextmanager
def _looking(access: Access, deciding: Deciding | None = None) -> Iterator[Looking]:
    with busy(ErrorCode.XDSRegistryBusy), reading(access):
        yield Looking(access, deciding)


@contextmanager
def _changing(access: Access) -> Iterator[Making]:
    with busy(ErrorCode.XDSRegistryBusy), changing(access):
        services.take_turn()
        yield Making(access)
