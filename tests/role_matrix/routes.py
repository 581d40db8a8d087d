"""Every route of the node, from its routers, and what the table says of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.urls import URLPattern, URLResolver, get_resolver

from naru.domain.caller import Role
from naru.faces.cds import door as cds
from naru.faces.fhir.interactions import INTERACTIONS
from naru.faces.oauth import door as oauth
from naru.node import urls as _urls  # noqa: F401  # Before any test of a demo, which has more.
from naru.node.roles import DOORS

TABLE = Path(__file__).with_name("matrix.tsv")
HOW = """
Each route of the node has one line in tests/role_matrix/matrix.tsv:

    <route as Django's router writes it>  TAB  <who>

where <who> is `public` (whoever comes), `signing-in` (whoever has not signed in yet), or the roles
that may open it (`naru.domain.caller.Role`), parted by spaces; a name with @ stands for the roles
of a line above that begins with it. `sees-everybody` beside them says that the page shows people of
any institution, since that is its duty (a steward's); a role with * may ask about anybody's, since
that is theirs. Write the line by thinking who should be let
in, not by copying what the code does: the test compares both. Wire doors are written as
`wire <path>`.
"""


EVERYBODY = "sees-everybody"


@dataclass(frozen=True)
class Route:
    """A line of the table."""

    path: str
    who: frozenset[Role]
    public: bool = False
    everybody: bool = False
    anybody: frozenset[Role] = frozenset()


@cache
def table() -> dict[str, Route]:
    """The table, by route."""
    groups: dict[str, str] = {}
    found = {}
    for line in TABLE.read_text("utf-8").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        path, who = line.split("\t")
        if path.startswith("@"):
            groups[path] = who
            continue
        for _ in range(3):  # Groups may name groups.
            who = " ".join(groups.get(word, word) for word in who.split())
        if who in {"public", "signing-in"}:
            found[path] = Route(path, frozenset(), public=True)
        else:
            words = set(who.split())
            named = words - {EVERYBODY}
            found[path] = Route(
                path,
                frozenset(Role(word.rstrip("*")) for word in named),
                everybody=EVERYBODY in words,
                anybody=frozenset(Role(word[:-1]) for word in named if word.endswith("*")),
            )
    return found


def pages() -> dict[str, str | None]:
    """Every page of the router, with the action by which it opens, if it opens by one."""
    return dict(_walk(get_resolver().url_patterns))


def wire() -> set[str]:
    """Every address that is answered before Django's pages."""
    doors = {door.path for door in DOORS if door.path.startswith("/ihe/")}
    fhir = {f"/fhir {one.name}" for one in INTERACTIONS}
    return {f"wire {one}" for one in (*doors, *oauth.PATHS, *fhir, cds.PATH)}


def _walk(
    patterns: list[URLPattern | URLResolver], before: str = ""
) -> Iterator[tuple[str, str | None]]:
    for one in patterns:
        path = before + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from _walk(one.url_patterns, path)
        else:
            yield f"/{path}", getattr(one.callback, "action", None)
