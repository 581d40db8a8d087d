"""Any document of any kind comes back as it was, and follows the published schema."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from naru.formats.cda import DocumentForm, read, write
from naru.formats.cda.forms import load
from naru.formats.xml import parse
from naru.formats.xml.schema import validate

from .any_document import document_of

FORMS = tuple(form for form in load() if form.sections)
FEW = 30
# Ten times a thousand: Hypothesis remembers all that one search has drawn, and ten thousand
# documents in one take more memory than a small machine has.
THOUSAND = 1_000

every_form = pytest.mark.parametrize("form", FORMS, ids=lambda form: form.kind)
calm = settings(
    deadline=None,
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
        HealthCheck.filter_too_much,
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
@pytest.mark.parametrize("thousand", range(10))
@given(data=st.data())
@settings(calm, max_examples=THOUSAND, derandomize=False)
def test_ten_thousand_documents_come_back_as_they_were(
    form: DocumentForm, thousand: int, maybe_schema: etree.XMLSchema | None, data: st.DataObject
) -> None:
    assert thousand in range(10)  # Each draws its own, whatever the profile.
    comes_back(form, data, maybe_schema)
