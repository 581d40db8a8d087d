"""A node with two hospitals, a patient of each, and somebody signed in for every role."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client, override_settings

from naru.accounts import people, posts, sessions
from naru.accounts.posts import Invitation
from naru.accounts.values import Link, Method, VerifiedPerson
from naru.domain import roles
from naru.domain.caller import Role
from naru.domain.identifiers import Identifier
from naru.domain.person import Demographics, Gender, PatientRecord, PersonName, Telecom
from naru.domain.roles import Factor, RoleKind
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


@dataclass
class World:
    """Hospital `here` with the patient `own`, hospital `there` with the patient `other`."""

    here: Hospital = field(default_factory=Hospital)
    there: Hospital = field(default_factory=Hospital)

    def __post_init__(self) -> None:
        self.own = _patient(self.here, 1)
        self.other = _patient(self.there, 2)
        for patient, hospital in ((self.own, self.here), (self.other, self.there)):
            patient.consents()
            hospital.sends(patient)

    def client(self, role: Role) -> Client:
        """Somebody in this role at `here`, who has `own` open."""
        return signed_in(role, self.here, self.own)


def signed_in(role: Role, hospital: Hospital, patient: Patient) -> Client:
    """A browser whose person holds the role, showed every factor, and has the patient open."""
    at = now()
    name = f"시험{role.value}"
    person = VerifiedPerson(name=name, born=date(1970, 1, 1), gender=Gender.FEMALE, di=str(uuid4()))
    citizen = roles.kind(role) is RoleKind.CITIZEN
    account = people.sign_up(person, Link.LINKED, patient.key if citizen else None, at)
    session = sessions.begin(account, Method.IDENTITY, str(uuid4()), "시험", at)
    sessions.show(session, Factor.PASSKEY, at)
    if not citizen:
        place = None if role in OPERATING else hospital.id
        invitation = Invitation(institution=place, role=role, name=name, first_day=today(at))
        _post, code = posts.invite(invitation, at)
        sessions.act_as(session, post=posts.accept(account, code, at).id)
    client = Client(raise_request_exception=False)
    kept = client.session
    kept["sign-in"] = str(session)
    kept[f"viewing-{viewing.PATIENT}"] = str(patient.key)
    kept["desk-patient"] = str(patient.key)
    kept.save()
    return client


def secrets_of(patient: Patient) -> tuple[str, ...]:
    """Whatever names this patient, however a page could write it."""
    number = int(patient.own.value[-1]) - 1
    return (
        patient.own.value,
        patient.affinity_id.value,
        SECRET_NAMES[number],
        SECRET_PHONES[number],
    )


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
