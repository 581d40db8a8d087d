"""What stands of a referral after its acts: folded from how it began, one act after the other."""

from collections.abc import Iterable
from dataclasses import replace

from naru.domain.referral_rules import Incomplete, NotAllowed, require
from naru.domain.referral_states import State
from naru.domain.referrals import Act, ActKind, Kind, Referral, Sent


def begun(sent: Sent) -> Referral:
    """The referral as it was sent. Raises NotAllowed for one to oneself, or over before it began.

    A return answers a referral or stands for itself; nothing else answers one.
    """
    if sent.receiver == sent.sender:
        raise NotAllowed("nobody refers to themself")
    if sent.until <= sent.time:
        raise NotAllowed("it would be over before it began")
    if sent.about is not None and sent.kind is not Kind.RETURN:
        raise NotAllowed("only a return answers a referral")
    if (sent.receiver is None) != bool(sent.outside):
        raise NotAllowed("either a receiver within the exchange or one outside is meant")
    if not sent.document:
        raise Incomplete("a referral has a document")
    first = Act(
        id=sent.id,
        kind=ActKind.SENT,
        time=sent.time,
        institution=sent.sender,
        person=sent.person,
        receiver=sent.receiver,
        department=sent.department,
        document=sent.document,
        booking=sent.booking,
    )
    return Referral(
        sent=sent,
        state=State.REQUESTED,
        receiver=sent.receiver,
        department=sent.department,
        document=sent.document,
        booking=sent.booking,
        acts=(first,),
    )


def fold(sent: Sent, acts: Iterable[Act]) -> Referral:
    """What stands after these acts. Raises NotAllowed where one of them never may have been."""
    referral = begun(sent)
    for act in acts:
        referral = after(referral, act)
    return referral


def after(referral: Referral, act: Act) -> Referral:
    """What stands after one more act. Raises NotAllowed, Incomplete."""
    rule = require(referral, act)
    changed = replace(referral, state=rule.to or referral.state, acts=(*referral.acts, act))
    match act.kind:
        case ActKind.ASKED:
            return replace(changed, question=act.words)
        case ActKind.FORWARDED:
            return replace(
                changed,
                receiver=act.receiver,
                department=act.department,
                document=act.document,
                booking=act.booking,
                question="",
            )
        case ActKind.BOOKED:
            return replace(changed, booking=act.booking)
        case ActKind.REPLIED:
            return replace(changed, replies=(*changed.replies, act.document))
        case ActKind.RETURNED if act.referral is not None:
            return replace(changed, returns=(*changed.returns, act.referral))
        case _:
            return replace(changed, question="")
