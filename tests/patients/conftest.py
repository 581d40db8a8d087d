from collections.abc import Iterator
from dataclasses import replace

import pytest
from django.conf import settings
from django.test import override_settings

from naru.patients import services

AFFINITY = "2.999.1"
SECOND_AFFINITY = "2.999.2"
RESIDENT = "2.999.3"
RED = "2.999.10"
BLUE = "2.999.11"


@pytest.fixture(autouse=True)
def _domains(request: pytest.FixtureRequest) -> Iterator[None]:
    options = replace(
        settings.NARU, affinity_domains=(AFFINITY, SECOND_AFFINITY), rrn_authority=RESIDENT
    )
    with override_settings(NARU=options):
        if request.node.get_closest_marker("django_db"):
            # pytest-django's own; without it a marked test's database is not there yet.
            request.getfixturevalue("_django_db_helper")
            services.know_domain(RED)
            services.know_domain(BLUE)
        yield
