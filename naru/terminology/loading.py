"""Loading a release: what it changes is worked out, put in place unseen, and shown at once.

A release replaces by date: what it says otherwise is closed on its day and opened anew, so that
every earlier day keeps its answer. Rows are put in place in short transactions, beside which a node
goes on writing, and a load that was broken off goes on where it stopped; the transaction that shows
them is short. The same release again changes nothing.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final, TypeVar
from uuid import UUID, uuid4

from django.db import connection, transaction
from django.db.models import F

from naru.domain.terminology import (
    Concept,
    ConceptMapping,
    Designation,
    Difference,
    Language,
    Relation,
    Release,
    System,
    code_system,
)
from naru.storage.rows import insert
from naru.terminology import keystrokes, models
from naru.terminology.days import EARLIEST, OPEN
from naru.terminology.errors import (
    ReleaseEmpty,
    ReleaseOutOfOrder,
    ReleaseOvertaken,
    ReleaseShrinks,
)
from naru.terminology.search import Place, place_of

CHUNK: Final = 400
"""Concepts of one short transaction."""

KEYED: Final = 20_000
"""Terms whose keys are written in one transaction; of about a second."""

_MANY: Final = 100
"""Concepts below which a release may shrink as it likes."""

T = TypeVar("T")
Told = Callable[[int, int], None]
"""Is told how many rows stand in place, and of how many."""
_Map = tuple[str, System, str, Relation]


@dataclass(frozen=True, slots=True)
class _Held:
    id: int
    since: date
    until: date
    digest: bytes


@dataclass(frozen=True, slots=True)
class Opening:
    """A concept to be written, with the days that it will have."""

    concept: Concept
    digest: bytes
    since: date
    until: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a release changes; worked out by `examine`."""

    release: Release
    difference: Difference
    opening: tuple[Opening, ...]
    closing: tuple[int, ...]
    dropping: tuple[int, ...]
    reopening: tuple[int, ...]
    maps: tuple[ConceptMapping, ...]
    maps_closing: tuple[int, ...]
    maps_dropping: tuple[int, ...]
    newest: int
    """The newest release when this was worked out."""


