from collections.abc import Iterator

import pytest

from tests.acting import node


@pytest.fixture(autouse=True)
def _node() -> Iterator[None]:
    """A node where nobody is let in for nothing."""
    with node():
        yield
