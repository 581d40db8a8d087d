"""Terminology as doors and commands ask for it: of no patient, and each question on record."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import partial
from typing import Final
from uuid import UUID

from naru.audit.records import AuditedObject
from naru.domain.korea import korean_day
from naru.domain.terminology import (
    Concept,
    ConceptMapping,
    Difference,
    Found,
    LoadedRelease,
    Release,
    System,
    Verdict,
    named,
)
from naru.domain.value_sets import ValueSet
from naru.exchange.access import Access, attempting, changing, reading
from naru.terminology import queries, services, uploads, value_sets
from naru.terminology.errors import UnknownSystem
from naru.terminology.uploads import Upload
from naru.terminology.value_sets import Expansion

MOST: Final = value_sets.MOST
"""Concepts of one page of an expansion."""

CODE_SYSTEM: Final = "code system"
"""The kind of an audited object that is a code system, by its short name."""


class Subsumption(StrEnum):
    """http://hl7.org/fhir/concept-subsumption-outcome."""

    EQUIVALENT = "equivalent"
    SUBSUMES = "subsumes"
    SUBSUMED_BY = "subsumed-by"
    NOT_SUBSUMED = "not-subsumed"


def load(access: Access, release: Release, *, dry: bool, shrinks: bool = False) -> Difference:
    """Load a release; a dry run tells what it would change. Raises `terminology.errors`.

    Rows are put in place in transactions of their own, unseen; the one that shows them holds the
    access record.
    """
    access.objects.append(AuditedObject(CODE_SYSTEM, release.system.value))
    if dry:
        with reading(access):
            return services.examine(release, shrinks=shrinks).difference
    with attempting(access):
        plan = services.examine(release, shrinks=shrinks)
        if plan.difference.nothing and services.is_known(release):
            with reading(access):
                return plan.difference
        key = services.stage(plan, now=access.time, loaded_by=access.caller.person)
    with changing(access):
        return services.publish(plan, key, now=access.time)


def bring(
    access: Access, release: Release, content: bytes, refused: Sequence[tuple[int, str]]
) -> UUID:
    """Take in a release file to be looked at; loads nothing. The key of what it would change.

    `refused` are its lines that are not taken. The same file again is the same upload. Raises
    `terminology.errors`.
    """
    access.objects.append(AuditedObject(CODE_SYSTEM, release.system.value))
    with changing(access):
        return uploads.bring(release, content, refused, now=access.time, by=access.caller.person)


def uploaded(access: Access, key: UUID) -> Upload:
    """What a file that was brought in would change, and how far it is. Raises UploadGone."""
    with reading(access):
        return uploads.one(key)


def agree(access: Access, key: UUID, *, agreed: bool) -> None:
    """Let a file that was brought in be loaded; once, however often it is said.

    `agreed` to leave its refused lines out, and to retire most codes. Raises UploadGone,
    UploadUnagreed.
    """
    with changing(access):
        upload = uploads.agree(key, agreed=agreed)
        access.objects.append(AuditedObject(CODE_SYSTEM, upload.system.value))


def load_upload(access: Access, upload: Upload, release: Release) -> None:
    """Load what was brought in and agreed to, under the hold on it. Raises `terminology.errors`.

    What refuses it ends it, unless another process has it in hand.
    """
    access.objects.append(AuditedObject(CODE_SYSTEM, release.system.value))
    with attempting(access):
        plan = services.examine(release, shrinks=upload.shrinks)
        known = plan.difference.nothing and services.is_known(release)
        key = None
        if not known:
            told = partial(uploads.tell, upload)
            key = services.stage(plan, now=access.time, loaded_by=upload.by, told=told)
    with changing(access):
        if key is not None:
            services.publish(plan, key, now=access.time)
        uploads.end(upload)


def loaded() -> tuple[LoadedRelease, ...]:
    """What is loaded here. Public, so it leaves no access record."""
    return queries.releases()


def releases(access: Access) -> tuple[LoadedRelease, ...]:
    """What is loaded here, the newest first within each system."""
    with reading(access):
        return queries.releases()


def day_of(access: Access, system: str, version: str, on: date | None) -> date:
    """The day that a question means: its own, a version's first, or today in Korea.

    Raises UnknownSystem where nobody has loaded that version.
    """
    if not version:
        return on or korean_day(access.time)
    meant = {one.name for one in named(system)}
    for one in queries.releases():
        if one.system in meant and one.target is None and one.version == version:
            return max(on, one.since) if on else one.since
    raise UnknownSystem("This version of the code system is not loaded here.")


def search(
    access: Access, text: str, within: tuple[System, ...], *, limit: int
) -> tuple[Found, ...]:
    """What people type leads to, today. Raises QueryTooLong."""
    with reading(access):
        return queries.search(text, within, on=korean_day(access.time), limit=limit)


