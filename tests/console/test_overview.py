"""The operator's page: true counts, and nothing about anybody."""

from naru.demo.population import population
from naru.demo.story import Story
from naru.ledger import queries as ledger
from tests.staging import looking_as, turns


def test_it_lists_the_doors_and_the_repositories(told: Story) -> None:
    page = looking_as(told.patient).get("/console").content.decode()

    assert "/ihe/registry" in page
    assert "ITI-18" in page
    assert "동부 거점문서저장소" in page
    assert "노드가 제대로 일하고 있습니다" in page
    assert "/fhir" in page
    assert "아직 없습니다" not in page


def test_what_waits_for_the_ledger_is_counted(told: Story) -> None:
    before = ledger.counts().committed  # What a mother said for her child as the stage was set.
    turns(told, on=True)

    page = looking_as(told.patient).get("/console").content.decode()

    assert f"0건 확정 / {before + 1}건" in page


def test_nobody_is_named(told: Story) -> None:
    page = looking_as(told.patient).get("/console").content.decode()

    assert [person.name for person in population() if person.name in page] == []
