"""A letter to an institution outside the exchange: printed, with a code that opens it once.

The letter's paper is kept here under seal and its digest committed to the ledger. Whoever holds the
letter opens it on a public page by the referral's number and the code; wrong codes are counted, and
too many close it. It opens no more once the sender cancelled it, its time is over or the patient's
consent ended (rule 8). The patient and the sender are told that it was opened.
"""

import hmac
import secrets
from dataclasses import dataclass
from typing import Final
from uuid import UUID, uuid4

from django.db import transaction

from naru.accounts import attempts
from naru.accounts.attempts import Tried
from naru.domain import roles
from naru.domain.clinical import ClinicalDocument, DocumentHeader
from naru.domain.document_submission import document_oid
from naru.domain.referral_papers import LETTER
from naru.domain.referral_states import State
from naru.domain.referrals import Act, ActKind, Referral, Sent
from naru.exchange.access import Access, attempting, changing, together
from naru.exchange.arranging import require
from naru.exchange.documents.writing import commit
from naru.exchange.sendings.ends import is_held
from naru.referrals import looking, models, notices, parties, queries, sending, services
from naru.referrals.errors import AlreadySent, LetterClosed
from naru.referrals.policy import policy
from naru.security import keys

_ALPHABET: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Without what is taken for another letter."""

LENGTH: Final = 12
_SEAL: Final = "referral-letter"


@dataclass(frozen=True, slots=True)
class Printed:
    """A letter that was made; `code` is told this once."""

    referral: Referral
    code: str


def write(access: Access, draft: sending.Draft) -> Printed:
    """Make a letter; it is printed from what this returns. Raises as `sending.send`."""
    with together(access):
        with attempting(access):
            own = access.caller.institution
            require(own is not None and roles.may(access.caller.role, "send-referral"))
            require(draft.receiver is None and draft.outside.strip())
            assert own is not None
            before = queries.by_once(own, draft.once)
            if before is not None:
                raise AlreadySent(before)
        content = sending.chosen(access, draft.patient, LETTER, draft.ticked, draft.said)
        with changing(access):
            number, key = services.new_number(access.time), uuid4()
            sender = parties.institution(access, own)
            who = parties.whose(access, draft.patient, sender, number)
            document = ClinicalDocument(
                kind=LETTER,
                header=DocumentHeader(
                    id=document_oid(key),
                    time=access.time,
                    patient_id=who.own,
                    custodian=sender,
                ),
                patient=who.patient,
                author=parties.author(access),
                content=content,
                encounter=sending.encounter(access, draft.kind),
                number=number,
            )
            written = sending.papers().write(document)
            referral = services.begin(_sent(access, draft, own, key, document), draft.once)
            code = _new_code()
            models.Letter.objects.create(
                referral=models.Referral.objects.get(referral=key),
                token=_token(code),
                content=keys.ring().sealer(_SEAL).seal(written.octets, key.bytes),
            )
            commit(key, written.octets)
            looking.note(access, referral)
            notices.tell(referral, access.time)
        return Printed(referral, code)


def open_letter(access: Access, number: str, code: str) -> tuple[Referral, bytes]:
    """The referral and its paper, this once. Raises LetterClosed, which does not say why.

    An address that tries many waits (accounts.errors.TooSoon), before it can close more letters by
    wrong codes than a place of many people would.
    """
    tried = [Tried(f"referral letter {access.caller.address}", place=True)]
    with attempting(access):
        attempts.begin(tried, access.time)
        if not _tried(number, code):
            raise LetterClosed("no letter opens so")
        attempts.passed(tried, access.time)
    with changing(access):
        row = _held(number)
        if row is None or not _opens(row, code, access):
            raise LetterClosed("no letter opens so")
        assert row.content is not None
        whose = row.referral.referral
        octets = keys.ring().sealer(_SEAL).open(bytes(row.content), whose.bytes)
        act = Act(id=uuid4(), kind=ActKind.OPENED, time=access.time)
        referral = services.add(whose, act)
        row.opened, row.content = access.time, None
        row.save(update_fields=["opened", "content"])
        looking.note(access, referral)
        notices.tell(referral, access.time)
        return referral, octets


def _sent(
    access: Access, draft: sending.Draft, own: UUID, key: UUID, document: ClinicalDocument
) -> Sent:
    return Sent(
        id=key,
        number=document.number,
        kind=draft.kind,
        patient=draft.patient,
        sender=own,
        receiver=None,
        department=draft.department,
        document=document.unique_id,
        asked_by=draft.asked_by,
        time=access.time,
        until=access.time + policy().letter_waits,
        basis=draft.basis,
        person=access.caller.person,
        outside=draft.outside.strip(),
    )


def _tried(number: str, code: str) -> bool:
    """Whether the code may be right; a wrong one is counted, whatever becomes of the request."""
    with transaction.atomic():
        row = _held(number)
        if row is None or row.attempts >= policy().letter_attempts:
            return False
        if hmac.compare_digest(bytes(row.token), _token(code)):
            return True
        row.attempts += 1
        row.save(update_fields=["attempts"])
        return False


def _held(number: str) -> models.Letter | None:
    rows = models.Letter.objects.select_for_update(of=("self",)).select_related("referral")
    return rows.filter(referral__number=number.strip()).first()


def _opens(row: models.Letter, code: str, access: Access) -> bool:
    return (
        row.opened is None
        and row.content is not None
        and row.attempts < policy().letter_attempts
        and row.referral.state in {State.REQUESTED, State.HELD}
        and access.time < row.referral.until
        and not is_held(row.referral.patient, row.referral.time, access.time)
        and hmac.compare_digest(bytes(row.token), _token(code))
    )


def _token(code: str) -> bytes:
    plain = "".join(each for each in code.upper() if each.isalnum())
    return keys.ring().token("referral-letter", plain)


def _new_code() -> str:
    drawn = "".join(secrets.choice(_ALPHABET) for _ in range(LENGTH))
    return "-".join(drawn[at : at + 4] for at in range(0, LENGTH, 4))
