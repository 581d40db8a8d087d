"""A hospital, a patient with two documents, and 병무청, on a node where pages are looked at."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from uuid import UUID

import pytest
from django.conf import settings
from django.test import Client, override_settings

from naru.directory import services as directory
from naru.domain.institution import InstitutionKind
from naru.domain.xds import DocumentEntry
from tests.exchange.hospitals import AFFINITY_DOMAIN, Hospital, Patient
from tests.staging import looking_as

CONTENT = "시험 문서의 글".encode()


@dataclass
class Place:
    """Whoever the tests are about."""

    hospital: Hospital = field(default_factory=Hospital)
    patient: Patient = field(init=False)
    documents: tuple[DocumentEntry, ...] = field(init=False)
    agency: UUID = field(init=False)
    other_agency: UUID = field(init=False)

    def __post_init__(self) -> None:
        self.patient = self.hospital.patient()
        self.patient.consents()
        self.documents = tuple(self.hospital.sends(self.patient, content=CONTENT) for _ in range(2))
        self.agency, self.other_agency = admit("병무청"), admit("근로복지공단")

    @property
    def citizen(self) -> Client:
        """The patient's browser."""
        return looking_as(self.patient.key)

    def clerk(self, agency: UUID | None = None) -> Client:
        """The browser of somebody at the agency."""
        return looking_as(self.patient.key, agency or self.agency)


def admit(name: str) -> UUID:
    """An agency of that name."""
    return directory.admit(name=name, kind=InstitutionKind.AGENCY, on=date(2026, 1, 1)).id


def hidden(page: str) -> dict[str, object]:
    """What the form of the preview sends."""
    form = page[page.index('name="shown"') - 400 :]
    found: dict[str, object] = {}
    for name, value in re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form):
        if name == "document":
            found.setdefault("document", []).append(value)  # type: ignore[union-attr]
        else:
            found[name] = value
    return found


def chosen(place: Place, *documents: DocumentEntry, **more: object) -> dict[str, object]:
    """The form by which documents are chosen."""
    return {
        "document": [one.unique_id for one in documents or place.documents],
        "purpose": "conscription",
        "days": "7",
        **more,
    }


def submitted(place: Place, *documents: DocumentEntry) -> tuple[str, dict[str, object]]:
    """A submission's address, and the form that made it."""
    preview = place.citizen.post(
        "/portal/deliveries/to/mma", chosen(place, *documents), follow=True
    )
    assert preview.status_code == 200, preview.content.decode()
    form = hidden(preview.content.decode())
    answer = place.citizen.post("/portal/deliveries/submit", form)
    assert answer.status_code == 302, answer.content.decode()
    return answer.headers["Location"], form


@pytest.fixture
def place(transactional_db: None) -> Iterator[Place]:
    options = replace(settings.NARU, demo=True, affinity_domains=(AFFINITY_DOMAIN,), sandbox=False)
    with override_settings(NARU=options, AFFINITY_DOMAIN=None):
        yield Place()
