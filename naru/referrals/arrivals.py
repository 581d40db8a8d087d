"""A paper that an EMR sent over the wire begins a referral, replies to one, or returns one.

It is in the transaction that registers the paper, and refuses nothing: what fits no referral stands
in the registry as any document does. Nor does it when a receiver opens the paper of one, which
receives it.
"""

from dataclasses import replace
from uuid import UUID, uuid4, uuid5

from naru.domain.referral_papers import LETTER, REPLY, Arrived
from naru.domain.referral_rules import may
from naru.domain.referrals import Act, ActKind, AskedBy, Kind, Sent
from naru.exchange.access import Access
from naru.exchange.treatment import relations as treatment
from naru.referrals import looking, models, notices, queries, services
from naru.referrals.errors import NotNow
from naru.referrals.policy import policy


def take(access: Access, arrived: Arrived) -> None:
    """Take what came; once, however often it comes."""
    if arrived.kind == REPLY:
        answered = _answered(arrived)
        if answered is not None:
            _replied(access, answered, arrived)
    elif arrived.kind != LETTER:
        for recipient in arrived.recipients:
            _begin(access, arrived, recipient)


def unopened(access: Access, document: str) -> tuple[UUID, ...]:
    """The referrals of that paper which the caller's institution has and has not opened."""
    own = access.caller.institution
    return () if own is None else queries.unopened(own, document)


def opened(access: Access, referral: UUID) -> None:
    """The receiver opens the paper, by whatever door: it is received, at that moment, once."""
    try:
        _add(access, referral, access.caller.institution, ActKind.RECEIVED)
    except NotNow:
        return  # Somebody was faster.


def _begin(access: Access, arrived: Arrived, recipient: UUID) -> None:
    once = uuid5(arrived.sender, f"{arrived.unique_id} {recipient}")
    if queries.by_once(arrived.sender, once) is not None:
        return
    kind = Kind(arrived.kind)
    about = _answered(arrived) if kind is Kind.RETURN else None
    sent = Sent(
        id=uuid4(),
        number=_number(access, arrived),
        kind=kind,
        patient=arrived.patient,
        sender=arrived.sender,
        receiver=recipient,
        department="",
        document=arrived.unique_id,
        asked_by=AskedBy.CLINICIAN,
        time=access.time,
        until=access.time + policy().waits[kind],
        person=access.caller.person,
        about=about,
    )
    referral = services.begin(sent, once)
    looking.note(access, referral)
    notices.tell(referral, access.time)
    if about is not None:
        _add(access, about, arrived.sender, ActKind.RETURNED, referral=referral.id)


def _replied(access: Access, answered: UUID, arrived: Arrived) -> None:
    found = queries.one(answered)
    if found is None or arrived.unique_id in found.replies:
        return
    # Who answers by their EMR alone took the patient on there.
    if _add(access, answered, arrived.sender, ActKind.ACCEPTED):
        treatment.taken_on(access, found.patient, found.id)
    _add(access, answered, arrived.sender, ActKind.REPLIED, document=arrived.unique_id)


def _add(access: Access, to: UUID, institution: UUID | None, kind: ActKind, **said: object) -> bool:
    """Add an act where it may follow now; whether it was."""
    found = queries.one(to)
    if found is None or not may(found, kind, institution, access.time):
        return False
    act = Act(
        id=uuid4(),
        kind=kind,
        time=access.time,
        institution=institution,
        person=access.caller.person,
    )
    after = services.add(to, replace(act, **said))  # type: ignore[arg-type]  # Named fields.
    looking.note(access, after)
    notices.tell(after, access.time)
    return True


def _answered(arrived: Arrived) -> UUID | None:
    """The referral that a paper says it answers: of the same patient, and sent to its sender."""
    said = None if arrived.document is None else arrived.document.answers
    if said is None:
        return None
    names = {f"{said.id}^{said.number}" if said.number else said.id, said.id}
    for name in sorted(names, reverse=True):
        found = queries.by_document(name)
        known = None if found is None else queries.one(found)
        if known is not None and known.receiver == arrived.sender:
            return known.id
    return None


def _number(access: Access, arrived: Arrived) -> str:
    """The paper's own number where it is nobody else's here, so that both ends speak of one."""
    longest = models.Referral._meta.get_field("number").max_length or 0  # noqa: SLF001  # Django documents it as public.
    said = "" if arrived.document is None else arrived.document.number
    if said and len(said) <= longest and queries.by_number(said) is None:
        return said
    return services.new_number(access.time)
