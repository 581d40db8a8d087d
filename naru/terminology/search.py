"""The search for concepts: by code, by the beginning of a term or of its words, by what is inside.

Keys stand in the database in the order of what is typed, for each system and place by themselves,
so that every search is a few short walks along an index, however much begins like it, and both
databases find the same. What comes first: a whole code or term, then its beginning, a later word,
the inside; the representative term before synonyms; then by the alphabet.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from typing import Any, Final

from django.db import connection

from naru.domain.terminology import (
    LONGEST_TERM,
    Concept,
    Found,
    System,
    code_system,
    numbered,
    systems,
)
from naru.storage.columns import places
from naru.terminology import keystrokes, models
from naru.terminology.days import validity
from naru.terminology.errors import QueryTooLong
from naru.terminology.keystrokes import LONGEST, Piece, pieces, typed

MOST: Final = 200
"""Concepts of one answer."""

MOST_WORDS: Final = 8
"""Words that may stand in any order; more of them are looked for as they stand only."""

EXAMINED: Final = 3_000
"""Keys of the rarest word at each place that are looked through, where the words are common."""

GATHERED: Final = 10_000
"""Keys of one word that are gathered; a word of more is looked for term by term."""

PICKED: Final = 500
"""Terms with all the words of which every one is read."""

_DEEPEST: Final = 4_000


class Place(IntEnum):
    """Where a key begins; the lower comes first in an answer."""

    CODE = 0
    WHOLE = 1
    WHOLE_SYNONYM = 2
    WORD = 3
    WORD_SYNONYM = 4
    INSIDE = 5
    INSIDE_SYNONYM = 6
    INITIALS = 7
    INITIALS_SYNONYM = 8
    WORD_INITIALS = 9
    WORD_INITIALS_SYNONYM = 10


_STROKES: Final = tuple(Place)[: Place.INSIDE_SYNONYM + 1]
_TERMS: Final = _STROKES[Place.WHOLE :]
_INITIALS: Final = tuple(Place)[Place.INITIALS :]
_WHOLE: Final = frozenset(
    {
        Place.CODE,
        Place.WHOLE,
        Place.WHOLE_SYNONYM,
        Place.INITIALS,
        Place.INITIALS_SYNONYM,
    }
)


def place_of(where: int, *, preferred: bool) -> Place:
    """The place of a term's key, which begins at `where` (`keystrokes.keys`)."""
    return Place(1 + 2 * where + (not preferred))


@dataclass(frozen=True, slots=True)
class _Asked:
    """What was typed, so far as a database can look for it."""

    prefix: bytes
    places: tuple[Place, ...]
    words: tuple[bytes, ...] = ()
    """Further words that the same term has."""
    pieces: tuple[Piece, ...] = ()
    """What was typed character by character, where initials and syllables stand mixed."""
    whole: bytes = b""
    """More than a key holds."""


@dataclass(frozen=True, slots=True)
class _Row:
    place: Place
    typed: bytes
    text: str
    concept_id: int
    system: int
    code: str
    display: str
    english: str
    parent: str
    replaced_by: str
    since: date | str
    until: date | str


def search(
    text: str, within: Iterable[System] = (), *, on: date, limit: int = 20
) -> tuple[Found, ...]:
    """Concepts valid on a day whose code or term is like what was typed, the likeliest first.

    Where no system is named, it is looked in all that are in force on the day. Raises
    QueryTooLong. Whatever is no letter and no digit in any script counts as a blank.
    """
    if len(text) > LONGEST_TERM:
        raise QueryTooLong(f"At most {LONGEST_TERM} characters are looked for.")
    limit = min(limit, MOST)
    wanted = tuple(code_system(one).number for one in dict.fromkeys(within)) or _in_force(on)
    found: dict[int, Found] = {}
    for asked in _ways(text):
        for row in _best(asked, wanted, on, limit, text):
            found.setdefault(row.concept_id, _found(row))
            if len(found) >= limit:
                break
        if len(found) >= limit or _is_found_whole(asked, found):
            break
    return tuple(found.values())[:limit]


def _is_found_whole(asked: _Asked, found: Mapping[int, Found]) -> bool:
    """Whether what was typed is a whole term: then its words are not looked for elsewhere."""
    return any(typed(one.term) == (asked.whole or asked.prefix) for one in found.values())


def _in_force(on: date) -> tuple[int, ...]:
    """The systems in which is looked where none is named: those that are loaded and in force."""
    loaded = models.Release.objects.filter(loaded__isnull=False, concepts__gt=0)
    numbers = sorted(set(loaded.values_list("system", flat=True)))
    return tuple(one for one in numbers if numbered()[one].in_force.holds(on))


