"""Persons joined and parted. Each act is kept for ever; who is whom follows from those that stand.

Nothing is moved: a patient's row names whose it is now, an ended identifier names its successor,
and everything keeps its own rows and keys.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID, uuid4

from django.db.models import Q

from naru.domain.caller import Caller, Role
from naru.patients import domains, joins, sealed
from naru.patients.errors import NotJoined, SameIdentifier, UnknownIdentifier
from naru.patients.models import Joining, Patient, PatientIdentifier


class Deed(StrEnum):
    """What an act did."""

    RECOGNISED = "recognised"
    """The program linked a record as it arrived: nothing could stand under its person yet."""
    LINKED = "linked"
    MERGED = "merged"
    UNLINKED = "unlinked"
    UNMERGED = "unmerged"


_UNDOES: Final = {
    Deed.RECOGNISED: Deed.UNLINKED,
    Deed.LINKED: Deed.UNLINKED,
    Deed.MERGED: Deed.UNMERGED,
}
JOINS: Final = tuple(_UNDOES)


@dataclass(frozen=True, slots=True, kw_only=True)
class By:
    """Who acts, when and why. A program's reason says nothing of a person."""

    now: datetime
    caller: Caller | None = None
    why: str = ""

    def columns(self, key: UUID) -> dict[str, object]:
        """As history keeps it; the words are sealed, since a person writes what they like."""
        return {
            "key": key,
            "at": self.now,
            "role": self.caller.role if self.caller else Role.SYSTEM,
            "institution": self.caller.institution if self.caller else None,
            "person": self.caller.person if self.caller else None,
            "why": sealed.seal_why(self.why, key) if self.why else None,
        }


def join(
    deed: Deed,
    patient: UUID,
    into: UUID,
    by: By,
    merged: tuple[PatientIdentifier, PatientIdentifier] | None = None,
) -> UUID:
    """Make two persons one, and give back the survivor; `merged` is survivor and subsumed.

    Raises `SameIdentifier` where a link names one person twice.
    """
    members = _held(patient, into)
    roots = {member.key: member.root for member in members}
    if merged is None and roots[patient] == roots[into]:
        raise SameIdentifier("They are one person already.")
    survivor, subsumed = merged or (None, None)
    Joining.objects.create(
        act=deed,
        patient=patient,
        into=into,
        survivor=survivor,
        subsumed=subsumed,
        **by.columns(uuid4()),
    )
    _fold(members)
    return Patient.objects.values_list("root", flat=True).get(key=into)


def part(act: UUID, by: By) -> Joining:
    """Take a join back, and give it; raises `NotJoined` where it does not stand."""
    row = Joining.objects.filter(key=act, act__in=JOINS).first()
    if row is None:
        raise NotJoined("No such act is known.")
    members = _held(row.patient, row.into)
    if Joining.objects.filter(undoes=row).exists():
        raise NotJoined("The act was taken back already.")
    Joining.objects.create(
        act=_UNDOES[Deed(row.act)],
        patient=row.patient,
        into=row.into,
        undoes=row,
        **by.columns(uuid4()),
    )
    _fold(members)
    return row


def standing(members: Sequence[UUID]) -> list[Joining]:
    """The joins that speak of any of these and were not taken back, the oldest first."""
    of_these = Q(patient__in=members) | Q(into__in=members)
    acts = Joining.objects.filter(of_these, act__in=JOINS, undone_by=None)
    return list(acts.order_by("id"))


def _held(*keys: UUID) -> list[Patient]:
    """Everybody who is one of these persons; nobody else joins or parts them until the commit."""
    while True:
        asked = Patient.objects.filter(key__in=keys)
        roots = set(asked.values_list("root", flat=True))
        if len(set(keys)) > asked.count():
            raise UnknownIdentifier("The person is not known.")
        rows = Patient.objects.select_for_update().filter(root__in=roots).order_by("id")
        found = list(rows)
        # Whoever held them before may have made other persons of them.
        if set(keys) <= {row.key for row in found}:
            return found


def _fold(members: Sequence[Patient]) -> None:
    """Write what the standing acts make of these, where it is not so already."""
    keys = [member.key for member in members]
    rows = list(PatientIdentifier.objects.filter(patient__in=members).order_by("id"))
    oids = domains.affinity()
    common = {row.pk for row in domains.rows(oids)}
    owner = {member.pk: member.key for member in members}
    found = joins.fold(
        [
            joins.Held(
                id=row.pk,
                patient=owner[row.patient_id],
                domain=row.domain_id,
                common=row.domain_id in common,
            )
            for row in rows
        ],
        [
            joins.Act(
                patient=act.patient,
                into=act.into,
                survivor=act.survivor_id,
                subsumed=act.subsumed_id,
            )
            for act in standing(keys)
        ],
    )
    for member in members:
        merged_into, root = found.merged_into.get(member.key), found.root(member.key)
        if (member.merged_into, member.root) != (merged_into, root):
            Patient.objects.filter(pk=member.pk).update(merged_into=merged_into, root=root)
    for row in rows:
        successor = found.subsumed_by.get(row.pk)
        if row.subsumed_by_id != successor:
            PatientIdentifier.objects.filter(pk=row.pk).update(subsumed_by=successor)
