"""An EMR opens the clinic's page for one of its people, with the patient and the reason chosen.

The institution's system asks for an address; it is sealed, says nothing of anybody to whoever reads
it, and is good once, for a minute. It opens nothing by itself: whoever comes with it signs in as
the person for whom it was asked, and then sees what that person would see after a search
(docs/adr/0030). The other direction, an app that opens from here, is `launches`.
"""

from collections.abc import MutableMapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID, uuid4

import msgspec
from django.conf import settings
from django.db import transaction

from naru.accounts import posts
from naru.accounts.errors import NotFound, Refused
from naru.accounts.values import Post
from naru.audit.records import AuditedObject
from naru.consent.errors import NotPermitted, NotRegisteredHere
from naru.domain import roles
from naru.domain.caller import Role
from naru.domain.identifiers import Identifier
from naru.domain.korea import korean_day
from naru.domain.visit_reasons import VisitReason
from naru.exchange import about
from naru.exchange.access import Access, reading
from naru.exchange.institutions import participants
from naru.exchange.treatment import reception
from naru.patients import queries as patients
from naru.security import keys, replay
from naru.security.errors import SealBroken

ASK: Final = "clinic-launch"
FOLLOW: Final = "clinic launch followed"
OPEN: Final = "clinic launch opened"
"""The transactions of an address: asked for, come with, and opened by its person."""

ADDRESS: Final = "/launch"
"""The page to which the address leads."""

LIFETIME: Final = timedelta(seconds=60)
SIGN_IN_WITHIN: Final = timedelta(minutes=10)
"""How long whoever came with it in time may take to sign in."""

LONGEST: Final = 2048
"""Characters of what an address may bring; ours have about seven hundred."""

_KIND: Final = "clinic launch"
_AAD: Final = b"clinic-launch"
_KEPT: Final = "clinic-launch"


class LaunchInvalid(Refused):
    """The address is none of ours, is over, or was used: which of them is not told."""


class LaunchOfAnother(Refused):
    """The address was asked for somebody else than who opens it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """What the institution opens in its person's browser, and until when it is good."""

    address: str
    ends: datetime


class Launch(msgspec.Struct, frozen=True):
    """Who is to see whom, and why. `account` is whose the post was when it was asked for."""

    id: UUID
    institution: UUID
    post: UUID
    account: UUID
    patient: UUID
    reason: VisitReason
    ends: datetime


_read: Final = msgspec.json.Decoder(Launch)


def ask(access: Access, patient: Identifier, post: UUID, reason: VisitReason) -> Address:
    """An address for the holder of the post, about a patient by the institution's own number.

    Raises NotPermitted, NotRegisteredHere, and NotFound where nobody holds such a post there who
    sees patients.
    """
    with reading(access):
        caller = access.caller
        if caller.institution is None or not _may_ask(caller.role):
            raise NotPermitted("The institution that treats the patient asks for this.")
        known = _registered(access, patient)
        holder = _holder(caller.institution, post, access.time)
        assert holder.account is not None
        launch = Launch(
            id=uuid4(),
            institution=caller.institution,
            post=holder.id,
            account=holder.account,
            patient=known,
            reason=reason,
            ends=access.time + LIFETIME,
        )
        access.concerns(known)
        access.objects.append(AuditedObject(_KIND, str(launch.id), None, known))
        told = {"launch": _sealer().seal(msgspec.json.encode(launch), _AAD).hex()}
        return Address(
            address=f"{settings.NARU.pages_url}{ADDRESS}?{urlencode(told)}", ends=launch.ends
        )


def follow(access: Access, text: str) -> Launch:
    """Use up an address, whoever comes with it; raises LaunchInvalid, of which it keeps no more.

    The patient is not named in the record of it: nobody has said yet who asks. The address's id
    stands there, as in the record of who asked for it.
    """
    with reading(access):
        launch = _opened(text)
        if launch is None:
            raise LaunchInvalid
        access.objects.append(AuditedObject(_KIND, str(launch.id)))
        if launch.ends <= access.time:
            raise LaunchInvalid
        try:
            # On the disk at once: a stranger's record may be counted, and written later.
            with transaction.atomic():
                replay.use([f"clinic launch\n{launch.id}"], until=launch.ends, now=access.time)
        except replay.Replayed:
            raise LaunchInvalid from None
        return launch


def open_patient(access: Access, launch: Launch) -> None:
    """The person for whom it was asked opens the patient.

    What they then see is decided as ever: neither a treatment relation nor an emergency begins.
    Raises LaunchOfAnother, and NotRegisteredHere for who is the institution's patient no more.
    """
    with reading(access):
        access.objects.append(AuditedObject(_KIND, str(launch.id)))
        caller = access.caller
        if (caller.institution, caller.person) != (launch.institution, launch.account):
            raise LaunchOfAnother
        access.concerns(launch.patient)
        reception.require_known(access, launch.patient)


def keep(session: MutableMapping[str, Any], launch: Launch, now: datetime) -> None:
    """Keep in a browser's session what it came with, until its person has signed in."""
    until = min(now, launch.ends) + SIGN_IN_WITHIN
    session[_KEPT] = [msgspec.json.encode(launch).decode(), until.isoformat()]


def kept(session: MutableMapping[str, Any], now: datetime) -> Launch | None:
    """What the browser came with, if that was not too long ago."""
    text, until = session.get(_KEPT, ["", ""])
    if not text or datetime.fromisoformat(until) <= now:
        return None
    return _read.decode(text)


def carried(session: MutableMapping[str, Any]) -> object:
    """The same as the session keeps it, to be put into the session that follows."""
    return session.get(_KEPT)


def put_back(session: MutableMapping[str, Any], carried: object) -> None:
    """Keep on, under the key of the new session."""
    if carried is not None:
        session[_KEPT] = carried


def forget(session: MutableMapping[str, Any]) -> None:
    """It has come to its end, whichever."""
    session.pop(_KEPT, None)


def _may_ask(role: Role) -> bool:
    return role is Role.SYSTEM or roles.may(role, "see-patient")


def _registered(access: Access, patient: Identifier) -> UUID:
    """Whom the caller's own number names."""
    own = participants.gives(access.caller, patient.authority, on=korean_day(access.time))
    found = patients.resolve(patient) if own else None
    if found is None or not about.admits(access.caller, found.patient):
        raise NotRegisteredHere("the number is nobody's at this institution")
    return found.patient


def _holder(institution: UUID, post: UUID, now: datetime) -> Post:
    found = posts.by_id(post)
    if (
        found is None
        or found.institution != institution
        or found.account is None
        or not found.holds_on(korean_day(now))
        or not roles.may(found.role, "see-patient")
    ):
        raise NotFound
    return found


def _opened(text: str) -> Launch | None:
    try:
        return _read.decode(_sealer().open(bytes.fromhex(text[:LONGEST]), _AAD))
    except (ValueError, SealBroken, msgspec.MsgspecError):
        return None


def _sealer() -> keys.Sealer:
    return keys.ring().sealer("exchange/clinic-launch")
