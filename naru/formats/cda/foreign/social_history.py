"""Smoking by its status, drinking in words; what else a social history tells stays in its text."""

from collections.abc import Iterator

from lxml.etree import _Element

from naru.domain.clinical import Drinking, Smoking, SmokingStatus
from naru.formats.cda.datatypes import hl7
from naru.formats.cda.foreign.results import value_in_words
from naru.formats.cda.foreign.walk import Walk, denied, tables


def read_social_history(walk: Walk, entry: _Element) -> Iterator[Smoking | Drinking]:
    """What one entry says of smoking or drinking."""
    codes = {each.code for each in walk.concept(entry.find(hl7("code"))).codings}
    if denied(entry):
        walk.miss(entry, "부정으로 적힌 생활습관은 항목으로 두지 않았습니다.")
    elif codes & set(tables()["smoking"]["codes"]):
        yield from _smoking(walk, entry)
    elif codes & set(tables()["drinking"]):
        yield from _drinking(walk, entry)
    else:
        walk.miss(entry, "흡연과 음주가 아닌 생활습관은 읽지 않았습니다.")


def _smoking(walk: Walk, entry: _Element) -> Iterator[Smoking]:
    named = walk.concept(entry.find(hl7("value")))
    known = tables()["smoking"]["status"]
    status = next((known[each.code] for each in named.codings if each.code in known), None)
    if status is None:
        walk.miss(entry, "흡연상태의 부호를 알지 못합니다.")
        return
    day = walk.day(entry)
    if day is not None:
        yield Smoking(date=day, status=SmokingStatus(status))


def _drinking(walk: Walk, entry: _Element) -> Iterator[Drinking]:
    text, unit = value_in_words(walk, entry)
    if not text:
        walk.miss(entry, "음주상태의 값이 없습니다.")
        return
    day = walk.day(entry)
    if day is not None:
        yield Drinking(date=day, description=f"{text} {unit}".strip())
