"""What an assertion or a token says of the caller, made the caller (ITI TF-2 3.40.4.1.3, 3.72).

The certificate says which institution calls; whoever vouches for its user can only say more about
the same institution, or about one that it may speak for, and never gives a right that the
institution has not.
"""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from typing import Final
from uuid import UUID

from naru.consent.policy import policy
from naru.consent.programmes import Programme, ProgrammeKind
from naru.directory import queries as directory
from naru.domain import roles
from naru.domain.assertion import Claims
from naru.domain.caller import Assurance, Caller, PurposeOfUse, Role, User
from naru.domain.institution import Institution, InstitutionKind
from naru.domain.korea import korean_day
from naru.domain.privacy_policies import indexed
from naru.domain.user_codes import user_codes
from naru.patients import queries as patients
from naru.security import keys

KIND_ROLES: Final = {
    InstitutionKind.AGENCY: Role.AGENCY_CLERK,
    InstitutionKind.INSURER: Role.INSURER_CLERK,
    InstitutionKind.OPERATOR: Role.OPERATOR,
}
"""What the people and systems of institutions that give no care are."""

_PURPOSES: Final = {
    ProgrammeKind.RESEARCH: PurposeOfUse.RESEARCH,
    ProgrammeKind.STATISTICS: PurposeOfUse.PUBLIC_HEALTH,
    ProgrammeKind.EVALUATION: PurposeOfUse.OPERATIONS,
}
"""For what those ask who work for a programme."""

_OWN_RECORDS: Final = frozenset({Role.PATIENT, Role.REPRESENTATIVE})
_OF_PATIENTS: Final = frozenset(
    {"ITI-18", "ITI-43", "ITI-66", "ITI-67", "ITI-68", "ITI-81"}
    | {"FHIR read", "FHIR vread", "FHIR history-instance", "FHIR search-type"}
    | {"FHIR everything", "FHIR summary", "FHIR validate"}
)
"""What a patient may ask at a wire door: for records and who saw them, never for people."""

_URN_OID: Final = "urn:oid:"
_NOBODY: Final = UUID(int=0)
"""Of whom an assertion speaks whose patient is not known here: it opens nobody's records."""


class NotVouched(Exception):
    """What was said of the caller cannot be so; the sentence names nobody."""


def vouched(
    caller: Caller, claims: Claims, name: str, *, assurance: Assurance, now: datetime
) -> Caller:
    """The caller with what is claimed of the user called `name`; raises NotVouched.

    Without a name nobody is claimed to ask: a system speaks for the institution that is named.

    `caller` is the institution as the connection shows it; without one, as in a sandbox or where
    only a token tells it, the claims name the institution.
    """
    institution = _institution(caller.institution, claims.organization_ids, now)
    role = _role(claims, institution)
    about = _about(claims)
    programme = _programme(claims, now)
    return replace(
        caller,
        role=role,
        purpose=_PURPOSES[programme.kind] if programme else _purpose(claims, role),
        programme=programme.code if programme else "",
        assurance=assurance,
        institution=None if institution is None else institution.id,
        person=_person(name) if name else None,
        patient=_own(about) if role in _OWN_RECORDS else None,
        about=about,
        user=_user(claims, name) if name else None,
    )


def require_allowed(caller: Caller, transaction: str) -> None:
    """Raise NotVouched where a transaction is not for such a user."""
    if caller.role in _OWN_RECORDS and transaction not in _OF_PATIENTS:
        raise NotVouched("This transaction is not one that a patient asks.")


def _user(claims: Claims, name: str) -> User:
    return User(
        name=name, text=", ".join(claims.names), roles=claims.roles, purposes=claims.purposes
    )


def _institution(known: UUID | None, claimed: Collection[str], now: datetime) -> Institution | None:
    here = None if known is None else directory.by_id(known, on=now)
    if not claimed:
        return here
    found = [_by_organization_id(each, now) for each in claimed]
    first = found[0]
    if first is None or any(one is None or one.id != first.id for one in found):
        raise NotVouched("The assertion's organization-id is no participating institution's.")
    if not first.approved or (here is not None and not _may_speak_for(here, first)):
        raise NotVouched("The assertion is of another institution than the one that calls.")
    return first


def _by_organization_id(claimed: str, now: datetime) -> Institution | None:
    # ITI TF-2 3.40.4.1.2: a URN of an OID, or a URL, which names no institution here.
    oid = claimed.removeprefix(_URN_OID)
    if oid == claimed:
        return None
    return directory.by_arc(oid, on=now)


def _may_speak_for(here: Institution, other: Institution) -> bool:
    return here.id in {other.id, other.hub}


def _role(claims: Claims, institution: Institution | None) -> Role:
    meant = user_codes().roles_of(claims.roles)
    if len(meant) != 1 and claims.roles:
        raise NotVouched("The assertion's role is none that is known here, or several at once.")
    role = next(iter(meant), Role.SYSTEM)
    if role in _OWN_RECORDS or institution is None:
        return role
    if roles.treats_at(role, institution.kind):
        return role
    # People of a body that gives no care are its clerks, whatever profession they have.
    role = KIND_ROLES.get(institution.kind, role)
    if not roles.belongs(role, institution.kind):
        raise NotVouched("The assertion's role is none of such an institution's people.")
    return role


def _programme(claims: Claims, now: datetime) -> Programme | None:
    """The approved programme for which they ask, where the one purpose that is said names one."""
    day = korean_day(now)
    named = [policy(on=day).programme_of(indexed(one), day) for one in claims.purposes]
    return named[0] if len(named) == 1 else None


def _purpose(claims: Claims, role: Role) -> PurposeOfUse:
    purposes = user_codes().purposes_of(claims.purposes)
    if len(purposes) != 1 and claims.purposes:
        raise NotVouched("The assertion's purpose is none that is known here, or several at once.")
    usual = PurposeOfUse.PATIENT_REQUEST if role in _OWN_RECORDS else PurposeOfUse.TREATMENT
    return next(iter(purposes), usual)


def _about(claims: Claims) -> UUID | None:
    if not claims.patients:
        return None
    found = [patients.resolve(identifier) for identifier in claims.patients]
    known = {one.patient for one in found if one and not one.subsumed}
    return known.pop() if None not in found and len(known) == 1 else _NOBODY


def _own(about: UUID | None) -> UUID:
    if about is None or about == _NOBODY:
        raise NotVouched("A patient's assertion names the one patient whose records it opens.")
    return about


def _person(name: str) -> UUID:
    """A surrogate of the user: the same for the same name, and nothing of it can be read back."""
    return UUID(bytes=keys.ring().token("caller/user", name)[:16])
