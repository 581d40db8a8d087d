"""How an account or a request stands, in words that name nobody."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from naru.accounts import blocks
from naru.accounts.values import AccountState, Block, BlockCause
from naru.consent import cases
from naru.consent.cases import CaseKind
from naru.domain import roles
from naru.domain.caller import Role
from naru.exchange.callers.blocking import Ticket
from naru.ui.clock import moment
from naru.ui.names import role_name

_CAUSES: Final[Mapping[BlockCause, str | Promise]] = {
    BlockCause.ASKED: gettext_lazy("본인이 잠가 달라고 함"),
    BlockCause.LOST: gettext_lazy("전화기나 기기를 잃어버림"),
    BlockCause.SUSPICION: gettext_lazy("다른 사람이 쓰는 것으로 의심됨"),
}
_TICKETS: Final[Mapping[CaseKind, str | Promise]] = {
    CaseKind.WITHDRAWAL: gettext_lazy("동의 철회"),
    CaseKind.OBJECTION: gettext_lazy("내가 하지 않은 등록"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One account, by its number alone."""

    account: UUID
    number: str
    state: str
    tag: str
    facts: tuple[tuple[str, str], ...]
    blocked: bool
    causes: tuple[tuple[str, str], ...]
    opens: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketPage:
    """One request."""

    number: str
    kind: str
    state: str
    tag: str
    facts: tuple[tuple[str, str], ...]


def is_ticket(number: str) -> bool:
    """Whether the number has the length of a request's."""
    return sum(one.isalnum() for one in number) == cases.DIGITS


def page(found: AccountState, role: Role) -> Page:
    """The page, for somebody in that role."""
    block = found.block
    signed_in = (_("지금 로그인된 기기"), _("%(count)d대") % {"count": found.signed_in})
    may_open = roles.may(role, "open-account")
    return Page(
        account=found.account,
        number=_masked(blocks.number(found.account)),
        state=_("잠김") if block else _("쓰는 중"),
        tag="stop" if block else "ok",
        facts=(signed_in, *(_block(block) if block else ())),
        blocked=block is not None,
        causes=tuple((one.value, str(words)) for one, words in _CAUSES.items()),
        opens=may_open,
    )


def ticket(found: Ticket) -> TicketPage:
    """How a request stands."""
    done = (_("끝난 날"), moment(found.closed)) if found.closed else (_("기한"), moment(found.due))
    return TicketPage(
        number=found.number.upper(),
        kind=str(_TICKETS[found.kind]),
        state=_("처리 끝남") if found.closed else _("처리 중"),
        tag="ok" if found.closed else "warn",
        facts=((_("접수한 날"), moment(found.opened)), done),
    )


def _block(block: Block) -> tuple[tuple[str, str], ...]:
    opens = _("본인이 본인확인을 하거나, 보안 담당자가")
    return (
        (_("잠근 때"), moment(block.at)),
        (_("잠근 사람"), role_name(block.by)),
        (_("까닭"), str(_CAUSES[block.cause])),
        (_("여는 사람"), opens if block.cause.person_opens else _("보안 담당자만")),
    )


def _masked(number: str) -> str:
    """The number as a page may leave it standing: its middle was typed, and is not shown."""
    first, *middle, last = number.split("-")
    return "-".join((first, *("••••" for _one in middle), last))
