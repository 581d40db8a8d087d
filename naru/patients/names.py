"""Names compared: exactly in a normal form, or by their jamo where a sender asks for likeness.

A whole Korean name is never split by counting syllables: where a feed sends only the text, every
possible beginning may be the surname, and a match on one of them is less than certain.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Final

from naru.domain.patient_search import Named, NamePart
from naru.domain.person import PersonName

EXACT: Final = 100
INFERRED: Final = 80
"""A surname or given name that fits a text which its sender did not divide."""
BEGINS: Final = 85
LIKENESS: Final = 0.75
"""How alike two names must be to be proposed at all."""
MAX_COMPARED: Final = 64
"""Longer texts are compared for equality only: likeness costs the square of the length."""
SEARCH_USE: Final = "SRCH"  # ITI TF-2 3.47.4.1.2.1: name parts are not limited to an exact match.
PREFIX: Final = 2
MAX_SURNAME: Final = 3
MAX_GIVEN: Final = 6

_MARK: Final = re.compile(r"\([0-9A-Za-z]\)")  # Hospitals' (1) and (A).
_LETTER: Final = re.compile(r"[A-Z]")  # Hospitals' A, after a Korean name.
_SILENT: Final = re.compile(r"[\s\-‐'’·.,]+")
_PLAIN: Final = re.compile(r"[가-힣0-9 ,.\-]*")  # Neither NFKC nor case changes these.
_UNDIVIDED: Final = re.compile(r"[가-힣]+|[㐀-鿿]+")
_SYLLABLE: Final = 0xAC00
_SYLLABLES_PER_INITIAL: Final = 588
_SOFT_INITIALS: Final = {2: 11, 5: 11}
"""두음법칙: ㄴ and ㄹ at the head of a name may be written ㅇ (이/리, 유/류, 임/림, 노/로)."""


def composed(text: str) -> str:
    """`text` in NFC without blanks around it, as we keep names."""
    return unicodedata.normalize("NFC", text).strip()


def normal(text: str) -> str:
    """The form in which names are equal: composed, without case, blanks and hospitals' marks."""
    if _PLAIN.fullmatch(text):
        return _SILENT.sub("", text)
    plain = _unmarked(unicodedata.normalize("NFKC", text).strip())
    return _SILENT.sub("", unicodedata.normalize("NFKC", plain.casefold()))


def _unmarked(text: str) -> str:
    if _MARK.fullmatch(text[-3:]):
        return text[:-3].rstrip()
    before = text[:-1].rstrip()
    if _LETTER.fullmatch(text[-1:]) and "가" <= before[-1:] <= "힣":
        return before
    return text


@dataclass(frozen=True, slots=True)
class Keys:
    """The normal forms by which one name is found."""

    whole: frozenset[str]
    families: frozenset[str]
    givens: frozenset[str]
    divided: bool

    @property
    def parts(self) -> frozenset[str]:
        """Surnames and given names, sent or inferred."""
        return self.families | self.givens


@lru_cache(maxsize=4096)
def keys(name: PersonName) -> Keys:
    """All forms of `name`; of an undivided one also its possible parts."""
    families = _forms([name.family, name.birth_family])
    joined = normal("".join(name.given))
    givens = _forms([*name.given, *(word for given in name.given for word in given.split())])
    givens |= {joined} - {""}
    words = (name.text or "").split() or [name.family or "", *name.given]
    whole = {normal(name.text or ""), "".join(sorted(map(normal, words)))}
    if joined:
        whole |= {form for family in families for form in (family + joined, joined + family)}
    text = normal(name.text or "")
    if text and not (families and givens):
        families, givens = _inferred(text, families, givens, _forms((name.text or "").split()))
    return Keys(
        whole=frozenset(whole - {""}) if text or joined else frozenset(),
        families=frozenset(families),
        givens=frozenset(givens),
        divided=any(sent(name)),
    )


def _forms(texts: Iterable[str | None]) -> set[str]:
    return {normal(text) for text in texts if text} - {""}


def _inferred(
    text: str, families: set[str], givens: set[str], words: set[str]
) -> tuple[set[str], set[str]]:
    if families:
        return families, {text.removeprefix(one) for one in families if text.startswith(one)}
    if givens:
        return {text.removesuffix(one) for one in givens if text.endswith(one)} - {""}, givens
    beginnings, ends = words - {text}, words - {text}
    if _UNDIVIDED.fullmatch(text):
        beginnings |= {text[:n] for n in range(1, min(MAX_SURNAME + 1, len(text)))}
        ends |= {text[n:] for n in range(max(1, len(text) - MAX_GIVEN), len(text))}
    return beginnings, ends


def degree(asked: PersonName, held: PersonName) -> int:
    """How well `held` answers `asked`, in percent; 0 is no match."""
    exact = _exact(asked, held)
    if exact == EXACT or asked.use != SEARCH_USE:
        return exact
    return max(exact, _alike(asked, held))