def examine(release: Release, *, shrinks: bool = False) -> Plan:
    """What a release would change.

    Raises ReleaseEmpty, ReleaseOutOfOrder, and without `shrinks` ReleaseShrinks where more than
    half of the codes would be retired.
    """
    if not (release.concepts or release.maps):
        raise ReleaseEmpty("The release holds nothing.")
    _require_order(release)
    work = _Comparison(release) if release.concepts else None
    opening, maps = (work.opening if work else []), _MapComparison(release)
    if work and not shrinks and len(work.retired) > max(_MANY, work.held_before // 2):
        raise ReleaseShrinks(
            f"{len(work.retired)} of {work.held_before} codes would be retired: is the file whole?"
        )
    return Plan(
        release=release,
        difference=Difference(
            concepts=len(release.concepts),
            terms=sum(len(one.designations) for one in release.concepts),
            added=work.added if work else 0,
            changed=work.changed if work else 0,
            retired=len(work.retired) if work else 0,
            same=work.same if work else 0,
            maps_added=len(maps.opening),
            maps_ended=len(maps.closing) + len(maps.dropping),
        ),
        opening=tuple(opening),
        closing=tuple(work.closing) if work else (),
        dropping=tuple(work.dropping) if work else (),
        reopening=tuple(work.reopening) if work else (),
        maps=tuple(maps.opening),
        maps_closing=tuple(maps.closing),
        maps_dropping=tuple(maps.dropping),
        newest=_newest(release.system),
    )


def _to_nobody(_placed: int, _of: int) -> None:
    pass


def stage(
    plan: Plan, *, now: datetime, loaded_by: UUID | None = None, told: Told = _to_nobody
) -> UUID:
    """Put the rows in place, where nobody sees them yet; the key under which `publish` shows them.

    Each transaction is short, and between them it is told how far it is, in concepts and terms.
    What an earlier try at the same release put there is kept; what another left is taken away.
    """
    release = plan.release
    row = _begun(release)
    _forget_others(release.system, row)
    if row is None:
        row = models.Release.objects.create(
            key=uuid4(),
            system=code_system(release.system).number,
            target=_target(release),
            version=release.version,
            since=release.since,
            digest=release.digest,
            begun=now,
            loaded_by=loaded_by,
        )
    staged = models.Concept.objects.filter(release=row, since=OPEN)
    there = set(staged.values_list("code", flat=True))
    placed = len(there)
    of = sum(1 + len(_designations(one.concept)) for one in plan.opening)
    for chunk in _chunks([one for one in plan.opening if one.concept.code not in there]):
        told(placed, of)
        with transaction.atomic():
            _write(chunk, row)
        placed += len(chunk)
    _write_keys(row, told, of)
    for maps in _chunks(plan.maps[models.Mapped.objects.filter(release=row).count() :]):
        with transaction.atomic():
            insert(_mapped(one, row) for one in maps)
    return row.key


def publish(plan: Plan, key: UUID, *, now: datetime) -> Difference:
    """Let the release be in force from its day; in one transaction with whatever stands around it.

    Raises ReleaseOvertaken.
    """
    since = plan.release.since
    with transaction.atomic():
        row = _staged(plan, key)
        _drop(plan.dropping)
        for ids in _chunks(plan.closing):
            models.Concept.objects.filter(id__in=ids).update(until=since)
        for ids in _chunks(plan.reopening):
            models.Concept.objects.filter(id__in=ids).update(until=OPEN)
        for ids in _chunks(plan.maps_closing):
            models.Mapped.objects.filter(id__in=ids).update(until=since)
        for ids in _chunks(plan.maps_dropping):
            models.Mapped.objects.filter(id__in=ids).delete()
        models.Concept.objects.filter(release=row, since=OPEN).update(since=F("begins"))
        models.Mapped.objects.filter(release=row, since=OPEN).update(since=since)
        _conclude(row, plan, now)
    return plan.difference


def _staged(plan: Plan, key: UUID) -> models.Release:
    row = models.Release.objects.select_for_update().filter(key=key).first()
    there = models.Concept.objects.filter(release__key=key, since=OPEN).count()
    overtaken = _newest(plan.release.system) != plan.newest
    if row is None or overtaken or there != len(plan.opening):
        raise ReleaseOvertaken("Another release was loaded meanwhile; load this one again.")
    return row


def _conclude(row: models.Release, plan: Plan, now: datetime) -> None:
    told = plan.difference
    row.loaded, row.concepts, row.terms = now, told.concepts, told.terms
    row.maps = len(plan.release.maps)
    row.added, row.changed, row.retired = told.added, told.changed, told.retired
    row.save()


class _Comparison:
    """A release beside what is held of its system."""

    def __init__(self, release: Release) -> None:
        self._since = release.since
        self.opening: list[Opening] = []
        self.closing: list[int] = []
        self.dropping: list[int] = []
        self.reopening: list[int] = []
        self.retired: list[str] = []
        self.added = self.changed = self.same = 0
        self._open, self._ended = _held(release.system, release.since)
        self.held_before = len(self._open)
        for concept in release.concepts:
            self._compare(concept)
        for code, held in self._open.items():  # What the release does not have any more.
            self._end(held)
            self.retired.append(code)

    def _compare(self, concept: Concept) -> None:
        held, digest = self._open.pop(concept.code, None), _digest(concept)
        if held is not None and held.digest == digest:
            self.same += 1
            return
        before, ends = self._ended.get(concept.code), concept.validity.until
        again = before is not None and before.digest == digest
        if held is None and again and ends is not None and ends <= self._since:
            self.same += 1  # The file itself says that it ended.
            return
        if held is None:
            self.added += 1
        else:
            self.changed += 1
            self._end(held)
        if before is not None and again and before.until == self._since and ends is None:
            self.reopening.append(before.id)  # It was ended by a mistake of this same day.
            return
        self.opening.append(Opening(concept, digest, *self._days(concept, held, before)))

    def _end(self, held: _Held) -> None:
        (self.dropping if held.since >= self._since else self.closing).append(held.id)

    def _days(
        self, concept: Concept, held: _Held | None, before: _Held | None
    ) -> tuple[date, date]:
        told = concept.validity
        until = told.until or OPEN
        since = told.since or (self._since if until > self._since else EARLIEST)
        if held is not None and held.since < self._since:
            since = self._since
        elif before is not None:
            since = max(since, before.until)
        return since, max(since, until)


class _MapComparison:
    """The maps of a release beside those that are held, for each system that it maps to."""

    def __init__(self, release: Release) -> None:
        wanted = {_map_key(one): one for one in release.maps}
        held = _held_maps(release)
        self.opening = [one for key, one in wanted.items() if key not in held]
        ended = [one for key, one in held.items() if key not in wanted]
        self.closing = [one.id for one in ended if one.since < release.since]
        self.dropping = [one.id for one in ended if one.since >= release.since]


def _map_key(one: ConceptMapping) -> _Map:
    return one.source_code, one.target, one.target_code, one.relation


def _require_order(release: Release) -> None:
    later = models.Release.objects.filter(
        system=code_system(release.system).number,
        target=_target(release),
        since__gt=release.since,
        loaded__isnull=False,
    )
    if later.exists():
        raise ReleaseOutOfOrder(
            "A release that is in force later is loaded; load releases in order of their day."
        )


def _target(release: Release) -> int | None:
    """Of a release that holds only a map, the system to which it maps."""
    return None if release.concepts else code_system(release.maps[0].target).number


def _newest(system: System) -> int:
    loaded = models.Release.objects.filter(system=code_system(system).number, loaded__isnull=False)
    return loaded.order_by("-id").values_list("id", flat=True).first() or 0


def _held(system: System, on: date) -> tuple[dict[str, _Held], dict[str, _Held]]:
    """What is in force from the day on, by code; and what ended before or on it, the last each."""
    open_: dict[str, _Held] = {}
    ended: dict[str, _Held] = {}
    rows = models.Concept.objects.filter(system=code_system(system).number, since__lt=OPEN)
    columns = rows.order_by("since").values_list("code", "id", "since", "until", "digest")
    for code, id_, since, until, digest in columns.iterator(chunk_size=5_000):
        held = _Held(id_, since, until, bytes(digest))
        (open_ if until > on else ended)[code] = held
    return open_, ended


def _held_maps(release: Release) -> dict[_Map, _Held]:
    targets = {one.target for one in release.maps}
    found = {}
    for target in targets:
        rows = models.Mapped.objects.filter(
            system=code_system(release.system).number,
            target=code_system(target).number,
            since__lt=OPEN,
            until__gt=release.since,
        )
        for row in rows.iterator(chunk_size=5_000):
            key = row.code, target, row.target_code, Relation(row.relation)
            found[key] = _Held(row.id, row.since, row.until, b"")
    return found


def _begun(release: Release) -> models.Release | None:
    """An earlier try at just this release that was broken off."""
    return models.Release.objects.filter(
        system=code_system(release.system).number,
        version=release.version,
        since=release.since,
        digest=release.digest,
        loaded__isnull=True,
    ).first()


def _forget_others(system: System, kept: models.Release | None) -> None:
    others = models.Release.objects.filter(system=code_system(system).number, loaded__isnull=True)
    for row in others.exclude(id=kept.id if kept else 0):
        staged = models.Concept.objects.filter(release=row)
        while ids := tuple(staged.values_list("id", flat=True)[:CHUNK]):
            with transaction.atomic():
                _drop(ids)
        with transaction.atomic():
            models.Mapped.objects.filter(release=row).delete()
            row.delete()


def _drop(concepts: Sequence[int]) -> None:
    """Take concepts away with their terms, without reading them first as Django would."""
    for ids in _chunks(concepts):
        terms = models.Term.objects.filter(concept_id__in=ids)
        models.Key.objects.filter(term__in=terms)._raw_delete("default")  # noqa: SLF001  # No cascade to look for.
        terms._raw_delete("default")  # noqa: SLF001  # As above.
        models.Concept.objects.filter(id__in=ids)._raw_delete("default")  # noqa: SLF001  # As above.


def _write(opening: Sequence[Opening], release: models.Release) -> None:
    rows = models.Concept.objects.bulk_create(_concept(one, release) for one in opening)
    models.Term.objects.bulk_create(
        models.Term(
            concept=row, text=one.text, language=one.language.value, preferred=one.preferred
        )
        for each, row in zip(opening, rows, strict=True)
        for one in _designations(each.concept)
    )


def _designations(concept: Concept) -> tuple[Designation, ...]:
    """Its terms, the representative one first; a term stands once."""
    alone = Designation(concept.display, Language.KOREAN, preferred=True)
    found = {one.text: one for one in reversed(concept.designations)} or {alone.text: alone}
    first, *others = sorted(found.values(), key=lambda one: (not one.preferred, one.text))
    return (replace(first, preferred=True), *(replace(one, preferred=False) for one in others))


def _digest(concept: Concept) -> bytes:
    """Of everything that a file says of a concept."""
    days = concept.validity
    said = [
        concept.display,
        concept.english,
        concept.parent,
        concept.replaced_by,
        str(days.since),
        str(days.until),
        *((one.text, one.language.value, one.preferred) for one in _designations(concept)),
    ]
    return hashlib.sha256(json.dumps(said).encode()).digest()[:16]


def _concept(opening: Opening, release: models.Release) -> models.Concept:
    """Its row, which nobody sees as long as it begins in 9999."""
    one = opening.concept
    return models.Concept(
        system=release.system,
        code=one.code,
        since=OPEN,
        until=opening.until,
        begins=opening.since,
        release=release,
        parent=one.parent,
        replaced_by=one.replaced_by,
        display=one.display,
        english=one.english,
        digest=opening.digest,
    )


def _write_keys(release: models.Release, told: Told, of: int) -> None:
    """The keys of terms that have none, many at once in their order.

    In the order of the index they are written fast; one by one, each would be a page.
    """
    statement = (
        "INSERT INTO terminology_key (system, place, typed, term_id) VALUES (%s, %s, %s, %s)"
    )
    bare = models.Term.objects.filter(concept__release=release, key=None).order_by("id")
    last, placed = 0, of - bare.count()
    told(placed, of)
    while terms := list(bare.filter(id__gt=last).select_related("concept")[:KEYED]):
        keys = sorted({key for term in terms for key in _keys(term)})
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.executemany(statement, [(release.system, *key) for key in keys])
        last, placed = terms[-1].id, placed + len(terms)
        told(placed, of)


def _keys(term: models.Term) -> Iterator[tuple[int, bytes, int]]:
    """Place, what is typed, and the term."""
    for where, typed in keystrokes.keys(term.text):
        yield place_of(where, preferred=term.preferred).value, typed, term.id
    if term.preferred:
        yield Place.CODE.value, keystrokes.typed(term.concept.code), term.id


def _mapped(one: ConceptMapping, release: models.Release) -> models.Mapped:
    return models.Mapped(
        release=release,
        system=release.system,
        code=one.source_code,
        target=code_system(one.target).number,
        target_code=one.target_code,
        relation=one.relation.value,
        since=OPEN,
        until=OPEN,
    )


def _chunks(rows: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(rows), CHUNK):
        yield rows[start : start + CHUNK]
