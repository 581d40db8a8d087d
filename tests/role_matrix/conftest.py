"""A node with two hospitals, a patient of each, and somebody signed in for every role."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.test import Client, override_settings

from naru.accounts import people, posts, sessions
from naru.accounts.models import Post, SignIn
from naru.accounts.posts import Invitation
from naru.accounts.values import Link, Method, VerifiedPerson
from naru.directory import services as directory
from naru.domain import roles
from naru.domain.arrangements import Relationship
from naru.domain.caller import Role
from naru.domain.identifiers import Identifier
from naru.domain.institution import InstitutionKind
from naru.domain.person import Demographics, Gender, PatientRecord, PersonName, Telecom
from naru.domain.roles import Factor, RoleKind
from naru.exchange import identify
from naru.exchange.access import Access
from naru.exchange.consent import mandates
from naru.patients import queries as patients
from naru.patients import services as patient_services
from naru.ui import viewing
from naru.ui.clock import now, today
from tests.exchange.hospitals import AFFINITY_DOMAIN, Patient
from tests.referrals.hospitals import Hospital
from tests.role_matrix.things import AGENCIES, Standing, Things, of_the_institution, things

SECRET_NAMES = ("남궁비밀", "제갈은밀")
SECRET_NUMBER = "TEST-SECRET-CHART"
SECRET_PHONES = ("010-0000-0909", "010-0000-0808")
OPERATING = frozenset(
    role for role, row in roles.role_table().roles.items() if row.appointed_by == "operator"
) - {Role.DIRECTOR, Role.HUB_ADMIN, Role.HIRA_DESK}


@dataclass
class Person:
    """A browser with somebody signed in, who is put back as they were after each change."""

    client: Client
    session: UUID
    post: UUID | None
    represented: UUID | None
    kept: dict[str, str]

    def put_back(self) -> None:
        """Signed in as at first, with the same patient open."""
        at = now()
        post = None if self.post is None else Post.objects.get(public_id=self.post)
        SignIn.objects.filter(public_id=self.session).update(
            ended_at=None, post=post, represented=self.represented, passkey_at=at, identity_at=at
        )
        store = self.client.session
        store.clear()
        store.update(self.kept)
        store.save()
        self.client.cookies.pop(settings.LANGUAGE_COOKIE_NAME, None)
        self.client.cookies[settings.SESSION_COOKIE_NAME] = str(store.session_key)

    def is_too_late(self) -> None:
        """Their sign-in is older than any may be."""
        over = now() - sessions.LIFETIME - timedelta(seconds=1)
        SignIn.objects.filter(public_id=self.session).update(started_at=over)


class World:
    """Hospital `here` with the patient `own`, hospital `there` with the patient `other`.

    All are known at `elsewhere`, and `own` at `there`, too: of whom one may know something, another
    place knows something else.
    """

    def __init__(self) -> None:
        self.here, self.there, self.elsewhere = Hospital(), Hospital(), Hospital()
        self.agencies = {code: _admitted(name) for code, (name, _for) in AGENCIES.items()}
        self.insurer = _admitted("시험보험", InstitutionKind.INSURER)
        self.own = _patient(1, self.here, self.there, self.elsewhere)
        self.other = _patient(2, self.there, self.elsewhere)
        ours, theirs = of_the_institution(self.here), of_the_institution(self.there)
        near, far = ((key, code) for code, key in self.agencies.items())
        self.mine = things(self.own, self.here, self.elsewhere, near, ours)
        another = things(self.other, self.there, self.elsewhere, far, ours)
        self.of_other_patient = replace(another, call_ticket=another.record_ticket)
        at_another = things(self.own, self.there, self.elsewhere, far, theirs)
        # A call is the call centre's, wherever it is; what is answered elsewhere is not.
        self.of_other_institution = replace(
            at_another, number=self.mine.number, call_ticket=at_another.record_ticket
        )

    def person(self, role: Role) -> Person:
        """Somebody in this role at `here`, who showed every factor and has `own` open."""
        return _signed_in(role, self._place(role), self.own)

    @property
    def of_others(self) -> dict[Standing, Things]:
        """What nobody at `here` may ask about, but what of it is `own`'s own."""
        return {
            Standing.OTHER_PATIENT: self.of_other_patient,
            Standing.OTHER_INSTITUTION: self.of_other_institution,
        }

    def _place(self, role: Role) -> UUID | None:
        """Where somebody is it: at the hospital, where the table of roles lets them."""
        kinds = roles.role_table().roles[role].kinds
        if role in OPERATING:
            return None
        if InstitutionKind.HUB in kinds:
            return self.here.id
        return (
            self.insurer if InstitutionKind.INSURER in kinds else next(iter(self.agencies.values()))
        )


