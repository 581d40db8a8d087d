from collections.abc import Iterator
from dataclasses import replace

import pytest
from django.conf import settings
from django.test import override_settings

from tests.exchange.hospitals import AFFINITY_DOMAIN


@pytest.fixture(autouse=True)
def _real(transactional_db: None) -> Iterator[None]:
    """A node for real records."""
    options = replace(settings.NARU, affinity_domains=(AFFINITY_DOMAIN,), sandbox=False)
    with override_settings(NARU=options, AFFINITY_DOMAIN=None):
        yield


@pytest.fixture
def sandbox(_real: None) -> Iterator[None]:
    """The same node as a sandbox."""
    with override_settings(NARU=replace(settings.NARU, sandbox=True)):
        yield
