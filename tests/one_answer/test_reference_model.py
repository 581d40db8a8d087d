"""The decision is the reference model's: the same answer by the same rule in each combination."""

from collections.abc import Iterator
from itertools import islice

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.one_answer.both import by_decision, by_model
from tests.one_answer.combined import BASES, USUAL, Case, drawn, pairs, singles, told, whole
from tests.one_answer.sequences import lives, questions


def differing(cases: Iterator[Case]) -> tuple[int, list[str]]:
    """How many were asked, and those in which the two do not agree."""
    number, found = 0, list[str]()
    for case in cases:
        number += 1
        question, patient = told(case)
        expected, decided = by_model(question, patient), by_decision(question, patient)
        if expected != decided:
            unusual = {name: one for name, one in case.items() if USUAL[name] != one}
            found.append(f"model {expected}, decision {decided}: {unusual}")
    return number, found


def require_agreement(cases: Iterator[Case], *, least: int) -> None:
    number, found = differing(cases)
    assert number >= least
    assert not found, f"{len(found)} of {number}:\n" + "\n".join(found[:40])


@pytest.mark.parametrize("base", BASES, ids=lambda one: f"{one['path']}-{one['asking']}")
def test_each_path_opens_by_its_own_rule(base: Case) -> None:
    question, patient = told(base)
    assert by_model(question, patient)[0]


def test_the_decision_is_the_reference_model_s_for_any_value_on_each_path() -> None:
    require_agreement(singles(), least=1_500)


def test_the_decision_is_the_reference_model_s_for_any_two_values_together() -> None:
    # Each second one here; all of them in the long test.
    require_agreement(islice(pairs(USUAL), 0, None, 2), least=5_000)


def test_the_decision_is_the_reference_model_s_in_drawn_combinations() -> None:
    require_agreement(drawn(12_000, seed=20261120), least=10_000)


@pytest.mark.long
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("base", BASES, ids=lambda one: f"{one['path']}-{one['asking']}")
def test_the_decision_is_the_reference_model_s_for_any_two_values_on_each_path(base: Case) -> None:
    require_agreement(pairs(base), least=10_000)


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_the_decision_is_the_reference_model_s_in_the_whole_product() -> None:
    require_agreement(whole(USUAL), least=1_000_000)


@given(data=st.data())
@settings(
    max_examples=400,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
def test_the_decision_is_the_reference_model_s_after_any_sequence_of_acts(
    data: st.DataObject,
) -> None:
    patient, last = data.draw(lives())
    for _ in range(8):
        question = data.draw(questions(patient, last))
        assert by_decision(question, patient) == by_model(question, patient), question
