"""Every page asked by one person about everything, and what came of it."""

import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from functools import cache
from typing import Any, Final

from django.conf import settings
from django.test import Client
from django.urls import resolve

from naru.domain import roles
from naru.domain.caller import Role
from naru.domain.roles import RoleKind
from tests.role_matrix import routes
from tests.role_matrix.conftest import Person, World, secrets_of
from tests.role_matrix.forms import TOKEN, sent_forms
from tests.role_matrix.things import WORDS, Standing, Things, keys
from tests.role_matrix.traces import rows_naming

PAGES = sorted(path for path in routes.table() if path[0] == "/")
PEOPLE = [role for role in Role if roles.kind(role) is not RoleKind.SYSTEM]
NOT_YOURS = "로그인한 역할로는 이 화면을 볼 수 없습니다"
FOUND, REFUSED, NOT_THERE, NOT_BY_THIS, BROKEN = 200, 403, 404, 405, 500
"""`BROKEN` is what no page answers; one whose provider is not there says so (503)."""
_HTML: Final = "text/html"
_COOKIE: Final = "TEST" * 8
NOTHING_OF_THEIRS: Final = {
    ("/console/deliveries/<uuid:submission>", Role.PHARMACIST),
    ("/console/deliveries/<uuid:submission>", Role.INSURER_CLERK),
    ("/console/deliveries/<uuid:submission>/open", Role.PHARMACIST),
    ("/console/deliveries/<uuid:submission>/open", Role.INSURER_CLERK),
    ("/console/joining/<uuid:key>/sign", Role.DIRECTOR),
}
"""Who may ask, and has nothing to ask for: patients submit to agencies alone (deliveries/agencies),
and of the world's cases none is at its agreement (tests/console/test_joining signs one)."""


@dataclass
class Crossing:
    """What one person is answered, in every standing, and what of it is wrong."""

    world: World
    role: Role
    person: Person = field(init=False)
    forms: dict[str, dict[str, str]] = field(default_factory=dict)
    """What a browser would send to a route: the form of the person's own pages."""
    sees: bool = False

    def __post_init__(self) -> None:
        self.person = self.world.person(self.role)
        as_a_browser(self.person.client)

    @property
    def may_see(self) -> bool:
        """Whether they see a patient by name: else it proved nothing that another is not seen."""
        return self.role in routes.table()["/portal"].who

    def looks(self) -> Iterator[str]:
        """Ask for all that may be looked at: their own first, which tells the forms."""
        yield from self._asks("GET", Standing.OWN, self.world.mine)
        for standing, foreign in self.world.of_others.items():
            yield from self._asks("GET", standing, foreign)

    def sends(self) -> Iterator[str]:
        """Send each form with what is another's: it is refused, and nothing of another changes."""
        before = self._of_others()
        for standing, foreign in self.world.of_others.items():
            yield from self._asks("POST", standing, foreign)
        after = self._of_others()
        for table in before.keys() | after.keys():
            if changed := before.get(table, set()) ^ after.get(table, set()):
                yield f"{self.role} changed what is another's: {table} {changed}"

    def acts(self) -> Iterator[str]:
        """Send their own forms, after which little of the world is as it was."""
        yield from self._asks("POST", Standing.OWN, self.world.mine)

    def is_too_late(self) -> Iterator[str]:
        """Ask once more after the sign-in has run out."""
        self.person.is_too_late()
        found = turned_away(self.person.client, self.world, Standing.EXPIRED)
        yield from (f"{self.role} {one}" for one in found)

    def _asks(self, method: str, standing: Standing, asked_for: Things) -> Iterator[str]:
        for path in PAGES:
            if method not in methods(path):
                continue
            row = routes.table()[path]
            address, names = addressed(path, asked_for, self.role)
            mine, _names = addressed(path, self.world.mine, self.role)
            may = row.public or self.role in row.who
            if not may and (address == mine) is not (standing is Standing.OWN):
                continue  # The same request again: whom the page is closed to, it reads nothing of.
            form = (self._form(path, asked_for) if method == "POST" else {}) or names
            answer = asked(self.person.client, method, address, form)
            if method == "POST" and answer.status_code != REFUSED:
                self.person.put_back()
            if method == "GET" and standing is Standing.OWN:
                self._notes(address, answer)
            foreign = address != mine
            for one in self._wrong(path, standing, answer, foreign=foreign):
                yield f"{self.role} {standing} {method} {path}: {one}"

    def _form(self, path: str, asked_for: Things) -> dict[str, str]:
        """What a browser sends there, of other things if they are another's.

        Nothing where it would name none of them: what somebody may do anyhow is not done here, lest
        the next finds no post, or no mandate.
        """
        mine = {str(value): name for name, value in asdict(self.world.mine).items()}
        found = self.forms.get(path, {})
        if "<uuid:" not in path and (
            asked_for is self.world.mine or mine.keys().isdisjoint(found.values())
        ):
            return {}
        return {
            name: str(getattr(asked_for, mine[value])) if value in mine else value
            for name, value in found.items()
        }

    def _notes(self, address: str, answer: Any) -> None:
        """Keep the forms of a page of one's own."""
        if answer.status_code != FOUND or not answer.headers["Content-Type"].startswith(_HTML):
            return
        text = answer.content.decode()
        self.sees |= secrets_of(self.world.own)[1] in text
        for form in sent_forms(text, address):
            action = form.action.partition("?")[0]
            path = f"/{resolve(action).route}"
            if path not in self.forms or action == addressed(path, self.world.mine, self.role)[0]:
                self.forms[path] = form.fields

    def _wrong(self, path: str, standing: Standing, answer: Any, *, foreign: bool) -> Iterator[str]:
        """What an answer to somebody who is signed in should not be."""
        row, status = routes.table()[path], answer.status_code
        text = answer.content.decode(errors="replace")
        if status == BROKEN:
            yield f"broke with {status}"
        refused = NOT_YOURS in text
        may = row.public or self.role in row.who
        if refused is may:
            yield "is not let in" if refused else "gets in"
        if refused and status != REFUSED:
            yield f"is refused with {status}"
        hidden = secrets_of(self.world.other)
        hidden += secrets_of(self.world.own) if refused or row.public else ()
        if not row.everybody or refused:
            yield from (f"learns {one}" for one in hidden if one in text)
        if refused or row.public or "<uuid:" not in path or (path, self.role) in NOTHING_OF_THEIRS:
            return
        own = standing is Standing.OWN
        if own and status in {REFUSED, NOT_THERE}:
            yield f"finds nothing of their own ({status}): the world has none, or it is withheld"
        citizen = roles.kind(self.role) is RoleKind.CITIZEN
        theirs = not foreign or self.role in row.anybody or row.everybody
        theirs |= citizen and standing is Standing.OTHER_INSTITUTION
        if not own and not theirs and status not in {REFUSED, NOT_THERE}:
            yield f"answers {status} for what is another's"

    def _of_others(self) -> dict[str, set[str]]:
        """Every row that names what this person may not change."""
        if self.role is Role.OPERATOR:
            return {}  # Every institution's staff, cases and accounts are theirs to see to.
        patient = self.world.of_other_patient
        own = set(asdict(self.world.mine).values())
        named = {str(one) for one in asdict(patient).values() if one not in own}
        if roles.kind(self.role) is not RoleKind.CITIZEN:
            place = self.world.of_other_institution
            named |= {str(one) for one in asdict(place).values() if one not in own}
        if self.role in routes.table()["/console/accounts/<uuid:account>"].anybody:
            named -= {str(self.world.of_other_institution.account)}
        return rows_naming(named)


