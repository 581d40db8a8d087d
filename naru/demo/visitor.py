"""Somebody at a demo's pages, as a browser without scripts: pages are read, forms are sent.

What a page does not offer cannot be done: a form is found by the words on its button, a field by
its name, a link by its words. So a told story breaks where a person's task does.
"""

import time
from collections.abc import Mapping
from http.cookiejar import CookieJar
from typing import Final
from urllib.error import HTTPError
from urllib.parse import urlencode, urljoin
from urllib.request import HTTPCookieProcessor, OpenerDirector, Request, build_opener

from lxml import html

TIMEOUT: Final = 60.0
_LARGEST: Final = 4 * 1024 * 1024
_PAUSE: Final = 0.2


class PageBroken(Exception):
    """The page does not offer what the story does there, or it did not come."""


class Visitor:
    """One person with one browser; `page` is what they look at.

    `taps` counts what a finger did: each link, each button, each field that was filled in.
    """

    def __init__(self, base: str) -> None:
        self._base = base
        self._browser: OpenerDirector = build_opener(HTTPCookieProcessor(CookieJar()))
        self.address = base
        self.page: html.HtmlElement = html.document_fromstring("<html><body></body></html>")
        self.octets = b""
        self.taps = 0

    def become(self, player: str) -> "Visitor":
        """Sign in as somebody of the demo; their first page is open then."""
        self.open("/demo")
        self._send(self._form(f'.//button[@value="{player}"]'), {"who": player})
        return self

    def open(self, path: str) -> "Visitor":
        """Go to an address of the node; raises PageBroken for one that does not open."""
        return self._go(Request(urljoin(self.address, path)))  # noqa: S310  # The demo's own.

    def follow(self, words: str, line: str = "") -> "Visitor":
        """Take the first link with these words; with `line`, in the list's line that says it."""
        for part in self.page.iter("li") if line else (self.page,):
            for link in part.iter("a") if line in _words(part) else ():
                if words in _words(link) and link.get("href"):
                    self.taps += 1
                    return self.open(link.get("href"))
        raise PageBroken(f"no link says “{words}” at {self._path()}")

    def press(self, words: str, fields: Mapping[str, str | list[str]] | None = None) -> "Visitor":
        """Fill in the form that has a button with these words, and press it."""
        button = self._button(words)
        self.taps += 1 + len(fields or {})
        filled: dict[str, str | list[str]] = dict(fields or {})
        if button.get("name"):
            filled[button.get("name")] = button.get("value", "")
        return self._send(_form_of(button), filled)

    def chosen(self, button: str, words: str) -> dict[str, str | list[str]]:
        """What to fill in to choose these words from a list of the form that has the button."""
        for field in _form_of(self._button(button)).iter("select"):
            for one in field.iter("option"):
                if _words(one) == words:
                    return {field.get("name"): one.get("value", words)}
        raise PageBroken(f"“{words}” cannot be chosen at {self._path()}")

    def boxes(self, name: str) -> list[str]:
        """What the boxes of that name say when they are ticked, all of them."""
        found = self.page.iterfind(".//main//input[@type='checkbox']")
        return [one.get("value", "on") for one in found if one.get("name") == name]

    def choice(self, name: str, words: str) -> str:
        """What a box, a button of a row or a line of a list sends, by what it says."""
        for one in self.page.iterfind(f".//main//select[@name='{name}']//option"):
            if _words(one) == words:
                return str(one.get("value", words))
        for label in self.page.iterfind(".//main//label"):
            given = label.find(f"./input[@name='{name}']")
            if given is not None and words in _words(label):
                return str(given.get("value", "on"))
        raise PageBroken(f"nothing of “{name}” says “{words}” at {self._path()}")

    def wait_for(self, words: str, seconds: float) -> "Visitor":
        """Look at the page again until it says these words; raises PageBroken after `seconds`."""
        until = time.monotonic() + seconds
        while not self.says(words) and time.monotonic() < until:
            time.sleep(_PAUSE)
            self.open(self.address)
        return self.must_say(words)

    def says(self, words: str) -> bool:
        """Whether the page's main part says these words."""
        return words in self.text()

    def text(self) -> str:
        """What the page's main part says, in one line."""
        main = self.page.find(".//main")
        return _words(self.page if main is None else main)

    def must_say(self, words: str) -> "Visitor":
        """Raises PageBroken where the page does not say this."""
        if not self.says(words):
            raise PageBroken(f"“{words}” does not stand at {self._path()}: {self.text()[:400]}")
        return self

    def _button(self, words: str) -> html.HtmlElement:
        for button in self.page.iter("button"):
            if words in _words(button) or words == button.get("aria-label"):
                return button
        raise PageBroken(f"no button says “{words}” at {self._path()}")

    def _form(self, holding: str) -> html.HtmlElement:
        for form in self.page.iter("form"):
            if form.find(holding) is not None:
                return form
        raise PageBroken(f"no form holds {holding} at {self._path()}")

    def _send(self, form: html.HtmlElement, fields: Mapping[str, str | list[str]]) -> "Visitor":
        known = {one.get("name") for one in form.iter("input", "select", "textarea", "button")}
        if form.get("id"):
            named = form.getroottree().iterfind(f".//button[@form='{form.get('id')}']")
            known |= {one.get("name") for one in named}
        absent = set(fields) - known
        if absent:
            raise PageBroken(f"no field {sorted(absent)} at {self._path()}")
        given = [(name, value) for name, value in form.form_values() if name not in fields]
        for name, value in fields.items():
            given += [(name, one) for one in ([value] if isinstance(value, str) else value)]
        address = urljoin(self.address, form.get("action") or self.address)
        query = urlencode(given)
        if form.method == "GET":
            return self._go(Request(f"{address.partition('?')[0]}?{query}"))  # noqa: S310  # Same.
        headers = {"Referer": self.address}
        return self._go(Request(address, query.encode(), headers))  # noqa: S310  # Same.

    def _go(self, request: Request) -> "Visitor":
        try:
            with self._browser.open(request, timeout=TIMEOUT) as answer:
                self.octets = answer.read(_LARGEST)
                self.address = answer.url
                kind = answer.headers.get_content_type()
        except HTTPError as refusal:
            page = html.document_fromstring(refusal.read(_LARGEST) or b"<p></p>")
            told = " ".join(map(_words, page.iterfind(".//*[@role='alert']"))) or _words(page)
            raise PageBroken(f"{refusal.code} at {request.full_url}: {told[-300:]}") from refusal
        if kind == "text/html":
            self.page = html.document_fromstring(self.octets.decode())
        return self

    def _path(self) -> str:
        return self.address.removeprefix(self._base)


def _words(element: html.HtmlElement) -> str:
    return " ".join(" ".join(element.itertext()).split())


def _form_of(button: html.HtmlElement) -> html.HtmlElement:
    named = button.get("form")
    around = button.iterancestors("form")
    held = (one for one in button.getroottree().iter("form") if one.get("id") == named)
    form = next(held if named else around, None)
    if form is None:
        raise PageBroken("the button stands in no form")
    return form
