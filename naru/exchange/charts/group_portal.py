"""One portal for hospitals of a group: the patient chooses one, and sees its part alone."""

from dataclasses import dataclass
from uuid import UUID

from naru.accounts.errors import NotFound
from naru.audit.queries import Crossing
from naru.audit.records import AuditedObject
from naru.directory import queries as directory
from naru.directory import registers
from naru.domain.institution import Institution
from naru.domain.korea import korean_day
from naru.domain.registers import Brand, Group, Profile
from naru.exchange.access import Access, reading
from naru.exchange.audit import crossings
from naru.exchange.charts import own_documents
from naru.exchange.charts.own_documents import OwnDocument
from naru.exchange.institutions import participants
from naru.exchange.institutions.admission import INSTITUTION
from naru.patients import queries as patients

SHOWN = 200
"""Accesses among which one look finds those of the hospital."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hospital:
    """A hospital of a group, as it shows itself."""

    institution: Institution
    brand: Brand | None
    profile: Profile | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Portal:
    """The patient's groups with their hospitals; of the chosen hospital what is the patient's.

    `chosen` is None where the patient is known to no hospital of any group.
    """

    groups: tuple[tuple[Group, tuple[Institution, ...]], ...]
    chosen: Hospital | None
    documents: tuple[OwnDocument, ...] = ()
    accesses: tuple[Crossing, ...] = ()


def of_patient(access: Access, patient: UUID, chosen: UUID | None) -> Portal:
    """The portal at the chosen hospital, else at the first. Raises NotFound for any other.

    What another hospital wrote or did stands under that other one, in the same group or not.
    """
    with reading(access):
        access.concerns(patient)
        groups = _groups(access, patient)
        offered = {one.id: one for _group, members in groups for one in members}
        if chosen is not None and chosen not in offered:
            raise NotFound
        if not offered:
            return Portal(groups=(), chosen=None)
        here = offered[chosen] if chosen is not None else next(iter(offered.values()))
        access.objects.append(AuditedObject(INSTITUTION, str(here.id)))
        found = own_documents.of_patient(access, patient)
        seen = crossings.of_patient(access, patient, SHOWN)
        return Portal(
            groups=groups,
            chosen=Hospital(
                institution=here,
                brand=registers.brand_of(here.id),
                profile=registers.profile_of(here.id),
            ),
            documents=tuple(one for one in found if one.institution == here.id),
            accesses=tuple(one for one in seen if one.institution == here.id),
        )


def _groups(access: Access, patient: UUID) -> tuple[tuple[Group, tuple[Institution, ...]], ...]:
    """The groups with a hospital at which the patient is registered, with their participants."""
    day = korean_day(access.time)
    told = patients.identifiers(list(patients.identity_set(patient)))
    mine = {participants.giver(one.authority, on=day) for known in told.values() for one in known}
    found = []
    for group in registers.groups():
        known = (directory.by_id(one, on=day) for one in group.members)
        members = tuple(one for one in known if one is not None and one.approved)
        if mine & {one.id for one in members}:
            found.append((group, members))
    return tuple(found)
