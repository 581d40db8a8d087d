"""Browsers in which somebody is signed in at a running node, without walking through its pages."""

import json
from dataclasses import dataclass
from typing import Final

from naru.domain.identifiers import Identifier
from tests.end_to_end.node import Node

_SIGN_IN: Final = """
from datetime import date
from uuid import uuid4
from naru.accounts import people, posts, sessions
from naru.accounts.posts import Invitation
from naru.accounts.values import Link, Method, VerifiedPerson
from naru.directory import services as directory
from naru.domain.caller import Role
from naru.domain.identifiers import Identifier
from naru.domain.institution import InstitutionKind
from naru.domain.person import Gender
from naru.domain.roles import Factor
from naru.patients import queries as patients
from naru.security.page_sessions import SessionStore
patient = patients.resolve(Identifier(*sys.argv[1:3])).patient
hospital = directory.admit(name="시험", kind=InstitutionKind.HUB, on=today, oid=sys.argv[3])
def signed_in(role, institution=None):
    person = VerifiedPerson(
        name="시험" + role, born=date(1970, 1, 1), gender=Gender.FEMALE, di=str(uuid4())
    )
    own = patient if role is Role.PATIENT else None
    account = people.sign_up(person, Link.LINKED if own else Link.UNKNOWN, own, now)
    session = sessions.begin(account, Method.IDENTITY, str(uuid4()), "시험", now)
    sessions.show(session, Factor.PASSKEY, now)
    if own is None:
        invited = Invitation(institution=institution, role=role, name=person.name, first_day=today)
        sessions.act_as(session, post=posts.accept(account, posts.invite(invited, now)[1], now).id)
    store = SessionStore()
    store.update({"sign-in": str(session), "viewing-patient": str(patient),
                  "desk-patient": str(patient)})
    store.create()
    return store.session_key
print(json.dumps({
    "citizen": signed_in(Role.PATIENT),
    "clinician": signed_in(Role.DOCTOR, hospital.id),
    "clerk": signed_in(Role.RECEPTION, hospital.id),
    "operator": signed_in(Role.OPERATOR),
}))
"""


@dataclass(frozen=True)
class SignedIn:
    """The `Cookie` headers by which the node knows them."""

    citizen: str
    clinician: str
    clerk: str
    operator: str


def sign_in(node: Node, patient: Identifier, oid: str) -> SignedIn:
    """A citizen who is this patient, two of a hospital, who have them open, and an operator."""
    told = json.loads(node.administer(_SIGN_IN, patient.value, patient.authority, oid))
    return SignedIn(**{who: f"naru-session={key}" for who, key in told.items()})
