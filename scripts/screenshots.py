"""Takes a picture of every page of the demo, on a phone and at a desk, into docs/pages/.

    make pages                         a demo of its own
    make pages ARGS=http://localhost:8000    one that runs

It follows the pages' own links: first as the story's people, whom nobody needs to sign in as, then
as one person of each role. An address is pictured once, by whoever comes to it first; what differs
in an id alone is one address. Pages that only a sent form shows have no address, and no picture.
"""

import base64
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import urljoin, urlsplit

from playwright.sync_api import Browser, Error, Page, sync_playwright

PROJECT: Final = Path(__file__).resolve().parent.parent
FOLDER: Final = PROJECT / "docs" / "pages"
CHROMIUM: Final = "/usr/bin/chromium"
SIZES: Final = {"390": (390, 844), "1280": (1280, 900)}
TALLEST: Final = 3200
"""Pixels; of a page that is longer, its beginning is pictured."""

QUALITY: Final = 55
MOST: Final = 200
"""Pages of one person."""

BEGINNINGS: Final = ("/demo", "/portal", "/clinic", "/desk", "/console", "/gallery", "/offline",
                     "/participants", "/sign-in", "/find", "/faq", "/privacy", "/leaflet",
                     "/letter", "/shared", "/statistics")  # fmt: skip
OF_EACH: Final = ("/", "/account", "/portal/tickets", "/portal/hospital")
STATES: Final = {
    "not-found": ("/nowhere", "주소가 없을 때"),
    "not-allowed": ("/portal/tickets", "열 수 없는 사람에게"),
    "print": ("/leaflet", "종이에"),
    "large": ("/portal", "글자를 크게"),
    "contrast": ("/portal", "대비를 높게"),
    "english": ("/portal", "영어로"),
    "dark": ("/portal", "어두운 화면에서"),
}
"""What a page also looks like: the state's name, an address that shows it, and its words."""
CHOSEN: Final = {"large": "text", "contrast": "contrast", "english": "language"}
"""The states that a person chooses, by the button of the page."""
MINE: Final = {*CHOSEN, "dark"}
"""The states of a page that is a person's own."""
_ID: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|[0-9]{2,}[\w.-]*|[\w-]{24,}")
_NO_PAGE: Final = re.compile(r"\.(xml|pdf|css|png|js|json|csv|txt|zip|tsv)$|^/static/|webmanifest$")


@dataclass
class Pictures:
    """What was pictured: of each address its title and who looked."""

    base: str
    browser: Browser
    folder: Path
    taken: dict[str, tuple[str, str]] = field(default_factory=dict)

    def of(self, who: str, key: str, beginnings: tuple[str, ...]) -> None:
        """Everything that somebody reaches; `key` names a person of the demo, empty for none."""
        page = self.browser.new_context(locale="ko-KR").new_page()
        page.goto(f"{self.base}/demo")
        if key:
            with page.expect_navigation():
                page.evaluate(_BE, key)
        waiting, seen = [*beginnings, urlsplit(page.url).path], set[str]()
        while waiting and len(seen) < MOST:
            where = waiting.pop(0)
            if address(where) in seen or _NO_PAGE.search(urlsplit(where).path):
                continue
            seen.add(address(where))
            waiting += self._look(page, where, who)
        page.context.close()

    def _look(self, page: Page, where: str, who: str) -> list[str]:
        try:
            answer = page.goto(self.base + where)
        except Error as error:
            if "Download is starting" in error.message:
                return []
            raise
        if answer is None or not answer.ok or "text/html" not in answer.headers["content-type"]:
            return []
        led = page.evaluate("() => [...document.querySelectorAll('a[href]')].map(a => a.href)")
        here = urlsplit(page.url).path
        if address(here) not in self.taken:
            self.taken[address(here)] = (page.get_by_role("heading", level=1).inner_text(), who)
            for size in SIZES:
                picture(page, self.folder / f"{name(here)}-{size}.webp", SIZES[size])
        inside = (urlsplit(urljoin(page.url, one)) for one in led)
        return [
            one.path + (f"?{one.query}" if one.query else "")
            for one in inside
            if f"{one.scheme}://{one.netloc}" == self.base
        ]


_BE: Final = """who => {
  const button = document.querySelector(`.switcher button[name=who][value="${who}"]`);
  button.form.requestSubmit(button);
}"""


def address(where: str) -> str:
    """A page's address without what differs from one record to the next."""
    return _ID.sub("_", urlsplit(where).path)


def name(where: str) -> str:
    """The name of its pictures."""
    return address(where).strip("/").replace("/", ".").replace("_", "one") or "start"


def picture(page: Page, file: Path, size: tuple[int, int]) -> None:
    """The page as it stands, as tall as it is, in WebP."""
    width, height = size
    page.set_viewport_size({"width": width, "height": height})
    whole = page.evaluate("() => document.documentElement.scrollHeight")
    page.set_viewport_size({"width": width, "height": max(height, min(whole, TALLEST))})
    session = page.context.new_cdp_session(page)
    taken = session.send("Page.captureScreenshot", {"format": "webp", "quality": QUALITY})
    file.write_bytes(base64.b64decode(taken["data"]))
    session.detach()


