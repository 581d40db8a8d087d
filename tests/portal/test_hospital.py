"""One app for the hospitals of a group: each shows itself and the patient's records of it alone."""

from collections.abc import Iterator

import pytest
from django.test import Client

from naru.directory import registers
from naru.directory import services as directory
from naru.domain.identifiers import Identifier
from naru.domain.person import Demographics, PatientRecord, PersonName
from naru.domain.registers import Brand, Profile, contrast_with_white
from naru.patients import queries as patients
from naru.patients import services as patient_services
from naru.ui.clock import now, today
from tests.acting import citizen, node
from tests.exchange.hospitals import Hospital, Patient

pytestmark = pytest.mark.django_db(transaction=True)

PAGE, CHOOSE = "/portal/hospital", "/portal/hospital/choose"
PNG = b"\x89PNG\r\n\x1a\nTEST"


@pytest.fixture(autouse=True)
def _node() -> Iterator[None]:
    with node():
        yield


def known_at(*hospitals: Hospital) -> Patient:
    """A patient with a number of each of these hospitals."""
    numbers = tuple(Identifier(f"TEST-{at}", one.oid) for at, one in enumerate(hospitals))
    told = Demographics(names=(PersonName(text="김나루"),))
    key = patient_services.add(PatientRecord(identifiers=numbers, demographics=told), now=now())
    affinity_id = patients.affinity_id(key)
    assert affinity_id is not None
    return Patient(key, numbers[0], affinity_id)


def shown(client: Client) -> str:
    answer = client.get(PAGE)
    assert answer.status_code == 200
    return answer.content.decode()


def test_one_app_switches_between_two_hospitals_with_their_own_data_and_brand() -> None:
    here, there, elsewhere = Hospital(), Hospital(), Hospital()
    patient = known_at(here, there, elsewhere)
    patient.consents()
    here.sends(patient, day=today(now()))
    there.sends(patient, day=today(now()))
    elsewhere.sends(patient, day=today(now()))
    registers.found_group("시립병원", "City hospitals", "#0b50d0", (here.id, there.id))
    client = citizen("김나루", patient.key)
    page = client.get(PAGE).context["page"]
    assert not page.branded
    here, there = (here, there) if page.id == here.id else (there, here)
    registers.show_as(here.id, Brand(colour="#7a1f5c", logo=PNG))
    registers.show_as(there.id, Brand(colour="#0a6648"))
    registers.describe(there.id, Profile(telephone="02-000-0002"))

    page = client.get(PAGE).context["page"]
    at_first = shown(client)
    assert page.id == here.id
    assert page.group == "시립병원"
    assert {one.id for one in page.choices} == {here.id, there.id}
    assert len(page.documents) == len(page.accesses) == 1
    assert f"{PAGE}/{here.id}/colours.css" in at_first
    assert f"{PAGE}/{here.id}/logo.png" in at_first
    assert client.post(CHOOSE, {"hospital": str(there.id)}).headers["Location"] == PAGE

    page = client.get(PAGE).context["page"]
    at_second = shown(client)
    assert page.id == there.id
    assert page.facts == ("02-000-0002",)
    assert len(page.documents) == len(page.accesses) == 1
    assert f"{PAGE}/{there.id}/colours.css" in at_second
    assert "logo.png" not in at_second
    for foreign in (elsewhere.id, "x", ""):
        assert client.post(CHOOSE, {"hospital": str(foreign)}).status_code == 404
    assert client.get(PAGE).context["page"].id == there.id

    css = client.get(f"{PAGE}/{here.id}/colours.css")
    assert css.headers["Content-Type"] == "text/css"
    assert "--act: #7a1f5c" in css.content.decode()
    assert client.get(f"{PAGE}/{here.id}/logo.png").content == PNG
    assert client.get(f"{PAGE}/{there.id}/logo.png").status_code == 404
    assert client.get(f"{PAGE}/{elsewhere.id}/colours.css").status_code == 404


def test_who_is_known_to_no_hospital_of_a_group_has_none_to_choose() -> None:
    here, there = Hospital(), Hospital()
    registers.found_group("시립병원", "", "#0b50d0", (here.id,))
    client = citizen("김나루", known_at(there).key)

    assert "함께 쓰는 병원이 없습니다" in shown(client)
    assert client.post(CHOOSE, {"hospital": str(here.id)}).status_code == 404


def test_a_hospital_that_left_the_group_is_shown_no_more() -> None:
    here, there = Hospital(), Hospital()
    patient = known_at(here, there)
    registers.found_group("시립병원", "", "#0b50d0", (here.id, there.id))
    client = citizen("김나루", patient.key)
    wanted = next(one.id for one in client.get(PAGE).context["page"].choices if not one.here)
    assert client.post(CHOOSE, {"hospital": str(wanted)}).status_code == 302
    left = here if wanted == here.id else there
    directory.suspend(left.id, on=today(now()))

    page = client.get(PAGE).context["page"]
    assert page.id != wanted
    assert [one.id for one in page.choices] == [page.id]


@pytest.mark.parametrize("colour", ["#ffff00", "#0b50d", "red", "#777777", "#FF0000"])
def test_a_colour_that_cannot_be_read_on_white_is_refused(colour: str) -> None:
    with pytest.raises(ValueError, match="colour"):
        Brand(colour=colour)
    assert round(contrast_with_white("#000000")) == 21
    assert round(contrast_with_white("#ffffff")) == 1
