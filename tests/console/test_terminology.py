"""The page of code tables: what is loaded, and the search for people."""

from naru.audit.models import Record
from naru.demo import stage, terms
from naru.demo.story import Story
from naru.ui.clock import now
from tests.staging import looking_as

PAGE = "/console/terminology"


def test_an_operator_sees_what_is_loaded_and_finds_terms(told: Story) -> None:
    stage.load_terms(now())
    client = looking_as(told.patient)
    before = Record.objects.count()
    page = client.get(PAGE).content.decode()
    assert "보건의료용어표준" in page
    assert "TEST-1" in page
    assert Record.objects.count() == before + 1
    code, _, term = terms.files(stage.TERMS)["kostom.csv"]().splitlines()[1].split(",")[:3]
    assert term
    found = client.get(PAGE, {"q": term[:-1]}).content.decode()
    assert term in found
    assert code in found
    assert Record.objects.count() == before + 2


def test_what_finds_nothing_or_is_too_long_is_said(told: Story) -> None:
    client = looking_as(told.patient)
    assert "찾은 용어가 없습니다" in client.get(PAGE, {"q": "<script>%_"}).content.decode()
    answer = client.get(PAGE, {"q": "가" * 600})
    assert answer.status_code == 200
    assert "용어보다 긴 말" in answer.content.decode()
