"""The hospitals of a group in words."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.utils.translation import get_language

from naru.audit.queries import Crossing
from naru.domain.institution import Institution
from naru.exchange.charts.group_portal import Portal
from naru.portal import consent_presenters, presenters
from naru.ui.clock import moment
from naru.ui.names import in_language, role_name
from naru.ui.transactions import transaction_name

MOST: Final = 30
"""Rows of each list; the whole lists have their own pages."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A hospital that can be chosen; `here` the one that is."""

    id: UUID
    name: str
    here: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One hospital."""

    id: UUID | None
    name: str
    group: str
    branded: bool
    logo: bool
    facts: tuple[str, ...]
    choices: tuple[Choice, ...]
    documents: tuple[tuple[str, str, str], ...]
    accesses: tuple[tuple[str, str, str, str, str], ...]


def page(found: Portal) -> Page:
    """The page of the chosen hospital."""
    here = found.chosen
    if here is None:
        return Page(
            id=None, name="", group="", branded=False, logo=False, facts=(), choices=(),
            documents=(), accesses=(),
        )  # fmt: skip
    own, brand, profile = here.institution, here.brand, here.profile
    english = get_language() == "en"
    group = next(one for one, members in found.groups if own in members)
    offered = {one.id: one for _group, members in found.groups for one in members}
    rows = consent_presenters.rows(found.documents[:MOST])
    return Page(
        id=own.id,
        name=brand.english if english and brand and brand.english else in_language(own.name),
        group=group.english if english and group.english else group.name,
        branded=brand is not None,
        logo=brand is not None and bool(brand.logo),
        facts=tuple(one for one in (profile.address, profile.telephone) if one) if profile else (),
        choices=tuple(_choice(one, own) for one in offered.values()),
        documents=tuple((row.title, row.when, row.state) for row in rows),
        accesses=tuple(map(_access, found.accesses[:MOST])),
    )


def _access(one: Crossing) -> tuple[str, str, str, str, str]:
    state, tag = presenters.state(one)
    what = transaction_name(one.transaction)
    return what, role_name(one.role), moment(one.time), state, tag


def _choice(one: Institution, own: Institution) -> Choice:
    return Choice(one.id, in_language(one.name), one.id == own.id)
