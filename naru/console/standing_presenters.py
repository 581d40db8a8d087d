"""What was noted of somebody, in words; the patient is known by the institution's number alone."""

from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from naru.accounts import people
from naru.accounts.errors import NotFound
from naru.domain.arrangements import Mandate, Relationship
from naru.exchange.consent import choices as consent_choices
from naru.exchange.consent.choices import Choice
from naru.exchange.consent.mandates import Noted

_RELATIONSHIPS: Final = {
    Relationship.LEGAL_REPRESENTATIVE: gettext_lazy("법정대리인"),
    Relationship.PARENT: gettext_lazy("부모"),
    Relationship.MANDATARY: gettext_lazy("위임받은 사람"),
    Relationship.COURT_GUARDIAN: gettext_lazy("법원이 정한 후견인"),
}
_NOTED: Final = (Relationship.LEGAL_REPRESENTATIVE, Relationship.COURT_GUARDIAN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A mandate that stands."""

    id: UUID
    name: str
    relationship: str
    days: str
    scope: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One patient's page."""

    patient: UUID
    number: str
    mandates: tuple[Row, ...]
    relationships: tuple[tuple[str, str], ...]
    abuse_flag: bool
    why_flagged: str
    death: str
    today: str


def page(patient: UUID, found: Noted, day: date) -> Page:
    """The page."""
    return Page(
        patient=patient,
        number=found.number,
        mandates=tuple(
            Row(
                id=one.id,
                name=_name(one.representative),
                relationship=str(_RELATIONSHIPS[one.relationship]),
                days=f"{one.first} ~ {one.last or _('끝나는 날 없음')}",
                scope=_scope(one),
            )
            for one in found.mandates
        ),
        relationships=tuple((one, str(_RELATIONSHIPS[one])) for one in _NOTED),
        abuse_flag=found.abuse_flag,
        why_flagged=found.why_flagged,
        death=f"{found.death}" if found.death else "",
        today=f"{day}",
    )


@dataclass(frozen=True, slots=True)
class Offered:
    """The parts of a record to which a court or the law may limit a guardian."""

    departments: tuple[Choice, ...]
    narrow: bool = True


def scope() -> Offered:
    """The departments of the exchange: an officer sees no documents."""
    return Offered(consent_choices.departments(settings.AFFINITY_DOMAIN))


def _scope(one: Mandate) -> str:
    look = _("보기만") if not one.says else _("동의와 철회까지")
    if one.scope.whole:
        return f"{_('모든 기록')} · {look}"
    days = f"{one.scope.first or ''} ~ {one.scope.last or ''}"
    names = {each.key: each.name for each in scope().departments}
    said = [names.get(each, each.partition("^^")[0]) for each in sorted(one.scope.departments)]
    said += [days] if one.scope.first or one.scope.last else []
    return " · ".join((*said, _("기록의 일부"), look))


def _name(representative: UUID) -> str:
    try:
        return people.name_of(representative)
    except NotFound:  # Named as a patient, whose name is not this page's to tell.
        return _("계정이 없는 사람")
