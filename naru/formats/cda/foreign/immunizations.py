"""Vaccinations that were given."""

from collections.abc import Iterator

from lxml.etree import _Element

from naru.domain.clinical import Immunization
from naru.formats.cda.datatypes import attribute_of, hl7, path, text_of
from naru.formats.cda.foreign.medications import product
from naru.formats.cda.foreign.walk import Walk, denied, plain

_GIVEN = frozenset({"", "EVN"})
_DOSE_NUMBER = "30973-2"
_DIGITS = 3


def read_immunizations(walk: Walk, entry: _Element) -> Iterator[Immunization]:
    """The vaccination of one entry."""
    if entry.tag != hl7("substanceAdministration"):
        walk.miss(entry, "예방접종이 아닙니다.")
        return
    if denied(entry) or entry.get("moodCode", "") not in _GIVEN:
        walk.miss(entry, "맞지 않았거나 예정된 예방접종은 항목으로 두지 않았습니다.")
        return
    named = product(walk, entry)
    if not (named.name or named.codings):
        walk.miss(entry, "백신의 부호도 이름도 없습니다.")
        return
    day = walk.day(entry)
    if day is not None:
        first = named.codings[0] if named.codings else None
        if len(named.codings) > 1:
            walk.miss(entry, "백신의 다른 부호는 읽지 않았습니다.")
        yield Immunization(
            date=day,
            name=named.name,
            code="" if first is None else first.code,
            system="" if first is None else first.system,
            dose_number=_dose(entry),
            lot=plain(
                text_of(
                    entry,
                    "consumable",
                    "manufacturedProduct",
                    "manufacturedMaterial",
                    "lotNumberText",
                )
            ),
        )


def _dose(entry: _Element) -> int | None:
    for observation in entry.iterfind(path("entryRelationship", "observation")):
        if attribute_of(observation, "code", name="code") == _DOSE_NUMBER:
            text = attribute_of(observation, "value", name="value")
            if text.isascii() and text.isdigit() and len(text) <= _DIGITS:
                return int(text)
    return None
