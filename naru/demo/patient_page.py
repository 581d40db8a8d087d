"""The patient at the demo's page, as a browser without scripts: a form is read and sent."""

import html
import re
from http.cookiejar import CookieJar
from typing import Final
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, Request, build_opener

TIMEOUT: Final = 20.0
_TOKEN: Final = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
_SWITCH: Final = re.compile(r'role="switch" aria-checked="(true|false)"')


class PageBroken(Exception):
    """The page holds no switch."""


class PatientPage:
    """Presses the consent switch of a running demo."""

    def __init__(self, base: str) -> None:
        self._base = base
        self._browser = build_opener(HTTPCookieProcessor(CookieJar()))

    def read(self) -> str:
        """The page as it stands now."""
        with self._browser.open(f"{self._base}/demo", timeout=TIMEOUT) as answer:
            return str(answer.read().decode())

    def press(self, page: str, *, on: bool) -> bool:
        """Ask for a consent that stands or not; answer what the switch says then."""
        form = {"csrfmiddlewaretoken": _found(_TOKEN, page), "wanted": "on" if on else "off"}
        request = Request(  # noqa: S310  # The demo's own http address.
            f"{self._base}/demo/consent",
            data=urlencode(form).encode(),
            headers={"Referer": f"{self._base}/demo"},
        )
        with self._browser.open(request, timeout=TIMEOUT) as answer:
            return _found(_SWITCH, answer.read().decode()) == "true"


def _found(what: re.Pattern[str], page: str) -> str:
    found = what.search(page)
    if found is None:
        raise PageBroken(what.pattern)
    return html.unescape(found.group(1))
