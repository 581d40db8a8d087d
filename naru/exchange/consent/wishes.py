"""What else a patient may choose: emergencies, sensitive kinds, programmes.

And what a privacy officer notes for them: that another institution asked for genetic items.
"""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

from naru.consent import texts
from naru.consent.acts import ActKind, Said
from naru.consent.snapshots import ActId
from naru.domain import roles
from naru.domain.arrangements import ProgrammeConsent, SameDisease
from naru.domain.caller import Role
from naru.domain.decision import Scope
from naru.domain.korea import korean_day
from naru.exchange.access import Access, changing, reading
from naru.exchange.arranging import (
    arranged,
    is_patient,
    is_staff,
    law,
    require,
    require_approved,
    say,
)
from naru.exchange.consent import conditions as consent_conditions
from naru.exchange.consent import notices as consent_notices
from naru.exchange.consent.page_acts import Saying
from naru.exchange.consent.representing import speaks
from naru.exchange.treatment import reception


def never_in_emergency(access: Access, patient: UUID, *, never: bool) -> None:
    """Not even in an emergency, or again as the law says. Raises NotPermitted, NotMandated."""
    kind = ActKind.NEVER_IN_EMERGENCY if never else ActKind.NEVER_IN_EMERGENCY_END
    _switch(access, patient, kind)


def refuse_emergencies(access: Access, patient: UUID, saying: Saying) -> ActId:
    """Not even in an emergency, said at a desk by whom it saw; the patient is told.

    What was signed stays with the desk: the act keeps who was seen and a scan's hash. To show more
    again is said where the patient signs in. Raises NotPermitted, NotRegisteredHere,
    NotMandated, PatientDied, WordingRefused.
    """
    with changing(access):
        access.concerns(patient)
        require(is_staff(access, roles.that_may("register-consent")) and not saying.signature)
        reception.require_known(access, patient)
        consent_conditions.require_may_say(access, patient, saying.representative)
        texts.signed(saying.wording, on=korean_day(access.time))
        said = Said(
            representative=saying.representative,
            wording=saying.wording,
            identified=saying.identified,
        )
        act = say(access, patient, ActKind.NEVER_IN_EMERGENCY, said=said)
        consent_notices.tell(access, patient, act, ())
        return act


def respected(access: Access) -> bool:
    """Whether policy follows whoever wants nothing shown even in an emergency."""
    return law(access).settings.never_in_emergency_respected


def show_sensitive(access: Access, patient: UUID, *, show: bool) -> None:
    """Show what policy hides by default, or hide it again. Raises NotPermitted, NotMandated."""
    _switch(access, patient, ActKind.SHOW_SENSITIVE if show else ActKind.SHOW_SENSITIVE_END)


def join_programme(access: Access, patient: UUID, programme: str) -> UUID:
    """Consent to an approved programme, until its last day at most. Raises NotPermitted.

    To one that was joined already nothing is added: leaving ends it whole.
    """
    with changing(access):
        access.concerns(patient)
        require(is_patient(access, patient))
        approved = law(access).programme(programme, korean_day(access.time))
        require(approved is not None)
        assert approved is not None
        for each in (each for one in arranged(patient) for each in one.programmes):
            if each.programme == programme and each.stands(access.time):
                return each.id
        consent = ProgrammeConsent(
            id=uuid4(),
            since=access.time,
            until=access.time + (approved.last - korean_day(access.time)) + timedelta(days=1),
            programme=programme,
        )
        say(access, patient, ActKind.PROGRAMME, programme=consent)
        return consent.id


def leave_programme(access: Access, patient: UUID, programme: str) -> None:
    """Withdraw from it: the next extract is without the patient. Raises NotPermitted."""
    with changing(access):
        access.concerns(patient)
        require(is_patient(access, patient))
        found = {
            each.id
            for one in arranged(patient)
            for each in one.programmes
            if each.programme == programme
        }
        require(found)
        for each in sorted(found):
            say(access, patient, ActKind.PROGRAMME_END, ends=each)


def same_disease(
    access: Access, patient: UUID, institution: UUID, disease: str, *, days: int
) -> UUID:
    """Note that an institution asked for genetic items to treat the same disease (rule 4).

    By the privacy officer of the institution that wrote them, for its own items alone, with the
    safeguards of 생명윤리법 제46조제3항 seen to. Raises NotPermitted.
    """
    with changing(access):
        access.concerns(patient)
        own = access.caller.institution
        require(is_staff(access, {Role.PRIVACY_OFFICER}) and disease.strip())
        require(0 < days <= law(access).settings.sending_days and institution != own)
        assert own is not None
        require_approved(institution, access)
        asked = SameDisease(
            id=uuid4(),
            since=access.time,
            until=access.time + timedelta(days=days),
            institution=institution,
            disease=disease.strip(),
            scope=Scope(institutions=frozenset({own})),
        )
        say(access, patient, ActKind.SAME_DISEASE, same_disease=asked)
        return asked.id


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """The two switches as they stand, and how policy reads them."""

    never_in_emergency: bool
    respected: bool
    shows_sensitive: bool
    hidden: bool


def of_patient(access: Access, patient: UUID) -> Wishes:
    """What was chosen, for the patient's own page. Raises NotPermitted, NotMandated."""
    with reading(access):
        access.concerns(patient)
        require(speaks(access, patient))
        now, settings = arranged(patient), law(access).settings
        return Wishes(
            never_in_emergency=any(one.never_in_emergency for one in now),
            respected=settings.never_in_emergency_respected,
            shows_sensitive=any(one.shows_sensitive for one in now),
            hidden=settings.sensitive_hidden or settings.psychiatry_hidden,
        )


def _switch(access: Access, patient: UUID, kind: ActKind) -> None:
    with changing(access):
        access.concerns(patient)
        require(speaks(access, patient))
        say(access, patient, kind)
