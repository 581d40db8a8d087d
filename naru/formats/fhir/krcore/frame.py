"""What the resources of one document share: whom they are of, who wrote them, and their names."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final
from uuid import UUID, uuid5

from naru.domain.clinical import When, in_korea
from naru.formats.fhir.krcore.profiles import Profile
from naru.formats.fhir.resource import Resource

ABSENT: Final = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"

_NAMES: Final = UUID("8f0c2c6e-5d43-5a3c-9c1e-0a4f7b1d9e52")
"""Under which resources are named: the same document gives the same resources each time."""


@dataclass(slots=True)
class Frame:
    """One document while its resources are made. References are to its patient and author."""

    document: str
    patient: Resource = field(default_factory=dict)
    encounter: Resource | None = None
    author: Resource | None = None

    def new(self, kind: str, place: str, profile: Profile | None = None) -> Resource:
        """A resource's beginning; `place` tells it from all others of its kind in the document."""
        name = uuid5(_NAMES, f"{self.document} {kind} {place}")
        told: Resource = {"resourceType": kind, "id": str(name)}
        if profile is not None:
            told["meta"] = {"profile": [profile.url]}
        return told


def reference(resource: Resource) -> Resource:
    """A reference within the Bundle."""
    return {"reference": f"urn:uuid:{resource['id']}"}


def absent(reason: str = "unknown") -> Resource:
    """What stands in place of a value that is required and not known (FHIR R4 2.5.4)."""
    return {"extension": [{"url": ABSENT, "valueCode": reason}]}


def put(resource: Resource, name: str, text: str, *, required: bool = False) -> None:
    """Set a text element where something was said."""
    if text.strip():
        resource[name] = text
    elif required:
        resource[f"_{name}"] = absent()


def moment(time: When) -> str:
    """A time as FHIR's date or dateTime: to the second, with Korea's offset."""
    if isinstance(time, datetime):
        return in_korea(time).isoformat()
    return time.isoformat()


def put_instant(resource: Resource, name: str, time: When) -> None:
    """An instant, which only a time of day can tell; of a day alone it is said to be unknown."""
    if isinstance(time, datetime):
        resource[name] = moment(time)
    else:
        resource[f"_{name}"] = absent()


def labelled(*pairs: tuple[str, str]) -> list[Resource]:
    """Notes, each with its label, for what R4 has no element."""
    return [{"text": f"{label}: {words}"} for label, words in pairs if words.strip()]


def label_of(notes: list[Resource], label: str) -> str:
    """The words of the note with that label."""
    begin = f"{label}: "
    for note in notes:
        text = note.get("text")
        if isinstance(text, str) and text.startswith(begin):
            return text[len(begin) :]
    return ""


def iso(time: date | None) -> str:
    """The time in words that `reading.when` takes."""
    return "" if time is None else moment(time)
