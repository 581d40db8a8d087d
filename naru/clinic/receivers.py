"""Where a referral may go: where one sends most, what is near, and whatever is looked for."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from naru.directory import registers
from naru.domain.referrals import Kind
from naru.domain.regions import Point
from naru.exchange.institutions import finder
from naru.exchange.institutions.finder import Member, Sought
from naru.referrals import queries as referrals
from naru.referrals.queries import Habit
from naru.ui import finding
from naru.ui.finding import Fields
from naru.ui.names import in_language

Words = str | Promise
FOUND: Final = 20
"""Receivers of one answer; who looks for others narrows it."""

OFTEN: Final = 4
NEAR: Final = 6
ASKED: Final = ("name", "region", "department", "near")
"""The fields of the search (`ui/finding.html`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiver:
    """Somebody to whom it may go; `value` is what choosing them sends: who, and which department.

    `departments` are canonical ones that it has; `told` says them and how often one sends there.
    """

    id: UUID
    value: str
    name: str
    told: str
    away: str
    address: str
    telephone: str
    departments: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """The page on which a receiver is chosen; groups have a title and those that fit."""

    fields: Fields
    given: Mapping[str, str]
    groups: tuple[tuple[Words, tuple[Receiver, ...]], ...]
    more: bool


def search(
    given: Mapping[str, str], own: UUID, kind: Kind, now: datetime, but: Collection[UUID] = ()
) -> Search:
    """What was asked for, nearest first; where nothing was, what one would choose most likely."""
    asked = finder.sought(given, own=_point(own))
    found = finder.find(asked, now)
    able = _able(found.members, {own, *but})
    groups: list[tuple[Words, list[Receiver]]]
    if any(given.get(name) for name in ASKED):
        groups = [(gettext_lazy("찾은 곳"), [_receiver(one, asked) for one in able[:FOUND]])]
    else:
        groups = _likely(able, referrals.habits(own, kind, OFTEN), asked)
    return Search(
        fields=finding.fields(found.departments),
        given={name: given.get(name, "") for name in ASKED},
        groups=tuple((title, tuple(rows)) for title, rows in groups if rows),
        more=len(able) > sum(len(rows) for _title, rows in groups),
    )


def receiver(
    institution: UUID, own: UUID, now: datetime, but: Collection[UUID] = ()
) -> Receiver | None:
    """One of them by its key; None for whoever may not be sent anything."""
    asked = Sought(near=_point(own))
    able = _able(finder.find(asked, now).members, {own, *but})
    return next((_receiver(one, asked) for one in able if one.institution.id == institution), None)


def _able(members: Iterable[Member], but: Collection[UUID]) -> list[Member]:
    """Those that said how they are reached, which a paper names; but for these."""
    return [
        one
        for one in members
        if one.institution.id not in but and one.profile is not finder.NOWHERE
    ]


def _likely(
    able: list[Member], habits: Iterable[Habit], asked: Sought
) -> list[tuple[Words, list[Receiver]]]:
    known = {one.institution.id: one for one in able}
    often = [_receiver(known[one.receiver], asked, one) for one in habits if one.receiver in known]
    chosen = {one.id for one in often}
    near = [one for one in able if one.institution.id not in chosen][:NEAR]
    return [
        (gettext_lazy("자주 보내는 곳"), often),
        (gettext_lazy("가까운 곳"), [_receiver(one, asked) for one in near]),
    ]


def _receiver(member: Member, asked: Sought, habit: Habit | None = None) -> Receiver:
    held = member.departments
    only = held[0] if len(held) == 1 else ""
    department = asked.department or (habit.department if habit else "") or only
    told = [_("최근 %(times)d번") % {"times": habit.times}] if habit else []
    return Receiver(
        id=member.institution.id,
        value=f"{member.institution.id} {department}".strip(),
        name=in_language(member.institution.name),
        told=" · ".join([*told, *map(finding.department, held)]),
        away="" if member.km is None else finding.away(member.km),
        address=member.profile.address,
        telephone=member.profile.telephone,
        departments=held,
    )


def _point(institution: UUID) -> Point | None:
    """Where the institution is from which distances are told."""
    profile = registers.profile_of(institution)
    return None if profile is None else finder.point_of(profile)
