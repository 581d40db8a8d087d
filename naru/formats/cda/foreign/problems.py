"""Problems of any shape: a concern with observations inside, or observations alone."""

from collections.abc import Iterator

from lxml.etree import _Element

from naru.domain.clinical import Diagnosis
from naru.formats.cda.datatypes import hl7
from naru.formats.cda.foreign.walk import Walk, denied, subjects


def read_problems(walk: Walk, entry: _Element) -> Iterator[Diagnosis]:
    """The diagnoses of one entry."""
    inside = subjects(entry)
    if not inside:
        walk.miss(entry, "진단이 들어 있지 않습니다.")
    for observation in inside:
        yield from _read(walk, observation, entry)


def _read(walk: Walk, observation: _Element, around: _Element) -> Iterator[Diagnosis]:
    value = observation.find(hl7("value"))
    named = walk.concept(value)
    name = named.name or walk.text(observation.find(hl7("text")))
    if denied(observation):
        walk.miss(observation, "없다고 적힌 진단은 항목으로 두지 않았습니다.")
        return
    if not (name or named.codings):
        walk.miss(observation, "진단의 부호도 이름도 없습니다.")
        return
    day = walk.day(observation, around)
    if day is not None:
        code, others = named.of("KCD")
        yield Diagnosis(date=day, code=code, name=name, translations=others)
