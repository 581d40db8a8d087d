"""Coding and CodeableConcept beside a Code of Document Sharing metadata.

FHIR names a code system by a URI, XDS by an OID or a local name. Those that have both are listed in
`code_systems.json`; any other OID is `urn:oid:`, and a local name is `urn:x-naru:scheme:` with the
name, so that every code comes back as it was.
"""

from collections.abc import Iterable
from functools import cache
from importlib import resources
from typing import Any, Final
from urllib.parse import quote, unquote

import msgspec

from naru.domain.codes import Code, LocalizedString
from naru.domain.identifiers import is_oid
from naru.formats.fhir.mhd.element import Element, filled, kept

LOCAL: Final = "urn:x-naru:scheme:"
_OID: Final = "urn:oid:"


class _CodeSystems(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    version: str
    status: str
    systems: dict[str, str]


@cache
def _known() -> dict[str, str]:
    file = resources.files("naru.formats.fhir") / "data" / "code_systems.json"
    return msgspec.json.decode(file.read_bytes(), type=_CodeSystems).systems


@cache
def _by_oid() -> dict[str, str]:
    return {oid: uri for uri, oid in _known().items()}


def scheme(system: str) -> str:
    """The coding scheme that a FHIR system means."""
    if system.startswith(LOCAL):
        return unquote(system.removeprefix(LOCAL))
    oid = system.removeprefix(_OID)
    return oid if system.startswith(_OID) and is_oid(oid) else _known().get(system, system)


def system(coding_scheme: str) -> str:
    """The FHIR system of a coding scheme."""
    if is_oid(coding_scheme):
        return _by_oid().get(coding_scheme, _OID + coding_scheme)
    # What has a colon is taken as a URI already; of OIDs and known URIs only the listed form is.
    if ":" in coding_scheme and scheme(coding_scheme) == coding_scheme:
        return coding_scheme
    return LOCAL + quote(coding_scheme, safe="")


def from_coding(coding: Element) -> Code:
    """The code of a Coding, which needs system and code."""
    named, code = coding.text("system"), coding.text("code")
    if named is None or code is None:
        raise coding.invalid("must have a system and a code")
    display = coding.text("display")
    return Code(code, scheme(named), (LocalizedString(display),) if display else ())


@kept(4096)  # The codes of an affinity domain are few and say nothing of anybody.
def to_coding(code: Code) -> dict[str, Any]:
    """A Coding; of several display names the first."""
    display = code.display[0].value.strip() if code.display else None
    return filled(system=system(code.scheme), code=code.code, display=display)


def from_concept(concept: Element | None) -> Code | None:
    """The code of a CodeableConcept: its first Coding, for XDS knows no translations."""
    if concept is None:
        return None
    codings = concept.children("coding")
    if not codings:
        raise concept.invalid("must have a coding", "coding")
    return from_coding(codings[0])


def to_concept(code: Code | None) -> dict[str, Any] | None:
    """A CodeableConcept."""
    return None if code is None else {"coding": [to_coding(code)]}


def from_concepts(concepts: Iterable[Element]) -> tuple[Code, ...]:
    """The codes of CodeableConcepts."""
    return tuple(code for code in map(from_concept, concepts) if code is not None)


def to_concepts(codes: Iterable[Code]) -> list[dict[str, Any]]:
    """CodeableConcepts."""
    return [{"coding": [to_coding(code)]} for code in codes]
