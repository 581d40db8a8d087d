"""Folder (ITI TF-3 4.2.3.4) as a List, both ways in one field order.

`logicalID`, `version` and extra slots have no place in it.
"""

from collections.abc import Callable, Iterable
from typing import Any

from naru.domain.identifiers import Identifier, new_oid
from naru.domain.xds import AvailabilityStatus, Folder
from naru.formats.fhir.mhd import lists, profiles, subjects, times
from naru.formats.fhir.mhd.element import Element, filled


def from_fhir(
    resource: Element,
    *,
    entry_uuid: str,
    patient_id: Identifier | None,
    mint: Callable[[], str] = new_oid,
) -> Folder:
    """The Folder; one that was sent without a uniqueId gets one from `mint`."""
    if resource.text("status") != "current":
        raise resource.invalid("must be current", "status")
    return Folder(
        entry_uuid=entry_uuid,
        unique_id=lists.unique_id(resource) or mint(),
        patient_id=patient_id,
        codes=lists.designation_types(resource),
        availability_status=AvailabilityStatus.APPROVED,
        title=lists.strings(resource.text("title")),
        last_update_time=times.from_fhir(resource, "date"),
        comments=lists.comments(resource),
        home_community_id=profiles.home_community_id(resource),
    )


def to_fhir(
    folder: Folder, *, patient: str | None = None, members: Iterable[str] = ()
) -> dict[str, Any]:
    """The List; `members` are relative references to its documents."""
    status = folder.availability_status or AvailabilityStatus.APPROVED
    children = filled(
        extension=[
            *lists.to_designation_types(folder.codes),
            *profiles.to_home_community_id(folder.home_community_id),
        ],
        identifier=lists.to_identifiers(folder.entry_uuid, folder.unique_id),
        status=lists.STATUS[status],
        title=lists.to_text(folder.title),
        subject=subjects.to_fhir(folder.patient_id, patient),
        date=times.to_fhir(folder.last_update_time),
        note=lists.to_notes(folder.comments),
        entry=lists.to_entries(members),
    )
    return lists.written(
        profiles.FOLDER, profiles.COMPREHENSIVE_FOLDER, folder.entry_uuid, children
    )
