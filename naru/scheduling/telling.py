"""Who is told of an appointment: the patient, and those who expect them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from naru.directory import queries as directory
from naru.domain.caller import Role
from naru.domain.korea import korean_day
from naru.domain.scheduling import Appointment
from naru.exchange.access import Access
from naru.notifications.services import Recipient, notify
from naru.scheduling import permission

_TO_PATIENT: Final[Mapping[str, str]] = {
    "booked": "appointment-booked",
    "moved": "appointment-moved",
    "cancelled": "appointment-cancelled",
}
_TO_INSTITUTION: Final[Mapping[str, str]] = {
    "moved": "appointment-moved-by-patient",
    "cancelled": "appointment-cancelled-by-patient",
}
_TO_OTHER_INSTITUTION: Final[Mapping[str, str]] = {
    "moved": "appointment-moved-elsewhere",
    "cancelled": "appointment-cancelled-elsewhere",
}


def tell(access: Access, appointment: Appointment, what: str) -> None:
    """Tell of a step whom it was not that took it, in the caller's transaction."""
    by_patient = permission.is_patients(access)
    kind = (_TO_INSTITUTION if by_patient else _TO_PATIENT).get(what)
    if kind is None:
        return
    to = (
        Recipient.at_institution(appointment.institution, Role.REFERRAL_COORDINATOR)
        if by_patient
        else Recipient.patient(appointment.patient)
    )
    key = f"{appointment.id}/{what}/{_moment(access.time)}"
    notify(kind, to, _values(access, appointment), key=key)


def tell_schedules_owner(access: Access, appointment: Appointment, what: str) -> None:
    """Tell those who expect the patient what another institution, which booked, made of it."""
    own = access.caller.institution
    if own is None or own == appointment.institution:
        return
    desk = Recipient.at_institution(appointment.institution, Role.REFERRAL_COORDINATOR)
    values = {"day": f"{korean_day(appointment.start):%Y-%m-%d}"}
    known = directory.by_id(own, on=korean_day(access.time))
    values |= {"institution": known.name} if known else {}
    key = f"{appointment.id}/{what} elsewhere/{_moment(access.time)}"
    notify(_TO_OTHER_INSTITUTION[what], desk, values, key=key)


def tell_twice(access: Access, appointment: Appointment) -> None:
    """Tell that the patient has another at that time, which whoever booked may not see.

    The patient and the institution can settle it; whoever booked learns nothing of it.
    """
    key, values = f"{appointment.id}/twice/{_moment(access.time)}", _values(access, appointment)
    notify("appointment-twice", Recipient.patient(appointment.patient), values, key=key)
    desk = Recipient.at_institution(appointment.institution, Role.REFERRAL_COORDINATOR)
    notify("appointment-twice-here", desk, values, key=key)


def _values(access: Access, appointment: Appointment) -> dict[str, str]:
    known = directory.by_id(appointment.institution, on=korean_day(access.time))
    values = {"day": f"{korean_day(appointment.start):%Y-%m-%d}"}
    return values | ({"institution": known.name} if known else {})


def _moment(time: datetime) -> str:
    return f"{time.timestamp():.6f}"
