"""The law and the operator's policy as data: which rule stands on what, and since when.

Every value is one of several dated ones: from the day on which a law changes, the later holds.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from enum import StrEnum
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, Final, Self, TypeVar

import msgspec
from django.conf import settings

from naru.consent import programmes
from naru.consent.errors import InvalidPolicy
from naru.consent.programmes import Programme
from naru.domain import roles
from naru.domain.arrangements import RelationKind, Relationship
from naru.domain.caller import PurposeOfUse, Role
from naru.domain.decision import Decision, Reason

RULES: Final = frozenset(range(1, 15))
"""The rules of design section 7."""


class BasisKind(StrEnum):
    """Whether a rule is statute or the operator's own."""

    STATUTE = "L"
    POLICY = "P"


class EarliestFromDate(StrEnum):
    """How far back a consent may reach."""

    SIGNING_DAY = "signing-day"
    AS_STATED = "as-stated"  # Only where older periods were ticked on the paper.


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the law or the operator sets, as it holds on one day."""

    represented_under: int
    """Below this age a legal representative acts; a child may not alone."""
    majority: int
    representatives_of_child: frozenset[Relationship]
    representatives_of_minor: frozenset[Relationship]
    representatives_of_adult: frozenset[Relationship]
    treatment_purposes: frozenset[PurposeOfUse]
    earliest_from_date: EarliestFromDate
    never_in_emergency_respected: bool
    emergency_hours: int
    emergency_review_hours: int
    genetic_codes: frozenset[str]
    """Kinds and confidentiality codes of genetic items, `code^^scheme`."""
    genetic_to_representatives_of_child: bool
    """Whether whoever stands in a child's place is given them, too; no other representative is."""
    sensitive_codes: frozenset[str]
    sensitive_hidden: bool
    """Whether sensitive items are hidden until the patient shows them."""
    psychiatry_departments: frozenset[str]
    psychiatry_hidden: bool
    insurer_roles: frozenset[Role]
    insurer_papers: frozenset[str]
    """The kinds of documents that the law lets an insurer have, `code^^scheme`."""
    delivery_days: int
    """The longest that a patient-directed delivery waits to be opened."""
    sending_days: int
    """How long what was ticked for a sending holds."""
    relation_days: dict[RelationKind, int]
    """How many days after its end a visit still counts as treatment."""
    booking_days: int
    """How many days before it a booked visit counts as treatment."""
    programmes: tuple[Programme, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleBasis:
    """On what one rule stands. `status` is `unofficial` until counsel has reviewed it."""

    rule: int
    kind: BasisKind
    basis: str
    since: date
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingBasis:
    """A setting's value from a day on, and on what it stands."""

    name: str
    value: Any  # Of the type that Settings says, to which it is converted there.
    kind: BasisKind
    basis: str
    since: date
    status: str


_Dated = TypeVar("_Dated", bound=RuleBasis | SettingBasis)


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    version: str
    effective: date
    status: str
    note: str
    rules: tuple[RuleBasis, ...]
    settings: tuple[SettingBasis, ...]


_ASKING: Final = ("see-own-record", "see-patient", "receive-delivery", "see-programme")
"""Actions in which a record is asked for; a role without any of them is let at none."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Policy:
    """What a decision takes from outside the question and what stands for the patient.

    Known by identity, since every answer is looked up by its policy.

    `open_sandbox`: a patient who never said anything counts as having consented to everything, and
    every institution as treating whom it asks for.
    """

    version: str
    status: str
    settings: Settings
    bases: tuple[RuleBasis, ...]
    setting_bases: tuple[SettingBasis, ...]
    treatment_roles: frozenset[Role]
    emergency_roles: frozenset[Role]
    asking_roles: frozenset[Role]
    """Who may ask for a record by some path; rule 1 refuses every other role."""
    open_sandbox: bool = False

    @property
    def earliest_from_date(self) -> EarliestFromDate:
        """How far back a consent may reach."""
        return self.settings.earliest_from_date

    def basis(self, rule: int) -> str:
        """The legal basis of a rule, or the operator's policy behind it."""
        return next((one.basis for one in self.bases if one.rule == rule), "")

    def programme(self, code: str, day: date) -> Programme | None:
        """The programme of that code, if it is approved on that day."""
        found = (one for one in self.settings.programmes if one.code == code)
        return next((one for one in found if one.goes_on(day)), None)

    def programme_of(self, purpose: str, day: date) -> Programme | None:
        """The programme that a purpose of use names, if it is approved on that day."""
        found = (one for one in self.settings.programmes if one.purpose and one.purpose == purpose)
        return next((one for one in found if one.goes_on(day)), None)

    @lru_cache(maxsize=1024)  # noqa: B019  # A policy lives as long as the process.
    def answer(self, rule: int, reason: Reason, *, permitted: bool) -> Decision:
        """The decision that a rule gives, with its basis."""
        return Decision(permitted, rule, reason, self.basis(rule))

    @classmethod
    def read(cls, content: bytes, *, on: date = date.max, open_sandbox: bool = False) -> Self:
        """The policy that a data file says for a day; raises InvalidPolicy."""
        file = _decoded(content)
        rules = {one.rule: one for one in _by_day(file.rules, on)}
        settings = {one.name: one for one in _by_day(file.settings, on)}
        if rules.keys() != RULES:
            raise InvalidPolicy("a policy says every rule's basis")
        if settings.keys() != {field.name for field in fields(Settings)}:
            raise InvalidPolicy("a policy says every setting")
        try:
            values = msgspec.convert({name: one.value for name, one in settings.items()}, Settings)
        except msgspec.ValidationError as error:
            raise InvalidPolicy(str(error)) from error
        return cls(
            version=file.version,
            status=file.status,
            settings=values,
            bases=tuple(rules.values()),
            setting_bases=tuple(settings.values()),
            treatment_roles=roles.treating(),
            emergency_roles=roles.treating() & roles.that_may("open-emergency"),
            asking_roles=roles.treating().union(*map(roles.that_may, _ASKING)),
            open_sandbox=open_sandbox,
        )


def policy(*, open_sandbox: bool = False, on: date = date.max) -> Policy:
    """The policy that ships with the program, as it holds on a day; the same value each time.

    Its programmes are those of the operator's file, NARU_PROGRAMMES.
    """
    begun = [day for day in _beginnings() if day <= on]
    approved = programmes.given(settings.NARU.programmes)
    return _policy(begun[-1] if begun else date.min, approved, open_sandbox=open_sandbox)


@lru_cache(maxsize=64)
def _policy(on: date, approved: tuple[Programme, ...], *, open_sandbox: bool) -> Policy:
    read = Policy.read(_shipped(), on=on, open_sandbox=open_sandbox)
    every = (*read.settings.programmes, *approved)
    return replace(read, settings=replace(read.settings, programmes=every))


@cache
def _beginnings() -> tuple[date, ...]:
    """The days from which some rule or setting holds, in order."""
    file = _decoded(_shipped())
    begun = {one.since for one in file.rules} | {one.since for one in file.settings}
    return tuple(sorted(begun))


@cache
def _shipped() -> bytes:
    return files("naru.consent").joinpath("data/policy.json").read_bytes()


def _decoded(content: bytes) -> _File:
    try:
        return msgspec.json.decode(content, type=_File)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise InvalidPolicy(str(error)) from error


def _by_day(rows: Sequence[_Dated], on: date) -> list[_Dated]:
    """The rows in the order in which they are to overwrite each other, those in force last.

    Before anything has begun, the first that will is taken: a rule is never without its word.
    """
    ordered = sorted(rows, key=lambda one: one.since)
    later = [one for one in ordered if one.since > on]
    return [*reversed(later), *(one for one in ordered if one.since <= on)]
