"""The demo's clinician opens a record in an emergency, as somebody who signed in does."""

from naru.demo.story import Story
from naru.domain.caller import Role
from naru.exchange import identify
from naru.exchange.without_consent import emergency
from naru.ui.clock import now
from tests.staging import looking_as

ASKED = {"case": "unconscious", "reason": "의식 없이 실려 옴", "hours": "6"}


def test_the_story_s_clinician_opens_a_record_in_an_emergency(told: Story) -> None:
    client = looking_as(told.patient, told.receiver)
    assert "응급 열람 중" not in client.get("/clinic").content.decode()

    answer = client.post("/clinic/emergency", ASKED)

    assert (answer.status_code, answer.headers.get("Location")) == (302, "/clinic")
    page = client.get("/clinic").content.decode()
    assert 'action="/clinic/emergency/end"' in page
    doctor = identify.at_clinic(told.receiver, role=Role.DOCTOR, address="", now=now())
    opened = emergency.opened_by(doctor, told.patient, now())
    assert opened is not None
    ended = client.post("/clinic/emergency/end", {"emergency": str(opened.id)})
    assert ended.status_code == 302
    elsewhere = identify.at_clinic(told.sender, role=Role.DOCTOR, address="", now=now())
    assert elsewhere.person != doctor.person
