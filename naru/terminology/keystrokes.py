"""A term as it is typed: the strokes of a 두벌식 keyboard, one octet each, without case and marks.

`단` is typed on the way to `다뇨`, so a syllable is its strokes and nothing parts the syllables:
whatever has been typed so far is a prefix of what it becomes. Jamo have octets that no folded text
has otherwise (0x40 to 0x60), so that terms of several scripts share one order and one index.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

INITIALS: Final = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_MEDIALS_TYPED: Final = (
    "ㅏ ㅐ ㅑ ㅒ ㅓ ㅔ ㅕ ㅖ ㅗ ㅗㅏ ㅗㅐ ㅗㅣ ㅛ ㅜ ㅜㅓ ㅜㅔ ㅜㅣ ㅠ ㅡ ㅡㅣ ㅣ"
)
_FINALS_TYPED: Final = (
    " ㄱ ㄲ ㄱㅅ ㄴ ㄴㅈ ㄴㅎ ㄷ ㄹ ㄹㄱ ㄹㅁ ㄹㅂ ㄹㅅ ㄹㅌ ㄹㅍ ㄹㅎ"
    " ㅁ ㅂ ㅂㅅ ㅅ ㅆ ㅇ ㅈ ㅊ ㅋ ㅌ ㅍ ㅎ"
)
_MEDIALS: Final = tuple(_MEDIALS_TYPED.split(" "))
_FINALS: Final = tuple(_FINALS_TYPED.split(" "))  # The first is of a syllable without a final.
_STROKES: Final = INITIALS + "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅛㅜㅠㅡㅣ"
_OCTET: Final = {stroke: bytes((0x40 + place,)) for place, stroke in enumerate(_STROKES)}
_SYLLABLE: Final = 0xAC00
_LAST_SYLLABLE: Final = 0xD7A3
_LEADING: Final = 0x1100
_VOWEL: Final = 0x1161
_TRAILING: Final = 0x11A7

LONGEST: Final = 48
"""Octets of a key; what is longer is told apart by the term itself."""

MOST_WORDS: Final = 24
"""Words of a term at which it is found."""

CONSONANTS: Final = frozenset(_OCTET[one] for one in INITIALS)


@dataclass(frozen=True, slots=True)
class Piece:
    """A character as it is typed. `initial` is its initial consonant, or itself."""

    strokes: bytes
    initial: bytes
    begins_word: bool
    syllable: bool

    @property
    def lone(self) -> bool:
        """Whether it is a consonant by itself, as somebody types who types initials alone."""
        return self.strokes in CONSONANTS


def pieces(text: str) -> tuple[Piece, ...]:
    """The characters that count, in order: letters and digits of any script."""
    found: list[Piece] = []
    begins, before = True, ""
    for character in _plain(text):
        if not character.isalnum():
            begins = begins or not unicodedata.category(character).startswith("M")
            continue
        strokes, initial, script = _typed(character)
        begins = begins or script != before
        found.append(Piece(strokes, initial, begins, script == "hangul"))
        begins, before = False, script
    return tuple(found)


def typed(text: str) -> bytes:
    """The whole text as it is typed."""
    return b"".join(one.strokes for one in pieces(text))


def words(text: str) -> tuple[bytes, ...]:
    """What stands between blanks, as it is typed."""
    return tuple(one for one in map(typed, text.split()) if one)


def keys(text: str) -> Iterator[tuple[int, bytes]]:
    """The keys by which a term is found, each with where it begins.

    0: the whole; 1: a later word and what follows; 2: a later syllable and what follows; 3 and 4:
    initial consonants of the whole, and from a later word.
    """
    found = pieces(text)
    hangul = any(one.syllable for one in found)
    number = 0
    for place, piece in enumerate(found):
        number += piece.begins_word
        if number > MOST_WORDS:
            return
        if not (piece.begins_word or piece.syllable):
            continue
        rest = found[place : place + LONGEST]
        where = 0 if place == 0 else 1 if piece.begins_word else 2
        yield where, _cut(rest, initials=False)
        if hangul and where < 2:  # noqa: PLR2004  # Where it begins, as the docstring has it.
            yield 3 + where, _cut(rest, initials=True)


def _cut(rest: tuple[Piece, ...], *, initials: bool) -> bytes:
    return b"".join(one.initial if initials else one.strokes for one in rest)[:LONGEST]


def _plain(text: str) -> str:
    """Compatibility forms and case undone, hangul composed as far as it goes."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


@lru_cache(maxsize=16_384)
def _typed(character: str) -> tuple[bytes, bytes, str]:
    """Strokes, initial and script of one character."""
    number = ord(character)
    if _SYLLABLE <= number <= _LAST_SYLLABLE:
        initial, rest = divmod(number - _SYLLABLE, 21 * 28)
        medial, final = divmod(rest, 28)
        head = _OCTET[INITIALS[initial]]
        return head + _octets(_MEDIALS[medial] + _FINALS[final]), head, "hangul"
    if strokes := _jamo(number):
        return strokes, strokes[:1], "hangul"
    if character.isdigit():
        return character.encode(), character.encode(), "digit"
    bare = "".join(
        one
        for one in unicodedata.normalize("NFKD", character)
        if not unicodedata.category(one).startswith("M")
    )
    return bare.encode(), bare.encode(), "letter"


def _jamo(number: int) -> bytes:
    """A lone jamo, as the compatibility forms become under NFKC; empty of anything else."""
    if _LEADING <= number < _LEADING + len(INITIALS):
        return _OCTET[INITIALS[number - _LEADING]]
    if _VOWEL <= number < _VOWEL + len(_MEDIALS):
        return _octets(_MEDIALS[number - _VOWEL])
    if _TRAILING < number < _TRAILING + len(_FINALS):
        return _octets(_FINALS[number - _TRAILING])
    return b""


def _octets(strokes: str) -> bytes:
    return b"".join(_OCTET[one] for one in strokes)
