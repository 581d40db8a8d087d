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
counted from when it was opened, without what the browser had kept.

A flow that needs no demo is walked at a node of the test's own process, in every way:

    @EVERY_WAY
    def test_a_flow(walk: Walk) -> None:
        seen = walk(citizen("김나루", patient.key))  # nobody is signed in without a client
        seen.go("/portal")
        seen.is_calm_at_both_widths()

on a phone with scripts, where each page that matters is looked at in both widths, and at a desk
without scripts. [docs/testing/browser-flows.md](../../docs/testing/browser-flows.md) says which
test walks which flow.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request

from tests.demo.accessibility import assert_accessible, none

Size = dict[str, int]

DESK: Final = {"width": 1280, "height": 900}
PHONE: Final = {"width": 390, "height": 844}
HEAVIEST: Final = 150_000
"""Bytes of a page with all that it loads."""

_EXPECTED: Final = re.compile(
    r"the server responded with a status of 4(00|03|22) |Service Worker registration blocked"
)
"""What the browser itself says of a page that refuses in words, and what a walk blocks."""


@dataclass(frozen=True, slots=True)
class Way:
    """How a flow is walked."""

    size: Size
    scripts: bool


EVERY_WAY: Final = pytest.mark.parametrize(
    "way",
    [Way(PHONE, scripts=True), Way(DESK, scripts=False)],
    ids=["phone", "desk-without-scripts"],
)


@dataclass
class Seen:
    """A page of a browser, and what it asked and said."""

    page: Page
    base: str
    scripts: bool
    asked: list[Request] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    calm: int = 0
    """How often it was found calm."""

    _since: int = 0

    def __post_init__(self) -> None:
        """Listen from the first request on."""
        self.page.on("request", self._ask)
        self.page.on("console", self._hear)

    def go(self, path: str, status: int = 200) -> Page:
        """Open a page of the node."""
        answer = self.page.goto(self.base + path)
        assert answer.status == status, f"{path} answered {answer.status}"
        return self.page

    def is_calm(self) -> None:
        """What is asked of every page, for the one that is shown now."""
        self.page.wait_for_load_state()
        where = self.page.url
        none([f"{where} asks {one.url}" for one in self.asked if not self._is_ours(one.url)])
        none([f"{where} says {one}" for one in self.said])
        assert self.weight() < HEAVIEST, f"{where} weighs {self.weight()}"
        if self.scripts:
            assert_accessible(self.page)
        self.calm += 1

    def is_calm_at_both_widths(self) -> None:
        """The same on a phone and at a desk; without scripts, as wide as it is."""
        own = self.page.viewport_size
        for size in (PHONE, DESK) if self.scripts else ():
            self.page.set_viewport_size(size)
            self.is_calm()
        assert own is not None
        self.page.set_viewport_size(own)
        if not self.scripts:
            assert_accessible(self.page)  # All but axe.
            self.is_calm()

    def weight(self) -> int:
        """Bytes that the browser fetched since this page was asked for."""
        answered = [one for one in self.asked[self._since :] if one.response() is not None]
        return sum(one.sizes()["responseBodySize"] for one in answered)

    def _is_ours(self, url: str) -> bool:
        return url.startswith((f"{self.base}/", "data:", "blob:"))

    def _ask(self, request: Request) -> None:
        if request.is_navigation_request():
            self._since = len(self.asked)
        self.asked.append(request)

    def _hear(self, message: ConsoleMessage) -> None:
        if not _EXPECTED.search(message.text):
            self.said.append(message.text)


@dataclass
class Walk:
    """Opens browsers in one way, at one node of this process."""

    base: str
    way: Way
    browser: Browser
    opened: list[Seen] = field(default_factory=list)

    def __call__(self, client: Client | None = None) -> Seen:
        """A browser in which whoever is signed in at `client` is; else nobody."""
        context = self.browser.new_context(
            viewport=self.way.size,
            locale="en-US",
            java_script_enabled=self.way.scripts,
            service_workers="block",  # It has its own test; here it would answer for the node.
        )
        if client is not None:
            self.sign_in(context, client)
        self.opened.append(Seen(context.new_page(), self.base, self.way.scripts))
        return self.opened[-1]

    def sign_in(self, context: BrowserContext, client: Client) -> None:
        """From now on a browser is that of whoever is signed in at `client`."""
        name = settings.SESSION_COOKIE_NAME
        kept = {"name": name, "value": client.cookies[name].value, "url": self.base}
        context.add_cookies([kept])

    def end(self) -> None:
        """Close all; a walk on which nobody looked has proved nothing of the pages."""
        for one in self.opened:
            one.page.context.close()
        assert sum(one.calm for one in self.opened), "no page of this flow was looked at"


Open = Callable[..., Seen]
