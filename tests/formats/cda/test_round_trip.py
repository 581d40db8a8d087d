"""Any document of any kind comes back as it was, and follows the published schema."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from naru.formats.cda import DocumentForm, read, write
from naru.formats.cda.forms import load
from naru.formats.xml import parse
from naru.formats.xml.schema import validate
from tests.formats.any_document import document_of

FORMS = tuple(form for form in load() if form.sections)
FEW = 30

every_form = pytest.mark.parametrize("form", FORMS, ids=lambda form: form.kind)
calm = settings(
    deadline=None,
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.function_scoped_fixture,
    ],
)


def comes_back(form: DocumentForm, data: st.DataObject, schema: etree.XMLSchema | None) -> None:
    document = data.draw(document_of(form))
    octets = write(document)
    if schema is not None:
        validate(parse(octets), schema)
    assert read(octets) == document


@every_form
@given(data=st.data())
@settings(calm, max_examples=FEW)
def test_a_document_comes_back_as_it_was(
    form: DocumentForm, maybe_schema: etree.XMLSchema | None, data: st.DataObject
) -> None:
    comes_back(form, data, maybe_schema)


@pytest.mark.long
@every_form
@given(data=st.data())
@settings(calm, max_examples=10_000, derandomize=False)
def test_ten_thousand_documents_come_back_as_they_were(
    form: DocumentForm, maybe_schema: etree.XMLSchema | None, data: st.DataObject
) -> None:
    comes_back(form, data, maybe_schema)
