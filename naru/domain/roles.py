"""Which role may do what, who treats patients, and what must be shown first: one table of data."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from functools import cache
from importlib import resources

from naru.domain.caller import Role
from naru.domain.institution import InstitutionKind


class RoleKind(StrEnum):
    """What somebody is to the exchange before it is asked what they do."""

    CITIZEN = "citizen"
    STAFF = "staff"  # Of an institution, the operator's included.
    AUTHORITY = "authority"  # Of the state.
    SYSTEM = "system"


class Factor(StrEnum):
    """What a person shows anew before some acts (step-up)."""

    PASSKEY = "passkey"
    IDENTITY = "identity"


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleRow:
    """A role as the table has it; `actions` are codes of `RoleTable.actions`.

    `appointed_by` is `institution` or `operator`, empty for what nobody is appointed to; `kinds`
    are those of the institutions at which somebody may be it.
    """

    role: Role
    korean: str
    english: str
    kind: RoleKind
    treats: bool
    actions: frozenset[str]
    appointed_by: str = ""
    kinds: frozenset[InstitutionKind] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionRow:
    """An action; `step_up` is what must have been shown shortly before, if anything."""

    code: str
    korean: str
    english: str
    step_up: Factor | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleTable:
    """The whole table."""

    version: str
    status: str
    roles: Mapping[Role, RoleRow]
    actions: Mapping[str, ActionRow]
    fresh: Mapping[Factor, timedelta]


def may(role: Role, action: str) -> bool:
    """Whether somebody in this role may do this at all; raises KeyError for an unknown action.

    Whose records, and whether the patient consents, is the decision's to say.
    """
    table = role_table()
    return table.actions[action].code in table.roles[role].actions


def step_up(action: str) -> Factor | None:
    """What must be shown before this act; raises KeyError for an unknown action."""
    return role_table().actions[action].step_up


def fresh(factor: Factor) -> timedelta:
    """For how long a factor counts as just shown."""
    return role_table().fresh[factor]


@cache
def treating() -> frozenset[Role]:
    """The roles in which patients are treated (rule 10 of the decision)."""
    return frozenset(role for role, row in role_table().roles.items() if row.treats)


def kind(role: Role) -> RoleKind:
    """What kind of role it is."""
    return role_table().roles[role].kind


def appointable(*, by_operator: bool) -> tuple[Role, ...]:
    """The roles that the operator gives, or that an institution's own administrator may give."""
    allowed = {"institution", "operator"} if by_operator else {"institution"}
    rows = role_table().roles.values()
    return tuple(row.role for row in rows if row.appointed_by in allowed)


def belongs(role: Role, kind: InstitutionKind) -> bool:
    """Whether somebody at an institution of this kind may be it; whoever is nowhere's may be."""
    kinds = role_table().roles[role].kinds
    return not kinds or kind in kinds


def treats_at(role: Role, kind: InstitutionKind) -> bool:
    """Whether the table says that somebody treats patients as this at such an institution.

    At an agency it is 119 crew alone: they come from a fire service, which gives no other care.
    """
    row = role_table().roles[role]
    return row.treats and kind in row.kinds


def that_may(action: str) -> frozenset[Role]:
    """Every role that may do this; raises KeyError for an unknown action."""
    return frozenset(role for role in Role if may(role, action))


@cache
def role_table() -> RoleTable:
    """The table of the file; a role without a row, or an unknown word in it, is an error."""
    file = resources.files("naru.domain") / "data" / "roles.json"
    read = json.loads(file.read_text("utf-8"))
    actions = {
        code: ActionRow(
            code=code,
            korean=told["ko"],
            english=told["en"],
            step_up=Factor(told["step_up"]) if "step_up" in told else None,
        )
        for code, told in read["actions"].items()
    }
    rows = [
        RoleRow(
            role=Role(told["code"]),
            korean=told["ko"],
            english=told["en"],
            kind=RoleKind(told["kind"]),
            treats=told["treats"],
            actions=frozenset(actions[one].code for one in told["actions"]),
            appointed_by=told.get("appointed_by", ""),
            kinds=frozenset(map(InstitutionKind, told.get("kinds", ()))),
        )
        for told in read["roles"]
    ]
    return RoleTable(
        version=read["version"],
        status=read["status"],
        roles={role: next(row for row in rows if row.role is role) for role in Role},
        actions=actions,
        fresh={
            Factor(factor): timedelta(minutes=minutes)
            for factor, minutes in read["fresh_minutes"].items()
        },
    )
