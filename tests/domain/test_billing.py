"""Billable is what lacks nothing: every subset of the conditions, each missing one named."""

from datetime import date
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from naru.domain.billing import Facts, judge, rules
from naru.domain.referrals import AskedBy, Kind

DAY = date(2026, 11, 22)
CODES = (
    "paper",
    "insured",
    "pilot",
    "patient-consent",
    "clinician-consent",
    "asked-by",
    "once-a-day",
)


def facts(**holds: bool) -> Facts:
    """The facts in which exactly these conditions hold."""
    return Facts(
        kind=Kind.REFERRAL if holds["paper"] else Kind.EMERGENCY_TRANSFER,
        insurance="4" if holds["insured"] else "5",
        pilot=holds["pilot"],
        patient_consents=holds["patient_consent"],
        clinician_consents=holds["clinician_consent"],
        asked_by=AskedBy.PATIENT if holds["asked_by"] else None,
        first_of_day=holds["once_a_day"],
    )


@pytest.mark.parametrize("holds", [*product((True, False), repeat=len(CODES))])
def test_every_subset_of_the_conditions_names_exactly_what_is_missing(
    holds: tuple[bool, ...],
) -> None:
    given = dict(zip(CODES, holds, strict=True))

    judgement = judge(facts(**{code.replace("-", "_"): one for code, one in given.items()}), DAY)

    assert [one.code for one in judgement.missing] == [c for c in CODES if not given[c]]
    assert judgement.billable is all(holds)
    for one in judgement.missing:
        assert one.remedy["ko"]
        assert one.remedy["en"]


@given(st.sampled_from([*sorted(rules().insurances), "", "6", "건강보험"]))
def test_only_the_health_insurance_pays(insurance: str) -> None:
    said = facts(**dict.fromkeys(("paper", "pilot", "patient_consent"), True),
                 clinician_consent=True, asked_by=True, insured=True, once_a_day=True)  # fmt: skip
    changed = Facts(
        kind=said.kind,
        insurance=insurance,
        pilot=True,
        patient_consents=True,
        clinician_consents=True,
        asked_by=AskedBy.CLINICIAN,
        first_of_day=True,
    )
    assert judge(changed, DAY).billable is (insurance == "4")


def test_a_return_is_billed_like_a_referral_whoever_asked() -> None:
    for kind, asked in product((Kind.REFERRAL, Kind.RETURN), AskedBy):
        said = Facts(
            kind=kind,
            insurance="4",
            pilot=True,
            patient_consents=True,
            clinician_consents=True,
            asked_by=asked,
            first_of_day=True,
        )
        assert judge(said, DAY).billable


def test_before_the_guideline_nothing_is_billed() -> None:
    said = facts(**dict.fromkeys((c.replace("-", "_") for c in CODES), True))
    assert judge(said, date(2017, 11, 28)).asked == ()
    assert not judge(said, date(2017, 11, 28)).billable
    assert judge(said, date(2017, 11, 29)).billable


def test_the_conditions_say_that_they_are_unofficial_and_where_they_were_read() -> None:
    assert rules().status == "unofficial"
    assert tuple(one.code for one in rules().conditions) == CODES
    assert all(one.source and one.status == "unofficial" for one in rules().conditions)
