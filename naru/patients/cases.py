"""A steward's cases: two persons who may be one. How a case stands is what was decided last."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from naru.patients.errors import UnknownCase
from naru.patients.joining import By
from naru.patients.linkage import weights
from naru.patients.linkage.rules import Judgement
from naru.patients.models import Joining, MatchCase, MatchDecision, Patient


class Outcome(StrEnum):
    """What was decided."""

    RECOGNISED = "recognised"
    """The program linked them; a steward may part them."""
    LINKED = "linked"
    APART = "apart"
    REOPENED = "reopened"


def open_case(one: UUID, other: UUID, judgement: Judgement, now: datetime) -> MatchCase:
    """The case of these two, opened unless there was one: what a steward decided stays decided."""
    known = of_pair(one, other)
    return known or open_first(one, {other: judgement}, now)[0]


def open_first(one: UUID, others: Mapping[UUID, Judgement], now: datetime) -> list[MatchCase]:
    """The cases of somebody with others of whom none was ever asked beside them."""
    return MatchCase.objects.bulk_create(
        MatchCase(
            key=uuid4(),
            one=one,
            other=other,
            reason=judgement.reason,
            bits=round(judgement.bits, 1),
            weights=weights.shipped().weights.version,
            opened=now,
        )
        for other, judgement in others.items()
    )


def of_pair(one: UUID, other: UUID) -> MatchCase | None:
    """The case of these two persons, as they were named when it was opened."""
    either = Q(one=one, other=other) | Q(one=other, other=one)
    return MatchCase.objects.filter(either).first()


def case_of_join(join: Joining) -> MatchCase | None:
    """The case on which a link was decided."""
    decided = MatchDecision.objects.filter(joining=join).select_related("case").first()
    return decided.case if decided else of_pair(join.patient, join.into)


def known(key: UUID) -> MatchCase:
    """The case of this key; raises `UnknownCase`."""
    row = MatchCase.objects.filter(key=key).first()
    if row is None:
        raise UnknownCase("No such case is known.")
    return row


def decide(case: MatchCase, outcome: Outcome, by: By, joining: Joining | None = None) -> None:
    """Keep what was decided."""
    MatchDecision.objects.create(case=case, act=outcome, joining=joining, **by.columns(uuid4()))


def standing() -> "QuerySet[Any]":
    """All cases, each with what was decided last (`last`) and whose they are now."""
    decisions = MatchDecision.objects.filter(case=OuterRef("pk")).order_by("-id")

    def root(of: str) -> Subquery:
        return Subquery(Patient.objects.filter(key=OuterRef(of)).values("root")[:1])

    return MatchCase.objects.annotate(
        last=Subquery(decisions.values("act")[:1]), root=root("one"), other_root=root("other")
    )


def waiting() -> "QuerySet[Any]":
    """Cases that nobody has decided, of persons who are still two; the oldest first."""
    undecided = Q(last=None) | Q(last=Outcome.REOPENED)
    return standing().filter(undecided).exclude(root=F("other_root")).order_by("id")