def lookup(
    access: Access, system: str, code: str, *, version: str = "", on: date | None = None
) -> tuple[Concept, LoadedRelease | None]:
    """What a code is on a day, and the release that says so. Raises UnknownSystem, UnknownCode."""
    with reading(access):
        _require(system)
        day = day_of(access, system, version, on)
        return queries.require(system, code, day)


def validate_all(
    access: Access, codes: Iterable[tuple[str, str, str]], *, on: date | None = None
) -> tuple[Verdict, ...]:
    """What is said of codes, each of a system and a version that may be empty, on a day.

    Raises UnknownSystem.
    """
    with reading(access):
        return tuple(
            queries.validate(system, code, day_of(access, system, version, on))
            for system, code, version in codes
        )


@dataclass(frozen=True, slots=True)
class Question:
    """Codes of one thing, each of a system and a version that may be empty, and the day."""

    codes: tuple[tuple[str, str, str], ...]
    on: date | None = None


def validate_each(
    access: Access, questions: Sequence[Question]
) -> tuple[tuple[Verdict, ...] | UnknownSystem, ...]:
    """The same of many things at once, in their order: one refused question refuses no other."""
    with reading(access):
        day = _Days(access)
        meant = [day.of_each(one) for one in questions]
        asked: dict[date, dict[tuple[str, str], None]] = defaultdict(dict)
        for one in (found for found in meant if not isinstance(found, UnknownSystem)):
            for on, system, code in one:
                asked[on][system, code] = None
        verdicts = {
            (on, *pair): verdict
            for on, pairs in asked.items()
            for pair, verdict in zip(pairs, queries.validate_all(pairs, on), strict=True)
        }
    return tuple(
        found if isinstance(found, UnknownSystem) else tuple(verdicts[one] for one in found)
        for found in meant
    )


class _Days:
    """The days that questions mean; the same version is looked up once."""

    def __init__(self, access: Access) -> None:
        self._access = access
        self._known: dict[tuple[str, str, date | None], date] = {}

    def of_each(self, question: Question) -> list[tuple[date, str, str]] | UnknownSystem:
        """Day, system and code of each; the refusal of a version that nobody has loaded."""
        try:
            return [
                (self._of(system, version, question.on), system, code)
                for system, code, version in question.codes
            ]
        except UnknownSystem as refusal:
            return refusal

    def _of(self, system: str, version: str, on: date | None) -> date:
        key = (system if version else "", version, on)
        if key not in self._known:
            self._known[key] = day_of(self._access, system, version, on)
        return self._known[key]


def validate_in(
    access: Access,
    value_set: ValueSet,
    codes: Iterable[tuple[str, str]],
    *,
    on: date | None = None,
) -> tuple[Verdict, ...]:
    """The same within a value set."""
    with reading(access):
        day = on or korean_day(access.time)
        return tuple(value_sets.validate_in(value_set, system, code, day) for system, code in codes)


def expand(
    access: Access,
    value_set: ValueSet,
    *,
    on: date | None = None,
    text: str = "",
    offset: int = 0,
    count: int = value_sets.MOST,
) -> Expansion:
    """A page of a value set. Raises QueryTooLong."""
    with reading(access):
        return value_sets.expand(
            value_set, on or korean_day(access.time), text=text, offset=offset, count=count
        )


def translate(
    access: Access,
    system: str,
    code: str,
    target: str,
    *,
    on: date | None = None,
    reverse: bool = False,
) -> tuple[tuple[ConceptMapping, ...], Mapping[tuple[str, str], str]]:
    """How another system has a code, and what the codes found are called. Raises UnknownSystem."""
    with reading(access):
        _require(system)
        if target:
            _require(target)
        day = on or korean_day(access.time)
        found = queries.translate(system, code, target, on=day, reverse=reverse)
        far = [
            (one.source.value, one.source_code) if reverse else (one.target.value, one.target_code)
            for one in found
        ]
        return found, queries.displays(far, day)


def subsumes(
    access: Access, system: str, one: str, other: str, *, version: str = ""
) -> Subsumption:
    """How two codes of a system stand to each other. Raises UnknownSystem, UnknownCode."""
    with reading(access):
        _require(system)
        day = day_of(access, system, version, None)
        (first, _), (second, _) = (queries.require(system, each, day) for each in (one, other))
        if (first.system, first.code) == (second.system, second.code):
            return Subsumption.EQUIVALENT
        if first.code in queries.ancestors(second.system, second.code, day):
            return Subsumption.SUBSUMES
        if second.code in queries.ancestors(first.system, first.code, day):
            return Subsumption.SUBSUMED_BY
        return Subsumption.NOT_SUBSUMED


def _require(system: str) -> None:
    if not named(system):
        raise UnknownSystem("This code system is not known here.")
