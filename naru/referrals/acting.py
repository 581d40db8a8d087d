"""What the two institutions do with a referral: each act in one transaction with its consequences.

Who may do what in which state is the domain's table; here it is asked who the caller is, the act is
kept, and what follows from it is done: the treatment relation, the papers, the notices.
"""

from dataclasses import replace
from typing import Final
from uuid import UUID, uuid4

from naru.consent import queries as consent
from naru.domain import roles
from naru.domain.clinical import ClinicalDocument, Content, DocumentHeader
from naru.domain.document_submission import document_oid
from naru.domain.korea import korean_day
from naru.domain.referral_papers import REPLY
from naru.domain.referral_rules import by_whom
from naru.domain.referral_states import State
from naru.domain.referrals import ENDS_SENDING, Act, ActKind, Party, Referral
from naru.domain.xds import DocumentRequest
from naru.exchange.access import Access, attempting, changing, together
from naru.exchange.arranging import require
from naru.exchange.documents.provide_and_register import Beside
from naru.exchange.documents.retrieve import retrieve
from naru.exchange.institutions import participants
from naru.exchange.treatment import relations as treatment
from naru.patients import queries as patients
from naru.referrals import bookings, looking, notices, parties, queries, sending, services
from naru.referrals.errors import NotNow, ReferralRefused
from naru.referrals.policy import policy
from naru.registry.values import Registered
from naru.scheduling import services as scheduling

PLAIN: Final = frozenset(
    {
        ActKind.RECEIVED,
        ActKind.ASKED,
        ActKind.ANSWERED,
        ActKind.ACCEPTED,
        ActKind.DECLINED,
        ActKind.CANCELLED,
        ActKind.ARRIVED,
        ActKind.NO_SHOW,
    }
)
"""What needs no paper of its own."""

_REASONS: Final = {ActKind.DECLINED: "decline", ActKind.CANCELLED: "cancel"}
"""The lists of which a reason is chosen."""


def do(
    access: Access, referral: UUID, kind: ActKind, *, reason: str = "", words: str = ""
) -> Referral:
    """Do what needs no paper. Raises NoSuchReferral, NotPermitted, NotNow."""
    with changing(access):
        require(kind in PLAIN)
        bookings.before(kind)
        before = _mine(access, referral, kind)
        listed = _REASONS.get(kind)
        if listed is None or policy().phrase(listed, reason) is None:
            reason = ""
        act = _act(access, kind, reason=reason, words=words[: sending.MOST_WORDS])
        after = services.add(referral, act)
        if kind is ActKind.ACCEPTED:
            treatment.taken_on(access, after.patient, after.id)
        elif kind in {ActKind.NO_SHOW, ActKind.CANCELLED} and before.receiver is not None:
            treatment.given_up(access, after.patient, before.receiver, after.id)
        if kind in ENDS_SENDING:
            scheduling.release(access, after.id)
        bookings.follow(access, kind, before.booking)
        notices.tell(after, access.time)
        return after


def book(access: Access, referral: UUID, booking: sending.Booking) -> Referral:
    """Make its appointment, or another. Raises NoSuchReferral, NotNow, what the booking raises."""
    with changing(access):
        bookings.before(ActKind.BOOKED)
        before = _mine(access, referral, ActKind.BOOKED)
        scheduling.release(access, before.id)  # One referral, one appointment.
        appointment = booking.book(access, before.patient, before.id, before.receiver)
        return services.add(referral, _act(access, ActKind.BOOKED, booking=appointment))


def forward(
    access: Access,
    referral: UUID,
    receiver: UUID,
    department: str,
    *,
    despite_exclusions: bool = False,
) -> Referral:
    """Give it on to another member, on the patient's consent, with a paper of one's own.

    What was received stands in one's own chart; the paper that goes on says the same, names who
    sends it now, and answers the one that came. Raises as `sending.send`.
    """
    with together(access):
        with attempting(access):
            before = _mine(access, referral, ActKind.FORWARDED)
            _require_read(access, before)
        came = _received(access, before)
        with attempting(access):
            document, key = _addressed(access, before, came, came.kind, came.content, receiver)
            written = sending.papers().write(document)
        act = _act(
            access,
            ActKind.FORWARDED,
            receiver=receiver,
            department=department,
            document=document.unique_id,
        )
        own = access.caller.institution
        assert own is not None
        ticked = (before.patient, own, receiver, document.unique_id)
        done = _Done(access, referral, act, ticked if despite_exclusions else None)
        sending.register(access, key, document, written, Beside(done.before, done.after))
        return done.kept[0]


