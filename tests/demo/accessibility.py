"""What WCAG 2.2 asks of every page: what axe knows of it, and what else can be measured here."""

from itertools import pairwise
from typing import Final

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

_NAMES = """() => [...document.querySelectorAll(
    'a, button, summary, select, textarea, canvas, input:not([type=hidden])')]
  .filter(one => one.checkVisibility())
  .filter(one => ![one.innerText, one.ariaLabel, ...[...(one.labels || [])].map(l => l.innerText)]
    .some(name => (name || '').trim()))
  .map(one => one.outerHTML)"""
_SMALL = """() => [...document.querySelectorAll('a, button, summary')]
  .filter(one => one.checkVisibility() && !one.matches('.skip'))
  .map(one => [one.getBoundingClientRect(), one])
  .filter(([box]) => box.width < 44 || box.height < 44)
  .map(([box, one]) => `${one.outerHTML} ${box.width}x${box.height}`)"""
_HEADINGS = "() => [...document.querySelectorAll('h1,h2,h3,h4')].map(h => Number(h.tagName[1]))"
_UNLABELLED = """() => [...document.querySelectorAll('[aria-labelledby]')]
  .filter(one => !one.getAttribute('aria-labelledby').split(' ')
    .every(id => document.getElementById(id)))
  .map(one => one.outerHTML.slice(0, 80))"""
_TWICE = """() => {const ids = [...document.querySelectorAll('[id]')].map(one => one.id);
  return ids.filter((id, at) => ids.indexOf(id) !== at)}"""
_TEXT_SIZES = """() => [...document.querySelectorAll('body *')]
  .filter(one => one.checkVisibility() && one.innerText)
  .filter(one => parseFloat(getComputedStyle(one).fontSize) < 14)
  .map(one => one.outerHTML.slice(0, 80))"""
_RULES: Final = {"resultTypes": ["violations"]}
_SCRIPTS = "() => matchMedia('(scripting: enabled)').matches"
_SIDEWAYS = """() => {
  const wide = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= wide) return [];
  return [...document.querySelectorAll('body *')]
    .filter(one => one.getBoundingClientRect().right > wide + 1)
    .map(one => one.outerHTML.slice(0, 80)).concat('wider than its window')}"""


def assert_accessible(page: Page) -> None:
    """Names, targets, headings, landmarks, language, ids, reflow; with scripts, no error of axe."""
    page.wait_for_load_state()  # Before its styles came, nothing is as large as it will be.
    if page.evaluate(_SCRIPTS):  # Without them axe's answer would never come.
        none(axe_errors(page))
    none(page.evaluate(_NAMES))
    none(page.evaluate(_SMALL))
    headings = page.evaluate(_HEADINGS)
    assert headings.count(1) == 1, headings
    assert headings[0] == 1, headings
    assert all(deeper <= above + 1 for above, deeper in pairwise(headings)), headings
    none(page.evaluate(_UNLABELLED))
    none(page.evaluate(_TWICE))
    none(page.evaluate(_TEXT_SIZES))
    none(page.evaluate(_SIDEWAYS))
    assert page.locator("main, header, footer").count() == 3
    assert page.locator("html").get_attribute("lang") in {"ko", "en"}
    for switch in page.get_by_role("switch").all():
        assert switch.get_attribute("aria-checked") in {"true", "false"}


def none(found: list[str]) -> None:
    """Nothing was found; else what it was is told."""
    assert found == [], "\n".join(map(str, found))


def axe_errors(page: Page) -> list[str]:
    """Each rule that axe found broken, with the places where."""
    axe = Axe("null") if page.evaluate("() => 'axe' in window") else Axe()  # Brought once.
    found = axe.run(page, options=_RULES).response["violations"]
    return [
        f"{one['id']}: {one['help']}: " + " | ".join(node["html"][:160] for node in one["nodes"])
        for one in found
    ]
