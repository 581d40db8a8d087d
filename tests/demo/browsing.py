"""How a flow of the pages is tested in a browser, and what is asked of every page on the way.

    from tests.demo.browsing import DESK, PHONE, Open

    @pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
    def test_a_flow(demo: Demo, opened: Open, size: Size) -> None:
        seen = opened(demo, size)                    # scripts=False: as without JavaScript
        seen.go("/portal")                           # answers 200
        seen.page.get_by_role("link", name="동의 바꾸기").click()
        seen.is_calm()                               # at each page that matters

`opened` is a fixture (`tests/demo/conftest.py`); it closes what it opened. `is_calm` asserts, for
the page as it stands: what `accessibility.py` measures (no error of axe, names, targets of 44 px,
headings, no sideways scrolling, no text below 14 px), no request to another host since `opened`,
no word on the browser's console, and that the page with all that it loads weighs less than 150 KB.
What is measured by scripts, axe among it, is left out where there are none. A page's weight is
counted from the last `go`, without what the browser had kept.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from playwright.sync_api import ConsoleMessage, Page, Request

from tests.demo.accessibility import assert_accessible

Size = dict[str, int]

DESK: Final = {"width": 1280, "height": 900}
PHONE: Final = {"width": 390, "height": 844}
HEAVIEST: Final = 150_000
"""Bytes of a page with all that it loads."""


@dataclass
class Seen:
    """A page of a browser, and what it asked and said."""

    page: Page
    base: str
    scripts: bool
    asked: list[Request] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    _since: int = 0

    def __post_init__(self) -> None:
        """Listen from the first request on."""
        self.page.on("request", self._ask)
        self.page.on("console", self._hear)

    def go(self, path: str, status: int = 200) -> Page:
        """Open a page of the demo."""
        self._since = len(self.asked)
        answer = self.page.goto(self.base + path)
        assert answer.status == status, f"{path} answered {answer.status}"
        return self.page

    def is_calm(self) -> None:
        """What is asked of every page, for the one that is shown now."""
        where = self.page.url
        assert [one.url for one in self.asked if not self._is_ours(one.url)] == [], where
        assert self.said == [], where
        assert self.weight() < HEAVIEST, where
        if self.scripts:
            assert_accessible(self.page)

    def weight(self) -> int:
        """Bytes that the browser fetched since the last `go`."""
        answered = [one for one in self.asked[self._since :] if one.response() is not None]
        return sum(one.sizes()["responseBodySize"] for one in answered)

    def _is_ours(self, url: str) -> bool:
        return url.startswith((f"{self.base}/", "data:", "blob:"))

    def _ask(self, request: Request) -> None:
        self.asked.append(request)

    def _hear(self, message: ConsoleMessage) -> None:
        self.said.append(message.text)


Open = Callable[..., Seen]
