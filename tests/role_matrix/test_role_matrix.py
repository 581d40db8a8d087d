"""Who gets in where, against one table that people can read.

Every route × every role × {own, other patient, other institution, expired, anonymous}.
"""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client

from naru.accounts import sessions
from naru.domain import roles
from naru.domain.caller import Assurance, Caller, PurposeOfUse, Role
from naru.domain.roles import RoleKind
from naru.exchange import vouched
from naru.faces.fhir.interactions import INTERACTIONS
from naru.ui.clock import now
from tests.role_matrix import routes
from tests.role_matrix.conftest import SECRET_NAMES, World, secrets_of
from tests.signing_in import wire

PAGES = sorted(path for path, row in routes.table().items() if row.who and path[0] == "/")
ROOMS = sorted({path.split("/")[1] for path in PAGES})
# Nobody signs in as a representative by themselves: one acts for whoever named them.
PEOPLE = [
    role
    for role in Role
    if roles.kind(role) is not RoleKind.SYSTEM and role is not Role.REPRESENTATIVE
]
NOT_YOURS = "로그인한 역할로는 이 화면을 볼 수 없습니다"
REFUSED, BROKEN = 400, 500
EACH = 9
"""One role in so many is asked at each page where the run is short."""


def of_room(room: str) -> list[str]:
    return [path for path in PAGES if path.split("/")[1] == room]


def test_every_route_of_the_routers_has_a_row_and_every_row_a_route() -> None:
    found, told = {*routes.pages(), *routes.wire()}, set(routes.table())

    assert found - told == set(), f"no row for these routes.\n{routes.HOW}"
    assert told - found == set(), f"rows for routes that are no more.\n{routes.HOW}"


def test_every_page_opens_by_an_action_or_is_public() -> None:
    table = routes.table()
    loose = {
        path
        for path, action in routes.pages().items()
        if action is None and not (path in table and table[path].public)
    }

    assert loose == set(), "these pages are opened by nothing: use ui.viewing.for_action"


def test_the_table_says_what_roles_json_says() -> None:
    actions, table = routes.pages(), routes.table()
    said = {path: {str(one) for one in roles.that_may(actions[path] or "")} for path in PAGES}

    assert {path: {str(one) for one in table[path].who} for path in PAGES} == said, routes.HOW


@pytest.mark.parametrize("whole", [False, pytest.param(True, marks=pytest.mark.long)])
@pytest.mark.parametrize("room", ROOMS)
def test_role_matrix_every_role_at_its_own_institution(
    world: World,
    room: str,
    whole: bool,  # noqa: FBT001  # A case of the table.
) -> None:
    """Who may not gets 403, in words that hold nothing of anybody.

    In short some who may and some who may not at each page, and everybody somewhere.
    """
    table = routes.table()
    for place, role in enumerate(PEOPLE):
        paths = [
            path
            for turn, path in enumerate(of_room(room))
            if whole or (turn + place) % EACH == 0 or role in first_of(path)
        ]
        client = world.client(role) if paths else Client()
        wrong = [path for path in paths if is_let_in(client, path) is not (role in table[path].who)]
        assert wrong == [], f"{role} gets in where they should not, or not where they should"


@pytest.mark.parametrize("room", ROOMS)
def test_role_matrix_strangers_and_who_was_signed_in_before(world: World, room: str) -> None:
    paths = of_room(room)
    clients = [world.client(role) for role in admitted(paths)]
    over = now() - sessions.LIFETIME - timedelta(seconds=1)
    sessions.SignIn.objects.update(started_at=over)
    for path in paths:
        for client in (Client(raise_request_exception=False), *clients):
            answer = asked(client, path)
            assert answer.status_code == 302, path
            assert answer.headers["Location"].startswith("/sign-in?next="), path
            assert not answer.content


@pytest.mark.parametrize("room", ROOMS)
def test_role_matrix_other_patients_and_other_institutions(world: World, room: str) -> None:
    """Whoever may open a page sees there nothing of another's patient, whatever they name."""
    paths = of_room(room)
    hidden = secrets_of(world.other)
    for role in admitted(paths):
        client = world.client(role)
        for path in paths:
            if role in routes.table()[path].who and not routes.table()[path].everybody:
                answer = asked(client, path, of=world.other.key, institution=world.there.id)
                assert answer.status_code < BROKEN, path
                text = answer.content.decode()
                assert [one for one in hidden if one in text] == [], f"{role} learns at {path}"


def test_role_matrix_strangers_at_the_wire(world: World) -> None:
    """A door that is not public tells nobody anything who has not shown who they are."""
    hidden = secrets_of(world.other)
    for door, row in routes.table().items():
        if not door.startswith("wire "):
            continue
        path = door.split(" ")[1]
        if path == "/fhir":
            path = f"/fhir/Patient/{world.other.key}"
        for method, token in (("GET", ""), ("POST", ""), ("GET", "x.y.z"), ("POST", "x.y.z")):
            status, told = wire(method, path, {"a": "b"} if method == "POST" else None, token=token)
            assert not any(one in str(told) for one in hidden), door
            assert row.public or status >= REFUSED, f"{door} answered a stranger with {status}"


@pytest.mark.parametrize("role", list(Role))
def test_role_matrix_roles_at_the_fhir_door(role: Role) -> None:
    """Whom a token lets ask for an interaction at all."""
    caller = Caller(role=role, purpose=PurposeOfUse.TREATMENT, assurance=Assurance.TOKEN)
    for one in INTERACTIONS:
        row = routes.table()[f"wire /fhir {one.name}"]
        if row.public:
            continue
        try:
            vouched.require_allowed(caller, one.name)
        except vouched.NotVouched:
            assert role not in row.who, one.name
        else:
            assert role in row.who, one.name


def is_let_in(client: Client, path: str) -> bool:
    """Whether the role is let in; whoever is not learns nothing of anybody."""
    answer = asked(client, path)
    text = answer.content.decode()
    assert answer.status_code < BROKEN, path
    if NOT_YOURS not in text:
        return True
    assert answer.status_code == 403
    assert not any(one in text for one in (*SECRET_NAMES, "TEST-SECRET", "urn:uuid"))
    return False


def asked(
    client: Client, path: str, of: UUID | None = None, institution: UUID | None = None
) -> Any:
    """What the page answers, by the method that it knows."""
    about = {"patient": str(of or uuid4()), "institution": str(institution or "")}
    address = re.sub(r"<uuid:\w+>", str(of or uuid4()), path)
    address = re.sub(r"<(?:\w+:)?\w+>", "department", address)
    for answer in _both(client, address, about):
        if answer.status_code != 405:
            return answer
    raise AssertionError(f"{path} answers neither GET nor POST")


def _both(client: Client, address: str, about: dict[str, str]) -> Iterator[Any]:
    yield client.get(address, about)
    yield client.post(address, about)


def admitted(paths: list[str]) -> list[Role]:
    """Some of the roles that get in among these: of each page two at least, if there are."""
    return [role for role in PEOPLE if any(role in first_of(path) for path in paths)]


def first_of(path: str) -> list[Role]:
    """The first two in the table's order who may open a page."""
    return [role for role in PEOPLE if role in routes.table()[path].who][:2]
