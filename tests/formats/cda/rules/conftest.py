from collections.abc import Callable

import pytest

from naru.domain.clinical import ClinicalDocument
from naru.formats.cda import write

Changed = Callable[[str, str], bytes]


@pytest.fixture
def octets(referral_document: ClinicalDocument) -> bytes:
    return write(referral_document)


@pytest.fixture
def changed(octets: bytes) -> Changed:
    """The referral with one text in place of another, once."""

    def change(before: str, after: str) -> bytes:
        assert before.encode() in octets
        return octets.replace(before.encode(), after.encode(), 1)

    return change
