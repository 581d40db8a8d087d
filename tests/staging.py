"""The demo's people and hospitals in the test's own database, and a client that looks as one."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
from django.conf import settings
from django.test import Client, override_settings

from naru.clinic import acts as clinic
from naru.consent import texts
from naru.demo import stage
from naru.demo.cast import AFFINITY_DOMAIN, RESIDENT_NUMBERS
from naru.demo.population import population
from naru.demo.story import Story
from naru.domain.caller import Caller
from naru.domain.consent_paper import NEEDED
from naru.exchange import identify
from naru.exchange.access import Access
from naru.node import urls as _urls  # noqa: F401  # Its routes, before a demo has more.
from naru.portal import acts as portal
from naru.ui import viewing
from naru.ui.clock import now, today


@pytest.fixture
def told(transactional_db: None, tmp_path: Path) -> Iterator[Story]:
    """The story's stage, on a node that is a demo."""
    options = replace(
        settings.NARU,
        demo=True,
        affinity_domains=(AFFINITY_DOMAIN,),
        rrn_authority=RESIDENT_NUMBERS,
    )
    site = stage.Site(
        data=tmp_path, authority=tmp_path / "ca", wire="https://127.0.0.1:1", program="naru"
    )
    with override_settings(NARU=options):
        yield stage.set_up(site, now(), population(3))


def looking_as(patient: UUID, institution: UUID | None = None) -> Client:
    """A browser in whose session it is chosen as whom it looks."""
    client = Client()
    session = client.session
    session[f"viewing-{viewing.PATIENT}"] = str(patient)
    session[f"viewing-{viewing.INSTITUTION}"] = str(institution or "")
    session.save()
    return client


def by(transaction: str, caller: Caller) -> Access:
    """An access of its own, by this caller, at this moment."""
    return Access(transaction=transaction, caller=caller, time=now())


def receiver_looks(told: Story) -> None:
    """The receiving hospital asks for the patient's documents."""
    receiver = identify.at_clinic(told.receiver, address="", now=now())
    clinic.find(by(clinic.FIND, receiver), told.patient)


def turns(told: Story, *, on: bool) -> None:
    """The patient presses the demo's switch."""
    access = by(portal.CONSENT, identify.patient(told.patient, address=""))
    portal.turn(access, told.patient, on=on)


def read_text() -> dict[str, str]:
    """What a form says of the words that it showed."""
    wording = texts.of("ko", on=today(now())).wording
    return {"version": wording.version, "language": wording.language, "sha256": wording.sha256}


def consents(client: Client) -> None:
    """The patient reads the text, ticks what is needed, and consents."""
    form = {**read_text(), "box": [box.value for box in NEEDED]}
    assert client.post("/portal/consent/give", form).status_code == 302


def withdraws(client: Client) -> None:
    """The patient withdraws the whole consent."""
    assert client.post("/portal/consent/withdraw", read_text()).status_code == 302
