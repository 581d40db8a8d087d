"""The operating body's people, as those to whom something is told."""

from datetime import date
from typing import Final
from uuid import UUID

from naru.directory import queries as directory
from naru.domain.caller import Role
from naru.domain.institution import InstitutionKind
from naru.notifications.recipients import Recipient

UNLISTED: Final = UUID(int=0)
"""The operating body where the directory lists none: its people have an inbox all the same."""


def inboxes(role: Role, on: date) -> tuple[Recipient, ...]:
    """The inboxes that those of a role at the operating body share."""
    listed = [
        one.id for one in directory.all_institutions(on=on) if one.kind is InstitutionKind.OPERATOR
    ]
    return tuple(Recipient.at_institution(one, role) for one in listed or [UNLISTED])
