"""Where a referral may go: habits first, then what is near, and what is looked for."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest

from naru.directory import registers
from naru.domain.caller import Role
from naru.domain.departments import DepartmentSystem
from naru.domain.referrals import ActKind, Kind
from naru.domain.registers import DepartmentAt, Profile
from naru.referrals import acting, queries, sending
from tests.acting import node, staff
from tests.referrals.hospitals import TODAY, Hospital, draft

pytestmark = pytest.mark.django_db(transaction=True)
NEW = "/clinic/referrals/new"
PICKED = re.compile(r'form="pick" name="to" value="([^"]+)"')


@pytest.fixture(autouse=True)
def _node() -> Iterator[None]:
    with node():
        yield


def placed(latitude: float, address: str, *codes: str) -> Hospital:
    made = Hospital()
    profile = Profile(
        telephone="000-0000-0000", address=address, latitude=latitude, longitude=127.0
    )
    registers.describe(made.id, profile)
    held = [DepartmentAt(system=DepartmentSystem.HIRA, code=one) for one in codes]
    registers.have_departments(made.id, held, on=TODAY - timedelta(days=1))
    return made


def test_habits_come_first_then_the_nearest_and_each_brings_its_department() -> None:
    west = placed(37.0, "서울특별시 중구", "01")
    far, near = placed(35.0, "부산광역시 중구", "01", "16"), placed(37.1, "서울특별시 종로구", "24")
    patient = west.patient()
    patient.consents()
    west.chart(patient)
    sending.send(west.doctor(), draft(west, far, patient, "상세불명의 흉통"))
    doctor = staff(Role.DOCTOR, west.id, "이도윤", patient.key)

    text = doctor.get(NEW).content.decode()

    (habit,) = queries.habits(west.id, Kind.REFERRAL, 4)
    assert (habit.receiver, habit.times) == (far.id, 1)
    values = PICKED.findall(text)
    assert values[0] == f"{far.id} {habit.department}"
    assert values[1].startswith(f"{near.id} 24^^")
    assert str(west.id) not in text
    assert "최근 1번" in text
    form = doctor.get(NEW, {"to": values[0]}).content.decode()
    assert f'name="to" value="{far.id}"' in form
    assert f'value="{habit.department}" selected' in form


@pytest.mark.parametrize("script", [False, True], ids=["form", "htmx"])
def test_it_is_looked_for_by_region_and_department_and_what_is_filled_in_goes_along(
    *, script: bool
) -> None:
    """The same answer where scripts take only a part of it; a POST keeps the half-filled form."""
    west = placed(37.0, "서울특별시 중구", "01")
    heart, skin = placed(35.0, "부산광역시 중구", "01"), placed(35.1, "부산광역시 동구", "14")
    patient = west.patient()
    patient.consents()
    west.chart(patient)
    doctor = staff(Role.DOCTOR, west.id, "이도윤", patient.key)
    more = {"HTTP_HX_REQUEST": "true"} if script else {}

    found = doctor.get(NEW, {"region": "26", "department": "01"}, **more).content.decode()
    assert [one.split()[0] for one in PICKED.findall(found)] == [str(heart.id)]
    initials = doctor.get(NEW, {"name": f"ㅇㄹㅂㅇ {skin.oid}"}, **more).content.decode()
    assert [one.split()[0] for one in PICKED.findall(initials)] == [str(skin.id)]

    form = {"kind": "referral", "reason": "specialist", "opinion_text": "비밀<글>", "do": "seek"}
    sought = doctor.post(NEW, form, **more).content.decode()
    (kept,) = set(re.findall(r'name="kept" value="([^"]+)"', sought))
    chosen = {"kept": kept.replace("&amp;", "&"), "kind": "referral", "to": f"{heart.id}"}
    back = doctor.post(NEW, chosen, **more).content.decode()
    assert 'value="specialist" checked' in back
    assert "비밀&lt;글&gt;" in back
    assert f'name="to" value="{heart.id}"' in back


def test_who_takes_no_part_or_is_oneself_is_not_offered_and_not_taken() -> None:
    west = placed(37.0, "서울특별시 중구", "01")
    patient = west.patient()
    patient.consents()
    doctor = staff(Role.DOCTOR, west.id, "이도윤", patient.key)
    for nobody in (f"{west.id}", "x", "\0", "가" * 400):  # As long as an address may be.
        page = doctor.get(NEW, {"to": nobody})
        assert page.status_code == 200
        assert 'name="to"' not in page.content.decode()


def test_what_was_given_on_is_searched_for_too_and_never_given_back() -> None:
    west, east = placed(37.0, "서울특별시 중구", "01"), placed(35.0, "부산광역시 중구", "01")
    north = placed(38.0, "강원특별자치도 속초시", "01")
    patient = west.patient()
    patient.consents()
    west.chart(patient)
    sent = sending.send(west.doctor(), draft(west, east, patient, "상세불명의 흉통"))
    doctor = staff(Role.DOCTOR, east.id, "윤가람")
    acting.do(east.doctor(), sent.id, ActKind.RECEIVED)
    doctor.get(f"/clinic/referrals/{sent.id}")
    path = f"/clinic/referrals/{sent.id}/forward"

    listed = PICKED.findall(doctor.get(path).content.decode())
    assert f"{west.id}" not in {one.split()[0] for one in listed}
    value = next(one for one in listed if one.startswith(f"{north.id}"))
    confirm = doctor.get(path, {"to": value}).content.decode()
    assert f'name="to" value="{north.id}"' in confirm
    form = {"to": f"{north.id}", "department": value.split()[1], "consent": "consent"}
    assert doctor.post(path, form).status_code == 302
    assert [one.id for one in queries.inbox(north.id)] == [sent.id]
    assert doctor.get(path).status_code == 404
