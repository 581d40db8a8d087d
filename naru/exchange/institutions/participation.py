"""How many take part, for anybody to see; told of a moment, from the registry's own rows."""

from dataclasses import dataclass
from datetime import datetime

from naru.directory import queries as directory
from naru.domain.institution import Institution, InstitutionKind
from naru.repository import queries as repository
from naru.repository.values import RepositoryOf

CARE = frozenset({InstitutionKind.HUB, InstitutionKind.MEMBER})


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """The rows as of a moment: who takes part, by name, and the repositories of hubs that do."""

    as_of: datetime
    institutions: tuple[Institution, ...]
    repositories: tuple[RepositoryOf, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Participation:
    """The numbers as of a moment: repositories of hubs that take part, hubs, members."""

    as_of: datetime
    repositories: int
    hubs: int
    members: int


def register(as_of: datetime) -> Register:
    """Who takes part at that moment. Public and of nobody, so it leaves no access record."""
    everyone = directory.all_institutions(on=as_of)
    taking_part = [one for one in everyone if one.approved and one.kind in CARE]
    hubs = {one.id for one in taking_part if one.kind is InstitutionKind.HUB}
    return Register(
        as_of=as_of,
        institutions=tuple(taking_part),
        repositories=tuple(one for one in repository.repositories() if one.institution in hubs),
    )


def counts(as_of: datetime) -> Participation:
    """How many they are: of the same rows, and as public."""
    return counted(register(as_of))


def counted(rows: Register) -> Participation:
    """The numbers of these rows."""
    kinds = [one.kind for one in rows.institutions]
    return Participation(
        as_of=rows.as_of,
        repositories=len(rows.repositories),
        hubs=kinds.count(InstitutionKind.HUB),
        members=kinds.count(InstitutionKind.MEMBER),
    )
