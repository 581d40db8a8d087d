"""One page of the past: each thing once, with everybody who told it."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from naru.domain.clinical import (
    Allergy,
    AllergyKind,
    Content,
    Diagnosis,
    Medication,
    Reading,
    TestKind,
    TestResult,
)
from naru.domain.past_history import (
    Origin,
    Source,
    change,
    is_current,
    past_history,
    taken_until,
    word,
)


def origin(institution: str, day: int) -> Origin:
    return Origin(
        institution=institution,
        title="진료기록요약지",
        document=f"2.999.1.{day}",
        written=datetime(2026, 11, day, 3, tzinfo=UTC),
    )


EAST = origin("가람병원", 1)
WEST = origin("나루의원", 9)


def drug(day: int, days: str = "7", code: str = "TEST-D1", name: str = "시험약정") -> Medication:
    return Medication(time=date(2026, 11, day), code=code, name=name, dose="1정", days=days)


def glucose(day: int, result: str) -> TestResult:
    return TestResult(
        time=date(2026, 11, day), name="포도당", result=result, code="TEST-G", unit="mg/dL"
    )


def test_what_two_institutions_tell_is_one_line_with_both_of_them() -> None:
    same = Diagnosis(date=date(2026, 10, 1), code="TESTE119", name="당뇨병")
    later = Diagnosis(date=date(2026, 11, 8), code="TESTE119", name="제2형 당뇨병")
    found = past_history(
        [
            Source(EAST, Content(diagnoses=(same,))),
            Source(WEST, Content(diagnoses=(later,))),
        ]
    )
    (line,) = found.diagnoses
    assert line.item == later
    assert line.origins == (WEST, EAST)
    assert (line.first, line.last) == (date(2026, 10, 1), date(2026, 11, 8))


def test_a_name_is_compared_composed_and_without_blanks() -> None:
    composed = Allergy(date=date(2026, 1, 1), kind=AllergyKind.DRUG, name="페니실린")
    apart = Allergy(
        date=date(2026, 1, 2), kind=AllergyKind.DRUG, name="\u1111\u1166\u1102\u1175 실린"
    )
    found = past_history([Source(EAST, Content(allergies=(composed, apart)))])
    assert len(found.allergies) == 1
    assert word("Ab C") == "abc"


def test_a_drug_is_current_to_its_last_day() -> None:
    found = past_history([Source(EAST, Content(medications=(drug(1, "7일"),)))])
    (line,) = found.medications
    assert taken_until(line.item) == date(2026, 11, 7)
    assert is_current(line, date(2026, 11, 7))
    assert not is_current(line, date(2026, 11, 8))
    assert not is_current(line, date(2026, 10, 31))


@pytest.mark.parametrize(
    ("days", "lasts_to"),
    [("2주", 14), ("10-14일", 14), ("7일 x 3", 21), ("필요시", 28)],
)
def test_a_drug_lasts_as_its_words_say_and_a_month_where_they_say_else(
    days: str, lasts_to: int
) -> None:
    (line,) = past_history([Source(EAST, Content(medications=(drug(1, days),)))]).medications
    assert is_current(line, date(2026, 11, lasts_to))
    assert is_current(line, date(2026, 11, lasts_to + 1)) == (days == "필요시")


def test_drugs_of_a_discharge_are_among_the_drugs() -> None:
    content = Content(medications=(drug(1),), discharge_medications=(drug(2, code="TEST-D2"),))
    found = past_history([Source(EAST, content)])
    assert [line.item.code for line in found.medications] == ["TEST-D2", "TEST-D1"]


def test_a_result_tells_its_change_since_the_one_before() -> None:
    older = Source(EAST, Content(test_results=(glucose(1, "92"),)))
    newer = Source(WEST, Content(test_results=(glucose(9, "126.5"), glucose(9, "126.5"))))
    (line,) = past_history([newer, older]).test_results
    assert line.item.result == "126.5"
    assert change(line) == Decimal("34.5")
    (one,) = past_history([older]).test_results
    assert change(one) is None
    (words,) = past_history(
        [older, Source(WEST, Content(test_results=(glucose(9, "음성"),)))]
    ).test_results
    assert change(words) is None


def test_an_examination_and_its_reading_are_one_line() -> None:
    done = TestResult(
        time=date(2026, 11, 1), kind=TestKind.IMAGING, name="복부 CT", result="", accession="A-1"
    )
    read = Reading(time=date(2026, 11, 2), name="복부 CT", findings="이상 없음", accession="A-1")
    found = past_history(
        [Source(EAST, Content(test_results=(done,))), Source(WEST, Content(readings=(read,)))]
    )
    (line,) = found.imaging
    assert line.item == read
    assert not found.test_results


drugs = st.builds(
    drug,
    day=st.integers(1, 28),
    days=st.sampled_from(["", "7", "30일", "9" * 9]),
    code=st.sampled_from(["", "TEST-D1", "TEST-D2"]),
    name=st.sampled_from(["가정", "나정"]),
)


@given(st.lists(st.tuples(st.sampled_from([EAST, WEST]), st.lists(drugs, max_size=4)), max_size=6))
def test_no_telling_is_lost_or_made_up(told: list[tuple[Origin, list[Medication]]]) -> None:
    found = past_history(Source(who, Content(medications=tuple(items))) for who, items in told)
    kept = [(one.item, one.origin) for line in found.medications for one in line.told]
    said = [(item, who) for who, items in told for item in items]
    assert sorted(map(repr, kept)) == sorted(map(repr, said))
    days = [line.item.time for line in found.medications]
    assert days == sorted(days, reverse=True)


@pytest.mark.parametrize("said", ["1E+999999999", "1E+999999", "9" * 400, "-1E-999999", "sNaN"])
def test_a_number_that_is_no_result_is_not_reckoned_with(said: str) -> None:
    """A source may write any words where a number is meant; they stand there as words."""
    found = past_history([Source(EAST, Content(test_results=(glucose(1, "90"), glucose(2, said))))])
    (line,) = found.test_results
    assert change(line) is None
    assert line.item.result == said


@pytest.mark.parametrize("days", ["", "9999"])
def test_a_drug_of_the_last_day_that_there_is_breaks_no_page(days: str) -> None:
    last = Medication(time=date.max, code="TEST-D1", name="시험약정", dose="1정", days=days)
    (line,) = past_history([Source(EAST, Content(medications=(last,)))]).medications
    assert not is_current(line, date(2026, 11, 7))
    assert is_current(line, date.max)
