"""How it stands with whoever calls, in words that name nobody and tell nothing of a record."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from naru.console import ticket_presenters
from naru.console.ticket_presenters import Row
from naru.exchange.call_desk import Stands
from naru.tickets.values import Ticket


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """How it stands; `account` where there is one to look after."""

    account: UUID | None
    state: str
    tag: str
    consent: str
    consent_tag: str
    tickets: tuple[Row, ...]


def page(found: Stands, tickets: Sequence[Ticket]) -> Page:
    """The page."""
    account = found.account
    blocked = account is not None and account.block is not None
    state = _("계정 없음") if account is None else _("잠김") if blocked else _("쓰는 중")
    return Page(
        account=None if account is None else account.account,
        state=state,
        tag="" if account is None else "stop" if blocked else "ok",
        consent=_("동의함") if found.consents else _("동의하지 않음"),
        consent_tag="ok" if found.consents else "warn",
        tickets=ticket_presenters.rows(tickets),
    )
