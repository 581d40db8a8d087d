"""B12: what the doctor unticked is absent from the bytes that are sent, and all made of them."""

from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from io import BytesIO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from naru.domain.clinical import ClinicalDocument, Content
from naru.domain.clinical.compact import to_plain
from naru.domain.clinical.selection import Item, items, without
from naru.formats.cda import DocumentForm, IncompleteDocument, read, write
from naru.formats.cda.forms import load
from naru.formats.cda.show import show_html, show_pdf, show_text
from naru.formats.fhir.json import to_json
from naru.formats.fhir.krcore import to_bundle
from naru.formats.xml import parse
from naru.node.reading import READERS
from tests.formats.any_document import document_of

FORMS = tuple(form for form in load() if form.sections)


_NO_WORDS = {"system"}
"""Of what an entry says, that by which its other words are read."""


def marked(value: object, mark: str) -> object:
    """The value with the mark in each thing that it says, by which it is known wherever it stands.

    Codes are marked, too, and what is empty says nothing and stays so.
    """
    if isinstance(value, str) and not isinstance(value, Enum):
        return f"{value}{mark}" if value else value
    if isinstance(value, tuple):
        return tuple(marked(each, mark) for each in value)
    if not is_dataclass(value) or isinstance(value, type):
        return value
    said = {each.name: getattr(value, each.name) for each in fields(value)}
    return replace(
        value, **{name: marked(one, mark) for name, one in said.items() if name not in _NO_WORDS}
    )


def drawn(form: DocumentForm, data: st.DataObject) -> tuple[ClinicalDocument, dict[str, str]]:
    """Any document of the form, and the mark of each of its items."""
    document = data.draw(document_of(form))
    held = items(document.content)
    # Letters and digits alone, none the beginning of another: a code may bear it, any font has it.
    marks = {item.id: f"ZQ{index:03}QZ" for index, item in enumerate(held)}
    said: dict[str, object] = {}
    for item in held:
        value = marked(item.value, marks[item.id])
        several = isinstance(getattr(Content(), item.field), tuple)
        said[item.field] = (*said.get(item.field, ()), value) if several else value  # type: ignore[misc]  # Fields are of many types; `several` says which are tuples.
    content = replace(document.content, **said)  # type: ignore[arg-type]  # Each value came from the field that it goes back into.
    return replace(document, content=content), marks


def some_of(marks: Iterable[str], data: st.DataObject) -> set[str]:
    """Each of them with one chance in four, so that what a form demands is often left."""
    chances = data.draw(st.binary(min_size=64, max_size=64))
    return {one for one, chance in zip(marks, chances, strict=False) if chance >= 192}


def sent(document: ClinicalDocument, unticked: set[str]) -> tuple[Content, bytes] | None:
    """What is left and its bytes; None where the form demands what was unticked: nothing goes."""
    left = without(document.content, unticked)
    try:
        return left, write(replace(document, content=left))
    except IncompleteDocument:
        return None


def shows(item: Item) -> bool:
    """Whether an item has words of its own that every reader is shown."""
    name = item.value if isinstance(item.value, str) else getattr(item.value, "name", "")
    return bool(name.strip())


def references(octets: bytes) -> Iterator[str]:
    for element in parse(octets).iter("{*}reference"):
        if (value := element.get("value", "")).startswith("#"):
            yield value.removeprefix("#")


SOME = settings(
    deadline=None,
    max_examples=30,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.kind)
@given(data=st.data())
@SOME
def test_what_is_unticked_is_absent_from_the_bytes(form: DocumentForm, data: st.DataObject) -> None:
    document, marks = drawn(form, data)
    unticked = some_of(marks, data)
    found = sent(document, unticked)
    if found is None:
        return
    left, octets = found

    for gone in unticked:
        assert marks[gone].encode() not in octets
    assert read(octets).content == left
    ids = {element.get("ID") for element in parse(octets).iter() if element.get("ID")}
    assert set(references(octets)) <= ids


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.kind)
@given(data=st.data())
@settings(SOME, max_examples=8)
def test_what_is_unticked_is_absent_from_all_that_is_made_of_the_bytes(
    form: DocumentForm, data: st.DataObject
) -> None:
    """Page, print, plain text, FHIR, and the content that the node keeps of what it read."""
    document, marks = drawn(form, data)
    unticked = some_of(marks, data)
    found = sent(document, unticked)
    if found is None:
        return
    _, octets = found
    gone = {marks[one] for one in unticked}
    kept = {marks[item.id] for item in items(document.content) if shows(item)} - gone

    opened = READERS.opening("text/xml")
    assert opened is not None
    made = {
        "page": show_html(octets).decode(),
        "text": show_text(octets),
        "print": printed(octets),
        "FHIR": to_json(to_bundle(read(octets))).decode(),
        "index": repr(to_plain(opened(octets).content)),
    }
    for name, said in made.items():
        assert {one for one in gone if one in said} == set(), name
    for name in ("page", "text", "FHIR", "index"):
        assert {one for one in kept if one not in made[name]} == set(), name


def printed(octets: bytes) -> str:
    """The words of the print, without blanks and breaks of lines."""
    pages = PdfReader(BytesIO(show_pdf(octets))).pages
    return "".join("".join(page.extract_text().split()) for page in pages)
