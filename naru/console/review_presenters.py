"""A month of accesses in words, and as a table to keep."""

import csv
import io
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from naru.audit.records import Outcome
from naru.domain import roles
from naru.domain.access_review import Rule
from naru.domain.caller import Role
from naru.domain.download_reasons import download_reasons
from naru.exchange.audit.review import Line, Month
from naru.exchange.audit.reviewers import Office
from naru.ui.clock import moment
from naru.ui.clock import month as written_month
from naru.ui.transactions import standard, transaction_name

SHOWN: Final = 100
"""Accesses on the page; the table to keep has all."""

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""By which a cell begins that a spreadsheet computes; in East Asia the full-width ones, too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient:
    """Whose records an access concerned, by the surrogate key, and whether they are watched."""

    key: str
    short: str
    watched: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One access, with the fields of 제8조."""

    who: str
    role: str
    when: str
    place: str
    patients: tuple[Patient, ...]
    more: int
    what: str
    code: str
    well: bool
    flags: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """One review of the month."""

    who: str
    when: str
    words: str
    count: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The month."""

    heading: str
    lead: str
    officer: bool
    """Whether an officer reads, who watches patients and has other duties, too."""
    reviewed: bool
    waiting: tuple[str, ...]
    month: str
    earlier: str
    later: str
    earlier_name: str
    later_name: str
    rows: tuple[Row, ...]
    everything: bool
    left: int
    reviews: tuple[Signed, ...]


def month(found: Month, day: date, *, whole: bool) -> Page:
    """The page; `whole` shows every access, else what stands out alone."""
    shown = found.lines if whole else found.anomalies
    first = found.month
    later = (first + timedelta(days=31)).replace(day=1)
    told = {"month": written_month(first), "count": len(found.anomalies)}
    heading = _("%(month)s 접속기록: 살펴볼 것 %(count)d건") % told
    calm = _("%(month)s 접속기록: 눈에 띄는 것이 없습니다") % told
    return Page(
        heading=heading if found.anomalies else calm,
        lead=f"{_lead(found)} {_whose(found.office)}",
        officer=not found.office.officers_only,
        reviewed=found.reviewed,
        waiting=tuple(
            _("%(who)s 본인의 접속 %(count)s건은 다른 사람이 점검해야 합니다.")
            % {"who": _named(one, found), "count": f"{count:,}"}
            for one, count in found.waiting.items()
        ),
        month=f"{first:%Y-%m}",
        earlier=f"{first - timedelta(days=1):%Y-%m}",
        later=f"{later:%Y-%m}" if later <= day else "",
        earlier_name=written_month(first - timedelta(days=1)),
        later_name=written_month(later),
        rows=tuple(_row(one, found) for one in shown[:SHOWN]),
        everything=whole,
        left=max(0, len(shown) - SHOWN),
        reviews=tuple(
            Signed(
                who=_named(one.who, found),
                when=moment(one.at),
                words=one.words,
                count=_("%(records)s건 가운데 %(anomalies)s건")
                % {"records": f"{one.records:,}", "anomalies": f"{one.anomalies:,}"},
            )
            for one in found.reviews
        ),
    )


def table(found: Month) -> bytes:
    """Every access of the month (CSV, RFC 4180), with the fields of 제8조."""
    kept = io.StringIO()
    writer = csv.writer(kept)
    writer.writerow(
        [
            "record",
            "identifier",
            "role",
            "time",
            "address",
            "patients",
            "task",
            "outcome",
            "flags",
            "reason",
        ]
    )
    for one in found.lines:
        writer.writerow(
            _cell(cell)
            for cell in (
                str(one.record),
                one.who,
                one.role.value,
                one.time.isoformat(),
                one.address,
                " ".join(map(str, one.patients)),
                one.transaction,
                one.outcome.name,
                " ".join(rule.code for rule in one.rules),
                " ".join(filter(None, (one.download, one.words))),
            )
        )
    mark = b"\xef\xbb\xbf"  # By which a spreadsheet reads UTF-8.
    return mark + kept.getvalue().encode()


def _cell(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _lead(found: Month) -> str:
    count = _("모두 %(count)d건입니다.") % {"count": len(found.lines)}
    if found.whole:
        return count
    return _("기록이 많아 새로운 것 %(count)d건까지만 보입니다.") % {"count": len(found.lines)}


def _whose(office: Office) -> str:
    if office.officers_only:
        return _("운영기관의 개인정보 보호책임자가 한 일만 보입니다.")
    if office.operating:
        return _("운영기관 사람과, 운영기관이 정한 심사평가원 창구와 감사관이 한 일만 보입니다.")
    return _("이 기관에서 한 일만 보입니다.")


def _named(who: str, found: Month) -> str:
    return found.names.get(who, who) or _("이름을 알 수 없는 사람")


def _nobody(one: Line) -> str:
    """Who did it where nobody signed in."""
    return _("노드를 돌리는 사람") if one.role is Role.OPERATOR else _("기관의 시스템")


def _row(one: Line, found: Month) -> Row:
    role = roles.role_table().roles[one.role]
    english = get_language() == "en"
    return Row(
        who=found.names.get(one.who, one.who) or _nobody(one),
        role=role.english if english else role.korean,
        when=moment(one.time),
        place=one.address or "-",
        patients=tuple(
            Patient(key=str(each), short=str(each)[:8], watched=each in found.watched)
            for each in one.patients[:3]
        ),
        more=max(0, len(one.patients) - 3),
        what=transaction_name(one.transaction),
        code=standard(one.transaction),
        well=one.outcome is Outcome.SUCCESS,
        flags=tuple(_told(rule, english=english) for rule in one.rules),
        why=_why(one, english=english),
    )


def _why(one: Line, *, english: bool) -> str:
    reason = download_reasons().get(one.download)
    if reason is None:
        return one.words
    name = reason.english if english else reason.korean
    return f"{name}: {one.words}" if one.words else name


def _told(rule: Rule, *, english: bool) -> str:
    return rule.english if english else rule.korean
