"""What stands for a whole person: for everyone who was merged or linked into one.

A merge moves nothing, so that each entry keeps what it said. Where they differ the narrower holds
(decision 9), at the doors as on the pages: both ask here.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from naru.consent import queries as consent
from naru.consent.acts import Act
from naru.consent.decision import decide
from naru.consent.policy import Policy
from naru.consent.snapshots import Exclusions, Snapshot, Standing
from naru.domain.arrangements import Delivery
from naru.domain.decision import Decision, Question
from naru.domain.korea import korean_day
from naru.patients import queries as patients
from naru.registry import queries as registry


def members(patient: UUID) -> tuple[UUID, ...]:
    """Every key of the person, the survivor's first; of somebody unknown the one that was asked."""
    return patients.identity_sets([patient]).get(patient, (patient,))


def standings(patient: UUID) -> tuple[Standing, ...]:
    """What each entry of the person says, of those whose word counts; asked by any key."""
    return counted(consent.standings(members(patient), None))


def counted(said: dict[UUID, Standing]) -> tuple[Standing, ...]:
    """What each of them said; of one who was silent, only where somebody else's word would speak.

    A consent does not reach what was stored of a silent one before the merge. What was stored
    later was decided upon for the whole person, so that an empty entry's silence means nothing.
    A delivery names the documents that its patient chose, whoever they are merged with since.
    """
    if len(said) == 1 or not any(one.snapshot for one in said.values()):
        return tuple(said.values())
    joined = patients.joined(said.keys())
    directed = _deliveries(said.values())
    return tuple(
        replace(standing, deliveries=directed) if directed else standing
        for member, standing in said.items()
        if standing.snapshot or (joined and registry.holds_any(member, until=joined))
    )


def _deliveries(said: Iterable[Standing]) -> tuple[Delivery, ...]:
    """Those of every entry; of one that several know what any of them knows to be opened."""
    found: dict[UUID, Delivery] = {}
    for one in (each for standing in said for each in standing.arrangements.deliveries):
        known = found.get(one.id, one)
        found[one.id] = replace(one, opened=one.opened | known.opened)
    return tuple(found.values())


def decided(question: Question, said: Iterable[Standing], policy: Policy) -> Decision:
    """The decision for the whole person: the first refusal, else a permission."""
    decisions = [decide(question, standing, policy) for standing in said]
    return next((one for one in decisions if not one.permitted), decisions[0])


def snapshot(patient: UUID, now: datetime) -> Snapshot | None:
    """What all of them say together; None where nobody ever said anything.

    A consent stands where each consents, from the last of the days and until the first of the
    ends; whatever any of them keeps out is out. Its arrangements are the survivor's own.
    """
    said = standings(patient)
    spoken = [one.snapshot for one in said if one.snapshot is not None]
    if len(said) == 1 or not spoken:
        return spoken[0] if spoken else None
    own = consent.snapshot(members(patient)[0]) or spoken[0]
    together = replace(
        own,
        exclusions=_together([one.exclusions for one in spoken]),
        withdrawn=max((one.withdrawn for one in spoken if one.withdrawn), default=None),
    )
    day = korean_day(now)
    if len(spoken) < len(said) or not all(one.consents_on(day) for one in spoken):
        ends = [one.until for one in spoken if one.until is not None and one.until < day]
        return replace(together, consented=False, from_date=None, until=max(ends, default=None))
    return replace(
        together,
        consented=True,
        from_date=max((one.from_date for one in spoken if one.from_date), default=None),
        until=min((one.until for one in spoken if one.until), default=None),
    )


def acts(patient: UUID) -> tuple[Act, ...]:
    """Everything that the person said under any entry, oldest first.

    What was said once for all entries stands once, as the survivor's.
    """
    found: dict[tuple[object, ...], Act] = {}
    for member in members(patient):
        for act in consent.acts(member):
            about = (act.exclusion, act.ends, act.documents, *_begun(act))
            found.setdefault((act.time, act.kind, *about), act)
    return tuple(sorted(found.values(), key=lambda act: act.time))


def _begun(act: Act) -> tuple[UUID, ...]:
    begun = (
        act.mandate,
        act.emergency,
        act.release,
        act.delivery,
        act.sending,
        act.same_disease,
        act.programme,
    )
    return tuple(one.id for one in begun if one is not None)


def _together(kept_out: list[Exclusions]) -> Exclusions:
    return Exclusions(
        sources=frozenset().union(*(one.sources for one in kept_out)),
        viewers=frozenset().union(*(one.viewers for one in kept_out)),
        departments=frozenset().union(*(one.departments for one in kept_out)),
        departments_at=frozenset().union(*(one.departments_at for one in kept_out)),
        documents=frozenset().union(*(one.documents for one in kept_out)),
    )
