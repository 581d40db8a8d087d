"""Each act of consent of a page leaves one access record, no more and no fewer."""

import pytest
from django.test import Client

from naru.audit.models import Record
from naru.consent import queries as consent
from naru.consent import services
from naru.demo.story import Story
from naru.domain.caller import Role
from naru.domain.consent_paper import NEEDED
from naru.exchange import identify
from naru.ui.clock import now, today
from tests.portal.test_consent import PSYCHIATRY
from tests.staging import looking_as, read_text, turns

BOXES = [box.value for box in NEEDED]


def left(client: Client, path: str, form: dict[str, object]) -> int:
    """How many records a POST left that was taken."""
    before = Record.objects.count()
    assert client.post(path, {**read_text(), **form}).status_code == 302
    return Record.objects.count() - before


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("give", {"box": BOXES}),
        ("withdraw", {}),
        ("part/department", {"department": PSYCHIATRY}),
        ("hide", {"key": "o:2.999.1", "wanted": "hidden"}),
        ("lift", {"key": f"d:{PSYCHIATRY}"}),
    ],
)
def test_each_act_of_a_page_leaves_one_record(
    told: Story, path: str, form: dict[str, object]
) -> None:
    assert left(looking_as(told.patient), f"/portal/consent/{path}", form) == 1


def test_an_objection_leaves_one_record(told: Story) -> None:
    desk = identify.at_clinic(told.sender, role=Role.RECEPTION, address="", now=now())
    services.grant(told.patient, today(now()), desk, "2026-01", now())
    act = consent.acts(told.patient)[-1].id

    path = f"/portal/consent/acts/{act}/object"
    assert left(looking_as(told.patient), path, {}) == 1


def test_the_switch_leaves_one_record_whether_or_not_it_changes_anything(told: Story) -> None:
    for on in (True, True, False, False):
        before = Record.objects.count()
        turns(told, on=on)
        assert Record.objects.count() - before == 1
