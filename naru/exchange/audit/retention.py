"""Records of access that are older than the operator keeps them are taken away, and it is said so.

Each step is an access record of its own, in the same transaction: it names every chain of which a
part went, with the last record's number and hash.
"""

from datetime import date, datetime, time
from typing import Final

from django.db import transaction

from naru.audit import retention
from naru.audit import services as audit
from naru.audit.services import Part
from naru.domain.korea import KST, korean_day
from naru.exchange.access import Access, attempting

PURGE: Final = "purge audit"
"""The transaction, as the audit names it."""


class StillKept(Exception):
    """What is asked to go has to stay; the sentence says until when."""


def purge(access: Access, before: date, *, years: int) -> tuple[Part, ...]:
    """Take away some of the records before that day in Korea; empty where none is left.

    Raises StillKept for a day within the retention, and where none is set.
    """
    _require_over(before, years, korean_day(access.time))
    moment = datetime.combine(before, time(), KST)
    with attempting(access), transaction.atomic(durable=True):
        parts = audit.purge(moment)
        if not parts:
            return ()
        access.objects += [one.said() for one in parts]
        access.recorded = audit.record_within(access.record())
        audit.vouch(parts, access.recorded)
    return tuple(one for one in parts if one.count)


def _require_over(before: date, years: int, today: date) -> None:
    if years < retention.law().least_years:
        raise StillKept("no retention is set: records of access are kept for good")
    kept = retention.first_kept(years, today).date()
    if before > kept:
        raise StillKept(f"records of access are kept for {years} years: from {kept} on")