def _ways(text: str) -> Iterator[_Asked]:
    """How what was typed may be meant: as it stands, then as several words in any order."""
    found = pieces(text)
    if not found:
        return
    if _is_initials(found):
        prefix = b"".join(one.initial for one in found)
        mixed = () if all(one.lone or not one.syllable for one in found) else found
        yield _Asked(prefix[:LONGEST], _INITIALS, pieces=mixed)
        return
    whole = b"".join(one.strokes for one in found)
    yield _Asked(whole[:LONGEST], _STROKES, whole=whole if len(whole) > LONGEST else b"")
    words = keystrokes.words(text)
    if 1 < len(words) <= MOST_WORDS:
        yield _Asked(b"", _TERMS, words=tuple(one[:LONGEST] for one in words))


def _is_initials(found: tuple[Piece, ...]) -> bool:
    """Whether initials were typed: a lone consonant that no typing of syllables leaves behind."""
    lone = [place for place, one in enumerate(found) if one.lone]
    return bool(lone) and (len(found) > 1 and (lone[0] < len(found) - 1 or len(lone) > 1))


def _best(
    asked: _Asked, wanted: tuple[int, ...], on: date, limit: int, text: str
) -> Iterator[_Row]:
    """Rows in order, until `limit` concepts are among them or there are no more."""
    if asked.words:
        yield from _with_words(asked.words, wanted, on, limit)
        return
    deep = 3 * limit + 5
    while True:
        rows = _rows(asked.prefix, asked.places, wanted, on, deep)
        fit = [row for row in rows if _fits(asked, row)]
        enough = len({row.concept_id for row in fit}) >= limit
        if enough or len(rows) < deep or deep >= _DEEPEST:
            break
        deep *= 8  # Several terms of one concept begin alike, or few fit.
    exact = _codes(text)
    fit.sort(key=lambda row: (not _is_whole(asked, row, exact), row.place, row.typed))
    yield from fit


def _codes(text: str) -> frozenset[str]:
    return frozenset(one.canonical(text) for one in systems().values())


def _is_whole(asked: _Asked, row: _Row, codes: frozenset[str]) -> bool:
    if row.place == Place.CODE:
        return row.code in codes
    if row.place not in _WHOLE or row.typed != asked.prefix:
        return False
    return len(asked.prefix) < LONGEST or typed(row.text) == (asked.whole or asked.prefix)


def _fits(asked: _Asked, row: _Row) -> bool:
    """What a key cannot tell: the end of a long term, syllables among initials."""
    if asked.whole:
        return asked.whole in typed(row.text)
    if asked.pieces:
        return _mixed(asked.pieces, pieces(row.text))
    return True


def _mixed(asked: tuple[Piece, ...], term: tuple[Piece, ...]) -> bool:
    """Whether initials and syllables are, in order, those of the term from one of its words on."""
    for place in (place for place, one in enumerate(term) if one.begins_word):
        part = term[place : place + len(asked)]
        if len(part) == len(asked) and all(
            one.initial == other.initial if one.lone else other.strokes.startswith(one.strokes)
            for one, other in zip(asked, part, strict=True)
        ):
            return True
    return False


_COLUMNS: Final = (
    "t.text, c.id, c.system, c.code, c.display, c.english, c.parent, c.replaced_by,"
    " c.since, c.until"
)
_JOINED: Final = (
    " JOIN terminology_term t ON t.id = k.term_id JOIN terminology_concept c ON c.id = t.concept_id"
)
_BEGINS: Final = "k.system = %s AND k.place = %s AND k.typed >= %s AND k.typed < %s"
_HAS_WORD: Final = (
    f"k.system = %s AND k.place IN ({', '.join(str(int(one)) for one in _TERMS)})"
    " AND k.typed >= %s AND k.typed < %s"
)
_VALID: Final = "c.since <= %s AND c.until > %s"
_IN_ORDER: Final = "ORDER BY k.typed, k.term_id LIMIT %s"
# OFFSET keeps PostgreSQL from walking through every term that has the other word.
_HAS: Final = (
    " AND EXISTS (SELECT 1 FROM terminology_key o WHERE o.term_id = k.term_id"  # noqa: S608  # Our own words.
    f" AND o.place BETWEEN {Place.WHOLE} AND {Place.INSIDE_SYNONYM}"
    " AND o.typed >= %s AND o.typed < %s LIMIT 1 OFFSET 0)"
)


