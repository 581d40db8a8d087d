from collections.abc import Iterator
from dataclasses import replace

import pytest
from django.conf import settings
from django.test import override_settings

from tests.exchange.documents.hubs import AFFINITY, Hospital, Patient


@pytest.fixture(autouse=True)
def _one_affinity_domain(_real: None) -> Iterator[None]:
    # Within what `_real` overrides, and ended before it: else the last to end would put back what
    # was never the settings' own.
    options = replace(settings.NARU, affinity_domains=(AFFINITY,))
    with override_settings(NARU=options):
        yield


@pytest.fixture
def source(_one_affinity_domain: None) -> Hospital:
    return Hospital.admitted("2.999.1")


@pytest.fixture
def other(_one_affinity_domain: None) -> Hospital:
    return Hospital.admitted("2.999.2")


@pytest.fixture
def patient(source: Hospital, other: Hospital) -> Patient:
    """A patient of the one hospital, whom both have received."""
    return _received(source.patient("TEST-P"), source, other)


@pytest.fixture
def neighbour(source: Hospital, other: Hospital) -> Patient:
    """Another patient, of the other hospital; both have received them, too."""
    return _received(other.patient("TEST-Q"), source, other)


def _received(patient: Patient, *hospitals: Hospital) -> Patient:
    patient.consents()
    for one in hospitals:
        one.receives(patient)
    return patient
