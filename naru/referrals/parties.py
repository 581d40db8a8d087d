"""Who a paper of a referral names: institutions as the directory knows them, who writes, whose."""

from dataclasses import dataclass
from uuid import UUID

from naru.directory import queries as directory
from naru.directory import registers
from naru.domain.clinical import CareInstitution, Department, Patient, Practitioner
from naru.domain.departments import canonical, name_of, table
from naru.domain.identifiers import Identifier
from naru.domain.korea import korean_day, korean_day_of
from naru.domain.person import Gender
from naru.domain.roles import role_table
from naru.exchange.access import Access
from naru.exchange.callers import staff
from naru.exchange.consent.issue import full_name
from naru.exchange.institutions import participants
from naru.patients import queries as patients
from naru.referrals.errors import ReferralRefused


@dataclass(frozen=True, slots=True, kw_only=True)
class Whose:
    """A patient as the sending institution knows them, by its own number."""

    patient: Patient
    own: Identifier


def institution(access: Access, key: UUID) -> CareInstitution:
    """An institution that takes part now, as a paper names it. Raises ReferralRefused."""
    found = directory.by_id(key, on=access.time)
    if found is None or not found.approved or found.oid is None:
        raise ReferralRefused("the institution takes no part in the exchange")
    profile = registers.profile_of(key)
    return CareInstitution(
        name=found.name,
        oid=found.oid,
        code=found.code or "",
        telephone=profile.telephone if profile else "",
        address=profile.address if profile else "",
    )


def author(access: Access) -> Practitioner:
    """Who writes: the person of the post, by the exchange's own id of them.

    Who signed in by no post, as on a demo, is named by the role.
    """
    caller = access.caller
    code, _, _ = own_department(access).partition("^^")
    return Practitioner(
        id=str(caller.person or caller.role.value),
        name=staff.own_name(caller) or role_table().roles[caller.role].korean,
        department=Department(code=code, name=name_of(own_department(access))) if code else None,
    )


def own_department(access: Access) -> str:
    """The department of an institution that has one alone, as `code^^scheme`; else empty."""
    own = access.caller.institution
    assert own is not None
    listed = registers.departments_of(own, on=korean_day(access.time))
    told = {canonical(f"{one.code}^^{table().schemes[one.system]}") for one in listed}
    return told.pop() if len(told) == 1 else ""


def whose(access: Access, patient: UUID, own: CareInstitution, instead: str) -> Whose:
    """The patient by the institution's own number, or by `instead` where it has none yet.

    Raises ReferralRefused for whom no source told of by name and birth.
    """
    known, affinity = patients.demographics(patient), patients.affinity_id(patient)
    if not full_name(known) or not known.birth_time or affinity is None:
        raise ReferralRefused("the patient's name and birth are not known")
    told = patients.identifiers([patient]).get(patient, ())
    day = korean_day(access.time)
    mine = [one for one in told if participants.gives(access.caller, one.authority, on=day)]
    number = mine[0] if mine else Identifier(instead, own.oid)
    return Whose(
        patient=Patient(
            mrn=number.value,
            name=full_name(known),
            birth_date=korean_day_of(known.birth_time),
            sex=known.gender or Gender.UNDIFFERENTIATED,
            affinity_id=affinity,
        ),
        own=number,
    )
