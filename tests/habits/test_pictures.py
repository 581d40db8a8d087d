"""Every page is pictured in docs/pages, or named there with the reason why it is not."""

import re
from pathlib import Path

from tests.role_matrix.routes import pages

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "pages"
INDEX = (FOLDER / "README.md").read_text("utf-8")


def _unpictured() -> dict[str, str]:
    lines = (FOLDER / "unpictured.tsv").read_text("utf-8").splitlines()
    named = (line.split("\t") for line in lines if not line.startswith("#"))
    return dict(named)


def _is_pictured(route: str, addresses: set[str]) -> bool:
    form = re.compile(re.sub(r"<[^>]+>", "[^/]+", route).rstrip("/") or "/")
    return any(form.fullmatch(address) for address in addresses)


def test_every_route_is_pictured_or_named_with_its_reason() -> None:
    addresses = set(re.findall(r"`(/[^`]*)`", INDEX))
    named = _unpictured()

    missing = {one for one in pages() if one not in named and not _is_pictured(one, addresses)}

    assert missing == set(), "run `make pages`, or name them in docs/pages/unpictured.tsv"


def test_what_has_no_picture_is_a_route_and_has_a_reason() -> None:
    named = _unpictured()

    assert set(named) - set(pages()) == set()
    assert all(named.values())


def test_every_picture_of_the_list_is_there_and_no_other() -> None:
    listed = set(re.findall(r"\(([\w.-]+\.webp)\)", INDEX))

    assert listed == {one.name for one in FOLDER.glob("*.webp")}
