"""What SubmissionSet and Folder have in common as a List."""

from collections.abc import Iterable
from typing import Any, Final

from naru.domain.codes import Code, LocalizedString
from naru.domain.xds import AvailabilityStatus, Folder, SubmissionSet
from naru.formats.fhir.mhd import codes, identifiers, profiles
from naru.formats.fhir.mhd.element import Element, filled

STATUS: Final = {
    AvailabilityStatus.APPROVED: "current",
    # A List has no `superseded` (http://hl7.org/fhir/list-status), only `retired`.
    AvailabilityStatus.DEPRECATED: "retired",
}


def designation_types(resource: Element) -> tuple[Code, ...]:
    """The codes of the ihe-designationType extensions."""
    concepts = [
        one.child("valueCodeableConcept") for one in resource.extensions(profiles.DESIGNATION_TYPE)
    ]
    return codes.from_concepts(one for one in concepts if one is not None)


def to_designation_types(found: Iterable[Code]) -> list[dict[str, Any]]:
    """The ihe-designationType extensions."""
    return [
        {"url": profiles.DESIGNATION_TYPE, "valueCodeableConcept": codes.to_concept(code)}
        for code in found
    ]


def unique_id(resource: Element) -> str | None:
    """The uniqueId among the identifiers."""
    return identifiers.unique_id_of(resource.children("identifier"))


def to_identifiers(entry_uuid: str, unique: str) -> list[dict[str, Any]]:
    """Both ids of a registry object."""
    return [identifiers.to_entry_uuid(entry_uuid), identifiers.to_unique_id(unique)]


def date(one: SubmissionSet | Folder) -> str | None:
    """The DTM that a List gives as its date."""
    return one.last_update_time if isinstance(one, Folder) else one.submission_time


def comments(resource: Element) -> tuple[LocalizedString, ...]:
    """The text of the one note."""
    notes = resource.children("note")
    if len(notes) > 1:
        raise resource.invalid("must stand once", "note")
    return strings(notes[0].text("text")) if notes else ()


def strings(text: str | None) -> tuple[LocalizedString, ...]:
    """A text without a language."""
    return (LocalizedString(text),) if text else ()


def to_text(found: Iterable[LocalizedString]) -> str | None:
    """One text: FHIR has no languages beside each other here."""
    return next((one.value for one in found if one.value.strip()), None)


def to_notes(found: Iterable[LocalizedString]) -> list[dict[str, Any]]:
    """The note that carries the comments."""
    text = to_text(found)
    return [{"text": text}] if text else []


def to_entries(members: Iterable[str]) -> list[dict[str, Any]]:
    """The entries of a List; `members` are relative references."""
    return [{"item": {"reference": one}} for one in members]


def written(kind: str, profile: str, uuid: str, children: dict[str, Any]) -> dict[str, Any]:
    """A List of that type."""
    extension = children.pop("extension", None)
    contained = children.pop("contained", None)
    return {
        "resourceType": "List",
        "id": uuid.removeprefix(identifiers.UUID),
        "meta": {"profile": [profile]},
        **filled(contained=contained, extension=extension),
        **{name: children.pop(name) for name in ("identifier", "status") if name in children},
        "mode": "working",
        **({"title": children.pop("title")} if "title" in children else {}),
        "code": profiles.to_list_type(kind),
        **children,
    }
