"""What is ticked of a chart before the doctor looks: what is recent, and never what is delicate."""

from datetime import date, timedelta

import pytest

from naru.domain.clinical import Allergy, AllergyKind, Diagnosis, Medication
from naru.domain.referral_content import Offered, Suggestion, suggested

TODAY = date(2026, 11, 22)
RULE = Suggestion(days={"diagnoses": 30, "test_results": 90}, never=("F", "B20"))


def offered(*values: object) -> list[Offered]:
    fields = {Allergy: "allergies", Diagnosis: "diagnoses", Medication: "medications"}
    return [
        Offered(id=f"{at}", field=fields[type(one)], value=one) for at, one in enumerate(values)
    ]


def diagnosis(days: int, code: str = "R07") -> Diagnosis:
    return Diagnosis(date=TODAY - timedelta(days=days), code=code, name="진단")


def test_an_allergy_goes_however_old_it_is() -> None:
    old = Allergy(date=date(1990, 1, 1), kind=AllergyKind.DRUG, name="페니실린")
    assert suggested(offered(old), RULE, TODAY) == {"0"}


def test_of_diagnoses_those_of_the_last_day_go_where_it_is_recent() -> None:
    assert suggested(offered(diagnosis(3), diagnosis(3), diagnosis(9)), RULE, TODAY) == {"0", "1"}
    assert suggested(offered(diagnosis(31)), RULE, TODAY) == frozenset()
    assert suggested(offered(diagnosis(-1)), RULE, TODAY) == frozenset()


@pytest.mark.parametrize("code", ["F32.0", "F0", "B20"])
def test_a_delicate_diagnosis_is_ticked_by_hand_alone_and_hides_no_other(code: str) -> None:
    assert suggested(offered(diagnosis(0, code), diagnosis(2)), RULE, TODAY) == {"1"}


@pytest.mark.parametrize(
    ("began", "days", "goes"), [(0, "1", True), (9, "7", False), (9, "", True)]
)
def test_a_drug_goes_while_it_is_taken(began: int, days: str, *, goes: bool) -> None:
    drug = Medication(
        time=TODAY - timedelta(days=began), code="TEST-M", name="약", times="1", days=days
    )
    assert bool(suggested(offered(drug), RULE, TODAY)) is goes


def test_a_kind_of_which_nothing_is_said_is_never_ticked() -> None:
    assert suggested(offered(diagnosis(0)), Suggestion(days={}, never=()), TODAY) == frozenset()
