"""A signature names the words that were read, and holds for no others."""

from dataclasses import replace
from datetime import date, timedelta
from importlib.resources import files

import msgspec
import pytest

from naru.consent import texts
from naru.consent.errors import WordingRefused
from naru.domain.consent_paper import Box

TODAY = date(2026, 11, 20)
FILES = sorted(files("naru.consent").joinpath("data/texts").iterdir(), key=str)


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_every_matter_has_its_own_box_with_what_refusing_does(language: str) -> None:
    words = texts.of(language, on=TODAY).words

    assert set(words.boxes) == set(Box)
    assert len({box.sentence for box in words.boxes.values()}) == len(Box)
    assert all(box.refused and box.items for box in words.boxes.values())
    assert all([words.purposes, words.recipients, words.period, words.refusal])


def test_the_resident_number_rests_on_statute_and_on_no_box() -> None:
    words = texts.of("ko", on=TODAY).words

    assert "주민등록번호" in words.statutory
    assert not any("주민등록번호" in box.items + box.sentence for box in words.boxes.values())


def test_the_words_in_force_can_be_signed_in_both_languages() -> None:
    for language in texts.LANGUAGES:
        text = texts.of(language, on=TODAY)
        assert texts.signed(text.wording, on=TODAY) == text


def test_an_unknown_language_is_read_in_korean() -> None:
    assert texts.of("fr", on=TODAY).wording.language == "ko"


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"version": "1999-01"}, "unknown"),
        ({"language": "fr"}, "unknown"),
        ({"sha256": "0" * 64}, "not those of the version"),
    ],
)
def test_other_words_are_refused_with_the_reason(changed: dict[str, str], sentence: str) -> None:
    wording = replace(texts.of("ko", on=TODAY).wording, **changed)

    with pytest.raises(WordingRefused, match=sentence):
        texts.signed(wording, on=TODAY)


def test_a_version_that_is_not_yet_in_force_is_refused() -> None:
    text = texts.of("ko", on=TODAY)

    with pytest.raises(WordingRefused, match="not in force"):
        texts.signed(text.wording, on=text.effective - timedelta(days=1))


def test_one_changed_letter_is_another_hash() -> None:
    content = FILES[0].read_bytes()
    (korean, _english) = texts.read(content)
    (other, _same) = texts.read(
        content.replace("철회할 때까지".encode(), "철회할때까지".encode(), 1)
    )

    assert korean.wording.sha256 != other.wording.sha256


def test_a_file_without_a_box_is_refused() -> None:
    file = msgspec.json.decode(FILES[0].read_bytes())
    del file["ko"]["boxes"]["sensitive"]

    with pytest.raises(ValueError, match="lack a box"):
        texts.read(msgspec.json.encode(file))


def test_what_was_signed_is_never_changed() -> None:
    """Whoever changes a published version must write a new one: these hashes are signed."""
    published = {
        ("2026-01", "ko"): texts.of("ko", on=TODAY).wording.sha256,
    }
    assert published[("2026-01", "ko")] == (
        "13143246acc8a335062f31b04b50eab99e3b56b217ef36f106c2ba9152bde1af"
    )
    named = texts.named("2026-11", "ko")
    assert named is not None
    assert named.wording.sha256 == (
        "02ab695bd3da77c5e558ee382fa8584f8e23244a1cdb329b55251a7bfee617a5"
    )
