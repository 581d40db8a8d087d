"""What may be seen, told once more over plain values: the reference that every door meets.

It follows design section 7 from top to bottom and shares no code with the decision.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from naru.domain.korea import korean_day
from tests.one_answer.places import Asker
from tests.one_answer.world import Link, Patient, Record, Said, Thing, World

CARES = {"system", "clinician"}
TREATMENT = {None, "TREAT", "ETREAT"}


@dataclass
class Stands:
    """What one person's words come to."""

    spoke: bool = False
    since: date | None = None
    until: date | None = None
    ended: datetime | None = None
    kept_out: list[Any] = field(default_factory=list)

    def consents(self, day: date) -> bool:
        return self.since is not None and (self.until is None or self.until >= day)


def stands(said: Iterable[Said]) -> Stands:
    """The state after all acts."""
    now = Stands()
    for act in said:
        now.spoke = True
        day = korean_day(act.time)
        if act.kind == "withdraw":
            now.since, now.until, now.ended = None, None, act.time
        elif act.kind == "exclude":
            now.kept_out.append(act.exclusion)
        else:
            assert act.from_date is not None
            begins = max(act.from_date, day)
            if now.consents(day):
                assert now.since is not None
                begins = min(begins, now.since)
            now.since, now.until, now.ended = begins, act.until, None
    return now


@dataclass(frozen=True)
class Sight:
    """What one asker sees of a world."""

    world: World
    asker: Asker

    def sees(self, thing: Thing | Record) -> bool:
        """Whether it and, of a package, all that is in it may be seen."""
        inside = [*thing.members, *thing.beside] if isinstance(thing, Thing) else []
        return self._judged(thing) and all(self.sees(one) for one in inside)

    def sees_link(self, link: Link) -> bool:
        return self.sees(link.source) and self.sees(link.target)

    def may_ask(self, patient: Patient) -> bool:
        """Whether they speak of this person, or of nobody in particular."""
        about = self.asker.about
        return about is None or about in {one.affinity_id for one in self.world.members(patient)}

    def learns(self, patient: Patient, giver: Any) -> bool:
        """Whether they learn by which number a hospital knows the person."""
        if giver is self.asker.place:
            return True
        today = self.world.today
        return self._judge(patient, giver, today, "", (), str(giver.id), None)

    def _judged(self, one: Thing | Record) -> bool:
        is_thing = isinstance(one, Thing)
        return self._judge(
            one.patient,
            one.source,
            one.day,
            one.department if is_thing else "",
            one.recipients if is_thing else (),
            one.unique_id,
            one.registered,
        )

    def _judge(  # Design section 7 is read from top to bottom.
        self,
        patient: Patient,
        source: Any,
        day: date | None,
        department: str,
        recipients: tuple[Any, ...],
        document: str,
        registered: datetime | None,
    ) -> bool:
        asker = self.asker
        person = self.world.members(patient)
        if not self.may_ask(patient):
            return False
        if asker.acts_as == "patient":
            return True
        cares = asker.acts_as in CARES
        addressed = cares and asker.place in recipients and asker.place is not source
        for member in self._speaking(person):
            now = stands(member.said)
            consents = now.consents(self.world.today)
            older = consents and now.since is not None and (day is None or day < now.since)
            out = any(
                _is_out(one, source.id, asker.place.id, department, document)
                for one in now.kept_out
            )
            # Nobody ticked anything for a sending in these worlds.
            if addressed and not (older or out or _waits(now, registered, self.world.today)):
                continue
            if not cares or not consents or older or out:
                return False
            if asker.purpose not in TREATMENT:
                return False
        return True

    def _speaking(self, person: list[Patient]) -> list[Patient]:
        """Those whose word counts: who spoke, and the silent of whom something was here before."""
        if not any(one.said for one in person):
            return person
        merged = max((one.merged for one in person if one.merged), default=None)
        return [
            one
            for one in person
            if one.said
            or (
                merged and any(s.told_of is one and s.registered <= merged for s in self.world.sets)
            )
        ]


def _waits(now: Stands, sent: datetime | None, today: date) -> bool:
    """Whether what was sent before the consent ended is held."""
    if sent is None:
        return False
    if now.ended:
        return sent <= now.ended
    return now.until is not None and now.until < today and korean_day(sent) <= now.until


def _is_out(out: Any, source: UUID, viewer: UUID, department: str, document: str) -> bool:
    named = f"{department}^^2.999.3" if department else ""
    return (
        (out.document is not None and out.document == document)
        or (out.viewer is not None and out.viewer == viewer)
        or (out.department is not None and out.department == named and out.source in {None, source})
        or (out.department is None and out.source is not None and out.source == source)
    )
