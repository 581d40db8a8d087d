"""The versions of the consent text, from data files: one file for each version, never changed.

A signature names the version, the language and the hash of the words that were read. A signature
under other words than those in force is refused: nobody is held to what they were not shown.
"""

import hashlib
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Final

import msgspec

from naru.consent.errors import WordingRefused
from naru.domain.consent_paper import Box, Wording
from naru.domain.consent_text import ConsentText, Words

LANGUAGES: Final = ("ko", "en")


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    version: str
    status: str
    effective: date
    until: date | None
    note: str
    withdrawal_days: int
    ko: Words
    en: Words


def read(content: bytes) -> tuple[ConsentText, ...]:
    """A version in each language; raises msgspec.MsgspecError or ValueError for a file that errs.

    The hash is over the words in the one form that msgspec writes deterministically, together with
    version and language, so that it can be computed again from the file alone.
    """
    file = msgspec.json.decode(content, type=_File)
    spoken = (("ko", file.ko), ("en", file.en))
    return tuple(_text(file, language, words) for language, words in spoken)


def of(language: str, *, on: date) -> ConsentText:
    """The text to read and sign on a day, the newest; in Korean where the language has none."""
    chosen = language if language in LANGUAGES else LANGUAGES[0]
    found = [one for one in _all() if one.wording.language == chosen and one.in_force(on)]
    if not found:
        raise WordingRefused("no consent text is in force")
    return max(found, key=lambda one: one.effective)


def signed(wording: Wording, *, on: date) -> ConsentText:
    """The text that was read, if it is in force on that day; else WordingRefused says why not."""
    known = _by_name().get((wording.version, wording.language))
    if known is None:
        raise WordingRefused("the version of the consent text is unknown here")
    if known.wording.sha256 != wording.sha256:
        raise WordingRefused("the words that were signed are not those of the version named")
    if not known.in_force(on):
        raise WordingRefused("the version of the consent text is not in force")
    return known


def named(version: str, language: str) -> ConsentText | None:
    """A version by its name, in force or not: to show again what somebody signed."""
    return _by_name().get((version, language))


def every() -> tuple[ConsentText, ...]:
    """Every version in every language, those of other days too."""
    return _all()


def _text(file: _File, language: str, words: Words) -> ConsentText:
    if set(words.boxes) != set(Box):
        raise ValueError(f"the {language} words of {file.version} lack a box")
    said = {"version": file.version, "language": language, "words": words}
    octets = msgspec.json.encode(said, order="deterministic")
    wording = Wording(
        version=file.version, language=language, sha256=hashlib.sha256(octets).hexdigest()
    )
    return ConsentText(
        wording=wording,
        status=file.status,
        effective=file.effective,
        until=file.until,
        withdrawal_days=file.withdrawal_days,
        words=words,
    )


@cache
def _all() -> tuple[ConsentText, ...]:
    folder = files("naru.consent").joinpath("data/texts")
    found = sorted((one for one in folder.iterdir() if one.name.endswith(".json")), key=str)
    return tuple(text for one in found for text in read(one.read_bytes()))


@cache
def _by_name() -> dict[tuple[str, str], ConsentText]:
    return {(one.wording.version, one.wording.language): one for one in _all()}
