"""A folder of published cases: its tests in their order, and which step an instruction means."""

import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Final

from naru.conformance.plan import PLAN, PlanRefused, Step, StepKey, Where, read_plan
from naru.formats.xml import XmlRefused

MAX_PLANS: Final = 20_000
"""Plans in one case set; the largest published one has 820."""
MAX_INDEX: Final = 16 * 1024 * 1024
MAX_FILE: Final = 64 * 1024 * 1024
"""Bytes of one file of a case: a scanned document is far smaller."""


class CasesRefused(Exception):
    """The folder holds no cases, or does what a case set may not; the sentence says which."""


@dataclass
class Library:
    """Every plan below the roots; `chosen` are the steps of the folders that were named."""

    roots: tuple[Path, ...]
    steps: dict[StepKey, Step] = field(default_factory=dict)
    chosen: set[StepKey] = field(default_factory=set)
    unreadable: dict[str, str] = field(default_factory=dict)
    """Plans that could not be read, with the reason."""
    _tests: dict[str, list[StepKey]] = field(default_factory=dict)

    def resolve(self, asking: Step, where: Where) -> StepKey | None:
        """The step that is meant, or None where the reference dangles."""
        test, section = _place(asking.key, where)
        exact = self._with_id(where.step, test, section)
        if exact:
            return exact[0]
        if where.test or where.section:
            return None
        # Older plans point to a step of a test that has since got sections.
        if where.path is not None:
            test = PurePosixPath(_joined(asking.key, where.path)).name
        return _only(self._with_id(where.step, test, None))

    def _with_id(self, step: str, test: str, section: str | None) -> list[StepKey]:
        return [
            key
            for key in self._tests.get(test, ())
            if section in {None, key.section} and self.steps[key].id == step
        ]

    def add(self, step: Step) -> None:
        """Take a step in, after those of its test that come before it."""
        self.steps[step.key] = step
        self._tests.setdefault(step.key.test, []).append(step.key)

    def of_test(self, test: str) -> tuple[StepKey, ...]:
        """The steps of a test in their order."""
        return tuple(self._tests.get(test, ()))

    def before(self, key: StepKey) -> Iterator[StepKey]:
        """The steps of the same test that come before this one."""
        for other in self._tests[key.test]:
            if other == key:
                return
            yield other

    def file(self, step: Step, name: str) -> Path:
        """A file that a step names. Raises CasesRefused for one outside of the case set."""
        real = (step.folder / name).resolve()
        if not any(real.is_relative_to(root) for root in self.roots):
            raise CasesRefused(f"{name} leads out of the case set")
        if not real.is_file():
            raise CasesRefused(f"{name} is not there")
        if real.stat().st_size > MAX_FILE:
            raise CasesRefused(f"{name} is larger than {MAX_FILE} bytes")
        return real


def open_library(folders: Iterable[Path]) -> Library:
    """The cases of the folders: a whole set, its `tests`, or single tests. Raises CasesRefused."""
    named = [folder.resolve() for folder in folders]
    for folder in named:
        if not folder.is_dir():
            raise CasesRefused(f"{folder} is no folder")
    roots = tuple(dict.fromkeys(map(_root, named)))
    library = Library(roots=roots)
    for root in roots:
        _load(library, root)
    if not library.steps:
        raise CasesRefused("there is no testplan.xml below the folders")
    library.chosen = {
        key
        for key, step in library.steps.items()
        if any(step.folder.is_relative_to(folder) for folder in named)
    }
    return library


def _root(folder: Path) -> Path:
    """The folder whose children are tests."""
    if (folder / "tests").is_dir():
        return folder / "tests"
    for above in (folder, *folder.parents):
        if above.name == "tests" and above.is_dir():
            return above
    plans = any((one / PLAN).is_file() for one in (folder, *_children(folder)))
    return folder.parent if plans else folder


def _children(folder: Path) -> list[Path]:
    return sorted(one for one in folder.iterdir() if one.is_dir() and not one.is_symlink())


def _load(library: Library, root: Path) -> None:
    files = sorted(_plans(root))
    if len(files) > MAX_PLANS:
        raise CasesRefused(f"more than {MAX_PLANS} plans")
    order = _order(root)
    last = len(order)
    for test, section, file in sorted(
        (_named(root, file) for file in files),
        key=lambda one: (order.get(one[0], last), one[0], order.get(f"{one[0]}\0{one[1]}", last)),
    ):
        try:
            found = read_plan(file, test, section)
        except (PlanRefused, XmlRefused, OSError) as error:
            library.unreadable[f"{test} {section}"] = str(error)
            continue
        for step in found:
            library.add(step)


def _plans(root: Path) -> Iterator[Path]:
    for folder, _, files in os.walk(root):  # Links to folders are not followed.
        if PLAN in files and not (Path(folder) / PLAN).is_symlink():
            yield Path(folder) / PLAN


def _named(root: Path, file: Path) -> tuple[str, str, Path]:
    test, *section = file.parent.relative_to(root).parts or (root.name,)
    return test, "/".join(section) or ".", file


def _order(root: Path) -> dict[str, int]:
    """The order in which the set's own list tells its tests and sections, where it has one."""
    for file in (root / "cases.json", root.parent / "cases.json"):
        if file.is_file() and file.stat().st_size <= MAX_INDEX:
            return _listed(file)
    return {}


def _listed(file: Path) -> dict[str, int]:
    try:
        tests = json.loads(file.read_bytes())
        names = [
            name
            for test in tests
            for name in (
                test["test"],
                *(f"{test['test']}\0{section['section']}" for section in test["sections"]),
            )
        ]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise CasesRefused(f"{file} does not list tests: {type(error).__name__}") from None
    return {str(name): place for place, name in reversed(list(enumerate(names)))}


def _place(asking: StepKey, where: Where) -> tuple[str, str]:
    if where.path is not None:
        test, _, section = _joined(asking, where.path).partition("/")
        return test, section or "."
    if where.test and not where.section:
        return where.test, "."
    return where.test or asking.test, where.section or asking.section


def _joined(asking: StepKey, path: str) -> str:
    return os.path.normpath(f"{asking.test}/{asking.section}/{path}")


def _only(keys: list[StepKey]) -> StepKey | None:
    return keys[0] if len(keys) == 1 else None
