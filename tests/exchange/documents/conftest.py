from dataclasses import replace

import pytest
from django.conf import settings

from tests.exchange.documents.hubs import AFFINITY, Hospital, Patient


@pytest.fixture(autouse=True)
def _one_affinity_domain(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "NARU", replace(settings.NARU, affinity_domains=(AFFINITY,)))
    monkeypatch.setattr(settings, "AFFINITY_DOMAIN", None)


@pytest.fixture
def source(_one_affinity_domain: None) -> Hospital:
    return Hospital.admitted("2.999.1")


@pytest.fixture
def other(_one_affinity_domain: None) -> Hospital:
    return Hospital.admitted("2.999.2")


@pytest.fixture
def patient(source: Hospital) -> Patient:
    consenting = source.patient("TEST-P")
    consenting.consents()
    return consenting


@pytest.fixture
def neighbour(other: Hospital) -> Patient:
    """Another patient, of the other hospital."""
    consenting = other.patient("TEST-Q")
    consenting.consents()
    return consenting
