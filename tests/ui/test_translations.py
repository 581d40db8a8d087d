"""Everything that pages say is said in English too, and the compiled catalogue says the same."""

import runpy
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

PROJECT = Path(__file__).parents[2]
FOLDER = PROJECT / "naru/locale/en/LC_MESSAGES"
COMMAND = "run .venv/bin/python scripts/translations.py"


@pytest.fixture(scope="module")
def said() -> set[str]:
    return set(runpy.run_path(str(PROJECT / "scripts/translations.py"))["sentences"]())


@pytest.fixture(scope="module")
def written() -> Catalog:
    with (FOLDER / "django.po").open("rb") as file:
        return read_po(file, locale="en")


def key(one: Message) -> str:
    """A sentence with the context in which it is said, if it names one."""
    return f"{one.context}\x04{one.id}" if one.context else str(one.id)


def test_every_sentence_has_its_english(said: set[str], written: Catalog) -> None:
    told = {key(one) for one in written if one.id and one.string}

    assert said - told == set(), COMMAND


def test_no_english_is_left_over(said: set[str], written: Catalog) -> None:
    assert {key(one) for one in written if one.id} - said == set(), COMMAND


def test_the_compiled_catalogue_is_that_of_the_text(written: Catalog) -> None:
    with (FOLDER / "django.mo").open("rb") as file:
        compiled = {one.id: one.string for one in read_mo(file) if one.id}

    assert compiled == {one.id: one.string for one in written if one.id}, COMMAND


def test_placeholders_survive_translation(written: Catalog) -> None:
    import re

    holes = re.compile(r"%\((\w+)\)\d*[sd]")
    for one in written:
        assert set(holes.findall(str(one.id))) == set(holes.findall(str(one.string)))
