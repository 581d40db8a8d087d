"""Slot: when somebody can still be seen (FHIR R4 12.11)."""

from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from naru.domain.records import Comparison, Interval, Range
from naru.domain.scheduling import MOST_DAYS, InvalidSchedule, SlotName
from naru.faces.fhir import cursor, paging
from naru.faces.fhir.interaction import Code, Interaction, Request, Response
from naru.faces.fhir.schedules import not_found, refusing, uuids
from naru.formats.fhir import values
from naru.formats.fhir.outcome import IssueType, refused
from naru.formats.fhir.parameters import Definition, ParameterType, Search
from naru.formats.fhir.records.terms import date_ranges
from naru.formats.fhir.scheduling.slots import BUSY, FREE, to_slot
from naru.formats.fhir.values import Token
from naru.scheduling import offers
from naru.scheduling.offers import Offered

SCHEDULES: Final = 10
"""Schedules of one search."""

MOST: Final = timedelta(days=31)
"""Of how many days one search tells, as at the pages."""

_FURTHEST: Final = timedelta(days=MOST_DAYS)
_STATUSES: Final = "http://hl7.org/fhir/slotstatus"

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_FROM: Final = frozenset(
    {
        *(Comparison.EQUAL, Comparison.GREATER, Comparison.GREATER_OR_EQUAL),
        Comparison.STARTS_AFTER,
    }
)
_TO: Final = frozenset(
    {
        *(Comparison.EQUAL, Comparison.LESS, Comparison.LESS_OR_EQUAL),
        Comparison.ENDS_BEFORE,
    }
)


def read(request: Request) -> Response:
    """One slot that is to come."""
    try:
        name = SlotName.of(request.path["id"])
    except InvalidSchedule:
        raise not_found("Slot") from None
    with refusing():
        found = offers.slot(request.access, name)
    if found is None:
        raise not_found("Slot")
    return Response(resource=to_slot(found.slot, found.left))


def search(request: Request) -> Response:
    """The slots to come of some schedules, from now on where no start is asked for."""
    asked = cursor.asked(request)
    of, ranges = _schedules(asked), _ranges(asked)
    since, until = _window(request, ranges)
    with refusing():
        found = offers.slots(request.access, of, since, until)
    fitting = [one for one in found if _fits(asked, one) and _begins(ranges, one)]
    return paging.bundle(
        request,
        asked,
        fitting,
        order=_place,
        sorts={"start": _place},
        write=lambda one: to_slot(one.slot, one.left),
    )


def _place(one: Offered) -> str:
    return f"{one.slot.start.astimezone(UTC).isoformat()} {one.slot.name}"


def _schedules(asked: Search) -> list[UUID]:
    """The schedules that are asked for. Raises Refused: slots are told of some alone."""
    named = asked.one("schedule")
    if named is None:
        raise refused(IssueType.REQUIRED, "Slots are asked for by their schedule.", "schedule")
    found = map(values.reference, named.values)
    named_once = dict.fromkeys(one.id for one in found if one.type in {"", "Schedule"})
    of = uuids(named_once)
    if len(of) > SCHEDULES:
        sentence = f"At most {SCHEDULES} schedules are asked for at once."
        raise refused(IssueType.TOO_COSTLY, sentence, "schedule")
    return of


def _ranges(asked: Search) -> list[Range]:
    """What was said of the start: every one has to fit. Raises Refused."""
    found: list[Range] = []
    for one in asked.all("start"):
        if len(one.values) > 1:
            raise refused(IssueType.NOT_SUPPORTED, "A start has no alternatives.", "start")
        found += date_ranges(one)
    return found


def _window(request: Request, ranges: list[Range]) -> tuple[datetime, datetime]:
    """From when to when is looked. Raises Refused where that is too long."""
    lows = [_moment(one.interval.low) for one in ranges if one.comparison in _FROM]
    highs = [_moment(one.interval.high) for one in ranges if one.comparison in _TO]
    now = request.access.time
    since = min(max([now, *lows]), now + _FURTHEST)  # Behind it nothing is offered.
    if not highs:
        return since, since + MOST
    until = min(highs)
    if until - since > MOST:
        sentence = f"At most {MOST.days} days are told at once."
        raise refused(IssueType.TOO_COSTLY, sentence, "start")
    return since, until


def _moment(microseconds: int) -> datetime:
    """The moment; whatever lies beyond the calendar is its end."""
    try:
        return _EPOCH + microseconds * _MICROSECOND
    except OverflowError:
        return datetime.max.replace(tzinfo=UTC) if microseconds > 0 else _EPOCH


def _begins(ranges: list[Range], one: Offered) -> bool:
    """Whether the slot begins as every range asks (FHIR R4 3.1.1.4.5)."""
    low = (one.slot.start - _EPOCH) // _MICROSECOND
    begins = Interval(low, low + 1)
    return all(_compares(each, begins) for each in ranges)


def _compares(asked: Range, one: Interval) -> bool:
    wanted = asked.interval
    match asked.comparison:
        case Comparison.EQUAL:
            return wanted.low <= one.low < wanted.high
        case Comparison.NOT_EQUAL:
            return not wanted.low <= one.low < wanted.high
        case Comparison.GREATER | Comparison.STARTS_AFTER:
            return one.low >= wanted.high
        case Comparison.LESS | Comparison.ENDS_BEFORE:
            return one.low < wanted.low
        case Comparison.GREATER_OR_EQUAL:
            return one.low >= wanted.low
        case Comparison.LESS_OR_EQUAL:
            return one.low < wanted.high


def _fits(asked: Search, one: Offered) -> bool:
    status = FREE if one.left else BUSY
    return all(
        any(_is(values.token(each), status) for each in said.values) for said in asked.all("status")
    ) and all(str(one.slot.name) in said.values for said in asked.all("_id"))


def _is(token: Token, status: str) -> bool:
    return token.code == status and token.system in {None, _STATUSES}


READ: Final = Interaction(
    name="FHIR read", code=Code.READ, methods=("GET",), path="Slot/{id}", handle=read
)
SEARCH: Final = Interaction(
    name="FHIR search-type",
    code=Code.SEARCH_TYPE,
    methods=("GET",),
    path="Slot",
    handle=search,
    search=(
        Definition("_id", ParameterType.TOKEN),
        Definition("schedule", ParameterType.REFERENCE, targets=("Schedule",), required=True),
        Definition("start", ParameterType.DATE),
        Definition("status", ParameterType.TOKEN),
    ),
)
INTERACTIONS: Final = (SEARCH, READ)
