from datetime import date

import pytest

from naru.domain.clinical import Content, Diagnosis, Medication, ReferralReason
from naru.domain.clinical.selection import UnknownItem, items, without

DAY = date(2026, 11, 20)
ANGINA = Diagnosis(date=DAY, code="I209", name="협심증")
DEPRESSION = Diagnosis(date=DAY, code="F329", name="우울에피소드")
ASPIRIN = Medication(time=DAY, code="TEST-1", name="아스피린")
CONTENT = Content(
    diagnoses=(ANGINA, DEPRESSION),
    medications=(ASPIRIN,),
    opinion="가슴 통증",
    referral_reason=ReferralReason(state="02"),
)


def test_every_item_has_an_id_by_its_place() -> None:
    assert [item.id for item in items(CONTENT)] == [
        "diagnoses-1",
        "diagnoses-2",
        "medications-1",
        "opinion",
        "referral_reason",
    ]
    assert items(Content()) == ()


def test_nothing_unticked_is_the_same_content() -> None:
    assert without(CONTENT, ()) == CONTENT


def test_what_is_unticked_is_gone_and_all_else_stays() -> None:
    left = without(CONTENT, {"diagnoses-2", "opinion"})
    assert left == Content(
        diagnoses=(ANGINA,),
        medications=(ASPIRIN,),
        referral_reason=ReferralReason(state="02"),
    )


def test_a_whole_field_can_be_left_out() -> None:
    assert without(CONTENT, {"diagnoses"}).diagnoses == ()


def test_everything_unticked_is_an_empty_content() -> None:
    assert without(CONTENT, [item.id for item in items(CONTENT)]) == Content()


@pytest.mark.parametrize("wrong", ["diagnoses-3", "diagnoses-0", "nothing", ""])
def test_an_id_of_nothing_is_refused(wrong: str) -> None:
    with pytest.raises(UnknownItem):
        without(CONTENT, {"opinion", wrong})
