"""How many take part, for anybody to see; told of a moment, from the registry's own rows."""

from dataclasses import dataclass
from datetime import datetime

from naru.directory import queries as directory
from naru.domain.institution import InstitutionKind
from naru.repository import queries as repository


@dataclass(frozen=True, slots=True, kw_only=True)
class Participation:
    """The numbers as of a moment: repositories of hubs that take part, hubs, members."""

    as_of: datetime
    repositories: int
    hubs: int
    members: int


def counts(as_of: datetime) -> Participation:
    """Count who takes part at that moment. Public and of nobody, so it leaves no access record."""
    taking_part = [one for one in directory.all_institutions(on=as_of) if one.approved]
    hubs = {one.id for one in taking_part if one.kind is InstitutionKind.HUB}
    return Participation(
        as_of=as_of,
        repositories=sum(one.institution in hubs for one in repository.repositories()),
        hubs=len(hubs),
        members=sum(one.kind is InstitutionKind.MEMBER for one in taking_part),
    )
