"""FHIR Identifier beside patient ids, uniqueIds, entryUUIDs and CXi (ITI TF-2 Z.9.1)."""

import re
from collections.abc import Sequence
from typing import Any, Final

from naru.domain.hl7_v2_names import component, escape, unescape
from naru.domain.identifiers import Identifier, is_oid
from naru.formats.fhir.mhd.element import Element, filled

URI: Final = "urn:ietf:rfc:3986"
OID: Final = "urn:oid:"
UUID: Final = "urn:uuid:"
UNIQUE_ID: Final = "urn:ihe:iti:xds:2013:uniqueId"
ENCOUNTER_ID: Final = "urn:ihe:iti:xds:2015:encounterId"
# A document's uniqueId may be longer than OIDs are elsewhere (ITI TF-3 4.2.3.2.26).
_ARCS: Final = re.compile(r"\d+(\.\d+)+", re.ASCII)
_MHD_TYPES: Final = ("entryUUID", "uniqueId")


def from_oid_system(identifier: Element) -> Identifier | None:
    """An id within an authority that has an OID; `None` where the system is no OID."""
    authority, value = identifier.text("system") or "", identifier.text("value")
    oid = authority.removeprefix(OID)
    if value is None or not authority.startswith(OID) or not is_oid(oid):
        return None
    return Identifier(value, oid)


def to_oid_system(identifier: Identifier | None, use: str | None = None) -> dict[str, Any] | None:
    """A business identifier of a person or thing."""
    if identifier is None:
        return None
    return filled(use=use, system=OID + identifier.authority, value=identifier.value)


def from_unique_id(identifier: Element) -> str:
    """A uniqueId: an OID, an OID and its extension, or another URI (Z.9.1.1)."""
    authority, value = identifier.text("system"), identifier.text("value")
    if value is None:
        raise identifier.invalid("must have a value", "value")
    if authority in {None, URI}:
        return value.removeprefix(OID)
    root = from_oid_system(identifier)
    if root is None:
        raise identifier.invalid("must be urn:ietf:rfc:3986 or an OID", "system")
    return f"{root.authority}^{root.value}"


def to_unique_id(unique_id: str) -> dict[str, Any]:
    """The Identifier of a uniqueId; one that is neither OID nor URI has no system to stand in."""
    root, _, extension = unique_id.partition("^")
    if _ARCS.fullmatch(unique_id):
        return {"use": "usual", "system": URI, "value": OID + unique_id}
    if extension and _ARCS.fullmatch(root):
        return {"use": "usual", "system": OID + root, "value": extension}
    return filled(use="usual", system=URI if ":" in unique_id else None, value=unique_id)


def to_entry_uuid(entry_uuid: str) -> dict[str, Any]:
    """The Identifier of an entryUUID."""
    return {"use": "official", "system": URI, "value": entry_uuid}


def entry_uuid_of(identifiers: Sequence[Element]) -> str | None:
    """The entryUUID among a resource's identifiers (MHD 4.2: `official`; from 4.2.1 its type)."""
    found = [one for one in identifiers if _names(one, "entryUUID", "official")]
    values = [value for value in (one.text("value") for one in found) if value]
    return next((value.lower() for value in values if value.startswith(UUID)), None)


def unique_id_of(identifiers: Sequence[Element]) -> str | None:
    """The uniqueId among a List's identifiers."""
    found = [one for one in identifiers if _names(one, "uniqueId", "usual")]
    if not found:  # Neither use nor type was sent: what is no entryUUID.
        found = [one for one in identifiers if not (one.text("use") or one.child("type"))]
        found = [one for one in found if not (one.text("value") or "").startswith(UUID)]
    return from_unique_id(found[0]) if found else None


def _names(identifier: Element, kind: str, use: str) -> bool:
    concept = identifier.child("type")
    codes = [one.text("code") for one in concept.children("coding")] if concept else []
    if any(code in _MHD_TYPES for code in codes):
        return kind in codes
    return identifier.text("use") == use


def from_reference_id(identifier: Element, kind: str | None = None) -> str:
    """A CXi (Z.9.1.2) of `kind`, else of the type that the Identifier names, else a uniqueId."""
    value = identifier.text("value")
    if value is None:
        raise identifier.invalid("must have a value", "value")
    kind = kind or _type(identifier) or UNIQUE_ID
    authority = identifier.text("system")
    if authority in {None, URI}:
        assigner = identifier.child("assigner")
        namespace = escape((assigner.text("display") or "") if assigner else "")
        return f"{escape(value.removeprefix(OID))}^^^{namespace}^{kind}"
    root = from_oid_system(identifier)
    if root is None:
        raise identifier.invalid("must be urn:ietf:rfc:3986 or an OID", "system")
    return f"{escape(root.value)}^^^&{root.authority}&ISO^{kind}"


def _type(identifier: Element) -> str | None:
    concept = identifier.child("type")
    codings = concept.children("coding") if concept else ()
    return next((code for code in (one.text("code") for one in codings) if code), None)


def reference_kind(text: str) -> str:
    """The identifier type code of a CXi."""
    return component(text.split("^"), 4)


def to_reference_id(text: str) -> dict[str, Any]:
    """The Identifier of a CXi; a homeCommunityId in CXi.6 is not mapped."""
    parts = text.split("^")
    value, authority, kind = component(parts, 0), component(parts, 3), component(parts, 4)
    oid = component(authority.split("&"), 1)
    concept = {"coding": [{"system": URI, "code": kind}]} if kind else None
    value = unescape(value)
    if oid:
        return filled(type=concept, system=OID + oid, value=value)
    assigner = filled(display=unescape(component(authority.split("&"), 0)))
    if is_oid(value):
        return filled(type=concept, system=URI, value=OID + value, assigner=assigner)
    is_uri = ":" in value
    return filled(type=concept, system=URI if is_uri else None, value=value, assigner=assigner)
