import os
from collections.abc import Callable
from pathlib import Path

import pytest
from lxml import etree

from tests.conftest import PROJECT
from tests.formats.hl7v3.people import parse

Validate = Callable[[str], None]


@pytest.fixture(scope="session")
def schemas() -> Path | None:
    """The published schemas, where they are at hand."""
    cases = Path(os.environ.get("NARU_CASES", PROJECT.parent / "shared" / "data"))
    folder = cases / "schemas/hl7v3/schema/HL7V3/NE2008/multicacheschemas"
    return folder if folder.is_dir() else None


@pytest.fixture(scope="session")
def valid(schemas: Path | None) -> Validate:
    """Asserts that a message follows the published schema of its interaction, if it is at hand.

    Round trips are worth running without; test_vectors.py says by skipping that it was not.
    """
    loaded: dict[str, etree.XMLSchema] = {}

    def validate(text: str) -> None:
        message = parse(text)
        name = etree.QName(message).localname
        if schemas is not None and name not in loaded:
            loaded[name] = etree.XMLSchema(etree.parse(schemas / f"{name}.xsd"))
        if name in loaded:
            loaded[name].assertValid(message)

    return validate
