"""What every act of consent is asked, at a page, at a desk and on a paper that comes by the wire.

One check for all doors, so that none takes what another refuses (design, section 7, rule 2).
"""

from datetime import date
from typing import Final
from uuid import UUID

from naru.accounts import people
from naru.accounts.errors import NotFound
from naru.consent.errors import (
    BoxMissing,
    ConsentRefused,
    NotMandated,
    PatientDied,
    RepresentativeMissing,
)
from naru.consent.rules.who import age_on
from naru.domain.arrangements import Arrangements
from naru.domain.caller import Role
from naru.domain.consent_paper import NEEDED, Box, Representative
from naru.domain.korea import korean_day
from naru.exchange.access import Access
from naru.exchange.arranging import arranged, birth_date, law
from naru.exchange.consent import representing

_NOT_MANDATED: Final = "nothing shows that the representative may speak for the patient now"


def require_may_say(access: Access, patient: UUID, representative: Representative | None) -> None:
    """Raise where nobody says an act for the patient any more, or not who speaks for them here.

    PatientDied after a noted death. NotMandated for a representative while an abuse is noted, and
    for one of a patient who is old enough to speak, where neither a mandate stands nor the paper
    is named by which the desk saw that they may (민법 제114조, 제959조의4).
    """
    now = arranged(patient)
    if any(one.death for one in now):
        raise PatientDied("no act of consent is taken for this patient any more")
    representing.require_mandate(access, patient)
    if representative is None or access.caller.role is Role.REPRESENTATIVE:
        return
    if any(one.abuse_flag for one in now):
        raise NotMandated(_NOT_MANDATED)
    if _is_child(access, patient) or _saw_authority(representative):
        return
    if not _is_mandated(access, now, representative):
        raise NotMandated(_NOT_MANDATED)


def require_consents(
    access: Access,
    patient: UUID,
    representative: Representative | None,
    *,
    boxes: frozenset[Box],
    until: date | None,
) -> None:
    """Raise where what was ticked, the last day or the patient's age makes no consent.

    BoxMissing, ConsentRefused or RepresentativeMissing.
    """
    # 개인정보 보호법 제22조, 제23조: without either of these two nothing may be exchanged.
    if not boxes >= NEEDED:
        raise BoxMissing("the consent lacks the box on personal or on sensitive information")
    if until is not None and until < korean_day(access.time):
        raise ConsentRefused("the consent has ended already")
    require_old_enough(access, patient, representative)


def require_old_enough(
    access: Access, patient: UUID, representative: Representative | None
) -> None:
    """Raise RepresentativeMissing for a child alone (개인정보 보호법 제22조의2); all may narrow."""
    if representative is None and _is_child(access, patient):
        raise RepresentativeMissing("for a child of this age a representative consents")


def _is_child(access: Access, patient: UUID) -> bool:
    age = age_on(birth_date(patient), korean_day(access.time))
    return age is not None and age < law(access).settings.represented_under


def _saw_authority(representative: Representative) -> bool:
    return representative.authority is not None and bool(representative.authority_number.strip())


def _is_mandated(
    access: Access, now: tuple[Arrangements, ...], representative: Representative
) -> bool:
    """Whether somebody of that verified name may say everything for the patient now."""
    standing = (each for one in now for each in one.mandates if each.stands(access.time))
    return any(
        each.says and _name(each.representative) == _plain(representative.name) for each in standing
    )


def _name(account: UUID) -> str | None:
    try:
        return _plain(people.name_of(account))
    except NotFound:
        return None


def _plain(name: str) -> str:
    return "".join(name.split())
