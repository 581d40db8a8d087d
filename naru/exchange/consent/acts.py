"""A patient's acts of consent, brought by the patient or by a desk that serves them.

An act is performed for everyone who was merged into the person. What one of them said before the
merge goes on narrowing what may be read (see `decide`); what the person says after it is about the
whole record, so that whoever consents again is not held to an earlier self's withdrawal.
"""

from collections.abc import Callable
from datetime import date
from uuid import UUID

from naru.audit.records import AuditedObject
from naru.consent import services as consent
from naru.consent.acts import ONESELF, Said
from naru.consent.snapshots import ActId, Exclusion
from naru.exchange.access import Access, changing
from naru.exchange.consent import held_sendings
from naru.patients import queries as patients

CONSENT_ACT = "consent act"
"""The kind of an audited object that is an act of consent, with the act's id."""


def grant(access: Access, patient: UUID, *, from_date: date, text_version: str) -> ActId:
    """Consent to the exchange; holds for every request that begins after the return."""
    with changing(access):
        return grant_within(access, patient, from_date=from_date, text_version=text_version)


def withdraw(access: Access, patient: UUID, *, text_version: str) -> ActId:
    """End the consent; holds for every request that begins after the return."""
    with changing(access):
        return withdraw_within(access, patient, text_version=text_version)


def grant_within(
    access: Access,
    patient: UUID,
    *,
    from_date: date,
    text_version: str,
    until: date | None = None,
    said: Said = ONESELF,
) -> ActId:
    """Consent inside the caller's transaction, and note it in the access record."""
    return _for_whole_person(
        access,
        patient,
        lambda member: consent.grant(
            member,
            from_date,
            access.caller,
            text_version,
            access.time,
            until=until,
            said=said,
        ),
    )


def withdraw_within(
    access: Access, patient: UUID, *, text_version: str, said: Said = ONESELF
) -> ActId:
    """End the consent inside the caller's transaction, and note it in the access record.

    Who sent or was sent what nobody opened yet is told that it is held (rule 8).
    """
    act = _for_whole_person(
        access,
        patient,
        lambda member: consent.withdraw(
            member, access.caller, text_version, access.time, said=said
        ),
    )
    held_sendings.tell_within(patient, access.time)
    return act


def exclude_within(
    access: Access,
    patient: UUID,
    exclusion: Exclusion,
    *,
    text_version: str,
    said: Said = ONESELF,
) -> ActId:
    """Keep something out inside the caller's transaction, and note it in the access record."""
    return _for_whole_person(
        access,
        patient,
        lambda member: consent.exclude(
            member, exclusion, access.caller, text_version, access.time, said=said
        ),
    )


def include_within(
    access: Access,
    patient: UUID,
    exclusion: Exclusion,
    *,
    text_version: str,
    said: Said = ONESELF,
) -> ActId:
    """Lift an exclusion inside the caller's transaction, and note it in the access record."""
    return _for_whole_person(
        access,
        patient,
        lambda member: consent.include(
            member, exclusion, access.caller, text_version, access.time, said=said
        ),
    )


def _for_whole_person(access: Access, patient: UUID, perform: Callable[[UUID], ActId]) -> ActId:
    access.concerns(patient)
    # In one order everywhere, so that two acts for one person never wait for each other.
    members = patients.identity_set(patient)
    acts = {member: perform(member) for member in sorted(members)}
    access.objects += [AuditedObject(CONSENT_ACT, str(act)) for act in acts.values()]
    return acts[members[0]]  # The survivor's stands for all of them.
