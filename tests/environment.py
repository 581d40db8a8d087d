"""A data folder of its own for each test process, with its keys.

A plugin rather than a conftest, since pytest-django reads the settings before any conftest.
"""

import os
import shutil
import tempfile
from pathlib import Path


def _prepare() -> Path:
    from naru.security.keys import create_master_key

    data = Path(tempfile.mkdtemp(prefix="naru-test-"))
    for name in [name for name in os.environ if name.startswith("NARU_")]:
        if name not in {"NARU_TEST_DATABASE", "NARU_CASES", "NARU_PEERS"}:
            del os.environ[name]
    os.environ["NARU_DATA"] = str(data)
    os.environ["NARU_DATABASE"] = os.environ.get("NARU_TEST_DATABASE", "")
    create_master_key(data / "keys")
    return data


DATA = _prepare()


def pytest_unconfigure() -> None:
    """Leave nothing behind."""
    shutil.rmtree(DATA, ignore_errors=True)
