"""Somebody who says an act of consent for a patient: whether they may, and who they are."""

from dataclasses import replace
from datetime import datetime
from typing import Final
from uuid import UUID

from naru.accounts import people
from naru.consent.errors import NotMandated
from naru.consent.rules.who import age_on
from naru.domain.arrangements import Relationship
from naru.domain.caller import Caller, Role
from naru.domain.consent_paper import Representative
from naru.domain.decision import Act, Item, Path, Question, Requester
from naru.domain.korea import korean_day
from naru.exchange.access import Access
from naru.exchange.arranging import arranged, birth_date, is_patient, law
from naru.exchange.patients import whole_person
from naru.patients import queries as patients


def require_mandate(access: Access, patient: UUID, *, saying: bool = True) -> None:
    """Raise NotMandated where a representative's mandate does not hold now, or not for everything.

    With `saying`, also where it lets them look alone.

    Asked of the decision, as for any look into the record (rule 2): an end, an abuse flag, an age
    or a death ends what a representative may say, too.
    """
    caller = access.caller
    if caller.role is not Role.REPRESENTATIVE:
        return
    question = Question(
        requester=Requester(
            role=caller.role,
            person=caller.person,
            patient=caller.patient,
            known_as=caller.known_as,
        ),
        patient=patient,
        item=Item(institution=None, event_date=None),
        act=Act.READ,
        path=Path.QUERY,
        purpose=caller.purpose,
        time=access.time,
    )
    born = birth_date(patient)
    said = [replace(one, birth_date=born) for one in whole_person.standings(patient)]
    if not whole_person.decided(question, said, law(access)).permitted:
        raise NotMandated("no mandate lets the representative say this now")
    if not saying:
        return
    own = {caller.person, caller.patient, *caller.known_as}
    for one in said:
        mandates = (each for each in one.arrangements.mandates if each.stands(access.time))
        if not any(each.representative in own and each.says for each in mandates):
            raise NotMandated("the mandate lets the representative look, and say nothing")


def sees_all(access: Access, patient: UUID) -> bool:
    """Whether the caller, if a representative, may look at everything of the patient's."""
    try:
        require_mandate(access, patient, saying=False)
    except NotMandated:
        return False
    return True


def sees_less(access: Access, patient: UUID) -> bool:
    """Whether what the patient sees may be kept from the caller: genetic items (rule 4)."""
    if access.caller.role is not Role.REPRESENTATIVE:
        return False
    settings = law(access).settings
    age = age_on(birth_date(patient), korean_day(access.time))
    child = age is not None and age < settings.represented_under
    return not (child and settings.genetic_to_representatives_of_child)


def speaks(access: Access, patient: UUID) -> bool:
    """Whether the patient asks who is old enough, or somebody who represents them in everything.

    Raises NotMandated for a representative who does not, or not any more.
    """
    caller = access.caller
    if caller.role is Role.REPRESENTATIVE and caller.patient in patients.identity_set(patient):
        require_mandate(access, patient)
        return True
    age = age_on(birth_date(patient), korean_day(access.time))
    under = law(access).settings.represented_under
    return is_patient(access, patient) and (age is None or age >= under)


def representative(caller: Caller, patient: UUID, time: datetime) -> Representative | None:
    """Who acts for the patient, by name and relationship, where somebody does."""
    if caller.role is not Role.REPRESENTATIVE:
        return None
    mandates = [each for one in arranged(patient) for each in one.mandates]
    mine = [one for one in mandates if one.representative == caller.person and one.stands(time)]
    relationship = _WORDS[mine[0].relationship] if mine else ""
    return Representative(name=_name(caller), relationship=relationship)


_WORDS: Final = {
    Relationship.LEGAL_REPRESENTATIVE: "법정대리인",
    Relationship.PARENT: "부모",
    Relationship.MANDATARY: "위임받은 사람",
    Relationship.COURT_GUARDIAN: "후견인",
}
"""As a paper names them; a paper is Korean."""


def _name(caller: Caller) -> str:
    if caller.user is not None:
        return caller.user.text or caller.user.name
    return people.name_of(caller.person) if caller.person else ""
