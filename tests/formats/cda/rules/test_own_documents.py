"""What Naru writes follows the published schema and the rules of its own form, whatever it says."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from naru.formats.cda import write
from naru.formats.cda.forms import known
from naru.formats.cda.rules import check
from tests.formats.any_document import document_of

DAY = date(2026, 11, 20)
KINDS = tuple(form.kind for form in known() if form.sections)

OF_CONTENT = {"code.system", "reason.code", "header.encounter"}
"""What an author can say wrongly in a document that is written rightly."""


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    deadline=None,
    max_examples=6,
)
def test_any_document_follows_schema_and_rules(
    maybe_schema: etree.XMLSchema | None, kind: str, data: st.DataObject
) -> None:
    octets = write(data.draw(document_of(known().newest(kind))))
    found = check(octets, on=DAY, schema=maybe_schema, claimed=kind)
    assert {one.rule for one in found} <= OF_CONTENT
