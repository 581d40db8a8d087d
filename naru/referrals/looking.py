"""Who may look at a referral: its sender, whoever has it or had it, and the patient."""

from uuid import UUID

from naru.audit.records import AuditedObject
from naru.consent.errors import NotPermitted
from naru.domain import roles
from naru.domain.referrals import Referral
from naru.exchange.access import Access, reading
from naru.exchange.arranging import is_patient, require
from naru.exchange.consent.representing import speaks
from naru.patients import queries as patients
from naru.referrals import queries
from naru.referrals.errors import NoSuchReferral

REFERRAL = "referral"
"""The kind of an audited object that is a referral, by its id."""


def inbox(access: Access) -> tuple[Referral, ...]:
    """What the caller's institution was sent. Raises NotPermitted."""
    with reading(access):
        own = access.caller.institution
        require(own is not None and roles.may(access.caller.role, "receive-referral"))
        assert own is not None
        return _noted(access, queries.inbox(own))


def outbox(access: Access) -> tuple[Referral, ...]:
    """What the caller's institution sent. Raises NotPermitted."""
    with reading(access):
        own = access.caller.institution
        require(own is not None and roles.may(access.caller.role, "send-referral"))
        assert own is not None
        return _noted(access, queries.outbox(own))


def of_patient(access: Access, patient: UUID) -> tuple[Referral, ...]:
    """What was sent of them, for the patient or who speaks for them. Raises NotPermitted."""
    with reading(access):
        access.concerns(patient)
        require(is_patient(access, patient) or speaks(access, patient))
        return _noted(access, queries.of_patient(patients.identity_set(patient)))


def one(access: Access, referral: UUID) -> Referral:
    """One of them, for whom it concerns. Raises NoSuchReferral."""
    with reading(access):
        return require_party(access, queries.one(referral))


def require_party(access: Access, found: Referral | None) -> Referral:
    """The referral, noted in the access; another's is answered as one that is not there."""
    if found is None or not _concerns(access, found):
        raise NoSuchReferral("there is no such referral")
    note(access, found)
    return found


def note(access: Access, found: Referral) -> None:
    """Note in the access record that it is about this one."""
    access.concerns(found.patient)
    access.objects.append(AuditedObject(REFERRAL, str(found.id), None, found.patient))


def _concerns(access: Access, found: Referral) -> bool:
    own = access.caller.institution
    if own is None:
        try:
            return is_patient(access, found.patient) or speaks(access, found.patient)
        except NotPermitted:
            return False
    staff = {"send-referral", "receive-referral"}
    may = any(roles.may(access.caller.role, one) for one in staff)
    return may and own in {found.sender, found.receiver, *found.passed_through}


def _noted(access: Access, found: tuple[Referral, ...]) -> tuple[Referral, ...]:
    for each in found:
        note(access, each)
    return found
