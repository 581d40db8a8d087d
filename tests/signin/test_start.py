"""Where people begin: each role is led to its own pages; no page is without a way to it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, resolve

from naru.domain import roles
from naru.domain.caller import Role
from naru.ui import bars, places
from tests.role_matrix.routes import table
from tests.signing_in import Somebody, sign_in, sign_up

TEMPLATES = Path(__file__).parents[2] / "naru"
NOT_ALLOWED = 405
LED_TO = {
    "/oauth/authorize": "by an app",
    "/clinic/launch": "by an EMR",
    "/gallery": "by whoever builds pages",
    "/offline": "by a browser without a connection",
    "/service-worker.js": "by the pages' script",
    "/unsent": "by a sign-in",
}
"""Pages to which something else than a page of ours leads."""


@pytest.mark.parametrize("one", places.BEGINNINGS, ids=lambda one: one.path)
def test_a_beginning_opens_by_the_action_by_which_it_is_offered(one: places.Beginning) -> None:
    assert resolve(one.path).func.action == one.action  # type: ignore[attr-defined]  # `for_action`.


@pytest.mark.parametrize("role", [one for one in Role if one is not Role.SYSTEM])
def test_nobody_is_offered_what_the_role_matrix_refuses(role: Role) -> None:
    offered = {one.path for one in places.of(role)}

    assert {path for path in offered if role not in table()[path].who} == set()


def test_every_role_that_works_with_the_pages_is_offered_one_of_its_own() -> None:
    """Whoever may do more than see to their own sign-in and their notices has somewhere to go."""
    opening = {str(getattr(resolve(one.path).func, "action", "")) for one in places.BEGINNINGS}
    without = {
        role
        for role in Role
        if role is not Role.SYSTEM
        and roles.role_table().roles[role].actions
        & opening - {"manage-own-sign-in", "read-notices"}
        and not [one for one in places.of(role) if not one.of_staff]
    }

    assert without == set()


def test_every_page_is_reached_from_another() -> None:
    written = "".join(one.read_text("utf-8") for one in TEMPLATES.glob("*/templates/**/*.html"))
    barred = (*bars.PUBLIC, *bars.PORTAL, *bars.CLINIC)
    begun = {one.path for one in (*places.BEGINNINGS, *barred)}
    lost = {
        path
        for path, name in _pages(get_resolver().url_patterns)
        if path not in begun and path not in LED_TO and f'url "{name}"' not in written
    }

    assert lost == set(), "add them to ui.places.BEGINNINGS, or link them from a page"


def test_whoever_signs_in_begins_at_what_they_may_do() -> None:
    who = Somebody(name="이처음")
    sign_up(who)
    client = sign_in(who)  # Which asserts that it leads here.
    text = client.get("/").content.decode()

    for path in ("/portal", "/portal/consent", "/portal/notices", "/account"):
        assert f'href="{path}"' in text
    assert "/console" not in text
    assert 'action="/sign-out"' in text


def test_a_refused_page_leads_back_to_what_one_may_do() -> None:
    client = sign_up(Somebody(name="이거절"))
    answer = client.get("/console")

    assert answer.status_code == 403
    assert 'href="/" class="button' in answer.content.decode()


def test_a_stranger_is_offered_the_sign_in_and_no_room() -> None:
    text = Client().get("/sign-in").content.decode()

    assert 'href="/portal"' not in text
    assert 'action="/sign-out"' not in text
    assert '<a class="button button-quiet" href="/sign-in">' in text


def _pages(
    patterns: list[URLPattern | URLResolver], before: str = ""
) -> Iterator[tuple[str, str | None]]:
    """Every page that somebody opens by its address alone."""
    for one in patterns:
        path = before + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from _pages(one.url_patterns, path)
        elif getattr(one.callback, "action", None) and "<" not in path and _answers(f"/{path}"):
            yield f"/{path}", one.name


def _answers(path: str) -> bool:
    return Client().get(path).status_code != NOT_ALLOWED
