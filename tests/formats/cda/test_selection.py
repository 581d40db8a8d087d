"""B12: what the doctor unticked is absent from the bytes that are sent, in whatever spelling."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from naru.domain.clinical import Content
from naru.domain.clinical.selection import items, without
from naru.formats.cda import DocumentForm, IncompleteDocument, read, write
from naru.formats.cda.forms import load
from naru.formats.xml import parse
from tests.formats.any_document import document_of

FORMS = tuple(form for form in load() if form.sections)


def marked(value: object, mark: str) -> object:
    """The value with a mark in each of its free texts, by which it is known wherever it stands."""
    if not is_dataclass(value) or isinstance(value, type):
        return f"{value} {mark}" if isinstance(value, str) else value
    free = {"name", "result", "reaction", "usage", "findings", "content", "description", "display"}
    said = {
        each.name: _marked(getattr(value, each.name), mark)
        for each in fields(value)
        if each.name in free or isinstance(getattr(value, each.name), tuple)
    }
    return replace(value, **said)


def _marked(value: object, mark: str) -> object:
    if isinstance(value, tuple):
        return tuple(marked(each, mark) for each in value)
    return f"{value} {mark}"


def references(octets: bytes) -> Iterator[str]:
    for element in parse(octets).iter("{*}reference"):
        if (value := element.get("value", "")).startswith("#"):
            yield value.removeprefix("#")


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.kind)
@given(data=st.data())
@settings(
    deadline=None,
    max_examples=30,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
def test_what_is_unticked_is_absent_from_the_bytes(form: DocumentForm, data: st.DataObject) -> None:
    document = data.draw(document_of(form))
    marks = {item.id: f"⟦{index}⟧" for index, item in enumerate(items(document.content))}
    said: dict[str, object] = {}
    for item in items(document.content):
        value = marked(item.value, marks[item.id])
        several = isinstance(getattr(Content(), item.field), tuple)
        said[item.field] = (*said.get(item.field, ()), value) if several else value  # type: ignore[misc]  # Tuples.
    content = replace(document.content, **said)  # type: ignore[arg-type]  # As they were.
    unticked = data.draw(st.sets(st.sampled_from(sorted(marks)))) if marks else set()
    left = without(content, unticked)

    try:
        octets = write(replace(document, content=left))
    except IncompleteDocument:
        return  # What the form demands was unticked: nothing goes out at all.

    for gone in unticked:
        assert marks[gone].encode() not in octets
    assert read(octets).content == left
    ids = {element.get("ID") for element in parse(octets).iter() if element.get("ID")}
    assert set(references(octets)) <= ids
