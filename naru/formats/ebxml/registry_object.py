"""What every ebRIM object is made of, read once: slots, names, classifications, identifiers."""

from typing import Final

from lxml.etree import _Element

from naru.domain.codes import Code, LocalizedString
from naru.domain.identifiers import Identifier
from naru.domain.xds import Author, AvailabilityStatus, Slot
from naru.formats.ebxml import namespaces as ns
from naru.formats.ebxml.errors import InvalidMetadata, invalid
from naru.formats.hl7 import datatypes

_STATUS: Final = {status.value: status for status in AvailabilityStatus}


def slots(element: _Element) -> dict[str, tuple[str, ...]]:
    """The slots of an object or classification by name, their values in order and as sent."""
    found: dict[str, tuple[str, ...]] = {}
    for slot in element.iterchildren(ns.SLOT):
        name = slot.get("name", "")
        if name in found:  # ITI TF-3 4.2.3.1.6: a slot's name is unique within its object.
            raise invalid("a Slot name stands twice within one object", element.get("id"))
        found[name] = slot_values(slot)
    return found


def slot_values(slot: _Element) -> tuple[str, ...]:
    """The values of one slot, in order and as sent."""
    return tuple(
        value.text or ""
        for values in slot.iterchildren(ns.VALUE_LIST)
        for value in values.iterchildren(ns.VALUE)
    )


def localized_strings(parent: _Element) -> tuple[LocalizedString, ...]:
    """The strings of a Name or Description with the language and charset sent beside them."""
    return tuple(
        LocalizedString(text.get("value", ""), text.get(ns.XML_LANG), text.get("charset"))
        for text in parent.iterchildren(ns.LOCALIZED_STRING)
    )


