"""Every transaction that an access record may name is told to people in words."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from django.utils import translation

from naru.ui import transactions

ROOM = Path(__file__).parents[2] / "naru"
GIVEN_TO = {"access_of": 1, "_access": 1, "access_for": 0, "of_whom": 1}
"""Where the name of the transaction stands among the arguments."""


@dataclass(frozen=True, slots=True)
class Source:
    """A module: its tree, its own constants, and what it brings in as (module, name)."""

    tree: ast.Module
    constants: Mapping[str, str]
    brought: Mapping[str, tuple[str, str]]


def test_what_a_command_or_page_calls_its_transaction_has_words_in_korean() -> None:
    sources = dict(map(_read, ROOM.rglob("*.py")))
    named = {name for module in sources for name in _named(module, sources)}
    assert len(named) > 100, "the reading of the sources finds too few"
    with translation.override("ko"):
        assert [one for one in sorted(named) if transactions.transaction_name(one) == one] == []


def _read(path: Path) -> tuple[str, Source]:
    tree = ast.parse(path.read_text("utf-8"))
    module = ".".join(path.relative_to(ROOM.parent).with_suffix("").parts)
    return module, Source(tree, dict(_constants(tree)), dict(_brought(tree)))


def _constants(tree: ast.Module) -> Iterator[tuple[str, str]]:
    for one in tree.body:
        target = one.target if isinstance(one, ast.AnnAssign) else None
        target = one.targets[0] if isinstance(one, ast.Assign) else target
        value = getattr(one, "value", None)
        if isinstance(target, ast.Name) and isinstance(value, ast.Constant):
            yield target.id, str(value.value)


def _brought(tree: ast.Module) -> Iterator[tuple[str, tuple[str, str]]]:
    for one in ast.walk(tree):
        if isinstance(one, ast.ImportFrom):
            yield from ((it.asname or it.name, (one.module or "", it.name)) for it in one.names)


def _named(module: str, sources: Mapping[str, Source]) -> Iterator[str]:
    for call in ast.walk(sources[module].tree):
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name):
            continue
        at = GIVEN_TO.get(call.func.id)
        if at is not None and len(call.args) > at:
            yield from _said(call.args[at], module, sources)


def _said(word: ast.expr, module: str, sources: Mapping[str, Source]) -> Iterator[str]:
    """What an argument says, where it is a constant of some module; a variable says nothing."""
    if isinstance(word, ast.IfExp):
        yield from _said(word.body, module, sources)
        yield from _said(word.orelse, module, sources)
    elif isinstance(word, ast.Constant):
        yield str(word.value)
    elif isinstance(word, ast.Name):
        where, name = sources[module].brought.get(word.id, (module, word.id))
        if where in sources and name in sources[where].constants:
            yield sources[where].constants[name]
    elif isinstance(word, ast.Attribute) and isinstance(word.value, ast.Name):
        room, name = sources[module].brought.get(word.value.id, ("", ""))
        if f"{room}.{name}" in sources:
            yield sources[f"{room}.{name}"].constants.get(word.attr, "?")
