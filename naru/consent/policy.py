"""The law and the operator's policy as data: which rule stands on what, and since when."""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Self

import msgspec

from naru.consent.errors import InvalidPolicy
from naru.domain import roles
from naru.domain.caller import PurposeOfUse, Role

BUILT = frozenset({1, 2, 3, 8, 9, 10, 11, 12, 14})
"""The rules of design section 7 that the decision knows; the others fall through."""


class BasisKind(StrEnum):
    """Whether a rule is statute or the operator's own."""

    STATUTE = "L"
    POLICY = "P"


class EarliestFromDate(StrEnum):
    """How far back a consent may reach."""

    SIGNING_DAY = "signing-day"
    AS_STATED = "as-stated"  # Only where older periods were ticked on the paper.


@dataclass(frozen=True, slots=True, kw_only=True)
class Ages:
    """Ages of life that the law and the operator set."""

    represented_under: int
    majority: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleBasis:
    """On what one rule stands. `status` is `unofficial` until counsel has reviewed it."""

    rule: int
    kind: BasisKind
    basis: str
    since: date
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    version: str
    effective: date
    status: str
    note: str
    treatment_purposes: frozenset[PurposeOfUse]
    earliest_from_date: EarliestFromDate
    ages: Ages
    rules: tuple[RuleBasis, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Policy:
    """What a decision takes from outside the question and the patient's snapshot.

    Known by identity, since every answer is looked up by its policy.

    `open_sandbox`: a patient who never said anything counts as having consented to everything.
    """

    version: str
    status: str
    treatment_roles: frozenset[Role]
    treatment_purposes: frozenset[PurposeOfUse]
    earliest_from_date: EarliestFromDate
    ages: Ages
    bases: tuple[RuleBasis, ...]
    open_sandbox: bool = False

    def basis(self, rule: int) -> str:
        """The legal basis of a rule, or the operator's policy behind it."""
        return next((one.basis for one in self.bases if one.rule == rule), "")

    @classmethod
    def read(cls, content: bytes) -> Self:
        """The policy that a data file says; raises InvalidPolicy."""
        try:
            file = msgspec.json.decode(content, type=_File)
        except msgspec.MsgspecError as error:
            raise InvalidPolicy(str(error)) from error
        if {one.rule for one in file.rules} != BUILT or len(file.rules) != len(BUILT):
            raise InvalidPolicy("a policy says each rule's basis once")
        return cls(
            version=file.version,
            status=file.status,
            treatment_roles=roles.treating(),
            treatment_purposes=file.treatment_purposes,
            earliest_from_date=file.earliest_from_date,
            ages=file.ages,
            bases=file.rules,
        )


@cache
def policy(*, open_sandbox: bool = False) -> Policy:
    """The policy that ships with the program."""
    content = files("naru.consent").joinpath("data/policy.json").read_bytes()
    return replace(Policy.read(content), open_sandbox=open_sandbox)
