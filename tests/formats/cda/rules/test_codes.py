"""Codes are judged on the day of their entry, by whoever knows them."""

from collections.abc import Sequence
from datetime import date

from naru.domain.terminology import Concept, Standing, System, Verdict
from naru.formats.cda.rules import check

DAY = date(2026, 11, 20)
KCD = "1.2.410.100110.40.2.3.2"


class Judge:
    """Knows one code that was retired, and nothing of other systems."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, date]] = []

    def __call__(self, codes: Sequence[tuple[str, str]], on: date) -> tuple[Verdict, ...]:
        self.asked += [(*one, on) for one in codes]
        return tuple(self._of(system, code) for system, code in codes)

    def _of(self, system: str, code: str) -> Verdict:
        if system != KCD:
            return Verdict(standing=Standing.UNKNOWN, system=None, code=code)
        standing = Standing.RETIRED if code == "I20.9" else Standing.UNKNOWN
        nearest = Concept(system=System.KCD_9, code="I208", display="기타 협심증")
        return Verdict(standing=standing, system=System.KCD_9, code=code, nearest=(nearest,))


def test_a_retired_and_an_unknown_code_are_told_with_the_nearest(octets: bytes) -> None:
    judge = Judge()
    found = check(octets, on=date(2000, 1, 1), judge=judge)
    assert [one.rule for one in found] == ["code.retired", "code.unknown"]
    assert "I20.9 (2026-11-20); 가까운 부호: I20.8 기타 협심증" in found[0].sentence
    assert "the nearest: I20.8" in found[0].said(english=True)
    assert "I20" not in found[0].plain()
    assert found[0].path.endswith("section/entry[1]/observation/value")


def test_each_code_is_asked_once_for_its_day(octets: bytes) -> None:
    judge = Judge()
    check(octets, on=date(2000, 1, 1), judge=judge)
    assert len(judge.asked) == len(set(judge.asked))
    assert {day for _, _, day in judge.asked} == {DAY}


def test_what_nobody_has_loaded_is_not_judged(octets: bytes) -> None:
    def unloaded(codes: Sequence[tuple[str, str]], _on: date) -> list[Verdict]:
        return [
            Verdict(standing=Standing.UNLOADED, system=System.KCD_9, code=code) for _, code in codes
        ]

    assert check(octets, on=DAY, judge=unloaded) == ()
