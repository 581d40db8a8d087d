"""Representatives (rule 2): who speaks for a patient, in what and until when; abuse and death.

Whoever may by law depends on the patient's age; an adult's mandate has an end.
"""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4

from naru.accounts import introductions, people
from naru.accounts.errors import NotFound
from naru.consent import queries as consent
from naru.consent import services
from naru.consent.acts import ActKind, Said
from naru.consent.policy import policy
from naru.consent.rules.who import representatives
from naru.consent.snapshots import ActId
from naru.domain import roles
from naru.domain.arrangements import Arrangements, Mandate, Relationship
from naru.domain.caller import Role
from naru.domain.decision import EVERYTHING, Scope
from naru.domain.korea import korean_day
from naru.exchange.access import Access, changing, reading
from naru.exchange.arranging import (
    arranged,
    birth_date,
    is_patient,
    is_staff,
    law,
    refused,
    require,
    say,
    tell,
    treats,
)
from naru.exchange.patients import whole_person
from naru.exchange.treatment import reception
from naru.notifications.services import Recipient, notify
from naru.patients import queries as patients

_OWN_WORD = frozenset({Relationship.PARENT, Relationship.MANDATARY})
"""What the patient gives; the others a desk sees proven by a paper."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Until when somebody speaks for a patient, in what, and whether they may look alone."""

    last: date | None
    scope: Scope = EVERYTHING
    sees_only: bool = False


def give(
    access: Access,
    patient: UUID,
    representative: UUID,
    relationship: Relationship,
    *,
    last: date | None,
    scope: Scope = EVERYTHING,
) -> UUID:
    """Let somebody speak for the patient from today on; the mandate's id. Raises NotPermitted.

    A patient names a parent or a mandatary; a desk notes whom the law or a court appointed. An
    adult's own mandate has a last day.
    """
    with changing(access):
        limits = Limits(last=last, scope=scope)
        return _give(access, patient, representative, relationship, limits)


def introduce(access: Access) -> str:
    """A code by which the caller can be named as a representative, once and soon.

    Raises NotPermitted for a caller who has not signed in.
    """
    with changing(access):
        require(access.caller.person is not None)
        assert access.caller.person is not None
        return introductions.introduce(access.caller.person, access.time)


def give_by_code(
    access: Access,
    patient: UUID,
    code: str,
    relationship: Relationship,
    limits: Limits,
    *,
    paper: str = "",
) -> UUID:
    """The same for who showed the code, in everything. Raises NotPermitted, and of a code so, too.

    Whom the law or a court appointed is noted with the number of the paper that proves it.
    """
    with changing(access):
        require(relationship in _OWN_WORD or paper.strip())
        try:
            shown = introductions.introduced(code, access.time)
        except NotFound:
            raise refused() from None
        # Nobody represents themselves.
        require(people.patient_of(shown) not in patients.identity_set(patient))
        return _give(access, patient, shown, relationship, limits, paper)


def offered(access: Access, patient: UUID) -> tuple[Relationship, ...]:
    """As what the patient may let somebody speak for them, by their age; for their own page."""
    day = korean_day(access.time)
    if not is_patient(access, patient):
        return ()
    allowed = representatives(birth_date(patient), day, law(access).settings)
    return tuple(one for one in Relationship if one in allowed & _OWN_WORD)


def _give(
    access: Access,
    patient: UUID,
    representative: UUID,
    relationship: Relationship,
    limits: Limits,
    paper: str = "",
) -> UUID:
    last = limits.last
    access.concerns(patient)
    day, now = korean_day(access.time), arranged(patient)
    require(_may_give(access, patient, relationship))
    require(relationship in representatives(birth_date(patient), day, law(access).settings))
    require(last is None or last >= day)
    require(last is not None or relationship is not Relationship.MANDATARY)
    require(representative not in patients.identity_set(patient))
    require(not any(one.abuse_flag or one.death for one in now))
    mandate = Mandate(
        id=uuid4(),
        representative=representative,
        relationship=relationship,
        first=day,
        last=last,
        scope=limits.scope,
        sees_only=limits.sees_only,
    )
    say(access, patient, ActKind.MANDATE, said=Said(reason=paper.strip()), mandate=mandate)
    services.represents(representative, patient, mandate.id)
    tell(access, "mandate-begun", patient, mandate.id, access.caller.institution, until=last)
    return mandate.id


