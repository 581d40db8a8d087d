"""Code set files: the XML that connectathon tools use, and the JSON that ships with the program."""

from collections.abc import Iterable, Mapping
from typing import Final

import msgspec
from lxml.etree import _Element

from naru.domain.affinity_domain import AffinityDomain
from naru.domain.identifiers import is_oid

# The tools' name for the codeList of folders.
_ATTRIBUTE: Final = {"folderCodeList": "codeList"}


class InvalidCodeSets(ValueError):
    """The file does not describe an affinity domain."""


class CodeEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One code of the JSON file; `source` and `status` tell how far it can be relied on."""

    code: str
    display: str
    scheme: str | None = None
    status: str | None = None
    source: str | None = None
    template: str | None = None


class CodeSet(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The codes of one attribute, of one coding scheme unless an entry names another."""

    scheme: str
    codes: tuple[CodeEntry, ...]
    status: str | None = None
    source: str | None = None


class CodeSetFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole JSON file."""

    name: str
    version: str
    status: str
    attributes: dict[str, tuple[CodeSet, ...]]
    mime_types: tuple[str, ...]
    assigning_authorities: tuple[str, ...] = ()
    note: str = ""


def from_json(content: bytes) -> AffinityDomain:
    """The affinity domain of a JSON file."""
    try:
        file = msgspec.json.decode(content, type=CodeSetFile)
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise InvalidCodeSets(f"the code set file is not as described: {error}") from error
    listed = {
        attribute: [
            (entry.code, entry.scheme or found.scheme, entry.display)
            for found in sets
            for entry in found.codes
        ]
        for attribute, sets in file.attributes.items()
    }
    return _domain(listed, file.mime_types, file.assigning_authorities)


def from_xml(element: _Element) -> AffinityDomain:
    """The affinity domain of a `Codes` element."""
    if element.tag != "Codes":
        raise InvalidCodeSets("the root of a code set file must be Codes")
    listed: dict[str, list[tuple[str, str, str]]] = {}
    mime_types: list[str] = []
    for kind in element.iterchildren("CodeType"):
        name = kind.get("name", "")
        if name == "mimeType":
            mime_types = [code.get("code", "") for code in kind.iterchildren("Code")]
        else:
            listed[_ATTRIBUTE.get(name, name)] = [_code(code) for code in kind.iterchildren("Code")]
    authorities = [
        _authority(one.get("id", "")) for one in element.iterchildren("AssigningAuthority")
    ]
    return _domain(listed, mime_types, authorities)


def _domain(
    listed: Mapping[str, Iterable[tuple[str, str, str]]],
    mime_types: Iterable[str],
    authorities: Iterable[str],
) -> AffinityDomain:
    return AffinityDomain(
        codes={
            attribute: frozenset((code, scheme) for code, scheme, _ in codes)
            for attribute, codes in listed.items()
        },
        mime_types=frozenset(mime_types),
        assigning_authorities=frozenset(authorities),
        display={
            (code, scheme): display for codes in listed.values() for code, scheme, display in codes
        },
    )


def _code(element: _Element) -> tuple[str, str, str]:
    code, scheme = element.get("code", ""), element.get("codingScheme", "")
    if not code or not scheme:
        raise InvalidCodeSets("a Code must have a code and a codingScheme")
    return code, scheme, element.get("display", "")


def _authority(text: str) -> str:
    """The OID within `&OID&ISO`."""
    parts = text.split("&")
    if len(parts) != 3 or not is_oid(parts[1]):  # noqa: PLR2004  # [namespace]&OID&ISO
        raise InvalidCodeSets("an AssigningAuthority must be written as &OID&ISO")
    return parts[1]
