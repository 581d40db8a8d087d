"""The parts of ebRIM objects as text: one pass, no tree (52 µs instead of 311 µs for 11 KB)."""

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import count
from typing import Final

from naru.domain.codes import Code, LocalizedString
from naru.domain.identifiers import Identifier, is_uuid_urn
from naru.domain.xds import Author, Slot
from naru.formats.xml.escape import escape

OBJECT_TYPE: Final = "urn:oasis:names:tc:ebxml-regrep:ObjectType:RegistryObject:"
_VERSION: Final = 23  # Where the version digit stands in `urn:uuid:xxxxxxxx-xxxx-Vxxx-…`.


def composed_ids(parent: str) -> Iterator[str]:
    """Ids for the parts of an object: the same object has the same ids in every answer.

    They are the object's own UUID with the version 8 (RFC 9562, the maker's own rule) and the
    part's number in place of twelve random bits; beside a symbolic id they are symbolic too.
    """
    if is_uuid_urn(parent):
        head, tail = parent[:_VERSION] + "8", parent[_VERSION + 4 :]
        return (f"{head}{number:03x}{tail}" for number in count())
    return (f"{escape(parent)}.{number}" for number in count(1))


def attribute(name: str, value: str | None) -> str:
    """An XML attribute with a space before it; nothing where there is no value."""
    return "" if value is None else f' {name}="{escape(value)}"'


def slot(name: str, value: str | None) -> str:
    """A slot with one value; nothing where there is none."""
    return "" if value is None else _slot(name, escape(value))


def _slot(name: str, listed: str) -> str:
    return (
        f'<rim:Slot name="{name}"><rim:ValueList><rim:Value>{listed}'
        "</rim:Value></rim:ValueList></rim:Slot>"
    )


@lru_cache(maxsize=2)  # The objects of one patient come one after the other.
def _cx(value: Identifier) -> str:
    return escape(str(value))


def cx_slot(name: str, value: Identifier | None) -> str:
    """A slot with a CX; nothing where there is none."""
    return "" if value is None else _slot(name, _cx(value))


def slot_list(name: str, values: Sequence[str]) -> str:
    """A slot with its values; nothing where there are none."""
    if not values:
        return ""
    return _slot(name, "</rim:Value><rim:Value>".join(map(escape, values)))


def extra_slots(slots: Iterable[Slot]) -> str:
    """Extra metadata attributes; a slot without a value stays."""
    return "".join(
        slot_list(escape(item.name), item.values)
        or f'<rim:Slot name="{escape(item.name)}"><rim:ValueList/></rim:Slot>'
        for item in slots
    )


def localized(tag: str, strings: Sequence[LocalizedString]) -> str:
    """A Name or Description; nothing where there is no string."""
    if not strings:
        return ""
    texts = ""
    for text in strings:
        lang = "" if text.lang is None else f' xml:lang="{escape(text.lang)}"'
        charset = "" if text.charset is None else f' charset="{escape(text.charset)}"'
        texts += f'<rim:LocalizedString{lang}{charset} value="{escape(text.value)}"/>'
    return f"<rim:{tag}>{texts}</rim:{tag}>"


def version(number: int, status: str | None) -> str:
    """VersionInfo; nothing for a first version of what no registry holds yet.

    A registry gives versions as it gives the status: each object in an answer has both.
    """
    if number == 1 and status is None:
        return ""
    return f'<rim:VersionInfo versionName="{number}"/>'


@lru_cache(maxsize=4096)  # The codes of an affinity domain are few and say nothing of anybody.
def _around_object(scheme: str, code: Code) -> tuple[str, str]:
    """A coded attribute before and after the id of the object that it classifies."""
    before = (
        f' objectType="{OBJECT_TYPE}Classification" classificationScheme="{scheme}"'
        ' classifiedObject="'
    )
    after = (
        f'" nodeRepresentation="{escape(code.code)}">'
        '<rim:Slot name="codingScheme"><rim:ValueList><rim:Value>'
        f"{escape(code.scheme)}</rim:Value></rim:ValueList></rim:Slot>"
        f"{localized('Name', code.display)}</rim:Classification>"
    )
    return before, after


@lru_cache(maxsize=1024)  # Those who work at the institutions of an affinity domain.
def _author(author: Author) -> str:
    return (
        slot("authorPerson", author.person)
        + slot_list("authorInstitution", author.institutions)
        + slot_list("authorRole", author.roles)
        + slot_list("authorSpecialty", author.specialties)
        + slot_list("authorTelecommunication", author.telecommunications)
    )


class Composed:
    """Writes the Classifications and ExternalIdentifiers of one object."""

    __slots__ = ("_ids", "_parent")

    def __init__(self, parent: str) -> None:
        self._parent = escape(parent)
        self._ids = composed_ids(parent)

    def _classification(self, scheme: str, code: str) -> str:
        return (
            f'<rim:Classification id="{next(self._ids)}"'
            f' objectType="{OBJECT_TYPE}Classification" classificationScheme="{scheme}"'
            f' classifiedObject="{self._parent}" nodeRepresentation="{code}">'
        )

    def code(self, scheme: str, code: Code | None) -> str:
        """A coded attribute; nothing where there is none."""
        if code is None:
            return ""
        before, after = _around_object(scheme, code)
        return f'<rim:Classification id="{next(self._ids)}"{before}{self._parent}{after}'

    def codes(self, scheme: str, codes: Iterable[Code]) -> str:
        """A coded attribute with many values."""
        return "".join(self.code(scheme, code) for code in codes)

    def authors(self, scheme: str, authors: Iterable[Author]) -> str:
        """The authors in their order."""
        return "".join(
            f"{self._classification(scheme, '')}{_author(author)}</rim:Classification>"
            for author in authors
        )

    def node(self, node: str) -> str:
        """The Classification that says what a RegistryPackage is (ITI TF-3 4.2.1.1)."""
        return (
            f'<rim:Classification id="{next(self._ids)}"'
            f' objectType="{OBJECT_TYPE}Classification" classificationNode="{node}"'
            f' classifiedObject="{self._parent}"/>'
        )

    def identifier(self, scheme: str, name: str, value: Identifier | str | None) -> str:
        """An ExternalIdentifier; nothing where there is no value."""
        if value is None:
            return ""
        text = escape(value) if isinstance(value, str) else _cx(value)
        return (
            f'<rim:ExternalIdentifier id="{next(self._ids)}"'
            f' objectType="{OBJECT_TYPE}ExternalIdentifier" registryObject="{self._parent}"'
            f' identificationScheme="{scheme}" value="{text}">'
            f'<rim:Name><rim:LocalizedString value="{name}"/></rim:Name></rim:ExternalIdentifier>'
        )
