"""What one asker sees of a world, by the reference model: its plain values from the world's."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from tests.one_answer import facts, model
from tests.one_answer.places import Asker, Place
from tests.one_answer.said import Patient as Standing
from tests.one_answer.world import Link, Patient, Record, Said, Thing, World

CARES = {"system", "clinician"}
STUDY = "TEST-study"
POLICY = facts.Policy(programmes=frozenset({STUDY}))


@dataclass(frozen=True)
class Sight:
    """What one asker sees of a world."""

    world: World
    asker: Asker

    def sees(self, thing: Thing | Record) -> bool:
        """Whether it and, of a package, all that is in it may be seen."""
        inside = [*thing.members, *thing.beside] if isinstance(thing, Thing) else []
        return self._permits(thing.patient, item_of(thing)) and all(map(self.sees, inside))

    def sees_link(self, link: Link) -> bool:
        return self.sees(link.source) and self.sees(link.target)

    def may_ask(self, patient: Patient) -> bool:
        """Whether they speak of this person, or of nobody in particular."""
        about = self.asker.about
        return about is None or about in {one.affinity_id for one in self.world.members(patient)}

    def learns(self, patient: Patient, giver: Place) -> bool:
        """Whether they learn by which number a hospital knows the person."""
        told = facts.Item(id=str(giver.id), institution=giver.id, day=self.world.today)
        return giver is self.asker.place or self._permits(patient, told)

    def _permits(self, patient: Patient, item: facts.Item) -> bool:
        """Whether everyone who is the person, and whose word counts, lets it be seen."""
        if not self.may_ask(patient):
            return False
        speaking = self._speaking(self.world.members(patient))
        return all(self._judge(one, item) for one in speaking)

    def _judge(self, patient: Patient, item: facts.Item) -> bool:
        asker = self.asker
        person = patient.key if asker.acts_as == "patient" else None
        if asker.acts_as == "clinician":
            person = self.world.users.get(asker.place.id)
        question = facts.Question(
            role=asker.acts_as,
            item=item,
            time=datetime.now(UTC),
            purpose=asker.purpose or "TREAT",
            programme=asker.programme,
            person=person,
            institution=asker.place.id,
            admitted=asker.admitted,
            treats=asker.acts_as in CARES,
        )
        stands = Standing(
            id=patient.key,
            acts=[act_of(one) for one in patient.said],
            # Whoever received one of those who were merged received the person.
            relations=[
                facts.Relation(at=one.institution, since=one.since, until=one.until)
                for each in self.world.members(patient)
                for one in each.relations
            ],
        )
        return any(
            model.decide(replace(question, path=way), stands, POLICY)[0] for way in self._ways(item)
        )

    def _ways(self, item: facts.Item) -> list[str]:
        """By which ways it is asked for: what one withholds, another may show."""
        if self.asker.programme:
            return ["programme"]
        sent, here = item.sending, self.asker.place.id
        named = {
            "own-chart": item.institution == here,
            "emergency": self.asker.purpose == "ETREAT",
            "addressed": sent is not None and here in sent.to,
            "query": True,
        }
        return [way for way, is_one in named.items() if is_one]

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


def item_of(thing: Thing | Record) -> facts.Item:
    """What the model looks at."""
    more: dict[str, Any] = {}
    if isinstance(thing, Thing):
        more["department"] = f"{thing.department}^^2.999.3" if thing.department else None
        more["consent_document"] = thing.is_paper
        to = frozenset(one.id for one in thing.recipients if one is not thing.source)
        if to:
            more["sending"] = facts.Sending(time=thing.registered, to=to)
    return facts.Item(id=thing.unique_id, institution=thing.source.id, day=thing.day, **more)


_KINDS = {"grant": "consent", "withdraw": "consent-end", "exclude": "exclude"}


def act_of(said: Said | facts.Act) -> facts.Act:
    """One act, as the model reads it."""
    if isinstance(said, facts.Act):
        return said
    out = said.exclusion
    key: object = ""
    if out is not None:
        key = facts.Exclusion(
            source=out.source, viewer=out.viewer, department=out.department, document=out.document
        )
    return facts.Act(
        kind=_KINDS[said.kind],
        time=said.time,
        key=key,
        since=said.from_date,
        until=said.until,
    )
