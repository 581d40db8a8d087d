"""Policy statistics and reports, each for whom it is; what the public may have is in `open_data`.

Every number comes from the access records, counted once (`counting`), and says up to when.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from naru.accounts.errors import Refused
from naru.audit import queries as audit
from naru.audit.following import lately
from naru.audit.records import AuditedObject, Outcome
from naru.directory import queries as directory
from naru.domain import roles
from naru.domain.institution import Institution, InstitutionKind
from naru.domain.korea import midnight
from naru.exchange.access import Access, reading
from naru.exchange.institutions.admission import INSTITUTION
from naru.statistics import months, queries
from naru.statistics.measures import by_transaction, measures
from naru.statistics.models import LONGEST_TRANSACTION
from naru.statistics.queries import Line
from naru.statistics.regional import regions_of

POLICY: Final = "policy statistics"
REPORT: Final = "exchange report"
"""The transactions, as the audit names them."""

MOST_COMPARED: Final = 50_000
"""Records that one comparison with the audit log reads."""

MOST_TRIES: Final = 3
"""Looks at numbers that another is adding to meanwhile."""


class MayNotSee(Refused):
    """The numbers are not the caller's to see."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionLine:
    """A 시·도 in a month: answered requests by measure, and all that were not answered.

    `code` is empty for those at no institution, `?` for institutions of whose place nobody said.
    """

    code: str
    measured: Mapping[str, int]
    requests: int
    refused: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyMonth:
    """A month by region, as of a moment; `requests` are all its access records."""

    month: date
    as_of: datetime | None
    lines: tuple[RegionLine, ...]
    requests: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """A recount of a month from the audit log itself, and what the statistics say of it.

    `whole` where every record of the month was read.
    """

    counted: int
    recounted: int
    whole: bool
    differing: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What one institution exchanged in a month, by the measures of the report's form."""

    institution: Institution
    month: date
    as_of: datetime | None
    values: Mapping[str, int]


def policy_month(access: Access, month: date) -> PolicyMonth:
    """A month by region. Raises MayNotSee for all but the operator and the state's auditor."""
    with reading(access):
        _require(access, "see-statistics")
        return by_region(month)


def by_region(month: date) -> PolicyMonth:
    """A month by region: for this room, which says who may see it."""
    as_of = queries.as_of()
    found = queries.lines(month, months.after(month))
    place = regions_of({one.institution for one in found})
    by_code: dict[str, list[Line]] = {}
    for one in found:
        by_code.setdefault(place[one.institution], []).append(one)
    lines = tuple(_region(code, by_code[code]) for code in sorted(by_code))
    requests = sum(one.requests for one in lines)
    return PolicyMonth(month=month, as_of=as_of, lines=lines, requests=requests)


def compare(access: Access, month: date) -> Compared:
    """Count a month again from the audit log, which must come to the same. Raises MayNotSee.

    What was kept and is not counted yet is left out, so that both tell of the same records.
    """
    with reading(access):
        _require(access, "see-statistics")
        through, lines = _settled(month)
        first, last = midnight(month), midnight(months.after(month))
        counted = Counter[tuple[str, int]]()
        for line in lines:
            counted[line.transaction, int(line.outcome)] += line.requests
        read = lately(first - audit.DISORDER, MOST_COMPARED + 1, until=last + audit.DISORDER)
        again = Counter(
            (one.transaction[:LONGEST_TRANSACTION], int(one.outcome))
            for one in read[:MOST_COMPARED]
            if first <= one.time < last and one.seq <= through.get(one.writer, 0)
        )
        return Compared(
            counted=counted.total(),
            recounted=again.total(),
            whole=len(read) <= MOST_COMPARED,
            differing=tuple(sorted({name for name, _ in (counted - again) + (again - counted)})),
        )


def _settled(month: date) -> tuple[dict[UUID, int], tuple[Line, ...]]:
    """A month's numbers and how far they reach, of one moment though somebody counts beside."""
    through, lines = queries.through(), queries.lines(month, months.after(month))
    for _ in range(MOST_TRIES):
        if queries.through() == through:
            break
        through, lines = queries.through(), queries.lines(month, months.after(month))
    return through, lines


def report(access: Access, institution: UUID, month: date) -> Report:
    """An institution's month, for its own people, its hub's and the operator. Raises MayNotSee."""
    with reading(access):
        known = next((one for one in reportable(access) if one.id == institution), None)
        if known is None:
            raise MayNotSee
        access.objects.append(AuditedObject(INSTITUTION, str(institution)))
        until = months.after(month)
        found = queries.lines(month, until, [institution])
        return Report(
            institution=known,
            month=month,
            as_of=queries.as_of(),
            values=_reported(found) | {"days_used": queries.used(institution, month, until)},
        )


def reportable(access: Access) -> tuple[Institution, ...]:
    """Of whom the caller may see reports, by name: the own institution, a hub's members, all."""
    caller, known = access.caller, directory.all_institutions(on=access.time)
    care = [one for one in known if one.kind in {InstitutionKind.HUB, InstitutionKind.MEMBER}]
    if roles.may(caller.role, "run-node"):
        return tuple(care)
    if not roles.may(caller.role, "administer-institution") or caller.institution is None:
        return ()
    return tuple(one for one in care if caller.institution in {one.id, one.hub})


def _require(access: Access, action: str) -> None:
    if not roles.may(access.caller.role, action):
        raise MayNotSee


def _region(code: str, found: Iterable[Line]) -> RegionLine:
    measured = Counter({one.id: 0 for one in measures().measures})
    requests = refused = 0
    for line in found:
        requests += line.requests
        if line.outcome is not Outcome.SUCCESS:
            refused += line.requests
            continue
        for name in by_transaction().get(line.transaction, ()):
            measured[name] += line.requests
    return RegionLine(code=code, measured=dict(measured), requests=requests, refused=refused)


def _reported(found: Iterable[Line]) -> dict[str, int]:
    values = Counter({one.id: 0 for one in measures().measures})
    documents = Counter[str]()
    by_outcome = Counter[bool]()
    failed = 0
    for line in found:
        answered = line.outcome is Outcome.SUCCESS
        by_outcome[answered] += line.requests
        failed += 0 if line.outcome in {Outcome.SUCCESS, Outcome.MINOR_FAILURE} else line.requests
        for name in by_transaction().get(line.transaction, ()) if answered else ():
            values[name] += line.requests
            documents[name] += line.documents
    requests = by_outcome.total()
    return dict(values) | {
        "requests": requests,
        "answered": by_outcome[True],
        "refused": by_outcome[False] - failed,
        "failed": failed,
        "answered_percent": by_outcome[True] * 100 // requests if requests else 0,
        "documents_sent": documents["registered"],
        "documents_opened": documents["opened"],
    }
