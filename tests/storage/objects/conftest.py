"""Every driver under the same tests; a new driver adds its way of making a store here."""

from collections.abc import Callable
from pathlib import Path

import pytest

from naru.security.keys import KeyRing
from naru.storage.objects import ObjectStore, open_store
from tests.storage.objects.ring import ring_of

DRIVERS: dict[str, Callable[[Path], str]] = {"folder": lambda place: (place / "objects").as_uri()}


@pytest.fixture(scope="session")
def keys() -> KeyRing:
    return ring_of(bytes(range(32)))


@pytest.fixture(scope="module", params=sorted(DRIVERS))
def store(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, keys: KeyRing
) -> ObjectStore:
    return open_store(DRIVERS[request.param](tmp_path_factory.mktemp("store")), keys)
