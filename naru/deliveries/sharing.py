"""Sharing by a link or a code: for a time, so many openings, each of them noted, and taken back."""

import hmac
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final, TypeVar
from uuid import UUID, uuid4

from django.db import transaction

from naru.accounts import attempts
from naru.accounts.attempts import Tried
from naru.audit.records import AuditedObject
from naru.deliveries import choosing, models, sealed
from naru.deliveries.errors import DeliveryRefused, NotOpen, NotTheirs, WrongPasscode
from naru.deliveries.sealed import Recipient, Shared
from naru.deliveries.values import MOST_WRONG, Chosen, Opened, Share
from naru.domain.korea import korean_day
from naru.domain.xds import DocumentRequest
from naru.exchange.access import Access, attempting, changing, reading
from naru.exchange.arranging import require
from naru.exchange.callers import vouched_reading
from naru.exchange.callers.vouched_reading import Withheld
from naru.exchange.consent.representing import sees_all, speaks
from naru.notifications import services as notifications
from naru.patients import queries as patients

if TYPE_CHECKING:
    from django.db.models import QuerySet

SHARE: Final = "shared link"
"""The kind of an audited object that is a link, with its id."""

HOURS: Final = (1, 24, 72, 168)
TIMES: Final = (1, 3, 10)
"""For how long, and how often, a link may be opened: the patient chooses of these."""

SHOWN: Final = 50
"""Links on one page, newest first."""

LARGEST: Final = 16 * 1024 * 1024
"""Octets of all documents of one link, as registered: they leave in one file."""

TICKET: Final = timedelta(hours=1)
"""For how long the file is there that an app was told of: the specification's own limit."""

LONGEST_NAME: Final = 60
"""Characters of what an opener says they are."""

_LETTERS: Final = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Of a code that is read out: none is taken for another."""

_LENGTH: Final = 12

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sharing:
    """What a form says; `once` is the form's own key."""

    documents: tuple[str, ...]
    hours: int
    times: int
    with_passcode: bool
    once: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """Somebody who holds a link: its `address`, or its spoken code; and who they say they are."""

    address: str = ""
    code: str = ""
    passcode: str = ""
    recipient: str = ""
    by_app: bool = False


def share(access: Access, patient: UUID, asked: Sharing) -> Share:
    """Make a link; what the same form made before, where it did. Raises DeliveryRefused."""
    with attempting(access):
        require(speaks(access, patient))
        if asked.hours not in HOURS or asked.times not in TIMES:
            raise DeliveryRefused
        chosen = choosing.chosen(access, patient, asked.documents)
        if sum(one.size for one in chosen) > LARGEST:
            raise DeliveryRefused
    with changing(access):
        row = _row(access, patient, asked, chosen)
        access.concerns(patient)
        access.objects.append(AuditedObject(SHARE, str(row.share)))
    return own(access, patient, row.share)


def revoke(access: Access, patient: UUID, link: UUID) -> None:
    """Take a link back: it opens nothing from the next request on. Raises NotTheirs."""
    with changing(access):
        access.concerns(patient)
        require(speaks(access, patient))
        row = _theirs(patient).select_for_update().filter(share=link).first()
        if row is None:
            raise NotTheirs
        access.objects.append(AuditedObject(SHARE, str(link)))
        if row.revoked is None:
            row.revoked = access.time
            row.save(update_fields=["revoked"])


def of_patient(access: Access, patient: UUID) -> tuple[Share, ...]:
    """The person's own, newest first. Raises NotPermitted."""
    with reading(access):
        access.concerns(patient)
        require(sees_all(access, patient))
        return _values(_theirs(patient).order_by("-id")[:SHOWN])


def own(access: Access, patient: UUID, link: UUID) -> Share:
    """One of the person's own. Raises NotTheirs."""
    with reading(access):
        access.concerns(patient)
        require(sees_all(access, patient))
        found = _values(_theirs(patient).filter(share=link))
        if not found:
            raise NotTheirs
        return found[0]


def open_link(
    access: Access, asked: Asking, open_one: Callable[[Access, DocumentRequest], _T | None]
) -> tuple[Share, tuple[_T, ...], str]:
    """All that a link opens, once more; and a ticket by which an app fetches it for an hour.

    Raises NotOpen, WrongPasscode, and accounts.errors.TooSoon to whoever tries too often. Nothing
    tells a link that never was from one that is over.
    """
    with attempting(access):
        found = _admitted(access, asked)
        documents = _read(access, found, open_one)
    ticket = _random()
    with changing(access):
        row = models.Share.objects.select_for_update().get(share=found.id)
        if not _value(row).stands(access.time):
            raise NotOpen
        row.opens += 1
        row.save(update_fields=["opens"])
        _note(access, row, asked, ticket)
    return found, documents, ticket


