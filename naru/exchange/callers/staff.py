"""Who is what at an institution: appointed by its administrator or the operator, and ended."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from naru.accounts import posts
from naru.accounts.errors import Refused
from naru.accounts.posts import Invitation
from naru.accounts.values import Post
from naru.audit.records import Outcome
from naru.directory import queries as directory
from naru.domain import roles
from naru.domain.caller import Caller, Role
from naru.domain.institution import InstitutionKind
from naru.exchange.access import Access, changing, reading

STAFF = "staff"
"""The transaction of a look at an institution's staff and of each change, as the audit names it."""


class MayNotAppoint(Refused):
    """The caller may not give this role, or not there."""


def staff(access: Access, institution: UUID | None) -> tuple[Post, ...]:
    """Everybody of the institution; of the operating body with None. Raises MayNotAppoint."""
    with reading(access):
        _require_there(access.caller, institution)
        return posts.of_institution(institution)


def own_name(caller: Caller) -> str:
    """Who serves, as their own post names them; empty where nobody signed in by one."""
    if caller.user is not None:
        return caller.user.text
    if caller.institution is None or caller.person is None:
        return ""
    return posts.names(caller.institution).get(caller.person, "")


def invite(access: Access, invitation: Invitation) -> tuple[Post, str]:
    """A post that waits for its person, and the code for them, told once. Raises MayNotAppoint."""
    with changing(access):
        _require_there(access.caller, invitation.institution)
        if invitation.role not in may_give(access.caller):
            raise MayNotAppoint
        _require_place(invitation, access.time)
        named = replace(invitation, name=" ".join(invitation.name.split()))
        return posts.invite(named, access.time)


def end(access: Access, post: UUID) -> Post:
    """End a post, and whatever is signed in by it. Raises NotFound, MayNotAppoint."""
    with changing(access):
        caller = access.caller
        # Without an institution of their own, only an operator reaches the operating body's posts.
        _require_there(caller, caller.institution)
        return posts.end(
            post,
            caller.institution,
            everywhere=roles.may(caller.role, "administer-everyone"),
            now=access.time,
        )


def refused(access: Access, wrong: Exception) -> None:
    """Note what was refused before a service was asked."""
    if access.outcome is Outcome.SUCCESS:
        access.refused(type(wrong).__name__)


def may_give(caller: Caller) -> tuple[Role, ...]:
    """The roles that the caller may give."""
    return roles.appointable(by_operator=roles.may(caller.role, "administer-everyone"))


def _require_place(invitation: Invitation, now: datetime) -> None:
    """A known institution, or the operating body for whom it has or an operator alone appoints."""
    if invitation.institution is None:
        theirs = roles.belongs(invitation.role, InstitutionKind.OPERATOR)
        if invitation.role in roles.appointable(by_operator=False) and not theirs:
            raise MayNotAppoint
        return
    known = directory.by_id(invitation.institution, on=now)
    if known is None or not roles.belongs(invitation.role, known.kind):
        raise MayNotAppoint


def _require_there(caller: Caller, institution: UUID | None) -> None:
    everywhere = roles.may(caller.role, "administer-everyone")
    own = caller.institution is not None and caller.institution == institution
    if not (everywhere or (own and roles.may(caller.role, "administer-staff"))):
        raise MayNotAppoint