def secrets_of(patient: Patient) -> tuple[str, ...]:
    """Whatever names this patient and was not typed by whoever asks."""
    number = int(patient.own.value[-1]) - 1
    return (patient.affinity_id.value, SECRET_NAMES[number], SECRET_PHONES[number])


def _signed_in(role: Role, place: UUID | None, patient: Patient) -> Person:
    at = now()
    name = f"시험{role.value}"
    person = VerifiedPerson(name=name, born=date(1970, 1, 1), gender=Gender.FEMALE, di=str(uuid4()))
    own = patient.key if role is Role.PATIENT else None
    account = people.sign_up(person, Link.LINKED if own else Link.UNKNOWN, own, at)
    session = sessions.begin(account, Method.IDENTITY, str(uuid4()), "시험", at)
    sessions.show(session, Factor.PASSKEY, at)
    post = represented = None
    if role is Role.REPRESENTATIVE:
        represented = _mandate(patient.key, account)
    elif roles.kind(role) is not RoleKind.CITIZEN:
        invitation = Invitation(institution=place, role=role, name=name, first_day=today(at))
        _post, code = posts.invite(invitation, at)
        post = posts.accept(account, code, at).id
    kept = {
        "sign-in": str(session),
        f"viewing-{viewing.PATIENT}": str(patient.key),
        "desk-patient": str(patient.key),
    }
    found = Person(Client(raise_request_exception=False), session, post, represented, kept)
    found.put_back()
    return found


def _mandate(patient: UUID, account: UUID) -> UUID:
    access = Access(transaction="mandate", caller=identify.patient(patient, address=""), time=now())
    last = today(access.time) + timedelta(days=30)
    mandates.give(access, patient, account, Relationship.MANDATARY, last=last)
    return patient


def _patient(number: int, *known: Hospital) -> Patient:
    """Somebody who is registered at these, at the first by the secret number."""
    numbers = tuple(
        Identifier(f"{SECRET_NUMBER}-{number}" if one is known[0] else f"TEST-{number}", one.oid)
        for one in known
    )
    told = Demographics(
        names=(PersonName(text=SECRET_NAMES[number - 1]),),
        birth_time="19700101",
        gender=Gender.FEMALE,
        telecoms=(Telecom(f"tel:{SECRET_PHONES[number - 1]}"),),
    )
    key = patient_services.add(PatientRecord(identifiers=numbers, demographics=told), now=now())
    affinity_id = patients.affinity_id(key)
    assert affinity_id is not None
    return Patient(key, numbers[0], affinity_id)


def _admitted(name: str, kind: InstitutionKind = InstitutionKind.AGENCY) -> UUID:
    return directory.admit(name=name, kind=kind, on=date(2026, 1, 1)).id


@pytest.fixture
def world(transactional_db: None) -> Iterator[World]:
    options = replace(settings.NARU, affinity_domains=(AFFINITY_DOMAIN,), sandbox=False)
    with override_settings(NARU=options, AFFINITY_DOMAIN=None):
        yield World()