def picture_state(browser: Browser, base: str, folder: Path, state: str) -> None:
    """A page as somebody sees it who is not allowed, prints, or chose how pages look."""
    page = browser.new_context(locale="ko-KR").new_page()
    where, _ = STATES[state]
    chosen = CHOSEN.get(state)
    if state in MINE:  # Whoever opens the demo is a person.
        page.goto(f"{base}/demo")
    page.goto(base + where)
    if chosen:
        with page.expect_navigation():
            page.locator(f"button[name={chosen}]").evaluate("one => one.form.requestSubmit(one)")
    page.emulate_media(
        media="print" if state == "print" else "screen",
        color_scheme="dark" if state == "dark" else "light",
    )
    for size in SIZES:
        picture(page, folder / f"state-{state}-{size}.webp", SIZES[size])
    page.context.close()


def index(taken: dict[str, tuple[str, str]]) -> str:
    """The list of all pictures, by room."""
    lines = [
        "# Every page, on a phone and at a desk",
        "",
        "Made by `make pages` from the demo: all people and institutions are made up.",
        "",
    ]
    room = None
    for where, (title, who) in sorted(taken.items()):
        first = where.strip("/").split("/")[0] or "start"
        if first != room:
            room = first
            lines += ["", f"## {room}", "", "| page | as | phone | desk |", "|---|---|---|---|"]
        said = re.sub(r"[|\s]+", " ", title)
        links = " | ".join(f"[{size}]({name(where)}-{size}.webp)" for size in SIZES)
        lines.append(f"| {said} `{where}` | {who} | {links} |")
    lines += ["", "## States", "", "| state | of | phone | desk |", "|---|---|---|---|"]
    for state, (where, said) in STATES.items():
        links = " | ".join(f"[{size}](state-{state}-{size}.webp)" for size in SIZES)
        lines.append(f"| {said} | `{where}` | {links} |")
    lines += ["", "What has no picture, and why: [unpictured.tsv](unpictured.tsv)."]
    return "\n".join(lines).replace("\n\n\n", "\n\n") + "\n"


def people(browser: Browser, base: str) -> list[tuple[str, str]]:
    """One person of each role: what the role is called, and the key by which one becomes them."""
    page = browser.new_page()
    page.goto(f"{base}/demo")
    offered = page.evaluate(
        """() => [...document.querySelectorAll('.switcher button[name=who]')]
          .map(one => [one.firstChild.textContent.trim(), one.value])"""
    )
    page.close()
    first: dict[str, str] = {}
    for role, key in offered:
        first.setdefault(role, key)
    return list(first.items())


@contextmanager
def demo() -> Iterator[str]:
    """A demo of its own that has told every story, for as long as it is looked at."""
    with tempfile.TemporaryDirectory() as folder:
        program = [str(Path(sys.executable).with_name("naru")), "demo", "--port", "8790"]
        process = subprocess.Popen(  # noqa: S603  # Our own program.
            [*program, "--story", "all", "--data", f"{folder}/data"],
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            assert process.stdout is not None
            told = (re.search(r"화면: (http://\S+)/demo", line) for line in process.stdout)
            yield next(found.group(1) for found in told if found)
        finally:
            process.terminate()
            process.wait(30)


def take(base: str) -> int:
    """All pictures; those that were there give way when the last one is taken, and not before."""
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=FOLDER.parent, prefix=".pages-") as folder:
        taken = _pictured(base, Path(folder))
        for old in FOLDER.glob("*.webp"):
            old.unlink()
        for new in Path(folder).iterdir():
            new.rename(FOLDER / new.name)
    (FOLDER / "README.md").write_text(index(taken), encoding="utf-8")
    size = sum(one.stat().st_size for one in FOLDER.glob("*.webp"))
    sys.stdout.write(f"{len(taken)} pages, {size / 1e6:.1f} MB\n")
    return 0


def _pictured(base: str, folder: Path) -> dict[str, tuple[str, str]]:
    """Everything that the demo's people reach, into the folder; of each address title and who."""
    with sync_playwright() as playwright:
        options = ["--headless", "--no-sandbox", "--disable-gpu"]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=options)
        pictures = Pictures(base, browser, folder)
        pictures.of("이야기의 사람", "", BEGINNINGS)
        for role, key in people(browser, base):
            pictures.of(role, key, OF_EACH)
            sys.stdout.write(f"{role}: {len(pictures.taken)}\n")
        for state in STATES:
            picture_state(browser, base, folder, state)
    return pictures.taken


def main() -> int:
    """Of the demo that is named, or of one of its own."""
    if len(sys.argv) > 1:
        return take(sys.argv[1].rstrip("/"))
    with demo() as base:
        return take(base)


if __name__ == "__main__":
    sys.exit(main())