def _bounds(prefix: bytes) -> tuple[bytes, bytes]:
    return prefix, prefix + b"\xff"  # No key holds the octet: it is none of UTF-8's.


def _rows(
    prefix: bytes, places: tuple[Place, ...], wanted: tuple[int, ...], on: date, deep: int
) -> list[_Row]:
    """At most `deep` rows of each system and place, in order."""
    walk = (
        f"SELECT * FROM (SELECT k.place, k.typed, {_COLUMNS} FROM terminology_key k {_JOINED}"  # noqa: S608  # Our own words; values are parameters.
        f" WHERE {_BEGINS} AND {_VALID} {_IN_ORDER}) AS walk"
    )
    statement = " UNION ALL ".join([walk] * len(places))
    found: list[_Row] = []
    with connection.cursor() as cursor:
        for system in wanted:
            values = [(system, place, *_bounds(prefix), on, on, deep) for place in places]
            cursor.execute(statement, [value for each in values for value in each])
            found += map(_row, cursor.fetchall())
    return found


def _with_words(
    words: tuple[bytes, ...], wanted: tuple[int, ...], on: date, limit: int
) -> Iterator[_Row]:
    """Terms that have every word, in the order of the rarest of them."""
    for system in wanted:
        held = _held(words, system)
        if held is None:
            continue
        rarest = min(words, key=lambda word: len(held.get(word, ())) or GATHERED + 1)
        others = [one for one in words if one != rarest]
        terms = set[int]().union(*held.values()).intersection(*held.values())
        if held and len(terms) <= PICKED:
            common = [one for one in others if one not in held]
            yield from _rows_of(terms, rarest, common, system, on) if terms else ()
        else:  # They stand together so often that a walk meets enough of them soon.
            for place in _TERMS:
                yield from _rows_with(rarest, others, system, place, on, limit)


def _held(words: tuple[bytes, ...], system: int) -> dict[bytes, set[int]] | None:
    """The terms of each word that is not in very many; None where a word is in none."""
    held: dict[bytes, set[int]] = {}
    with connection.cursor() as cursor:
        for word in sorted(words, key=len, reverse=True):  # The longest is seldom there.
            cursor.execute(
                f"SELECT k.term_id FROM terminology_key k WHERE {_HAS_WORD} LIMIT %s",  # noqa: S608  # Our own words; values are parameters.
                [system, *_bounds(word), GATHERED + 1],
            )
            found = [row[0] for row in cursor.fetchall()]
            if not found:
                return None
            if len(found) <= GATHERED:
                held[word] = set(found)
    return held


def _rows_of(
    terms: Iterable[int], word: bytes, others: list[bytes], system: int, on: date
) -> list[_Row]:
    """The keys by which these terms have the word, of those that have the others, too."""
    picked = sorted(terms)
    statement = (
        f"SELECT k.place, k.typed, {_COLUMNS} FROM terminology_key k {_JOINED}"  # noqa: S608  # Our own words; values are parameters.
        f" WHERE {_HAS_WORD} AND k.term_id IN {places(picked)} AND {_VALID}{_HAS * len(others)}"
        " ORDER BY k.place, k.typed, k.term_id"
    )
    bounds = [bound for other in others for bound in _bounds(other)]
    with connection.cursor() as cursor:
        cursor.execute(statement, [system, *_bounds(word), *picked, on, on, *bounds])
        return [_row(row) for row in cursor.fetchall()]


def _rows_with(
    word: bytes, others: list[bytes], system: int, place: Place, on: date, limit: int
) -> list[_Row]:
    statement = (
        f"SELECT k.place, k.typed, {_COLUMNS} FROM (SELECT * FROM terminology_key k"  # noqa: S608  # Our own words; values are parameters.
        f" WHERE {_BEGINS} {_IN_ORDER}) AS k {_JOINED} WHERE {_VALID}{_HAS * len(others)}"
        f" {_IN_ORDER}"
    )
    bounds = [bound for other in others for bound in _bounds(other)]
    with connection.cursor() as cursor:
        cursor.execute(
            statement,
            [system, place, *_bounds(word), EXAMINED, on, on, *bounds, limit],
        )
        return [_row(row) for row in cursor.fetchall()]


def _row(row: tuple[Any, ...]) -> _Row:
    place, key, *rest = row
    return _Row(Place(place), bytes(key), *rest)


def _found(row: _Row) -> Found:
    return Found(
        concept=Concept(
            system=numbered()[row.system].name,
            code=row.code,
            display=row.display,
            english=row.english,
            parent=row.parent,
            replaced_by=row.replaced_by,
            validity=validity(row.since, row.until),
        ),
        term=row.text,
    )
