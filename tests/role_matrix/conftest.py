"""A node with two hospitals, a patient of each, and somebody signed in for every role."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client, override_settings

from naru.accounts import people, posts, sessions
from naru.accounts.models import Post, SignIn
from naru.accounts.posts import Invitation
from naru.accounts.values import Link, Method, VerifiedPerson
from naru.consent import cases
from naru.consent import queries as consent
from naru.consent.cases import CaseEntry, CaseKind, open_case
from naru.directory import cases as joining_cases
from naru.directory import joining
from naru.domain import roles
from naru.domain.arrangements import Relationship
from naru.domain.caller import Role
from naru.domain.identifiers import Identifier
from naru.domain.joining import Kind
from naru.domain.person import Demographics, Gender, PatientRecord, PersonName, Telecom
from naru.domain.roles import Factor, RoleKind
from naru.exchange import identify
from naru.exchange.access import Access
from naru.exchange.consent import mandates
from naru.notifications import services as notifications
from naru.notifications.models import Notice
from naru.notifications.services import Recipient
from naru.patients import queries as patients
from naru.patients import services as patient_services
from naru.ui import viewing
from naru.ui.clock import now, today
from tests.exchange.hospitals import AFFINITY_DOMAIN, Hospital, Patient

SECRET_NAMES = ("남궁비밀", "제갈은밀")
SECRET_NUMBER = "TEST-SECRET-CHART"
SECRET_PHONES = ("010-0000-0909", "010-0000-0808")
OPERATING = frozenset(
    role for role, row in roles.role_table().roles.items() if row.appointed_by == "operator"
) - {Role.DIRECTOR, Role.HUB_ADMIN}


@dataclass(frozen=True)
class Things:
    """What a page may be asked about, by the names that pages have for it."""

    patient: UUID
    institution: UUID
    number: str
    act: UUID
    document: str
    case: UUID
    key: UUID
    post: UUID
    notice: UUID


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
        self.client.cookies[settings.SESSION_COOKIE_NAME] = str(store.session_key)

    def is_too_late(self) -> None:
        """Their sign-in is older than any may be."""
        over = now() - sessions.LIFETIME - timedelta(seconds=1)
        SignIn.objects.filter(public_id=self.session).update(started_at=over)


@dataclass
class World:
    """Hospital `here` with the patient `own`, hospital `there` with the patient `other`."""

    here: Hospital = field(default_factory=Hospital)
    there: Hospital = field(default_factory=Hospital)

    def __post_init__(self) -> None:
        self.own = _patient(self.here, 1)
        self.other = _patient(self.there, 2)
        self.mine = self._things(self.own, self.here)
        theirs = self._things(self.other, self.there)
        self.of_other_patient = replace(
            theirs, institution=self.here.id, key=self.mine.key, post=self.mine.post
        )
        self.of_other_institution = replace(
            self.mine,
            institution=self.there.id,
            key=theirs.key,
            post=theirs.post,
            notice=theirs.notice,
            case=theirs.case,
        )
        self._theirs = theirs

    def person(self, role: Role) -> Person:
        """Somebody in this role at `here`, who showed every factor and has `own` open."""
        return _signed_in(role, self.here, self.own)

    def state_of_others(self) -> tuple[Any, ...]:
        """Whatever of the other patient and the other institution somebody could change."""
        theirs = self._theirs
        return (
            [act.id for act in consent.acts(theirs.patient)],
            list(consent.relations(theirs.patient)),
            cases.one(theirs.case),
            list(Post.objects.filter(institution=theirs.institution).values()),
            list(Notice.objects.filter(notice=theirs.notice).values()),
            joining_cases.case(theirs.key),
        )

    @staticmethod
    def _things(patient: Patient, hospital: Hospital) -> Things:
        patient.consents()
        document = hospital.sends(patient)
        at = now()
        act = consent.acts(patient.key)[0]
        nurse = Invitation(
            institution=hospital.id, role=Role.NURSE, name="시험간호", first_day=today(at)
        )
        officer = Recipient.at_institution(hospital.id, Role.PRIVACY_OFFICER)
        with transaction.atomic():
            case = open_case(
                CaseKind.WITHDRAWAL,
                patient=patient.key,
                act=act.id,
                institution=hospital.id,
                now=at,
                within=timedelta(days=10),
                first=CaseEntry(who=Role.PATIENT, what="whole"),
            )
            leaving = joining.begin(Kind.TERMINATION, hospital.id, time=at)
            notifications.notify("match-review", officer, {}, key=str(uuid4()))
        return Things(
            patient=patient.key,
            institution=hospital.id,
            number=patient.own.value,
            act=act.id,
            document=document.unique_id,
            case=case,
            key=leaving.id,
            post=posts.invite(nurse, at)[0].id,
            notice=Notice.objects.get(recipient=hospital.id).notice,
        )


def secrets_of(patient: Patient) -> tuple[str, ...]:
    """Whatever names this patient and was not typed by whoever asks."""
    number = int(patient.own.value[-1]) - 1
    return (patient.affinity_id.value, SECRET_NAMES[number], SECRET_PHONES[number])


def _signed_in(role: Role, hospital: Hospital, patient: Patient) -> Person:
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
        place = None if role in OPERATING else hospital.id
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


def _patient(hospital: Hospital, number: int) -> Patient:
    own = Identifier(f"{SECRET_NUMBER}-{number}", hospital.oid)
    told = Demographics(
        names=(PersonName(text=SECRET_NAMES[number - 1]),),
        birth_time="19700101",
        gender=Gender.FEMALE,
        telecoms=(Telecom(f"tel:{SECRET_PHONES[number - 1]}"),),
    )
    key = patient_services.add(PatientRecord(identifiers=(own,), demographics=told), now=now())
    affinity_id = patients.affinity_id(key)
    assert affinity_id is not None
    return Patient(key, own, affinity_id)


@pytest.fixture
def world(transactional_db: None) -> Iterator[World]:
    options = replace(settings.NARU, affinity_domains=(AFFINITY_DOMAIN,), sandbox=False)
    with override_settings(NARU=options, AFFINITY_DOMAIN=None):
        yield World()
