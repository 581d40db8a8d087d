"""What is kept of institutions beside their names: entered by the operating body, read by commands.

Where an institution's documents lie follows from the registry's own rows: the repository of its
hub. A contract of custody says where the records lie that are kept outside of the exchange.
"""

from collections import Counter
from collections.abc import Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction

from naru.audit.records import AuditedObject
from naru.directory import queries, registers
from naru.directory.errors import UnknownInstitution
from naru.domain.caller import Role
from naru.domain.institution import Institution, InstitutionKind, Stopped
from naru.domain.korea import korean_day
from naru.domain.registers import (
    Brand,
    Closure,
    Custody,
    DepartmentAt,
    Described,
    Group,
    Imported,
    Listing,
    Profile,
)
from naru.exchange.access import Access, changing, reading
from naru.exchange.institutions.admission import INSTITUTION
from naru.repository import queries as repository


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """Where an institution's records are: by contract, in the exchange, and after its closure."""

    custodies: tuple[Custody, ...]
    repository: str
    """The OID of the repository that keeps its documents; empty where none does."""
    store: str
    """The URL of the object store in which that repository's bytes lie."""
    closure: Closure | None


def take_custody(access: Access, institution: UUID, custody: Custody) -> None:
    """Keep a contract of custody. Raises UnknownInstitution."""
    with _changing(access, institution):
        registers.take_custody(institution, custody)


def close(access: Access, institution: UUID, closure: Closure) -> None:
    """Note that an institution closed, and who keeps its records. Raises UnknownInstitution."""
    with _changing(access, institution):
        registers.close(institution, closure)


def kept(access: Access, institution: UUID) -> Kept:
    """Where an institution's records are."""
    with reading(access):
        access.objects.append(AuditedObject(INSTITUTION, str(institution)))
        known = queries.by_id(institution, on=access.time)
        keeper = institution if known is None or known.hub is None else known.hub
        found = repository.of_institution(keeper)
        return Kept(
            custodies=registers.custodies_of(institution),
            repository=found.oid if found else "",
            store=settings.NARU.objects_url if found else "",
            closure=registers.closure_of(institution),
        )


def describe(
    access: Access, institution: UUID, profile: Profile, departments: Iterable[DepartmentAt]
) -> None:
    """Say where an institution is, when it serves and which departments it has."""
    with _changing(access, institution):
        registers.describe(institution, profile)
        registers.have_departments(institution, departments, on=korean_day(access.time))


def found_group(
    access: Access, name: str, english: str, colour: str, members: tuple[UUID, ...]
) -> Group:
    """Let hospitals share one portal."""
    with changing(access):
        made = registers.found_group(name, english, colour, members)
        access.objects += [AuditedObject(INSTITUTION, str(one)) for one in members]
    return made


def show_as(access: Access, institution: UUID, brand: Brand) -> None:
    """Say how a hospital shows itself in a portal that it shares."""
    with _changing(access, institution):
        registers.show_as(institution, brand)


def brand_of(institution: UUID) -> Brand | None:
    """How a hospital shows itself. Public, so it leaves no access record."""
    return registers.brand_of(institution)


def groups() -> tuple[Group, ...]:
    """Every group. Public, so it leaves no access record."""
    return registers.groups()


def spokes(access: Access, hub: UUID) -> tuple[Institution, ...]:
    """The 협력의료기관 of a hub, for its own people and the operating body.

    Raises UnknownInstitution for anybody else.
    """
    with reading(access):
        if access.caller.role is not Role.OPERATOR and access.caller.institution != hub:
            raise UnknownInstitution("There is no such hub here.")
        access.objects.append(AuditedObject(INSTITUTION, str(hub)))
        return queries.spokes(hub, on=access.time)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spokes:
    """A hub with its 협력의료기관, and why it takes part no more where it was switched off."""

    hub: Institution
    members: tuple[Institution, ...]
    stopped: Stopped | None


def own_spokes(access: Access) -> tuple[Spokes, ...]:
    """The caller's hub with its 협력의료기관; for the operating body every hub."""
    with reading(access):
        known = queries.all_institutions(on=access.time)
        everyone = access.caller.role is Role.OPERATOR
        hubs = [
            one
            for one in known
            if one.kind is InstitutionKind.HUB and (everyone or one.id == access.caller.institution)
        ]
        access.objects += [AuditedObject(INSTITUTION, str(one.id)) for one in hubs]
        stopped = queries.stopped([one.id for one in hubs], on=access.time)
        return tuple(
            Spokes(
                hub=hub,
                members=tuple(one for one in known if one.hub == hub.id),
                stopped=stopped.get(hub.id),
            )
            for hub in hubs
        )


def take_described(access: Access, rows: Iterable[Described], *, dry: bool) -> Imported:
    """Take a list of those who take part; a dry run tells what it would do and changes nothing."""
    with _trying(access, dry=dry), transaction.atomic():
        counted: Counter[str] = Counter()
        refused: list[tuple[int, str]] = []
        for number, row in enumerate(rows, start=1):
            known = queries.by_oid(row.oid, on=access.time)
            if known is None:
                refused.append((number, "no institution has this OID; recruit it first"))
                continue
            counted[_described(known.id, row, access.time)] += 1
        transaction.set_rollback(dry)
        return Imported(changed=counted["changed"], same=counted["same"], refused=tuple(refused))


def take_open_data(access: Access, rows: Iterable[Listing], *, dry: bool) -> Imported:
    """Take HIRA's open data as candidates: of no row is it said whose 요양기관기호 it is."""
    with _trying(access, dry=dry), transaction.atomic():
        done = registers.list_openly(rows, now=access.time)
        transaction.set_rollback(dry)
        return done


def _described(institution: UUID, row: Described, now: datetime) -> str:
    moved = registers.describe(institution, row.profile)
    day = korean_day(now)
    others = registers.have_departments(institution, row.departments, on=day)
    return "changed" if moved or others else "same"


def _trying(access: Access, *, dry: bool) -> AbstractContextManager[None]:
    return reading(access) if dry else changing(access)


def _changing(access: Access, institution: UUID) -> AbstractContextManager[None]:
    access.objects.append(AuditedObject(INSTITUTION, str(institution)))
    return changing(access)
