"""As what somebody acts who signed in: for themselves, in a post, or for whom they represent."""

from datetime import datetime
from uuid import UUID

from naru.accounts import posts, sessions
from naru.accounts.errors import NotFound
from naru.accounts.values import Post, Session
from naru.domain.korea import korean_day
from naru.exchange.access import Access, changing
from naru.exchange.consent import mandates
from naru.exchange.consent.issue import full_name
from naru.patients import queries as patients

ACCEPT = "accept invitation"
ACT_AS = "act as"
"""The transactions, as the audit names them."""

MYSELF = "me"


def accept(access: Access, session: Session, code: str) -> Post:
    """Take up a post by the code of an invitation; raises InvitationInvalid."""
    with changing(access):
        return posts.accept(session.account, code, access.time)


def act_as(access: Access, session: Session, choice: str) -> None:
    """`me`, or the id of a post of one's own or of a patient whom one represents.

    Raises NotFound for anything else.
    """
    with changing(access):
        if choice == MYSELF:
            sessions.act_as(session.id)
            return
        try:
            chosen = UUID(choice)
        except ValueError:
            raise NotFound from None
        day = korean_day(access.time)
        if any(post.id == chosen for post in sessions.held(session.account, day)):
            sessions.act_as(session.id, post=chosen)
        elif chosen in dict(represented(session, access.time)):
            access.concerns(chosen)
            sessions.act_as(session.id, represented=chosen)
        else:
            raise NotFound


def represented(session: Session, now: datetime) -> tuple[tuple[UUID, str], ...]:
    """The patients for whom this person may speak at this moment, with their names."""
    ids = tuple(one for one in (session.account, session.patient) if one is not None)
    return tuple(
        (patient, full_name(patients.demographics(patient)))
        for patient in mandates.represented_by(ids, now)
    )
