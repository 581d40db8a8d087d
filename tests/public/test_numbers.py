"""Each number on a public page carries its moment and its rows, and equals these rows."""

import csv
import hashlib
import io
import json
import re
from datetime import timedelta

import pytest
from django.test import Client

from naru.directory import queries as directory
from naru.directory import services
from naru.domain.institution import InstitutionKind
from naru.repository import queries as repository
from naru.statistics import months
from naru.statistics.counting import count_all
from naru.statistics.measures import measures
from naru.ui.clock import moment, month, now, today
from tests.exchange.hospitals import Hospital
from tests.statistics.histories import record

pytestmark = pytest.mark.django_db(transaction=True)


def shown(path: str, **given: str) -> str:
    answer = Client().get(path, given)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_numbers_of_participants_equal_the_registers_rows() -> None:
    hospitals = [Hospital() for _ in range(3)]
    since = today(now()) - timedelta(days=30)
    for number in range(2):
        services.admit(
            name=f"협력{number}", kind=InstitutionKind.MEMBER, on=since, oid=f"2.999.202.{number}"
        )
    services.suspend(hospitals[0].id, on=now())

    page = shown("/participants")

    figures = re.findall(r'<span class="figure num">(\d+)</span>', page)
    known = [one for one in directory.all_institutions(on=now()) if one.approved]
    kinds = [one.kind for one in known]
    hubs = {one.id for one in known if one.kind is InstitutionKind.HUB}
    held = [one for one in repository.repositories() if one.institution in hubs]
    numbers = [len(held), kinds.count(InstitutionKind.HUB), kinds.count(InstitutionKind.MEMBER)]
    assert [int(one) for one in figures] == numbers == [2, 2, 2]
    assert page.count(f"{today(now())}") >= 3
    for kind, number in zip(("repository", "hub", "member"), numbers, strict=True):
        assert f"등록부의 {kind} 행 {number}개" in page


def test_the_rows_of_the_same_moment_have_the_digest_that_the_page_tells() -> None:
    hospital = Hospital()
    page = shown("/participants")
    at = re.search(r"rows\.csv\?at=([\w.]+)", page)[1]
    services.suspend(hospital.id, on=now())

    answer = Client().get("/participants/rows.csv", {"at": at})
    told = json.loads(shown("/participants/rows.json", at=at))

    assert hashlib.sha256(answer.content).hexdigest() in page
    rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
    assert [row["kind"] for row in rows].count("hub") == 1
    assert told["as_of"] == at
    assert [str(row["row"]) for row in told["rows"]] == [row["row"] for row in rows]
    after = list(csv.DictReader(io.StringIO(shown("/participants/rows.csv"))))
    assert after == []


def test_a_past_day_is_told_as_it_ended() -> None:
    hospital = Hospital()
    yesterday = today(now()) - timedelta(days=1)
    services.suspend(hospital.id, on=now())

    assert '<span class="figure num">1</span>' in shown("/participants", on=f"{yesterday}")
    assert '<span class="figure num">1</span>' not in shown("/participants")


@pytest.mark.parametrize("on", ["2099-01-01", "0000-00-00", "2026-13-01", "x", "2026-02-30"])
def test_what_is_no_day_that_has_passed_is_told_as_of_now(on: str) -> None:
    assert f"{today(now())}" in shown("/participants", on=on)


def test_a_name_is_no_formula_in_the_rows() -> None:
    services.admit(name="=1+1", kind=InstitutionKind.MEMBER, on=today(now()), oid="2.999.203.1")

    assert "'=1+1" in shown("/participants/rows.csv")


def test_open_statistics_are_those_of_whole_months_and_equal_the_counted() -> None:
    hospital = Hospital()
    last = months.before(today(now()))
    at = now().replace(day=1) - timedelta(days=3)
    for _ in range(7):
        record(at, hospital.id, "ITI-43")
    for _ in range(3):
        record(at, hospital.id, "ITI-41")
    record(now(), hospital.id, "ITI-43")
    counted = now()
    count_all(counted)

    page = shown("/statistics")
    rows = list(csv.DictReader(io.StringIO(shown("/statistics/open.csv"))))
    told = json.loads(shown("/statistics/open.json", month=months.written(last)))["rows"]

    assert f"{month(last)}에 문서를 7번 열었습니다" in page
    assert moment(counted) in page
    assert "비공개" in page
    of = {(row["region"], row["measure"]): row["count"] for row in rows}
    assert of["all", "opened"] == of["?", "opened"] == "7"
    assert of["all", "registered"] == of["?", "registered"] == ""
    assert [row["count"] for row in told if row["measure"] == "opened"] == [7, 7]
    assert {row["month"] for row in rows} == {months.written(last)}
    assert shown("/statistics/open.csv", month=f"{today(now()):%Y-%m}") == shown(
        "/statistics/open.csv"
    )


def test_before_anything_is_counted_the_page_says_so() -> None:
    assert "아직 세지 않았습니다" in shown("/statistics")


def test_the_dictionary_explains_every_column_and_measure() -> None:
    found = json.loads(shown("/statistics/dictionary.json"))
    header = next(csv.reader(io.StringIO(shown("/statistics/open.csv"))))

    assert [one["name"] for one in found["columns"]] == header
    assert all(one["meaning"] for one in found["columns"])
    assert {one["id"] for one in found["measures"]} == {one.id for one in measures().measures}
    assert found["status"] == "unofficial"
