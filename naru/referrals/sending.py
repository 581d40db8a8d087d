"""A referral is sent: its paper registered like any other, its booking made, both sides told.

All in one transaction, or nothing: a slot that was taken meanwhile leaves no paper, and a form that
comes twice sends once. The sender asserts the patient's consent to this sending (rule 8); what goes
over what the patient keeps out needs their tick for it, which is kept with the consents.
"""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final
from uuid import UUID, uuid4

from django.conf import settings

from naru.consent.acts import ActKind as ConsentAct
from naru.domain import referral_content, roles
from naru.domain.arrangements import Sending
from naru.domain.clinical import (
    Answered,
    ClinicalDocument,
    Content,
    DocumentHeader,
    Encounter,
    EncounterKind,
)
from naru.domain.document_submission import document_oid
from naru.domain.korea import korean_day
from naru.domain.referral_content import Offered
from naru.domain.referral_papers import ReferralPapers, Written
from naru.domain.referrals import Act, ActKind, AskedBy, Basis, Kind, Referral, Sent
from naru.domain.registry_errors import ErrorCode, RegistryFailure
from naru.domain.scheduling import InvalidSchedule, SlotName
from naru.exchange.access import Access, attempting, together
from naru.exchange.arranging import law, require, say
from naru.exchange.charts import own_content, own_documents
from naru.exchange.documents.provide_and_register import Beside
from naru.exchange.documents.writing import provide_written
from naru.exchange.treatment.bookings import take_turn
from naru.referrals import looking, notices, parties, queries, services
from naru.referrals.errors import AlreadySent, NotAccepted
from naru.referrals.policy import policy
from naru.referrals.submission import Metadata, submission
from naru.registry.values import Registered
from naru.scheduling import services as scheduling
from naru.scheduling.errors import NoSuchSlot
from naru.scheduling.queries import is_at

MOST_WORDS: Final = 4_000
"""Characters of what somebody writes for a paper."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What is to be sent, as a page holds it.

    `ticked` are ids of `offered`; `said` is what was said for this sending alone. `once` is the
    key of the form. `despite_exclusions`: the patient was warned that it goes over what they keep
    out. `about` is the referral that a return answers.
    """

    once: UUID
    kind: Kind
    patient: UUID
    receiver: UUID | None
    department: str
    ticked: frozenset[str]
    said: Content
    asked_by: AskedBy
    basis: Basis
    despite_exclusions: bool = False
    outside: str = ""
    about: UUID | None = None


class Booking:
    """Who makes the appointment of a referral, in its transaction; here nobody does."""

    def book(
        self, access: Access, patient: UUID, referral: UUID, receiver: UUID | None
    ) -> UUID | None:
        """The appointment's id; None where none is wished for. It may refuse the sending."""
        raise NotImplementedError


class NoBooking(Booking):
    """Without an appointment."""

    def book(self, *_whom: object) -> UUID | None:
        """None."""
        return None


class SlotBooking(Booking):
    """A slot of the receiver's, by its name; it is refused where somebody was faster."""

    def __init__(self, slot: str) -> None:
        self._slot = slot

    def book(
        self, access: Access, patient: UUID, referral: UUID, receiver: UUID | None
    ) -> UUID | None:
        """Raises SlotTaken, NoSuchSlot, AlreadyBooked, NotPermitted."""
        try:
            slot = SlotName.of(self._slot)
        except InvalidSchedule as wrong:
            raise NoSuchSlot("no slot is called so") from wrong
        if receiver is None or not is_at(slot, receiver):
            raise NoSuchSlot("the receiver sees nobody at that time")
        return scheduling.book(access, slot, patient, referral).id


NO_BOOKING: Final = NoBooking()


def offered(access: Access, patient: UUID, kind: str) -> tuple[Offered, ...]:
    """What can be picked from the own chart for such a paper. Raises NotRegisteredHere."""
    sources = own_content.gather(access, patient)
    return referral_content.offered(sources, papers().takes(kind))


def send(access: Access, draft: Draft, booking: Booking = NO_BOOKING) -> Referral:
    """Send it. Where the form was sent before, what came of it then: AlreadySent.

    Raises NotPermitted, NotRegisteredHere, IncompletePaper, NotAccepted, ReferralRefused, and what
    the booking raises.
    """
    with together(access):
        with attempting(access):
            own = _require_may(access, draft)
            before = queries.by_once(own, draft.once)
            if before is not None:
                raise AlreadySent(before)
        content = chosen(access, draft.patient, draft.kind, draft.ticked, draft.said)
        with attempting(access):
            sent, document = _prepared(access, own, draft, content)
            written = papers().write(document)
        return _submitted(access, draft, sent, document, written, booking)


def papers() -> ReferralPapers:
    """Who writes and reads the papers; the node names them."""
    found: ReferralPapers = settings.REFERRAL_PAPERS
    return found


def _require_may(access: Access, draft: Draft) -> UUID:
    own = access.caller.institution
    require(own is not None and roles.may(access.caller.role, "send-referral"))
    require(draft.receiver is not None)
    require(draft.basis is not Basis.EMERGENCY or draft.kind is Kind.EMERGENCY_TRANSFER)
    assert own is not None
    return own