def end(access: Access, patient: UUID, mandate: UUID) -> None:
    """End a mandate at once: by the patient, the representative or a desk. Raises NotPermitted."""
    with changing(access):
        access.concerns(patient)
        found = [each for one in arranged(patient) for each in one.mandates if each.id == mandate]
        theirs = any(one.representative in _own_ids(access) for one in found)
        require(found and (theirs or is_patient(access, patient) or _at_desk(access, patient)))
        say(access, patient, ActKind.MANDATE_END, ends=mandate)
        services.represents_no_more(mandate)
        tell(access, "mandate-ended", patient, mandate)


def of_patient(access: Access, patient: UUID) -> tuple[Mandate, ...]:
    """The mandates that stand, for the patient's own page; a representative's shows theirs alone.

    Raises NotPermitted.
    """
    with reading(access):
        access.concerns(patient)
        speaking = access.caller.role is Role.REPRESENTATIVE
        require(speaking or is_patient(access, patient))
        return tuple(
            one
            for one in _standing(access, patient)
            if not speaking or one.representative in _own_ids(access)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """What an officer sees that was noted of somebody: never what is in their record."""

    number: str
    mandates: tuple[Mandate, ...]
    abuse_flag: bool
    death: date | None
    why_flagged: str = ""
    """What was said when abuse was flagged, while the flag stands."""


def noted(access: Access, patient: UUID) -> Noted:
    """What stands, for an officer of an institution where the patient is registered.

    Raises NotPermitted. The record names nobody: an abuse flag may be in it.
    """
    with reading(access):
        require(_officer(access, patient))
        now = arranged(patient)
        return Noted(
            number=reception.number(access, patient),
            mandates=_standing(access, patient),
            abuse_flag=any(one.abuse_flag for one in now),
            death=next((one.death for one in now if one.death), None),
            why_flagged=_why_flagged(patient) if any(one.abuse_flag for one in now) else "",
        )


def _why_flagged(patient: UUID) -> str:
    said = [one for one in whole_person.acts(patient) if one.kind is ActKind.ABUSE_FLAG]
    return said[-1].said.reason if said else ""


def _standing(access: Access, patient: UUID) -> tuple[Mandate, ...]:
    found = {each.id: each for one in arranged(patient) for each in one.mandates}
    return tuple(one for one in found.values() if one.stands(access.time))


def represented_by(ids: tuple[UUID, ...], now: datetime) -> tuple[UUID, ...]:
    """The patients for whom one of these ids may speak at this moment, survivors of merges.

    Asked of whoever signed in, of themself.
    """
    day = korean_day(now)
    settings = policy(on=day).settings
    found: dict[UUID, None] = {}
    for patient in consent.represented_by(ids):
        allowed = representatives(birth_date(patient), day, settings)
        # As the doors ask it: every entry of the person whose word counts lets them speak.
        said = whole_person.standings(patient)
        if all(_lets_speak(one.arrangements, ids, allowed, now) for one in said):
            found[patients.survivor(patient) or patient] = None
    return tuple(found)


def flag_abuse(access: Access, patient: UUID, reason: str) -> None:
    """Suspend every representative at once: by who treats the patient, or who may block.

    Neither the patient nor who represents them is told, and no page of the patient's lists it,
    since that could reach whom it is about. The institution's privacy officer is told of what
    somebody flagged who treats the patient. Raises NotPermitted.
    """
    with changing(access):
        treating = is_staff(access, roles.treating()) and treats(access, patient)
        blocking = access.caller.role in roles.that_may("block-account")
        blocking = blocking or _officer(access, patient)
        require(reason.strip() and (treating or blocking))
        act = say(access, patient, ActKind.ABUSE_FLAG, said=Said(reason=reason), quiet=True)
        if not blocking:
            _tell_officer(access, act)


def _tell_officer(access: Access, act: ActId) -> None:
    own = access.caller.institution
    assert own is not None, "who treats a patient is of an institution"
    day = f"{korean_day(access.time):%Y-%m-%d}"
    officer = Recipient.at_institution(own, Role.PRIVACY_OFFICER)
    notify("abuse-flagged", officer, {"day": day, "case": str(act)}, key=str(act))


def is_protected(access: Access, patient: UUID) -> bool:
    """Whether an abuse flag stands, for who treats the patient. Raises NotPermitted.

    The record names nobody, as that of the flag does.
    """
    with reading(access):
        require(is_staff(access, roles.treating()) and treats(access, patient))
        return any(one.abuse_flag for one in arranged(patient))


def flagged(access: Access, act: UUID) -> UUID:
    """Of whom somebody of the caller's institution flagged abuse by that act. Raises NotPermitted.

    For its officer, who was told of the act alone.
    """
    with reading(access):
        found = consent.act(ActId(act))
        own = access.caller.institution
        require(
            found is not None
            and found.kind is ActKind.ABUSE_FLAG
            and found.actor.institution == own
            and _officer(access, found.patient)
        )
        assert found is not None
        return patients.survivor(found.patient) or found.patient


def lift_abuse_flag(access: Access, patient: UUID, reason: str) -> None:
    """Let representatives speak again; a privacy officer alone. Raises NotPermitted."""
    with changing(access):
        require(reason.strip() and _officer(access, patient))
        say(access, patient, ActKind.ABUSE_FLAG_END, said=Said(reason=reason), quiet=True)


def note_death(access: Access, patient: UUID, day: date, paper: str = "") -> None:
    """Note the day of death: it ends sign-in, mandates, acts and queries. Raises NotPermitted.

    What the patient had delivered or sent before stands until its own end (design, section 7).

    By an institution that treats the patient, or by the officer of one where they are registered,
    with the number of the paper; relatives apply there (의료법 제21조제3항).
    """
    with changing(access):
        access.concerns(patient)
        allowed = {Role.HEALTH_INFORMATION_MANAGER, *roles.treating()}
        treating = is_staff(access, allowed) and treats(access, patient)
        require(treating or (paper.strip() and _officer(access, patient)))
        require(day <= korean_day(access.time))
        say(access, patient, ActKind.DEATH, said=Said(reason=paper.strip()), from_date=day)


def correct_death(access: Access, patient: UUID, reason: str) -> None:
    """Take a death back that was noted by mistake; a privacy officer alone. Raises NotPermitted."""
    with changing(access):
        access.concerns(patient)
        require(reason.strip() and _officer(access, patient))
        say(access, patient, ActKind.DEATH_END, said=Said(reason=reason))


def _may_give(access: Access, patient: UUID, relationship: Relationship) -> bool:
    if relationship in _OWN_WORD:
        return is_patient(access, patient)
    return _at_desk(access, patient)


def _at_desk(access: Access, patient: UUID) -> bool:
    """Somebody of a desk that knows the patient: else any desk would open anybody's record."""
    allowed = roles.that_may("register-consent") | roles.that_may("note-standing")
    return is_staff(access, allowed) and reception.is_known(access, patient)


def _officer(access: Access, patient: UUID) -> bool:
    """The privacy officer of an institution that knows the patient."""
    return is_staff(access, roles.that_may("note-standing")) and reception.is_known(access, patient)


def _lets_speak(
    stands: Arrangements, ids: tuple[UUID, ...], allowed: AbstractSet[Relationship], now: datetime
) -> bool:
    if stands.abuse_flag or stands.death:
        return False
    return any(
        each.representative in ids and each.relationship in allowed and each.stands(now)
        for each in stands.mandates
    )


def _own_ids(access: Access) -> set[UUID]:
    caller = access.caller
    return {one for one in (caller.person, caller.patient) if one is not None}
