"""One page asked by one person about one thing, and what came of it."""

import re
from collections.abc import Iterator
from dataclasses import asdict
from enum import StrEnum
from typing import Any

from django.test import Client

from naru.domain import roles
from naru.domain.caller import Role
from naru.domain.roles import RoleKind
from tests.role_matrix import routes
from tests.role_matrix.conftest import Things, World, secrets_of

PAGES = sorted(path for path in routes.table() if path[0] == "/")
PEOPLE = [role for role in Role if roles.kind(role) is not RoleKind.SYSTEM]
NOT_YOURS = "로그인한 역할로는 이 화면을 볼 수 없습니다"
REFUSED, BROKEN = 403, 500
"""What no page answers; one whose provider is not there says so (503)."""
_POSTED: set[str] = set()
"""Pages that were seen to answer no GET."""


class Standing(StrEnum):
    """Whose things are asked for, and by whom."""

    OWN = "own"
    OTHER_PATIENT = "other patient"
    OTHER_INSTITUTION = "other institution"
    EXPIRED = "expired"
    ANONYMOUS = "anonymous"


def crossed(world: World, role: Role) -> Iterator[str]:
    """Whatever is wrong with any page for this role, in each standing but the anonymous one."""
    person = world.person(role)
    before = world.state_of_others()
    sees = False
    for standing, things in (
        (Standing.OWN, world.mine),
        (Standing.OTHER_PATIENT, world.of_other_patient),
        (Standing.OTHER_INSTITUTION, world.of_other_institution),
    ):
        for path in PAGES:
            answer = asked(person.client, path, things)
            if path in _POSTED and answer.status_code != REFUSED:
                person.put_back()
            sees |= secrets_of(world.own)[1] in answer.getvalue().decode(errors="replace")
            for one in wrong(world, role, path, answer):
                yield f"{role} {standing} {path}: {one}"
    minds_all = any(row.everybody and role in row.who for row in routes.table().values())
    if not minds_all and world.state_of_others() != before:
        yield f"{role} changed what is another's"
    if not sees and role in routes.table()["/portal"].who:
        yield f"{role} does not see what they may: the others show nothing"
    person.is_too_late()
    yield from (f"{role} {one}" for one in turned_away(person.client, world, Standing.EXPIRED))


def wrong(world: World, role: Role, path: str, answer: Any) -> Iterator[str]:
    """What an answer to somebody who is signed in should not be."""
    row, text = routes.table()[path], answer.content.decode()
    if answer.status_code == BROKEN:
        yield f"broke with {answer.status_code}"
    refused = NOT_YOURS in text
    if refused is (row.public or role in row.who):
        yield "is not let in" if refused else "gets in"
    if refused and answer.status_code != REFUSED:
        yield f"is refused with {answer.status_code}"
    hidden = secrets_of(world.other) + (secrets_of(world.own) if refused or row.public else ())
    if not row.everybody or refused:
        yield from (f"learns {one}" for one in hidden if one in text)


def turned_away(client: Client, world: World, standing: Standing) -> Iterator[str]:
    """Whatever is wrong where somebody asks who is not signed in."""
    for path in PAGES:
        answer = asked(client, path, world.mine)
        row, text = routes.table()[path], answer.content.decode()
        led = answer.status_code == 302 and answer.headers["Location"].startswith("/sign-in?next=")
        if not row.public and not (led and not text):
            yield f"{standing} {path}: answered with {answer.status_code}"
        learnt = [one for one in (*secrets_of(world.own), *secrets_of(world.other)) if one in text]
        if learnt or answer.status_code == BROKEN:
            yield f"{standing} {path}: {answer.status_code}, learns {learnt}"


def asked(client: Client, path: str, things: Things) -> Any:
    """What the page answers about these things, by the method that it knows."""
    address, names = addressed(path, things)
    if path not in _POSTED:
        answer = client.get(address, names)
        if answer.status_code != 405:
            return answer
        _POSTED.add(path)
    return client.post(address, names)


def addressed(path: str, things: Things) -> tuple[str, dict[str, str]]:
    """The page's address about these things, and what its form may send."""
    names = {name: str(value) for name, value in asdict(things).items()}
    names |= {"id": names["document"], "as": names["post"], "next": "/portal"}
    address = re.sub(r"<uuid:(\w+)>", lambda found: names.get(found[1], names["act"]), path)
    return re.sub(r"<(?:\w+:)?\w+>", "department", address), names
