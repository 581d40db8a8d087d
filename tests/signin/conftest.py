"""A node whose people sign in: no demo, with a provider of 본인확인 on loopback."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import settings
from django.test import override_settings

from naru.exchange.callers import strangers
from tests.signing_in import ORIGIN, provider


@pytest.fixture(scope="session")
def identity(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    with provider(tmp_path_factory.mktemp("identity")) as running:
        yield running


@pytest.fixture(autouse=True)
def _each_stranger_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of many strangers in one second some are counted together: those of other tests, too."""
    monkeypatch.setattr(strangers, "EACH", 10_000)


@pytest.fixture(autouse=True)
def _node(transactional_db: None, identity: tuple[str, Path]) -> Iterator[None]:
    url, key = identity
    options = replace(
        settings.NARU,
        pages=ORIGIN,
        identity_provider=url,
        identity_key=key,
        affinity_domains=("2.999.100",),
    )
    with override_settings(NARU=options):
        yield
