"""Who gets in where, against one table that people can read.

Every page of the router × every role × {own, other patient, other institution, expired, anonymous};
the wire doors are beside (`test_role_matrix_at_the_wire`).
"""

import pytest
from django.test import Client

from naru.domain import roles
from naru.domain.caller import Role
from tests.role_matrix import routes
from tests.role_matrix.conftest import World
from tests.role_matrix.crossing import PAGES, PEOPLE, Crossing, turned_away
from tests.role_matrix.things import Standing

TOGETHER = 1
"""Roles that share one world; one, so that no test is long where processors are slow."""


def test_role_matrix_every_route_of_the_routers_has_a_row_and_every_row_a_route() -> None:
    found, told = {*routes.pages(), *routes.wire()}, set(routes.table())

    assert found - told == set(), f"no row for these routes.\n{routes.HOW}"
    assert told - found == set(), f"rows for routes that are no more.\n{routes.HOW}"


def test_role_matrix_every_page_opens_by_an_action_or_is_public() -> None:
    table = routes.table()
    loose = {
        path
        for path, action in routes.pages().items()
        if action is None and not (path in table and table[path].public)
    }

    assert loose == set(), "these pages are opened by nothing: use ui.viewing.for_action"


def test_role_matrix_says_what_roles_json_says() -> None:
    actions, table = routes.pages(), routes.table()
    guarded = [path for path in PAGES if not table[path].public]
    said = {path: {str(one) for one in roles.that_may(actions[path] or "")} for path in guarded}

    assert {path: {str(one) for one in table[path].who} for path in guarded} == said, routes.HOW


@pytest.mark.parametrize(
    "together",
    [PEOPLE[at : at + TOGETHER] for at in range(0, len(PEOPLE), TOGETHER)],
    ids="+".join,
)
def test_role_matrix_of_pages(world: World, together: list[Role]) -> None:
    """Who may gets in, all others get 403; nobody learns of another's, or changes it."""
    found = [Crossing(world, role) for role in together]

    wrong = [
        one
        for ask in (Crossing.looks, Crossing.sends, Crossing.acts, Crossing.is_too_late)
        for crossing in found
        for one in ask(crossing)
    ]

    assert wrong == [], "\n".join((*wrong, routes.HOW))
    assert [one.role for one in found if not one.sees and one.may_see] == []


def test_role_matrix_of_pages_for_strangers(world: World) -> None:
    client = Client(raise_request_exception=False)

    assert list(turned_away(client, world, Standing.ANONYMOUS)) == [], routes.HOW
