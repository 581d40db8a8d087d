"""One table says who may do what."""

import pytest

from naru.domain import roles
from naru.domain.caller import Role
from naru.domain.roles import Factor, RoleKind


@pytest.mark.parametrize("role", list(Role))
def test_every_role_has_a_row_in_both_languages(role: Role) -> None:
    row = roles.role_table().roles[role]

    assert row.korean
    assert row.english.isascii()


def test_every_action_is_somebody_s() -> None:
    idle = [one for one in roles.role_table().actions if not roles.that_may(one)]

    assert not idle


def test_nobody_may_what_no_row_says() -> None:
    assert roles.may(Role.DOCTOR, "see-patient")
    assert not roles.may(Role.RECEPTION, "see-patient")
    assert not roles.may(Role.CALL_CENTRE_AGENT, "see-patient")
    with pytest.raises(KeyError):
        roles.may(Role.DOCTOR, "see-everything")


def test_whoever_gives_no_care_treats_nobody() -> None:
    citizens = {role for role in Role if roles.kind(role) in {RoleKind.CITIZEN, RoleKind.AUTHORITY}}

    assert not roles.treating() & citizens
    assert not roles.treating() & {Role.OPERATOR, Role.RECEPTION, Role.INSURER_CLERK, Role.VENDOR}
    assert {Role.DOCTOR, Role.CLINICIAN, Role.SYSTEM} <= roles.treating()


def test_what_weighs_most_asks_for_a_factor_again() -> None:
    assert roles.step_up("withdraw-consent") is Factor.PASSKEY
    assert roles.step_up("sign-agreement") is Factor.IDENTITY
    assert roles.step_up("see-own-record") is None


def test_a_record_of_before_the_table_is_still_read() -> None:
    assert Role("agency") is Role.AGENCY_CLERK
