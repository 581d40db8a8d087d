"""Representatives in words: both sides are always named."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from naru.accounts import people
from naru.accounts.errors import NotFound
from naru.domain.arrangements import Mandate, Relationship
from naru.domain.caller import Caller, Role
from naru.exchange.access import Access
from naru.exchange.charts.own_documents import OwnDocument
from naru.exchange.consent import choices as consent_choices
from naru.exchange.consent import mandates
from naru.exchange.consent.choices import Choice
from naru.exchange.consent.issue import full_name
from naru.patients import queries as patients
from naru.portal import acts, consent_presenters
from naru.ui import mandate_form
from naru.ui.clock import now, today

RELATIONSHIPS: Final = {
    Relationship.LEGAL_REPRESENTATIVE: gettext_lazy("법정대리인"),
    Relationship.PARENT: gettext_lazy("부모"),
    Relationship.MANDATARY: gettext_lazy("위임받은 사람"),
    Relationship.COURT_GUARDIAN: gettext_lazy("법원이 정한 후견인"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A mandate, or somebody for whom one speaks."""

    id: UUID
    name: str
    relationship: str = ""
    days: str = ""
    scope: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Who speaks for the patient, and for whom the reader speaks."""

    heading: str
    behalf: str
    given: tuple[Row, ...]
    offered: tuple[tuple[str, str], ...]
    represented: tuple[Row, ...]
    today: str


def page(access: Access, patient: UUID, given: Sequence[Mandate]) -> Page:
    """The page of whoever looks."""
    caller = access.caller
    return Page(
        heading=_heading(caller, given),
        behalf=behalf(access, patient),
        given=tuple(map(row, given)),
        offered=tuple((one, str(RELATIONSHIPS[one])) for one in mandates.offered(access, patient)),
        represented=_represented(caller),
        today=f"{today(access.time)}",
    )


def behalf(access: Access, patient: UUID) -> str:
    """Both names, where somebody looks for the patient; else nothing."""
    name = full_name(patients.demographics(patient))
    return consent_presenters.on_behalf(name, acts.represents(access, patient))


def row(mandate: Mandate) -> Row:
    """A mandate."""
    return Row(
        id=mandate.id,
        name=_name(mandate.representative),
        relationship=str(RELATIONSHIPS[mandate.relationship]),
        days=f"{mandate.first} ~ {mandate.last or _('끝나는 날 없음')}",
        scope=in_words(mandate),
    )


def in_words(mandate: Mandate) -> str:
    """In what it lets somebody speak."""
    scope, domain = mandate.scope, settings.AFFINITY_DOMAIN
    names = {one.key: one.name for one in consent_choices.departments(domain)}
    said = [names.get(one, one.partition("^^")[0]) for one in sorted(scope.departments)]
    if scope.first or scope.last:
        said.append(f"{scope.first or ''} ~ {scope.last or ''}")
    if scope.documents:
        said.append(_("문서 %(count)d건") % {"count": len(scope.documents)})
    if scope.institutions:
        said.append(_("의료기관 %(count)d곳") % {"count": len(scope.institutions)})
    look = _("보기만") if mandate.sees_only or not scope.whole else _("동의와 철회까지")
    return " · ".join((*said, look)) if said else f"{_('모든 기록')} · {look}"


@dataclass(frozen=True, slots=True)
class Offered:
    """The parts of a record that a mandate can be narrowed to."""

    departments: tuple[Choice, ...]
    documents: tuple[Choice, ...]
    narrow: bool = True


def scope(found: Sequence[OwnDocument]) -> Offered:
    """The departments of the exchange, and the newest documents."""
    rows = consent_presenters.documents_named(found[: mandate_form.MOST])
    return Offered(
        departments=consent_choices.departments(settings.AFFINITY_DOMAIN),
        documents=tuple(Choice(key, name) for key, name in rows),
    )


def _heading(caller: Caller, given: Sequence[Mandate]) -> str:
    if caller.role is Role.REPRESENTATIVE:
        return _("대신하여 보고 있습니다")
    if given:
        return _("나를 대신하는 사람이 %(count)d명 있습니다") % {"count": len(given)}
    return _("나를 대신하는 사람이 없습니다")


def _represented(caller: Caller) -> tuple[Row, ...]:
    own = caller.patient if caller.role is Role.PATIENT else None
    ids = tuple(one for one in (caller.person, own) if one is not None)
    return tuple(
        Row(id=one, name=full_name(patients.demographics(one)))
        for one in mandates.represented_by(ids, now())
    )


def _name(representative: UUID) -> str:
    try:
        return people.name_of(representative)
    except NotFound:  # Named as a patient, by a service and not by a code.
        return full_name(patients.demographics(representative))
