"""Any consent and withdrawal comes back as it was, and follows the schema and its own rules."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from naru.domain.consent_document import ConsentDocument
from naru.domain.findings import errors
from naru.formats.cda import read_consent, write_consent
from naru.formats.cda.rules import check
from tests.formats.any_consent import consent_of

KINDS = ("consent", "withdrawal")
SOME = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    deadline=None,
    max_examples=30,
)
DAY = date(2026, 11, 20)


def _round_trip(document: ConsentDocument, schema: etree.XMLSchema | None) -> None:
    octets = write_consent(document)
    assert read_consent(octets) == document
    assert not errors(check(octets, on=DAY, schema=schema))


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
@SOME
def test_a_consent_comes_back_as_it_was(
    maybe_schema: etree.XMLSchema | None, kind: str, data: st.DataObject
) -> None:
    _round_trip(data.draw(consent_of(kind)), maybe_schema)


@pytest.mark.long
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
@settings(SOME, max_examples=10_000)
def test_ten_thousand_consents_come_back_as_they_were(kind: str, data: st.DataObject) -> None:
    _round_trip(data.draw(consent_of(kind)), None)
