"""Custody, closure, groups, departments and places: changes and queries, each a whole act."""

import json
from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Q, QuerySet

from naru.directory import models
from naru.directory.errors import DirectoryRefused
from naru.directory.services import row_of, take_turn
from naru.domain.departments import DepartmentSystem
from naru.domain.registers import (
    Brand,
    Closure,
    Custody,
    DepartmentAt,
    Group,
    Imported,
    Listing,
    Profile,
)


class UnknownGroup(DirectoryRefused):
    """There is no group under this key."""


def describe(institution: UUID, profile: Profile) -> bool:
    """Keep where an institution is and when it serves; whether that was not known so before."""
    with transaction.atomic():
        take_turn()
        row = row_of(institution)
        if profile_of(institution) == profile:
            return False
        models.Profile.objects.update_or_create(
            institution=row,
            defaults={
                "address": profile.address,
                "telephone": profile.telephone,
                "latitude": profile.latitude,
                "longitude": profile.longitude,
                "hours": json.dumps(profile.hours),
            },
        )
    return True


def profile_of(institution: UUID) -> Profile | None:
    """Where an institution is; None where nobody said."""
    row = models.Profile.objects.filter(institution__key=institution).first()
    return None if row is None else _profile(row)


def profiles() -> dict[UUID, Profile]:
    """Where every institution is of which somebody said so."""
    rows = models.Profile.objects.select_related("institution")
    return {row.institution.key: _profile(row) for row in rows}


def have_departments(institution: UUID, wanted: Iterable[DepartmentAt], *, on: date) -> bool:
    """Let an institution have just these departments from a day on; whether that is new."""
    with transaction.atomic():
        take_turn()
        row, asked = row_of(institution), set(wanted)
        held = set(departments_of(institution, on=on))
        for gone in held - asked:
            models.Department.objects.filter(
                institution=row, system=gone.system, code=gone.code, valid_to=None
            ).update(valid_to=on)
        for new in asked - held:
            models.Department.objects.create(
                institution=row, system=new.system, code=new.code, valid_from=on
            )
    return held != asked


def departments_of(institution: UUID, *, on: date) -> tuple[DepartmentAt, ...]:
    """The departments of an institution on a day, by their codes."""
    rows = _on(on).filter(institution__key=institution)
    return tuple(
        DepartmentAt(system=DepartmentSystem(system), code=code)
        for system, code in rows.order_by("system", "code").values_list("system", "code")
    )


def departments(*, on: date) -> dict[UUID, tuple[DepartmentAt, ...]]:
    """The departments of every institution on a day, by their codes."""
    found: dict[UUID, list[DepartmentAt]] = {}
    rows = _on(on).order_by("system", "code")
    for key, system, code in rows.values_list("institution__key", "system", "code"):
        found.setdefault(key, []).append(DepartmentAt(system=DepartmentSystem(system), code=code))
    return {key: tuple(these) for key, these in found.items()}


def take_custody(institution: UUID, custody: Custody) -> None:
    """Keep a contract of custody."""
    models.Custody.objects.create(
        institution=row_of(institution),
        custodian=custody.custodian,
        contract=custody.contract,
        scope=custody.scope,
        location=custody.location,
        valid_from=custody.valid_from,
        valid_to=custody.valid_to,
    )


def custodies_of(institution: UUID) -> tuple[Custody, ...]:
    """Every contract of custody, those that ended too, the newest first."""
    rows = models.Custody.objects.filter(institution__key=institution).order_by(
        "-valid_from", "-id"
    )
    return tuple(
        Custody(
            custodian=row.custodian,
            contract=row.contract,
            scope=row.scope,
            location=row.location,
            valid_from=row.valid_from,
            valid_to=row.valid_to,
        )
        for row in rows.order_by("-valid_from", "-id")
    )


