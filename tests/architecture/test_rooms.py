"""What import-linter cannot see: tables, string foreign keys, migrations, template names."""

import configparser
import re
from collections.abc import Iterator
from pathlib import Path

import grimp
import pytest
from django.apps import apps
from django.db.migrations.loader import MigrationLoader

PROJECT = Path(__file__).resolve().parents[2]
ROOMS = PROJECT / "naru"
TEMPLATE_NAME = re.compile(r"""["']([a-z]+)/[\w/-]+\.(?:html|txt|xml)["']""")


def levels() -> dict[str, int]:
    """Each room of the design with its height; `domain` stands lowest."""
    contracts = configparser.ConfigParser()
    contracts.read(PROJECT / ".importlinter")
    lines = contracts["importlinter:contract:rooms"]["layers"].split("\n")
    lowest_first = reversed([line for line in lines if line.strip()])
    return {
        room: height
        for height, line in enumerate(lowest_first)
        for room in re.findall(r"\w+", line)
    }


LEVELS = levels()


def is_down(upper: str, lower: str) -> bool:
    """Whether `upper` may know `lower`: itself, or a room that stands lower."""
    return upper == lower or LEVELS[lower] < LEVELS[upper]


def room_of(module: str) -> str:
    return module.split(".")[1]


def ours(label: str) -> bool:
    return apps.get_app_config(label).name.startswith("naru.")


def templates() -> Iterator[Path]:
    return ROOMS.glob("*/**/templates/**/*.*")


def files_that_name_templates() -> Iterator[Path]:
    yield from ROOMS.rglob("*.py")
    yield from templates()


def test_the_order_of_the_design_is_read_whole() -> None:
    assert LEVELS["domain"] == 0
    assert max(LEVELS, key=LEVELS.__getitem__) == "node"
    assert is_down("exchange", "registry")
    assert not is_down("registry", "repository")


def test_a_rooms_tables_are_its_own() -> None:
    graph = grimp.build_graph("naru", cache_dir=None)
    strangers = [
        f"{importer} imports {tables}"
        for tables in graph.find_matching_modules("naru.*.models")
        for importer in graph.find_modules_that_directly_import(tables)
        if room_of(importer) != room_of(tables)
    ]

    assert strangers == []


def test_a_room_stands_under_its_own_name() -> None:
    misnamed = [
        config.name
        for config in apps.get_app_configs()
        if config.name.startswith("naru.") and config.name != f"naru.{config.label}"
    ]

    assert misnamed == []


def test_foreign_keys_point_downward() -> None:
    upward = [
        f"{model._meta.label}.{field.name} → {field.related_model._meta.label}"
        for model in apps.get_models()
        if ours(model._meta.app_label)
        for field in model._meta.get_fields()
        if field.concrete and field.is_relation and ours(field.related_model._meta.app_label)
        if not is_down(model._meta.app_label, field.related_model._meta.app_label)
    ]

    assert upward == []


def test_migrations_depend_downward() -> None:
    migrations = MigrationLoader(None).disk_migrations
    upward = [
        f"{label}.{name} → {other}"
        for (label, name), migration in migrations.items()
        if ours(label)
        for other, _ in migration.dependencies
        if other != "__setting__" and ours(other) and not is_down(label, other)
    ]

    assert upward == []


def test_no_migration_lies_beside_the_apps_that_are_installed() -> None:
    installed = {room_of(c.name) for c in apps.get_app_configs() if c.name.startswith("naru.")}
    on_disk = {path.parents[1].name for path in ROOMS.glob("*/migrations/[0-9]*.py")}

    assert on_disk <= installed


def test_templates_lie_in_a_folder_of_their_rooms_name() -> None:
    astray = [
        str(path.relative_to(ROOMS))
        for path in templates()
        if path.relative_to(ROOMS).parts[0] not in path.parts[path.parts.index("templates") :]
    ]

    assert astray == []


def test_templates_are_named_by_rooms_that_may_know_them() -> None:
    astray = [
        f"{path.relative_to(ROOMS)} names a template of {room}"
        for path in files_that_name_templates()
        for room in TEMPLATE_NAME.findall(path.read_text(encoding="utf-8"))
        if room in LEVELS and not is_down(path.relative_to(ROOMS).parts[0], room)
    ]

    assert astray == []


@pytest.mark.parametrize("room", sorted(p.parent.name for p in ROOMS.glob("*/__init__.py")))
def test_every_room_has_a_place_in_the_order(room: str) -> None:
    assert room in LEVELS
