"""Only who takes part is found; by name, region, department and distance; nothing is kept."""

from datetime import timedelta

import pytest
from django.test import Client

from naru.audit.models import Record
from naru.directory import queries as directory
from naru.directory import registers, services
from naru.domain.departments import DepartmentSystem
from naru.domain.institution import InstitutionKind
from naru.domain.registers import DepartmentAt, Profile
from naru.exchange.institutions import finder
from naru.exchange.institutions.finder import Sought
from naru.ui.clock import now, today
from tests.exchange.hospitals import Hospital

pytestmark = pytest.mark.django_db(transaction=True)


def founded(
    name: str, address: str = "", at: tuple[float, float] | None = None, *codes: str
) -> str:
    """An institution that takes part; its key."""
    made = services.admit(
        name=name, kind=InstitutionKind.MEMBER, on=today(now()) - timedelta(days=9),
        oid=f"2.999.201.{len(directory.all_institutions(on=today(now()))) + 1}",
    )  # fmt: skip
    north, east = at or (None, None)
    registers.describe(made.id, Profile(address=address, latitude=north, longitude=east))
    held = [DepartmentAt(system=DepartmentSystem.HIRA, code=code) for code in codes]
    registers.have_departments(made.id, held, on=today(now()) - timedelta(days=1))
    return name


@pytest.fixture
def some() -> None:
    founded("푸른의원", "전북특별자치도 전주시 가상로 1", (35.82, 127.13), "01", "03")
    founded("한강의원", "서울특별시 마포구 가상로 2", (37.55, 126.91), "16")
    founded("바다병원", "부산 동구 가상로 3", (35.13, 129.05), "01")
    founded("모름의원")


def names(answer: str) -> list[str]:
    known = ("푸른의원", "한강의원", "바다병원", "모름의원")
    found = [(answer.index(f"<h3>{one}</h3>"), one) for one in known if f"<h3>{one}</h3>" in answer]
    return [one for _, one in sorted(found)]


def asked(**given: str) -> list[str]:
    answer = Client().get("/find", given)
    assert answer.status_code == 200
    return names(answer.content.decode())


@pytest.mark.usefixtures("some")
@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({}, ["모름의원", "바다병원", "푸른의원", "한강의원"]),
        ({"name": "ㅍㄹㅇ"}, ["푸른의원"]),
        ({"name": "푸르"}, ["푸른의원"]),
        ({"name": "프르"}, []),
        ({"name": "병원"}, ["바다병원"]),
        ({"region": "26"}, ["바다병원"]),
        ({"region": "99"}, []),
        ({"near": "26-해운대구"}, ["바다병원", "푸른의원", "한강의원", "모름의원"]),
        ({"near": "11-종로구", "name": "ㅇㅇ"}, ["한강의원", "푸른의원", "모름의원"]),
        (
            {"near": "nowhere", "page": "99999999999"},
            ["모름의원", "바다병원", "푸른의원", "한강의원"],
        ),
        ({"page": "7"}, ["모름의원", "바다병원", "푸른의원", "한강의원"]),
    ],
)
def test_what_is_asked_is_found(given: dict[str, str], found: list[str]) -> None:
    assert asked(**given) == found


@pytest.mark.usefixtures("some")
def test_a_department_is_found_by_whichever_code() -> None:
    assert [one[:2] for one in finder.find(Sought(), now()).departments] == ["01", "03", "16"]

    assert asked(department="03") == ["푸른의원"]
    assert asked(department="01") == ["바다병원", "푸른의원"]
    assert asked(department="99") == []
    assert "정신건강의학과" in Client().get("/find").content.decode()


@pytest.mark.usefixtures("some")
def test_who_is_suspended_is_not_found_from_the_next_request_on() -> None:
    (gone,) = (one for one in directory.all_institutions(on=now()) if one.name == "푸른의원")
    services.suspend(gone.id, on=now())

    assert asked() == ["모름의원", "바다병원", "한강의원"]


@pytest.mark.usefixtures("some")
def test_the_number_in_the_heading_is_that_of_the_registers_rows() -> None:
    page = Client().get("/find").content.decode()

    approved = [one for one in directory.all_institutions(on=now()) if one.approved]
    assert f"지금 참여하는 기관 {len(approved)}곳입니다" in page
    assert page.count("map-numbered") == 3
    assert "위치를 알리지 않은 기관 1곳은 지도에 없습니다." in page


@pytest.mark.usefixtures("some")
def test_ones_own_position_is_sent_by_a_form_and_kept_nowhere() -> None:
    client, before = Client(), Record.objects.count()

    answer = client.post("/find", {"latitude": "33.50", "longitude": "126.53"})

    assert names(answer.content.decode()) == ["푸른의원", "바다병원", "한강의원", "모름의원"]
    assert Record.objects.count() == before
    assert "33.5" not in client.get("/find").content.decode()
    # In an address it is not looked at, lest anybody lead to such a one.
    assert (
        names(client.get("/find?latitude=33.5&longitude=126.5").content.decode())[0] == "모름의원"
    )


@pytest.mark.parametrize(
    ("latitude", "longitude"),
    [("", ""), ("x", "1"), ("nan", "nan"), ("inf", "0"), ("0", "0"), ("1" * 5000, "127")],
)
def test_a_position_that_is_none_is_told_in_words(latitude: str, longitude: str) -> None:
    answer = Client().post("/find", {"latitude": latitude, "longitude": longitude})

    assert "우리나라 안의 위도와 경도를 적으세요" in answer.content.decode()


def test_long_and_hostile_words_find_nothing_and_break_nothing() -> None:
    Hospital()

    page = Client().get("/find", {"name": "<script>" + "가" * 400}).content.decode()

    assert "찾는 기관이 없습니다" in page
    assert "<script>가" not in page


def test_the_page_is_light_and_asks_no_other_host() -> None:
    for number in range(45):
        founded(f"시험의원{number}", "서울 중구", (37.5 + number / 100, 127.0), "01")
    page = Client().get("/find").content

    assert len(page) < 100_000
    assert b"http://" not in page
    assert b"https://" not in page
    text = Client().get("/find?page=3").content.decode()
    assert text.count('<li class="finder-row">') == 5
    assert text.count("map-dot") == 45