def _exact(asked: PersonName, held: PersonName) -> int:
    ours, theirs = keys(held), keys(asked)
    if ours.whole & theirs.whole:
        return EXACT
    family, given = sent(asked)
    if family and given and not ours.divided:
        # Both parts asked of an undivided text are its whole, in words or as one.
        words = Counter(map(normal, (held.text or "").split()))
        return INFERRED if Counter([family, *given]) <= words else 0
    if not family and not given:
        return 0
    if family and family not in ours.families:
        return 0
    if "".join(given) not in {"", *ours.givens} and not ours.givens.issuperset(given):
        return 0
    return EXACT if ours.divided else INFERRED


def part_degree(asked: Named, held: PersonName) -> int:
    """How well a part of `held` answers a text (FHIR R4 3.1.1.4.8), in percent; 0 is no match.

    A text of one character must be the whole part: one syllable is a surname, not a beginning.
    """
    ours, text = keys(held), normal(asked.text)
    forms = _forms_of(asked.part, ours)
    certain = EXACT if ours.divided or text in ours.whole else INFERRED
    if asked.exact:
        return certain * (text in forms and _as_written(asked, held))
    if text in forms:
        return certain
    begins = len(text) >= PREFIX and any(form.startswith(text) for form in forms)
    return min(certain, BEGINS) if begins else 0


def composes(family: str, given: str, held: PersonName) -> bool:
    """Whether an undivided name may be this surname and then this given name; else it is true."""
    ours = keys(held)
    if ours.divided:
        return True
    text, words = normal(held.text or ""), {normal(word) for word in (held.text or "").split()}
    one, other = normal(family), normal(given)
    if text.startswith(one + other):
        return True
    return one != other and all(
        any(word.startswith(part) for word in words - {text}) for part in (one, other)
    )


def _forms_of(part: NamePart, ours: Keys) -> frozenset[str]:
    if part is NamePart.FAMILY:
        return ours.families
    return ours.givens if part is NamePart.GIVEN else ours.parts | ours.whole


def _as_written(asked: Named, held: PersonName) -> bool:
    text = composed(asked.text)
    families = {held.family, held.birth_family}
    if not sent(held)[0] and not sent(held)[1]:
        return text in (held.text or "")
    if asked.part is NamePart.FAMILY:
        return text in families
    givens = {*held.given, " ".join(held.given), "".join(held.given)}
    return text in (givens if asked.part is NamePart.GIVEN else families | givens | {held.text})


def sent(name: PersonName) -> tuple[str, tuple[str, ...]]:
    """Surname and given names in normal form, as far as they say anything."""
    return normal(name.family or ""), tuple(filter(None, map(normal, name.given)))


def _alike(asked: PersonName, held: PersonName) -> int:
    ours, theirs = keys(held), keys(asked)
    wholes = [_likeness(a, b) for a in theirs.whole for b in ours.whole]
    family, given = sent(asked)
    wanted = {family, *given} - {""} or _forms((asked.text or "").split())
    parts = [max((_part(one, part) for part in ours.parts), default=0) for one in wanted]
    return max([*wholes, min(parts, default=0)])


def _part(asked: str, held: str) -> int:
    if len(asked) >= PREFIX and held.startswith(asked):
        return BEGINS
    return _likeness(asked, held)


def _likeness(one: str, other: str) -> int:
    if max(len(one), len(other)) > MAX_COMPARED:
        return 0
    ratio = SequenceMatcher(None, jamo(one), jamo(other), autojunk=False).ratio()
    return int(95 * ratio) if ratio >= LIKENESS else 0


@lru_cache(maxsize=4096)
def jamo(text: str) -> str:
    """`text` decomposed into jamo, the first initial softened as the 두음법칙 may have it."""
    return unicodedata.normalize("NFD", softened(text))


def softened(text: str) -> str:
    """`text` with ㅇ where its first syllable begins with ㄴ or ㄹ."""
    initial = _initial(text[:1])
    if initial not in _SOFT_INITIALS:
        return text
    shift = (_SOFT_INITIALS[initial] - initial) * _SYLLABLES_PER_INITIAL
    return chr(ord(text[0]) + shift) + text[1:]


def hardened(text: str) -> set[str]:
    """`text` and how else its first syllable may be written under the 두음법칙."""
    soft = softened(text)
    if _initial(soft[:1]) != _SOFT_INITIALS[5]:
        return {text}
    shifts = (0, *((hard - 11) * _SYLLABLES_PER_INITIAL for hard in _SOFT_INITIALS))
    return {chr(ord(soft[0]) + shift) + soft[1:] for shift in shifts}


@lru_cache(maxsize=65_536)
def initials(text: str) -> str | None:
    """The initial consonants of a Hangul name, by which names that sound alike are proposed."""
    found = [_initial(syllable) for syllable in softened(text)]
    if not found or None in found:
        return None
    return ".".join(map(str, found))


def _initial(syllable: str) -> int | None:
    if len(syllable) != 1 or not "가" <= syllable <= "힣":
        return None
    return (ord(syllable) - _SYLLABLE) // _SYLLABLES_PER_INITIAL
