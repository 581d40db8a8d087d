"""People who are signed in at a node that is no demo: browsers in which somebody acts."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from uuid import UUID, uuid4

from django.conf import settings
from django.test import Client, override_settings

from naru.accounts import people, posts, sessions
from naru.accounts.posts import Invitation
from naru.accounts.values import Link, Method, VerifiedPerson
from naru.domain.caller import Role
from naru.domain.person import Gender
from naru.domain.roles import Factor
from naru.ui import viewing
from naru.ui.clock import now, today
from tests.exchange.hospitals import AFFINITY_DOMAIN


@contextmanager
def node() -> Iterator[None]:
    """A node where people sign in and every institution has to have a reason to look."""
    options = replace(settings.NARU, affinity_domains=(AFFINITY_DOMAIN,), sandbox=False)
    with override_settings(NARU=options, AFFINITY_DOMAIN=None):
        yield


def account_of(name: str, patient: UUID | None = None) -> UUID:
    """Somebody who has signed up, as the patient whose records are theirs."""
    person = VerifiedPerson(name=name, born=date(1970, 1, 1), gender=Gender.FEMALE, di=str(uuid4()))
    return people.sign_up(person, Link.LINKED if patient else Link.UNKNOWN, patient, now())


def citizen(name: str, patient: UUID | None = None) -> Client:
    """A browser in which a citizen is signed in and has just shown who they are."""
    account = account_of(name, patient)
    return browser_of(sessions.begin(account, Method.IDENTITY, "d", "시험", now()))


def staff(role: Role, institution: UUID | None, name: str, patient: UUID | None = None) -> Client:
    """A browser of somebody in a post, who has the patient open if one is given."""
    account = account_of(name)
    session = sessions.begin(account, Method.IDENTITY, "d", "시험", now())
    sessions.show(session, Factor.PASSKEY, now())
    invitation = Invitation(institution=institution, role=role, name=name, first_day=today(now()))
    _post, code = posts.invite(invitation, now())
    sessions.act_as(session, post=posts.accept(account, code, now()).id)
    client = browser_of(session)
    if patient is not None:
        kept = client.session
        kept[f"viewing-{viewing.PATIENT}"] = str(patient)
        kept.save()
    return client


def browser_of(session: UUID) -> Client:
    """A browser in which this session goes on."""
    client = Client()
    kept = client.session
    kept["sign-in"] = str(session)
    kept.save()
    return client
