"""Where a patient can be reached, as their demographics say: opened for each message, not kept."""

import re
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.conf import settings

from naru.accounts import people
from naru.domain.person import Address, Demographics
from naru.notifications.kinds import Kind
from naru.notifications.policy import policy
from naru.patients import queries as patients

_MOBILE_USE: Final = "MC"
"""HL7 TelecommunicationAddressUse: a mobile contact."""


_ONE: Final = re.compile(r"[A-Za-z0-9.!#$%&'*+/=^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,255}")
"""One address (RFC 5321), and nothing that could begin a header, a second one or a name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """A mobile number's digits, an e-mail address, a name and a postal address, where known."""

    mobile: str = ""
    email: str = ""
    name: str = ""
    address: tuple[str, ...] = ()

    def at(self, channel: str) -> str:
        """Where a channel reaches the person; empty where it does not."""
        places = {"chat": self.mobile, "sms": self.mobile, "email": self.email}
        return places.get(channel, "\n".join(self.address))


NOWHERE: Final = Contact()


def of(recipient: UUID, kind: Kind) -> Contact:
    """Where a patient is reached, or by their verified telephone somebody who has an account.

    After a noted death (`settings.DEATH_NOTED`) nothing is written but what security, an emergency
    or the law demands. What a single source tells of a death silences nobody.
    """
    if not patients.exists(recipient):
        return Contact(mobile="".join(filter(str.isdigit, people.phone_of(recipient))))
    if kind.optional and settings.DEATH_NOTED(recipient):
        return NOWHERE
    patient, found = recipient, Contact()
    for source in patients.sources(patient):
        found = _with(found, source.demographics)
    return found


def _with(found: Contact, told: Demographics) -> Contact:
    """What one source adds to what a newer one said."""
    name = next((one.text for one in told.names if one.text), "")
    return Contact(
        mobile=found.mobile or _mobile(told),
        email=found.email or _email(told),
        name=found.name or name,
        address=found.address or next(map(_lines, told.addresses), ()),
    )


def _mobile(told: Demographics) -> str:
    for telecom in told.telecoms:
        scheme, _, number = telecom.value.partition(":")
        digits = "".join(letter for letter in number if letter.isdigit())
        marked = telecom.use is not None and _MOBILE_USE in telecom.use.split()
        if scheme == "tel" and digits and (marked or policy().mobile.fullmatch(digits)):
            return digits
    return ""


def _email(told: Demographics) -> str:
    found = (one.value.partition(":") for one in told.telecoms)
    return next((to for scheme, _, to in found if scheme == "mailto" and _ONE.fullmatch(to)), "")


def _lines(address: Address) -> tuple[str, ...]:
    place = " ".join(one for one in (address.state, address.city) if one)
    return tuple(one for one in (place, *address.lines, address.postal_code) if one)
