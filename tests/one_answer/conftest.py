from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import settings
from django.test import override_settings

from tests.one_answer.places import AFFINITY_DOMAIN, Places
from tests.one_answer.wire import Wire


@pytest.fixture
def places(transactional_db: None, tmp_path: Path) -> Iterator[Places]:
    """Who takes part in a node for real records, whose pages are open."""
    options = replace(settings.NARU, affinity_domains=(AFFINITY_DOMAIN,), sandbox=False, demo=True)
    with override_settings(NARU=options, AFFINITY_DOMAIN=None):
        yield Places(tmp_path / "ca")


@pytest.fixture
def wire() -> Wire:
    return Wire()
