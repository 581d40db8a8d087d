"""A visitor does what a page offers, and nothing else."""

import pytest
from lxml import html

from naru.demo.visitor import PageBroken, Visitor

PAGE = """<html><body><main>
<ul><li><a href="/one">김하늘</a> 의뢰 1</li><li><a href="/two">김하늘</a> 의뢰 2</li></ul>
<form id="open" action="/open"></form>
<button form="open" name="open" value="x">열기</button><button>아무 데도</button>
<form action="/send"><select name="to"><option value=""></option><option value="7">내과</option>
<option value="8">내과의원</option></select>
<label><input type="radio" name="way" value="car"> 구급차</label></form>
</main></body></html>"""


class Noted(Visitor):
    """Goes nowhere; keeps where it was to go."""

    def __init__(self) -> None:
        super().__init__("http://localhost")
        self.page = html.document_fromstring(PAGE)
        self.went: list[str] = []

    def _go(self, request: object) -> "Noted":
        self.went.append(request.full_url)
        return self


def test_a_link_is_found_in_the_line_that_says_which() -> None:
    visitor = Noted()
    visitor.follow("김하늘", "의뢰 2")
    assert visitor.went == ["http://localhost/two"]
    with pytest.raises(PageBroken, match="no link says"):
        visitor.follow("김하늘", "의뢰 3")


def test_what_is_chosen_is_named_by_its_words() -> None:
    visitor = Noted()
    assert (visitor.choice("to", "내과"), visitor.choice("way", "구급차")) == ("7", "car")
    with pytest.raises(PageBroken, match="nothing of"):
        visitor.choice("way", "헬기")


def test_a_button_belongs_to_the_form_that_it_names() -> None:
    visitor = Noted()
    visitor.press("열기")
    assert visitor.went == ["http://localhost/open?open=x"]
    with pytest.raises(PageBroken, match="stands in no form"):
        visitor.press("아무 데도")
    with pytest.raises(PageBroken, match="no field"):
        visitor.press("열기", {"more": "y"})


def test_who_waits_looks_again_and_does_not_wait_for_ever() -> None:
    visitor = Noted()
    assert visitor.wait_for("김하늘", 5) is visitor
    with pytest.raises(PageBroken, match="does not stand"):
        visitor.wait_for("오지 않음", 0.3)
    assert visitor.went
