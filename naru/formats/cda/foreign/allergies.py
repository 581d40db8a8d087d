"""Allergies and intolerances: an allergen that a participant names, and the reaction to it."""

from collections.abc import Iterator

from lxml.etree import _Element

from naru.domain.clinical import Allergy, AllergyKind
from naru.formats.cda.datatypes import hl7, path
from naru.formats.cda.foreign.walk import Named, Walk, denied, subjects, tables


def read_allergies(walk: Walk, entry: _Element) -> Iterator[Allergy]:
    """The allergies of one entry."""
    inside = subjects(entry)
    if not inside:
        walk.miss(entry, "알러지가 들어 있지 않습니다.")
    for observation in inside:
        yield from _read(walk, observation, entry)


def _read(walk: Walk, observation: _Element, around: _Element) -> Iterator[Allergy]:
    if denied(observation):
        walk.miss(observation, "없다고 적힌 알러지는 항목으로 두지 않았습니다.")
        return
    entity = observation.find(path("participant", "participantRole", "playingEntity"))
    named = Named((), "")
    if entity is not None:
        named = walk.concept(entity.find(hl7("code")))
        named = Named(named.codings, named.name or walk.text(entity.find(hl7("name"))))
    if not (named.name or named.codings):
        walk.miss(observation, "알러지를 일으키는 것의 부호도 이름도 없습니다.")
        return
    day = walk.day(observation, around)
    if day is not None:
        code, others = named.of("KOSTOM")
        yield Allergy(
            date=day,
            kind=_kind(walk, observation, named),
            name=named.name,
            code=code,
            reaction=", ".join(_reactions(walk, observation)),
            translations=others,
        )


def _kind(walk: Walk, observation: _Element, named: Named) -> AllergyKind:
    """The factor; "a substance" tells none, and a code that we do not know is noted."""
    known = tables()["allergies"]
    said = {each.code for each in walk.concept(observation.find(hl7("value"))).codings}
    for kind in (AllergyKind.DRUG, AllergyKind.FOOD, AllergyKind.ENVIRONMENT):
        if said & set(known[kind]):
            return kind
    if any(each.system in known["drug_systems"] for each in named.codings):
        return AllergyKind.DRUG
    if said - set(known["untold"]):
        walk.miss(observation, "알러지요인의 부호를 알 수 없습니다.")
    return AllergyKind.UNKNOWN


def _reactions(walk: Walk, observation: _Element) -> Iterator[str]:
    for related in observation.iterchildren(hl7("entryRelationship")):
        if related.get("typeCode") == "MFST":
            reaction = related.find(hl7("observation"))
            if reaction is not None:
                named = walk.concept(reaction.find(hl7("value")))
                if words := named.name or walk.text(reaction.find(hl7("text"))):
                    yield words
