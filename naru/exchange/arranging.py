"""What the services of arrangements share: who may, for whom, and saying it for a whole person."""

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

from django.conf import settings

from naru.audit.records import AuditedObject
from naru.consent import queries as consent
from naru.consent import services
from naru.consent.acts import ONESELF, ActKind, Said
from naru.consent.errors import NotPermitted
from naru.consent.policy import Policy, policy
from naru.consent.snapshots import ActId
from naru.directory import queries as directory
from naru.domain.arrangements import Arrangements
from naru.domain.caller import Role
from naru.domain.decision import CONSTANT_SENTENCE
from naru.domain.korea import korean_day, korean_day_of
from naru.domain.person import NOBODY
from naru.exchange.access import Access
from naru.exchange.consent.acts import CONSENT_ACT
from naru.exchange.patients import deaths
from naru.notifications.services import Recipient, notify
from naru.patients import queries as patients


def law(access: Access) -> Policy:
    """The policy of the day on which it is asked."""
    return policy(open_sandbox=settings.NARU.sandbox, on=korean_day(access.time))


def refused() -> NotPermitted:
    """The refusal, in the one sentence that anybody is told."""
    return NotPermitted(CONSTANT_SENTENCE)


def require(condition: object) -> None:
    """Raise NotPermitted unless it holds."""
    if not condition:
        raise refused()


def is_patient(access: Access, patient: UUID) -> bool:
    """Whether the patient themself asks, by any of their keys, and no death of theirs is noted."""
    caller = access.caller
    if caller.role is not Role.PATIENT or caller.patient is None:
        return False
    return caller.patient in patients.identity_set(patient) and not deaths.noted(patient)


def is_staff(access: Access, allowed: Collection[Role]) -> bool:
    """Whether somebody of an institution in one of these roles asks."""
    return access.caller.institution is not None and access.caller.role in allowed


def treats(access: Access, patient: UUID) -> bool:
    """Whether the caller's institution treats the patient now; in an open sandbox each does."""
    own = access.caller.institution
    if law(access).open_sandbox:
        return True
    return any(
        relation.institution == own and relation.stands(access.time)
        for one in consent.standings(patients.identity_set(patient), own).values()
        for relation in one.relations
    )


def arranged(patient: UUID) -> tuple[Arrangements, ...]:
    """What stands for everybody who was merged into the person."""
    found = consent.standings(patients.identity_set(patient), None)
    return tuple(one.arrangements for one in found.values())


def birth_date(patient: UUID) -> date | None:
    """The day of birth in Korea; None where it is not known to the day."""
    told = patients.demographics(patient).birth_time or ""
    return korean_day_of(told) if len(told) >= len("YYYYMMDD") else None


def say(
    access: Access,
    patient: UUID,
    kind: ActKind,
    *,
    said: Said = ONESELF,
    quiet: bool = False,
    **about: Any,
) -> ActId:
    """Say an act for everyone who was merged into the person, in the caller's transaction.

    The record of a `quiet` one names the act and not the patient, whose pages list what names them.
    The last of the acts, which say the same.
    """
    if not quiet:
        access.concerns(patient)
    version = law(access).version
    act = ActId(NOBODY)
    # In one order everywhere, so that two acts for one person never wait for each other.
    for member in sorted(patients.identity_set(patient)):
        act = services.perform(
            kind, member, access.caller, version, access.time, said=said, **about
        )
        access.objects.append(AuditedObject(CONSENT_ACT, str(act)))
    return act


def tell(
    access: Access,
    kind: str,
    patient: UUID,
    key: UUID,
    institution: UUID | None = None,
    *,
    until: date | None = None,
) -> None:
    """Tell the patient, in the caller's transaction; of an institution only its name."""
    day = korean_day(access.time)
    known = None if institution is None else directory.by_id(institution, on=day)
    values = {"day": f"{day:%Y-%m-%d}"} | ({"institution": known.name} if known else {})
    values |= {"until": f"{until:%Y-%m-%d}"} if until else {}
    notify(kind, Recipient.patient(patient), values, key=str(key))


def require_approved(institution: UUID, access: Access) -> None:
    """Raise NotPermitted for a recipient that takes no part."""
    known = directory.by_id(institution, on=korean_day(access.time))
    require(known is not None and known.approved)