def close(institution: UUID, closure: Closure) -> None:
    """Note that an institution closed, and who keeps its records from then on."""
    models.Closure.objects.update_or_create(
        institution=row_of(institution),
        defaults={
            "closed": closure.closed,
            "keeper": closure.keeper,
            "location": closure.location,
            "until": closure.until,
        },
    )


def closure_of(institution: UUID) -> Closure | None:
    """Who keeps the records of a closed institution; None of one that did not close."""
    row = models.Closure.objects.filter(institution__key=institution).first()
    if row is None:
        return None
    return Closure(closed=row.closed, keeper=row.keeper, location=row.location, until=row.until)


def found_group(name: str, english: str, colour: str, members: Iterable[UUID]) -> Group:
    """Let hospitals share one portal. An institution may stand in several groups."""
    group = Group(id=uuid4(), name=name, english=english, colour=colour, members=tuple(members))
    with transaction.atomic():
        row = models.Group.objects.create(
            key=group.id, name=group.name, english=group.english, colour=group.colour
        )
        row.members.set([row_of(one) for one in group.members])
    return group


def show_as(institution: UUID, brand: Brand) -> None:
    """Keep how a hospital shows itself."""
    models.Brand.objects.update_or_create(
        institution=row_of(institution),
        defaults={"english": brand.english, "colour": brand.colour, "logo": brand.logo},
    )


def brand_of(institution: UUID) -> Brand | None:
    """How a hospital shows itself; None where nobody said."""
    row = models.Brand.objects.filter(institution__key=institution).first()
    if row is None:
        return None
    return Brand(english=row.english, colour=row.colour, logo=bytes(row.logo))


def groups() -> tuple[Group, ...]:
    """Every group, by name."""
    rows = models.Group.objects.prefetch_related("members").order_by("name", "id")
    return tuple(
        Group(
            id=row.key,
            name=row.name,
            english=row.english,
            colour=row.colour,
            members=tuple(one.key for one in row.members.order_by("name", "id")),
        )
        for row in rows
    )


def group(key: UUID) -> Group:
    """The group of this key. Raises UnknownGroup."""
    found = next((one for one in groups() if one.id == key), None)
    if found is None:
        raise UnknownGroup("There is no such group.")
    return found


def list_openly(rows: Iterable[Listing], *, now: datetime) -> Imported:
    """Take rows of the open data; one of the same `ykiho` is replaced where it says otherwise."""
    counted: Counter[str] = Counter()
    with transaction.atomic():
        take_turn()
        known = {one.ykiho: one for one in listings()}
        for row in rows:
            before = known.get(row.ykiho)
            counted["new" if before is None else "same" if before == row else "changed"] += 1
            if before != row:
                models.Listed.objects.update_or_create(
                    ykiho=row.ykiho, defaults=_columns(row) | {"imported": now}
                )
                known[row.ykiho] = row
    return Imported(new=counted["new"], changed=counted["changed"], same=counted["same"])


def listings(*, like: str = "") -> tuple[Listing, ...]:
    """What the open data list, by name; those whose name holds `like`."""
    rows = models.Listed.objects.filter(name__contains=like).order_by("name", "ykiho")
    return tuple(
        Listing(
            ykiho=row.ykiho,
            name=row.name,
            kind=row.kind,
            address=row.address,
            telephone=row.telephone,
            latitude=row.latitude,
            longitude=row.longitude,
        )
        for row in rows
    )


def _profile(row: models.Profile) -> Profile:
    return Profile(
        address=row.address,
        telephone=row.telephone,
        latitude=row.latitude,
        longitude=row.longitude,
        hours=tuple(json.loads(row.hours)),
    )


def _columns(row: Listing) -> dict[str, object]:
    return {
        "name": row.name,
        "kind": row.kind,
        "address": row.address,
        "telephone": row.telephone,
        "latitude": row.latitude,
        "longitude": row.longitude,
    }


def _on(on: date) -> QuerySet[models.Department]:
    in_force = Q(valid_to=None) | Q(valid_to__gt=on)
    return models.Department.objects.filter(in_force, valid_from__lte=on)