def as_a_browser(client: Client) -> None:
    """Let the client be judged as a browser is, with the cookie that its forms repeat."""
    client.handler.enforce_csrf_checks = True
    client.cookies[settings.CSRF_COOKIE_NAME] = _COOKIE


@cache
def methods(path: str) -> frozenset[str]:
    """By which methods the page answers, as it says itself."""
    address = re.sub(r"<uuid:\w+>", "00000000-0000-4000-8000-000000000000", path)
    answer = Client().generic("TEST", re.sub(r"<\w+:\w+>", "x", address))
    found = answer.headers.get("Allow", "GET, POST").split(", ")
    return frozenset(found) & {"GET", "POST"}


def turned_away(client: Client, world: World, standing: Standing) -> Iterator[str]:
    """Whatever is wrong where somebody asks who is not signed in."""
    as_a_browser(client)
    for path in PAGES:
        row = routes.table()[path]
        address, names = addressed(path, world.mine)
        method = max(methods(path))  # A form, where the page takes one.
        answer = asked(client, method, address, names)
        text, status = answer.content.decode(errors="replace"), answer.status_code
        led = status == 302 and answer.headers["Location"].startswith("/sign-in?next=")
        if not row.public and not (led and not text):
            yield f"{standing} {method} {path}: answered with {status}"
        learnt = [one for one in (*secrets_of(world.own), *secrets_of(world.other)) if one in text]
        if learnt or status == BROKEN:
            yield f"{standing} {method} {path}: {status}, learns {learnt}"


def asked(client: Client, method: str, address: str, form: dict[str, str]) -> Any:
    """What the page answers; a form repeats its cookie, as a browser's does."""
    if method == "GET":
        return client.get(address, form)
    return client.post(address, form | {TOKEN: client.cookies[settings.CSRF_COOKIE_NAME].value})


def addressed(path: str, things: Things, role: Role | None = None) -> tuple[str, dict[str, str]]:
    """The page's address about these things, and what its form may send."""
    names = keys(path, role, things)
    names |= {"id": names["document"], "as": names["post"], "next": "/portal"}
    address = re.sub(r"<uuid:(\w+)>", lambda found: names[found[1]], path)
    address = re.sub(r"<\w+:(\w+)>", lambda found: names.get(found[1]) or WORDS[found[1]], address)
    return address, names
