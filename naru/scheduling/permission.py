"""Who may book, change and see appointments, and change an institution's schedules."""

from uuid import UUID

from naru.domain import roles
from naru.domain.caller import Role
from naru.exchange.access import Access
from naru.exchange.arranging import require, treats
from naru.exchange.consent import representing
from naru.exchange.treatment import reception
from naru.patients import queries as patients
from naru.scheduling import models

_THEMSELVES = frozenset({Role.PATIENT, Role.REPRESENTATIVE})


def may_book(
    access: Access, schedule: models.Schedule, patient: UUID, referral: UUID | None
) -> None:
    """Raise NotPermitted unless the caller may book there for the patient.

    At their own institution for whom it has registered or was sent by a referral; at another
    only together with a referral of a patient whom they treat.
    """
    require(patients.exists(patient))
    own = access.caller.institution
    if own == schedule.institution:
        require(books(access))
        require(referral is not None or reception.is_known(access, patient))
    else:
        require(own is not None and referral is not None)
        require(_refers(access) and treats(access, patient))


def may_see(access: Access, row: models.Appointment) -> None:
    """Raise NotPermitted unless it is the caller's own, or of their institution."""
    require(sees(access, row))


def sees(access: Access, row: models.Appointment) -> bool:
    """Whether it is the caller's own, of their institution, or was booked by it."""
    if is_patients(access):
        return access.caller.patient in patients.identity_set(row.patient)
    here = access.caller.institution
    return here is not None and here in {row.schedule.institution, row.booked_by}


def may_change(access: Access, row: models.Appointment) -> None:
    """Raise NotPermitted unless the patient, who sees them or who booked it asks."""
    if is_patients(access):
        of_patient(access, row.patient)
    elif row.schedule.institution == access.caller.institution:
        of_institution(access, row.schedule)
    else:
        require(row.booked_by == access.caller.institution and _refers(access))


def of_patient(access: Access, patient: UUID) -> None:
    """Raise NotPermitted, NotMandated unless the patient or who speaks for them asks."""
    require(is_patients(access))
    require(representing.speaks(access, patient))


def of_institution(access: Access, schedule: models.Schedule) -> None:
    """Raise NotPermitted unless somebody asks who books at the schedule's institution."""
    require(schedule.institution == access.caller.institution and books(access))


def books(access: Access) -> bool:
    """Whether the caller keeps their institution's appointments: its own system does for all."""
    return access.caller.role is Role.SYSTEM or roles.may(access.caller.role, "book-appointment")


def _refers(access: Access) -> bool:
    return access.caller.role is Role.SYSTEM or roles.may(access.caller.role, "send-referral")


def is_patients(access: Access) -> bool:
    """Whether the patient asks, or somebody in their name."""
    return access.caller.role in _THEMSELVES
