"""SubmissionSet (ITI TF-3 4.2.3.3) as a List, both ways in one field order.

FHIR has one source: of several authors the first is written. Extra slots have no place.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from naru.domain.identifiers import Identifier, new_oid
from naru.domain.xds import Author, AvailabilityStatus, SubmissionSet
from naru.formats.fhir.mhd import (
    authors,
    identifiers,
    intended_recipient,
    lists,
    parties,
    profiles,
    subjects,
    times,
)
from naru.formats.fhir.mhd.element import Element, filled
from naru.formats.fhir.mhd.references import Contained, References


def from_fhir(
    resource: Element,
    *,
    entry_uuid: str,
    patient_id: Identifier | None,
    known: References,
    mint: Callable[[], str] = new_oid,
) -> SubmissionSet:
    """The SubmissionSet; one that was sent without a uniqueId gets one from `mint`."""
    if resource.text("status") != "current":
        raise resource.invalid("must be current", "status")
    types = lists.designation_types(resource)
    if len(types) > 1:
        raise resource.invalid("must have one ihe-designationType", "extension")
    return SubmissionSet(
        entry_uuid=entry_uuid,
        unique_id=lists.unique_id(resource) or mint(),
        patient_id=patient_id,
        source_id=_source_id(resource),
        intended_recipients=intended_recipient.from_fhir(resource, known),
        content_type_code=types[0] if types else None,
        availability_status=AvailabilityStatus.APPROVED,
        title=lists.strings(resource.text("title")),
        submission_time=times.from_fhir(resource, "date"),
        authors=_authors(resource, known),
        comments=lists.comments(resource),
        home_community_id=profiles.home_community_id(resource),
    )


def to_fhir(
    submission_set: SubmissionSet, *, patient: str | None = None, members: Iterable[str] = ()
) -> dict[str, Any]:
    """The List; `members` are relative references to its documents and folders."""
    contained = Contained()
    extension = [
        *lists.to_designation_types(
            [submission_set.content_type_code] if submission_set.content_type_code else []
        ),
        *_to_source_id(submission_set.source_id),
        *intended_recipient.to_fhir(submission_set.intended_recipients, contained),
        *profiles.to_home_community_id(submission_set.home_community_id),
    ]
    status = submission_set.availability_status or AvailabilityStatus.APPROVED
    children = filled(
        extension=extension,
        identifier=lists.to_identifiers(submission_set.entry_uuid, submission_set.unique_id),
        status=lists.STATUS[status],
        title=lists.to_text(submission_set.title),
        subject=subjects.to_fhir(submission_set.patient_id, patient),
        date=times.to_fhir(submission_set.submission_time),
        source=_to_source(submission_set.authors, contained),
        note=lists.to_notes(submission_set.comments),
        entry=lists.to_entries(members),
    )
    children["contained"] = contained.resources
    return lists.written(
        profiles.SUBMISSION_SET,
        profiles.COMPREHENSIVE_SUBMISSION_SET,
        submission_set.entry_uuid,
        children,
    )


def _source_id(resource: Element) -> str:
    found = resource.extensions(profiles.SOURCE_ID)
    identifier = found[0].child("valueIdentifier") if len(found) == 1 else None
    value = identifier.text("value") if identifier else None
    if value is None:
        raise resource.invalid("must have one ihe-sourceId", "extension")
    return value.removeprefix(identifiers.OID)


def _to_source_id(source_id: str) -> list[dict[str, Any]]:
    if not source_id:
        return []
    value = {"system": identifiers.URI, "value": identifiers.OID + source_id}
    return [{"url": profiles.SOURCE_ID, "valueIdentifier": value}]


def _authors(resource: Element, known: References) -> tuple[Author, ...]:
    source = resource.child("source")
    if source is None:
        return ()
    places = [one.child("valueReference") for one in source.extensions(profiles.AUTHOR_ORG)]
    works = [authors.from_reference(one, resource, known) for one in places if one is not None]
    institutions = tuple(name for one in works for name in one.institutions)
    if not (source.text("reference") or source.child("identifier") or source.text("display")):
        author = Author(
            telecommunications=tuple(t for one in works for t in one.telecommunications)
        )
    else:
        author = authors.from_reference(source, resource, known)
    found = replace(
        author, institutions=tuple(dict.fromkeys((*author.institutions, *institutions)))
    )
    return (found,) if found != Author() else ()


def _to_source(found: tuple[Author, ...], contained: Contained) -> dict[str, Any] | None:
    if not found:
        return None
    author = found[0]
    # List.source is no Organization in R4: the extension takes it (MHD 3:4.5.2).
    if author.institutions and not (author.person or author.roles or author.specialties):
        place = parties.to_organization(author.institutions[0], author.telecommunications)
        reference = contained.add("Organization", place)
        return {"extension": [{"url": profiles.AUTHOR_ORG, "valueReference": reference}]}
    first = authors.to_references([author], contained)[0]
    if not author.institutions:
        return first
    place = parties.to_organization(author.institutions[0])
    reference = contained.add("Organization", place)
    return {"extension": [{"url": profiles.AUTHOR_ORG, "valueReference": reference}], **first}