class RegistryObject:
    """One ExtrinsicObject, RegistryPackage or Association, taken apart in a single pass.

    Each reader method takes a part away, so that `extra_slots` are what nobody asked for.
    """

    __slots__ = (
        "_classifications",
        "_identifiers",
        "_slots",
        "comments",
        "element",
        "id",
        "kind",
        "title",
        "version",
    )

    def __init__(self, element: _Element, kind: str) -> None:
        self.element = element
        self.kind = kind
        self.id = element.get("id", "")
        self.title: tuple[LocalizedString, ...] = ()
        self.comments: tuple[LocalizedString, ...] = ()
        self.version = 1
        self._slots: dict[str, tuple[str, ...]] = {}
        self._classifications: dict[str, list[_Element]] = {}
        self._identifiers: dict[str, str] = {}
        if not self.id:
            raise invalid(f"{kind}.entryUUID must be present: the id of its object is empty")
        self._take_apart()

    def _take_apart(self) -> None:
        for child in self.element:
            match child.tag:
                case ns.SLOT:
                    self._add_slot(child)
                case ns.CLASSIFICATION:
                    self._add_classification(child)
                case ns.EXTERNAL_IDENTIFIER:
                    self._add_identifier(child)
                case ns.NAME:
                    self.title = localized_strings(child)
                case ns.DESCRIPTION:
                    self.comments = localized_strings(child)
                case ns.REGISTRY_OBJECT_LIST:
                    raise self.fault(None, "must not hold a RegistryObjectList of its own")
                case ns.VERSION_INFO:
                    number = child.get("versionName", "")
                    self.version = int(number) if number.isascii() and number.isdigit() else 1

    def _add_slot(self, child: _Element) -> None:
        name, values = child.get("name", ""), slot_values(child)
        # ITI TF-3 4.2.3.1.6: a name is unique; the same slot sent twice has no other meaning.
        if self._slots.setdefault(name, values) != values:
            raise self.fault(None, "has the same Slot name twice")

    def _add_classification(self, child: _Element) -> None:
        if child.get("classifiedObject") != self.id:  # ITI TF-3 4.2.3.1.2
            raise self.fault(None, "holds a Classification whose classifiedObject is another id")
        scheme = child.get("classificationScheme")
        if scheme:
            self._classifications.setdefault(scheme, []).append(child)

    def _add_identifier(self, child: _Element) -> None:
        if child.get("registryObject") != self.id:  # ITI TF-3 4.2.3.1.3
            raise self.fault(None, "holds an ExternalIdentifier whose registryObject is another id")
        scheme = child.get("identificationScheme", "")
        if scheme in self._identifiers:
            raise self.fault(None, "holds two ExternalIdentifiers of one identificationScheme")
        self._identifiers[scheme] = child.get("value", "")

    def fault(self, attribute: str | None, sentence: str) -> InvalidMetadata:
        """The fault of one attribute of this object, named without its value."""
        subject = f"{self.kind}.{attribute}" if attribute else f"the {self.kind}"
        return invalid(f"{subject} {sentence}", self.id)

    def status(self) -> AvailabilityStatus | None:
        """AvailabilityStatus; what is sent in a submission means nothing (ITI TF-3 4.2.3.2.2)."""
        return _STATUS.get(self.element.get("status", ""))

    def slot(self, name: str) -> str | None:
        """The only value of a slot."""
        values = self._slots.pop(name, None)
        if not values:
            return None
        if len(values) > 1:
            raise self.fault(name, "must have a single value")
        return values[0]

    def slot_list(self, name: str) -> tuple[str, ...]:
        """All values of a slot."""
        return self._slots.pop(name, ())

    def integer(self, name: str) -> int | None:
        """The only value of a slot, as a number without sign."""
        text = self.slot(name)
        if text is None:
            return None
        digits = text.strip()
        if not digits.isascii() or not digits.isdigit() or len(digits) > 18:  # noqa: PLR2004  # 64 bits.
            raise self.fault(name, "must be a whole number without sign")
        return int(digits)

    def cx_slot(self, name: str) -> Identifier | None:
        """The only value of a slot, as a CX."""
        text = self.slot(name)
        return None if text is None else self._cx(name, text)

    def cx_identifier(self, scheme: str, attribute: str) -> Identifier | None:
        """The value of an ExternalIdentifier, as a CX."""
        text = self._identifiers.get(scheme)
        return None if text is None else self._cx(attribute, text)

    def _cx(self, attribute: str, text: str) -> Identifier:
        try:
            return datatypes.cx(text)
        except datatypes.InvalidDatatype as error:
            raise self.fault(attribute, str(error)) from None

    def identifier(self, scheme: str, attribute: str) -> str:
        """The value of an ExternalIdentifier that every such object has."""
        text = self._identifiers.get(scheme, "")
        if not text:
            raise self.fault(attribute, "must be present")
        return text

    def code(self, scheme: str, attribute: str) -> Code | None:
        """The only Classification of a scheme."""
        found = self.codes(scheme, attribute)
        if len(found) > 1:
            raise self.fault(attribute, "must have a single value")
        return found[0] if found else None

    def codes(self, scheme: str, attribute: str) -> tuple[Code, ...]:
        """All Classifications of a scheme."""
        return tuple(
            self._code(child, attribute) for child in self._classifications.get(scheme, ())
        )

    def _code(self, classification: _Element, attribute: str) -> Code:
        code = classification.get("nodeRepresentation", "")
        if not code:
            raise self.fault(attribute, "must carry a code in nodeRepresentation")
        schemes = slots(classification).get("codingScheme", ())
        if len(schemes) != 1 or not schemes[0]:  # ITI TF-3 4.2.3.1.2
            raise self.fault(attribute, "must carry exactly one codingScheme")
        name = classification.find(ns.NAME)
        return Code(code, schemes[0], () if name is None else localized_strings(name))

    def authors(self, scheme: str) -> tuple[Author, ...]:
        """The authors, in the order sent."""
        return tuple(self._author(child) for child in self._classifications.get(scheme, ()))

    def _author(self, classification: _Element) -> Author:
        found = slots(classification)
        persons = found.get("authorPerson", ())
        if len(persons) > 1:  # ITI TF-3 4.2.3.2.1
            raise self.fault("author", "must have a single authorPerson in each Classification")
        return Author(
            person=persons[0] if persons else None,
            institutions=found.get("authorInstitution", ()),
            roles=found.get("authorRole", ()),
            specialties=found.get("authorSpecialty", ()),
            telecommunications=found.get("authorTelecommunication", ()),
        )

    def extra_slots(self) -> tuple[Slot, ...]:
        """The slots that nobody took: extra metadata (ITI TF-3 4.2.3.1.6), kept as sent."""
        return tuple(Slot(name, values) for name, values in self._slots.items())
