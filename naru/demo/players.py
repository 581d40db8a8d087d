"""As whom one looks at the demo: a person of each role, with an account and, at work, a post.

They sign in as anybody does who was verified, only that nobody is asked: whoever looks at a demo
chooses who to be (`switcher_views`). No node but a demo has them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Final
from uuid import UUID

from naru.accounts import people, posts
from naru.accounts.posts import Invitation
from naru.accounts.values import Link, VerifiedPerson
from naru.demo import cast
from naru.demo.population import INFANT, MOTHER, PATIENT, Person
from naru.domain.arrangements import Relationship
from naru.domain.caller import Role
from naru.domain.korea import korean_day
from naru.domain.person import Gender
from naru.exchange import identify
from naru.exchange.access import Access
from naru.exchange.consent import mandates
from naru.simulators.identity_provider import marks

OPERATING_BODY: Final = ""
_BORN: Final = date(1980, 1, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Player:
    """Somebody whom one can be: `at` names a hospital, hub or body of the cast, or nobody's."""

    key: str
    name: str
    role: Role
    at: str = OPERATING_BODY
    department: str = ""
    born: date
    gender: Gender = Gender.FEMALE
    phone: str = ""

    @property
    def verified(self) -> VerifiedPerson:
        """As whom a provider of 본인확인 names them; the demo's simulator says the same."""
        said = marks(self.name, f"{self.born}", self.gender)
        return VerifiedPerson(
            name=self.name,
            born=self.born,
            gender=self.gender,
            di=said["di"],
            ci=said["ci"],
            phone=self.phone,
        )


_AT_WORK: Final[tuple[tuple[Role, cast.Hospital | cast.Hub | cast.Body | None, str], ...]] = (
    (Role.DOCTOR, cast.IEUM, "이도윤"),
    (Role.RECEPTION, cast.IEUM, "정은결"),
    (Role.DIRECTOR, cast.IEUM, "조민현"),
    (Role.DOCTOR, cast.PUREUN, "강시온"),
    (Role.REFERRAL_COORDINATOR, cast.PUREUN, "윤하담"),
    (Role.NURSE, cast.PUREUN, "장예솔"),
    (Role.EMERGENCY_NURSE, cast.PUREUN, "임지람"),
    (Role.PARAMEDIC, cast.PUREUN, "독고유람"),
    (Role.DENTIST, cast.PUREUN, "한보빛"),
    (Role.RECEPTION, cast.PUREUN, "오유진"),
    (Role.HEALTH_INFORMATION_MANAGER, cast.PUREUN, "서태영"),
    (Role.PRIVACY_OFFICER, cast.PUREUN, "신가원"),
    (Role.DIRECTOR, cast.PUREUN, "권나결"),
    (Role.RESEARCHER, cast.PUREUN, "황다슬"),
    (Role.RADIOLOGIST, cast.HANGANG, "안하진"),
    (Role.RADIOGRAPHER, cast.HANGANG, "송서늘"),
    (Role.KOREAN_MEDICINE_DOCTOR, cast.HANBIT, "류도윤"),
    (Role.CLINICIAN, cast.HANBIT, "홍지온"),
    (Role.RECEPTION, cast.HANBIT, "서유담"),
    (Role.DOCTOR, cast.ISLAND, "남궁민솔"),
    (Role.RECEPTION, cast.ISLAND, "제갈은아"),
    (Role.PHARMACIST, cast.PHARMACY, "선우시현"),
    (Role.AGENCY_CLERK, cast.MMA, "사공태담"),
    (Role.AGENCY_CLERK, cast.COMWEL, "서문가빛"),
    (Role.AGENCY_CLERK, cast.MPVA, "김나영"),
    (Role.INSURER_CLERK, cast.INSURER, "이다원"),
    (Role.HIRA_DESK, cast.HIRA, "박보슬"),
    (Role.HUB_ADMIN, cast.WEST, "최시결"),
    (Role.OPERATOR, None, "정예늘"),
    (Role.STEWARD, None, "강유담"),
    (Role.PRIVACY_OFFICER, None, "조태솔"),
    (Role.SECURITY_ANALYST, None, "윤하온"),
    (Role.CALL_CENTRE_AGENT, None, "장서람"),
    (Role.AUDITOR, None, "임도빛"),
    (Role.VENDOR, None, "한지진"),
)


@cache
def players() -> tuple[Player, ...]:
    """Everybody whom one can be, in the order in which they are offered."""
    return (_citizen(PATIENT), _citizen(MOTHER), *_at_work())


def player(key: str) -> Player | None:
    """The one of that key."""
    return next((one for one in players() if one.key == key), None)


def engage(places: Mapping[str, UUID], known: Mapping[Person, UUID], now: datetime) -> None:
    """Give each an account, the citizens their record, and those at work their post."""
    accounts = {}
    for one in players():
        person = _PEOPLE.get(one.key)
        patient = known[person] if person else None
        link = Link.LINKED if patient else Link.UNKNOWN
        accounts[one.key] = people.sign_up(one.verified, link, patient, now)
        if person is None:
            _appoint(one, accounts[one.key], places.get(one.at), now)
    _child(places[cast.IEUM.key], known, now)


def _appoint(one: Player, account: UUID, place: UUID | None, now: datetime) -> None:
    invitation = Invitation(
        institution=place,
        role=one.role,
        name=one.name,
        department=one.department,
        licence="",
        first_day=korean_day(now),
    )
    _post, code = posts.invite(invitation, now)
    posts.accept(account, code, now)


def _child(hospital: UUID, known: Mapping[Person, UUID], now: datetime) -> None:
    """The mother speaks for her child: a reception saw the paper that says so."""
    desk = identify.at_clinic(hospital, role=Role.RECEPTION, address="", now=now)
    access = Access(transaction="give mandate", caller=desk, time=now)
    relationship = Relationship.LEGAL_REPRESENTATIVE
    mandates.give(access, known[INFANT], known[MOTHER], relationship, last=None)


_PEOPLE: Final = {"patient": PATIENT, "mother": MOTHER}


def _citizen(person: Person) -> Player:
    return Player(
        key=next(key for key, one in _PEOPLE.items() if one == person),
        name=person.name,
        role=Role.PATIENT,
        born=person.born,
        gender=person.gender,
        phone=person.telephone,
    )


def _at_work() -> tuple[Player, ...]:
    return tuple(
        Player(
            key=f"{role}-{place.key if place else 'operator'}",
            name=name,
            role=role,
            at=place.key if place else OPERATING_BODY,
            department=place.department[1] if isinstance(place, cast.Hospital) else "",
            born=_BORN + timedelta(days=number),
        )
        for number, (role, place, name) in enumerate(_AT_WORK)
    )