def chosen(
    access: Access, patient: UUID, kind: str, ticked: frozenset[str], said: Content
) -> Content:
    """What was ticked of the own chart with what was said for this paper."""
    picked = Content()
    if ticked:
        sources = own_content.gather(access, patient)
        picked = referral_content.picked(sources, papers().takes(kind), ticked)
    return referral_content.together(picked, said)


def _prepared(
    access: Access, own: UUID, draft: Draft, content: Content
) -> tuple[Sent, ClinicalDocument]:
    assert draft.receiver is not None
    number, key = services.new_number(access.time), uuid4()
    sender = parties.institution(access, own)
    who = parties.whose(access, draft.patient, sender, number)
    document = ClinicalDocument(
        kind=draft.kind,
        header=DocumentHeader(
            id=document_oid(key), time=access.time, patient_id=who.own, custodian=sender
        ),
        patient=who.patient,
        author=parties.author(access),
        content=content,
        recipient=parties.institution(access, draft.receiver),
        encounter=encounter(access, draft.kind),
        number=number,
        answers=answered(draft.about),
    )
    sent = Sent(
        id=key,
        number=number,
        kind=draft.kind,
        patient=draft.patient,
        sender=own,
        receiver=draft.receiver,
        department=draft.department,
        document=document.unique_id,
        asked_by=draft.asked_by,
        time=access.time,
        until=access.time + policy().waits[draft.kind],
        basis=draft.basis,
        person=access.caller.person,
        about=draft.about,
    )
    return sent, document


def answered(about: UUID | None) -> Answered | None:
    """The paper of the referral that is answered, as CDA names it."""
    found = None if about is None else queries.one(about)
    if found is None:
        return None
    root, _, number = found.document.partition("^")
    return Answered(id=root, number=number)


def encounter(access: Access, kind: Kind | str) -> Encounter:
    """Today's visit."""
    urgent = kind == Kind.EMERGENCY_TRANSFER
    return Encounter(
        date=korean_day(access.time),
        kind=EncounterKind.EMERGENCY if urgent else EncounterKind.AMBULATORY,
    )


def _submitted(
    access: Access,
    draft: Draft,
    sent: Sent,
    document: ClinicalDocument,
    written: Written,
    booking: Booking,
) -> Referral:
    kept: list[Referral] = []

    def before() -> None:
        if booking is not NO_BOOKING:
            take_turn()  # Before anything is held for which another booking waits.
        if draft.despite_exclusions:
            assert sent.receiver is not None
            tick(access, sent.patient, sent.sender, sent.receiver, sent.document)

    def after(registered: Registered) -> None:
        assert sent.receiver is not None
        require_reaching(access, registered, sent.receiver)
        appointment = booking.book(access, sent.patient, sent.id, sent.receiver)
        referral = services.begin(replace(sent, booking=appointment), draft.once)
        looking.note(access, referral)
        notices.tell(referral, access.time)
        if draft.about is not None:
            returned(access, draft.about, referral)
        kept.append(referral)

    register(access, sent.id, document, written, Beside(before, after))
    return kept[0]


def register(
    access: Access, key: UUID, document: ClinicalDocument, written: Written, beside: Beside
) -> None:
    """Hand a paper to the exchange. Raises NotAccepted where the patient keeps something out."""
    whose = document.patient.affinity_id
    assert whose is not None
    said = Metadata(
        patient_id=whose,
        source_patient_id=document.header.patient_id,
        department=parties.own_department(access),
    )
    made = submission(key, document, written, said)
    try:
        provide_written(access, made, written.octets, beside)
    except RegistryFailure as failure:
        if {error.code for error in failure.errors} == {ErrorCode.XDSRegistryError}:
            raise NotAccepted("the exchange did not take the document") from failure
        raise


def require_reaching(access: Access, registered: Registered, recipient: UUID) -> None:
    """Raise NotAccepted where the recipient could not open what is being registered for it."""
    if not all(own_documents.reaches(access, one, recipient) for one in registered.entries):
        raise NotAccepted("the recipient would not be shown the document")


def tick(access: Access, patient: UUID, sender: UUID, recipient: UUID, document: str) -> None:
    """Keep that the patient ticked this one paper over what they keep out, within a transaction."""
    sending = Sending(
        id=uuid4(),
        since=access.time,
        until=access.time + timedelta(days=law(access).settings.sending_days),
        sender=sender,
        recipient=recipient,
        documents=frozenset({document}),
        older=True,
        despite_exclusions=True,
    )
    say(access, patient, ConsentAct.SENDING, sending=sending)


def returned(access: Access, about: UUID, by: Referral) -> None:
    """Note on the referral that a return answers it, in the return's transaction."""
    act = Act(
        id=uuid4(),
        kind=ActKind.RETURNED,
        time=access.time,
        institution=access.caller.institution,
        person=access.caller.person,
        referral=by.id,
    )
    after = services.add(about, act)
    looking.note(access, after)
    notices.tell(after, access.time)
