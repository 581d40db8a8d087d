"""Documents as others wrote them are shown whole, or say what is not: CDA of nine publishers."""

from pathlib import Path
from typing import Final

import pytest

from naru.formats.cda.show import show, show_pdf
from tests.formats.cda.samples import cda_samples
from tests.formats.cda.show.pages import (
    assert_calm,
    parsed,
    shown_words,
    written_words,
)

FEWEST: Final = 46
"""Fewer samples than this would mean that they were not found, not that all are shown."""


@pytest.fixture(scope="module")
def samples(cases: Path) -> dict[str, bytes]:
    found = {str(one): one.read_bytes() for one in cda_samples(cases)}
    assert len(found) >= FEWEST
    return found


def test_every_word_of_every_sample_is_on_its_page_in_order(samples: dict[str, bytes]) -> None:
    for file, octets in samples.items():
        page = parsed(octets)
        assert_calm(page)
        shown, at = shown_words(page), 0
        for said in written_words(octets):
            at = shown.find(said, at)
            assert at >= 0, file
            at += len(said)
        known = show(octets)
        assert known.said or all(one.pieces or one.sections or one.said for one in known.sections)


def test_every_sample_is_printed(samples: dict[str, bytes]) -> None:
    for file, octets in samples.items():
        assert show_pdf(octets).startswith(b"%PDF-1.7"), file
