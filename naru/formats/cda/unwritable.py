"""Where a document holds a character that XML cannot carry, by the name of the field."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass

from naru.domain.clinical import ClinicalDocument
from naru.formats.cda.errors import UnfitContent
from naru.formats.cda.forms import DocumentForm
from naru.formats.xml.errors import UnwritableCharacter
from naru.formats.xml.escape import escape


def unwritable(form: DocumentForm, document: ClinicalDocument) -> UnfitContent:
    """The error that names every such field."""
    paths = tuple(_paths(document, ""))
    names = dict.fromkeys(_name(form, path) for path in paths)
    return UnfitContent(tuple(f"문서에 쓸 수 없는 제어 문자({name})" for name in names), paths)


def _paths(value: object, place: str) -> Iterator[str]:
    if isinstance(value, str):
        try:
            escape(value)
        except UnwritableCharacter:
            yield place
    elif isinstance(value, tuple):
        for index, item in enumerate(value):
            yield from _paths(item, f"{place}[{index}]")
    elif is_dataclass(value):
        for each in fields(value):
            yield from _paths(getattr(value, each.name), f"{place}.{each.name}".lstrip("."))


def _name(form: DocumentForm, path: str) -> str:
    known = {where: name for where, name in form.mandatory if not where.startswith("content.")}
    if path in known:
        return known[path]
    field = path.removeprefix("content.").partition("[")[0].partition(".")[0]
    sections = (each for each in form.sections if field in (each.text, *each.entries))
    return next((each.title for each in sections), path)