def fetch(
    access: Access, ticket: str, open_one: Callable[[Access, DocumentRequest], _T | None]
) -> tuple[Share, tuple[_T, ...]]:
    """The same for an app that was told where the file is: once, in the hour. Raises NotOpen."""
    token = sealed.token("ticket", ticket)
    with attempting(access):
        opening = models.Opening.objects.select_related("share").filter(ticket=token).first()
        if opening is None or access.time >= opening.at + TICKET:
            raise NotOpen
        found = _value(opening.share)
        if found.revoked is not None or found.until <= access.time:
            raise NotOpen
        documents = _read(access, found, open_one)
    with changing(access):
        access.objects.append(AuditedObject(SHARE, str(found.id)))
        # Whoever takes the ticket away fetches; another at the same moment finds none.
        if not models.Opening.objects.filter(ticket=token).update(ticket=None):
            raise NotOpen
    return found, documents


def _admitted(access: Access, asked: Asking) -> Share:
    """The link that was asked for, if it opens now to whoever asks."""
    tried = [Tried(f"shared link {access.caller.address}", place=True)]
    attempts.begin(tried, access.time)
    row = _asked(asked)
    if row is None or not _value(row).stands(access.time):
        raise NotOpen
    _compare(row, asked.passcode)
    attempts.passed(tried, access.time)
    access.concerns(row.patient)
    return _value(row)


def _compare(row: models.Share, passcode: str) -> None:
    """Each attempt counts before it is compared, so that many at once are no more than many."""
    wanted = sealed.shared(row.content, row.share).passcode
    if not wanted:
        return
    with transaction.atomic():
        held = models.Share.objects.select_for_update().get(id=row.id)
        if held.wrong >= MOST_WRONG:
            raise NotOpen
        right = hmac.compare_digest(wanted.encode(), passcode.strip().encode())
        if not right:
            held.wrong += 1
            held.save(update_fields=["wrong"])
    if not right:
        raise WrongPasscode(MOST_WRONG - held.wrong)


def _asked(asked: Asking) -> models.Share | None:
    if asked.address:
        return models.Share.objects.filter(address=sealed.token("address", asked.address)).first()
    plain = "".join(one for one in asked.code.upper() if one in _LETTERS)
    return models.Share.objects.filter(code=sealed.token("code", plain)).first()


def _read(
    access: Access, found: Share, open_one: Callable[[Access, DocumentRequest], _T | None]
) -> tuple[_T, ...]:
    row = models.Share.objects.get(share=found.id)
    by = sealed.shared(row.content, row.share).by
    wanted = [
        DocumentRequest(repository_unique_id=one.repository, document_unique_id=one.document)
        for one in found.documents
    ]
    try:
        return vouched_reading.read_for(access, by, wanted, open_one)
    except Withheld as withheld:
        raise NotOpen from withheld


def _note(access: Access, row: models.Share, asked: Asking, ticket: str) -> None:
    opening = uuid4()
    said = Recipient(name=" ".join(asked.recipient.split())[:LONGEST_NAME], by_app=asked.by_app)
    models.Opening.objects.create(
        opening=opening,
        share=row,
        at=access.time,
        ticket=sealed.token("ticket", ticket) if asked.by_app else None,
        content=sealed.seal(said, opening),
    )
    access.objects.append(AuditedObject(SHARE, str(row.share)))
    day = f"{korean_day(access.time):%Y-%m-%d}"
    to = notifications.Recipient.patient(row.patient)
    notifications.notify("shared-opened", to, {"day": day}, key=str(opening))


def _row(access: Access, patient: UUID, asked: Sharing, chosen: tuple[Chosen, ...]) -> models.Share:
    """The form's one row: that of whoever was first, however many send it at once."""
    new, address = uuid4(), _random()
    code = "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))
    content = Shared(
        address=address,
        key=_random(),
        code="-".join(code[at : at + 4] for at in range(0, _LENGTH, 4)),
        passcode=f"{secrets.randbelow(10**6):06}" if asked.with_passcode else "",
        by=vouched_reading.voucher(access.caller),
        documents=chosen,
    )
    made = models.Share(
        share=new,
        patient=patient,
        once=asked.once,
        address=sealed.token("address", address),
        code=sealed.token("code", code),
        at=access.time,
        until=access.time + timedelta(hours=asked.hours),
        most=asked.times,
        content=sealed.seal(content, new),
    )
    models.Share.objects.bulk_create([made], ignore_conflicts=True)
    return models.Share.objects.get(patient=patient, once=asked.once)


def _random() -> str:
    """256 bits by chance, in 43 characters."""
    return urlsafe_b64encode(secrets.token_bytes(32)).rstrip(b"=").decode()


def _theirs(patient: UUID) -> "QuerySet[models.Share]":
    return models.Share.objects.filter(patient__in=patients.identity_set(patient))


def _values(rows: "Iterable[models.Share]") -> tuple[Share, ...]:
    return tuple(map(_value, rows))


def _value(row: models.Share) -> Share:
    told = sealed.shared(row.content, row.share)
    openings = []
    for one in row.openings.order_by("id"):
        said = sealed.recipient(one.content, one.opening)
        openings.append(Opened(at=one.at, recipient=said.name, by_app=said.by_app))
    return Share(
        id=row.share,
        patient=row.patient,
        at=row.at,
        until=row.until,
        most=row.most,
        wrong=row.wrong,
        revoked=row.revoked,
        address=told.address,
        key=told.key,
        code=told.code,
        passcode=told.passcode,
        documents=told.documents,
        openings=tuple(openings),
    )
