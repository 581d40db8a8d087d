"""What is measured at one time: observations with codes, units and words from the form's data."""

from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation

from lxml.etree import _Element

from naru.formats.cda.datatypes import attribute_of, coded, hl7, typed, words_of
from naru.formats.cda.entries.form import COMPLETED, observation
from naru.formats.cda.errors import CdaRefused, UnfitContent
from naru.formats.cda.forms import DocumentForm

Measured = Decimal | str | None


def components(form: DocumentForm, values: Mapping[str, Measured]) -> str:
    """A component of an organizer for each value that is there."""
    return "".join(_components(form, values))


def _components(form: DocumentForm, values: Mapping[str, Measured]) -> Iterator[str]:
    for name, value in values.items():
        if value is not None and value != "":
            known = form.raw["vital_signs"][name]
            code = coded("code", known["code"], form.systems["LOINC"], known["display"])
            written = _quantity(value, known["unit"])
            yield f"<component>{observation(f'{code}{COMPLETED}{written}')}</component>"


def _quantity(value: Decimal | str, unit: str) -> str:
    if isinstance(value, str):
        return typed("ST", value)
    if not value.is_finite():
        raise UnfitContent(("측정값이 수가 아닙니다",))
    return f'<value xsi:type="PQ" value="{value:f}" unit="{unit}"/>'


def shown(form: DocumentForm, name: str, value: Measured) -> str:
    """A value with its unit, as a person reads it."""
    if value is None or isinstance(value, str):
        return value or ""
    return f"{value:f} {form.raw['vital_signs'][name]['shown']}"


def read_components(form: DocumentForm, organizer: _Element) -> dict[str, Measured]:
    """The values by their names. Raises CdaRefused for what is no number of the right unit."""
    names = {known["code"]: name for name, known in form.raw["vital_signs"].items()}
    found: dict[str, Measured] = {}
    for component in organizer.iterchildren(hl7("component")):
        for entry in component.iterchildren(hl7("observation")):
            name = names.get(attribute_of(entry, "code", name="code"), "")
            value = entry.find(hl7("value"))
            if name and value is not None:
                found[name] = _read(value, form.raw["vital_signs"][name]["unit"])
    return found


def _read(value: _Element, unit: str) -> Measured:
    if not unit:
        return words_of(value)
    if value.get("unit", "") != unit:
        raise CdaRefused("a measure is in another unit")
    try:
        return Decimal(value.get("value", ""))
    except InvalidOperation:
        raise CdaRefused("a measure is no number") from None
