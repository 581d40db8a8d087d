"""What was done to a patient; what is only planned is no procedure of the past."""

from collections.abc import Iterator

from lxml.etree import _Element

from naru.domain.clinical import Procedure
from naru.formats.cda.datatypes import hl7
from naru.formats.cda.foreign.walk import Walk, denied

_DONE = frozenset({"", "EVN"})


def read_procedures(walk: Walk, entry: _Element) -> Iterator[Procedure]:
    """The procedures of one entry."""
    if entry.tag not in {hl7(name) for name in ("procedure", "observation", "act")}:
        walk.miss(entry, "수술이나 처치가 아닙니다.")
        return
    named = walk.concept(entry.find(hl7("code")))
    name = named.name or walk.text(entry.find(hl7("text")))
    if denied(entry) or entry.get("moodCode", "") not in _DONE:
        walk.miss(entry, "하지 않았거나 예정된 처치는 항목으로 두지 않았습니다.")
        return
    if not (name or named.codings):
        walk.miss(entry, "처치의 부호도 이름도 없습니다.")
        return
    day = walk.day(entry)
    if day is not None:
        code, others = named.of("ICD-9-CM")
        yield Procedure(date=day, name=name, code=code, translations=others)
