"""Whatever somebody does at a door, the person it concerns reads it in words."""

from uuid import uuid4

import pytest

from naru.audit.queries import Crossing
from naru.audit.records import Outcome, RecordId
from naru.clinic import acts as clinic
from naru.clinic import booking_views as bookings
from naru.clinic import hira_views as hira
from naru.clinic import letter_views as letters
from naru.clinic import referral_form_views as sending
from naru.clinic import referral_views as referrals
from naru.console import review_views as review
from naru.desk import acts as desk
from naru.domain.caller import PurposeOfUse, Role
from naru.faces.fhir.interactions import INTERACTIONS
from naru.faces.iti.transactions import TRANSACTIONS
from naru.node.roles import CDS_HOOKS
from naru.portal import kinds, presenters
from naru.portal.kinds import Kind
from naru.ui.clock import now
from naru.ui.transactions import standard

NOBODYS = {"FHIR capabilities", "FHIR operation", "ITI-102", "ITI-103"}
"""What tells of the node, or what codes mean, and of no person."""


@pytest.mark.parametrize(
    "name",
    sorted(
        {one.name for one in TRANSACTIONS}
        | {*CDS_HOOKS}
        | {one.name for one in INTERACTIONS} - NOBODYS
    ),
)
def test_every_transaction_of_a_door_has_a_kind(name: str) -> None:
    assert kinds.of(name) is not Kind.OTHER


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_has_a_word_where_accesses_are_listed(
    kind: Kind, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kinds, "of", lambda _name: kind)
    crossing = Crossing(
        record=RecordId(uuid4()),
        transaction="TEST",
        time=now(),
        role=Role.SYSTEM,
        institution=None,
        purpose=PurposeOfUse.TREATMENT,
        outcome=Outcome.SUCCESS,
        documents=(),
        decisions=(),
    )
    word, _look = presenters.state(crossing)
    assert word


@pytest.mark.parametrize(
    "name",
    [
        *(desk.CONSENT, desk.LOOK, desk.REGISTER, desk.RECEPTION, clinic.LOOK, "link account"),
        *(referrals.ONE, referrals.ACT, sending.SEND, sending.COMPOSE, sending.REPLIES),
        *(sending.FORWARD, referrals.INBOX, referrals.SENT, letters.OPEN, review.REVIEW),
        *(bookings.LOOK, bookings.CHANGE, bookings.FIND),
        *(hira.LOOK, hira.SAY, hira.HAND_OVER, hira.PROVE),
    ],
)
def test_what_people_do_at_a_page_has_a_kind_and_shows_no_name_of_ours(name: str) -> None:
    assert kinds.of(name) is not Kind.OTHER
    assert standard(name) == ""
    assert standard("ITI-43") == "ITI-43"