def reply(access: Access, referral: UUID, ticked: frozenset[str], said: Content) -> Referral:
    """Answer its sender by a paper (회신); `ticked` are ids of what the own chart offers.

    Raises as `sending.send`.
    """
    with together(access):
        with attempting(access):
            before = _mine(access, referral, ActKind.REPLIED)
        content = sending.chosen(access, before.patient, REPLY, ticked, said)
        with attempting(access):
            document, key = _addressed(access, before, None, REPLY, content, before.sender)
            written = sending.papers().write(document)
        act = _act(access, ActKind.REPLIED, document=document.unique_id)
        done = _Done(access, referral, act, None)
        sending.register(access, key, document, written, Beside(done.before, done.after))
        return done.kept[0]


class _Done:
    """An act that a paper carries: kept in the paper's own transaction."""

    def __init__(
        self,
        access: Access,
        referral: UUID,
        act: Act,
        ticked: tuple[UUID, UUID, UUID, str] | None,
    ) -> None:
        self.kept: list[Referral] = []
        self._access, self._referral, self._act, self._ticked = access, referral, act, ticked

    def before(self) -> None:
        """What the patient ticked for it counts from now on."""
        bookings.before(self._act.kind)
        if self._ticked is not None:
            sending.tick(self._access, *self._ticked)

    def after(self, registered: Registered) -> None:
        """The paper stands and reaches whom it is for: so does the act."""
        to = self._act.receiver or queries.sender_of(self._referral)
        sending.require_reaching(self._access, registered, to)
        kept = services.add(self._referral, self._act)
        if self._act.kind in ENDS_SENDING:
            scheduling.release(self._access, kept.id)
        notices.tell(kept, self._access.time)
        self.kept.append(kept)


def _require_read(access: Access, referral: Referral) -> None:
    """Nobody gives on what they have not read. Raises NotNow."""
    own = access.caller.institution
    assert own is not None
    whose = patients.identity_set(referral.patient)
    unopened = referral.state in {State.REQUESTED, State.FORWARDED}
    if unopened or not consent.has_received(whose, referral.document, own):
        raise NotNow("what is given on was read before")


def _mine(access: Access, referral: UUID, kind: ActKind) -> Referral:
    """The referral, where the caller's institution is what the act asks for, and they may."""
    found = looking.require_party(access, queries.one(referral))
    by = by_whom(kind) & found.parties(access.caller.institution)
    needed = {Party.SENDER: "send-referral", Party.RECEIVER: "receive-referral"}
    require(any(roles.may(access.caller.role, needed[one]) for one in by if one in needed))
    return found


def _act(access: Access, kind: ActKind, **said: object) -> Act:
    plain = Act(
        id=uuid4(),
        kind=kind,
        time=access.time,
        institution=access.caller.institution,
        person=access.caller.person,
    )
    return replace(plain, **said)  # type: ignore[arg-type]  # Fields of an act, by their names.


def _received(access: Access, referral: Referral) -> ClinicalDocument:
    """What the paper says that is there now. Raises ReferralRefused where it cannot be read."""
    for found in retrieve(access, [paper(access, referral)]).documents:
        read = sending.papers().read(b"".join(found.chunks))
        if read is not None:
            return read
    raise ReferralRefused("the paper cannot be read")


def paper(access: Access, referral: Referral, document: str = "") -> DocumentRequest:
    """The request for the paper that the caller reads here, or for a reply."""
    wrote: UUID | None
    if document in referral.replies:
        wrote = referral.receiver
    else:
        document, wrote = referral.paper_of(access.caller.institution)
    on = korean_day(access.time)
    return DocumentRequest(
        repository_unique_id=participants.repository_serving(wrote, on=on) if wrote else "",
        document_unique_id=document,
    )


def _addressed(
    access: Access,
    referral: Referral,
    came: ClinicalDocument | None,
    kind: str,
    content: Content,
    receiver: UUID,
) -> tuple[ClinicalDocument, UUID]:
    own = access.caller.institution
    assert own is not None
    if receiver in {own, referral.sender} and kind != REPLY:
        raise NotNow("who has it or sent it is not given it")
    key, sender = uuid4(), parties.institution(access, own)
    who = parties.whose(access, referral.patient, sender, referral.number)
    document = ClinicalDocument(
        kind=kind,
        header=DocumentHeader(
            id=document_oid(key), time=access.time, patient_id=who.own, custodian=sender
        ),
        patient=who.patient,
        author=parties.author(access),
        content=content,
        recipient=parties.institution(access, receiver),
        encounter=sending.encounter(access, kind),
        number=came.number if came else services.new_number(access.time),
        answers=sending.answered(referral.id),
    )
    return document, key
