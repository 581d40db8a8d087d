"""A submission and its documents as a Provide Document Bundle: the way back of `provide_bundle`."""

from collections.abc import Iterable, Mapping
from typing import Any

from naru.domain.identifiers import new_uuid_urn
from naru.domain.xds import Association, AssociationType, Submission
from naru.formats.fhir.mhd import document_reference, folder, identifiers, profiles, submission_set


def to_fhir(
    submission: Submission,
    documents: Mapping[str, str],
    *,
    profile: str = profiles.COMPREHENSIVE,
    patient: str | None = None,
) -> dict[str, Any]:
    """The Bundle; every id of the submission is a UUID, `documents` are base64 by entry's id.

    `patient` is the logical id of the Patient; without it subjects carry the identifier alone.
    """
    own = _own(submission)
    associations = submission.associations
    sent = submission.submission_set
    entries = [
        _posted(
            sent.entry_uuid,
            submission_set.to_fhir(
                sent, patient=patient, members=_members(sent.entry_uuid, associations, own)
            ),
        )
    ]
    for one in submission.folders:
        members = _members(one.entry_uuid, associations, own)
        entries.append(
            _posted(one.entry_uuid, folder.to_fhir(one, patient=patient, members=members))
        )
    for entry in submission.entries:
        binary = new_uuid_urn()
        described = document_reference.to_fhir(
            entry, base="", patient=patient, associations=associations
        )
        described["content"][0]["attachment"]["url"] = binary
        for related in described.get("relatesTo", ()):
            related["target"] = {"reference": _here(related["target"]["reference"], own)}
        content = {
            "resourceType": "Binary",
            "contentType": entry.mime_type,
            "data": documents[entry.entry_uuid],
        }
        entries += [_posted(entry.entry_uuid, described), _posted(binary, content)]
    return {
        "resourceType": "Bundle",
        "meta": {"profile": [profile]},
        "type": "transaction",
        "entry": entries,
    }


def _own(submission: Submission) -> dict[str, str]:
    """From the relative reference of each of the submission's objects to its fullUrl."""
    found = {
        f"DocumentReference/{entry.entry_uuid.removeprefix(identifiers.UUID)}": entry.entry_uuid
        for entry in submission.entries
    }
    for one in submission.folders:
        found[f"List/{one.entry_uuid.removeprefix(identifiers.UUID)}"] = one.entry_uuid
    return found


def _here(reference: str, own: Mapping[str, str]) -> str:
    return own.get(reference, reference)


def _members(
    uuid: str, associations: Iterable[Association], own: Mapping[str, str]
) -> Iterable[str]:
    """References to the members of a set or folder; memberships themselves have no resource."""
    memberships = {one.entry_uuid for one in associations}
    for one in associations:
        if (
            one.type == AssociationType.HAS_MEMBER
            and one.source == uuid
            and one.target not in memberships
        ):
            logical_id = one.target.removeprefix(identifiers.UUID)
            kind = "List" if f"List/{logical_id}" in own else "DocumentReference"
            yield _here(f"{kind}/{logical_id}", own)


def _posted(full_url: str, resource: dict[str, Any]) -> dict[str, Any]:
    request = {"method": "POST", "url": resource["resourceType"]}
    return {"fullUrl": full_url, "resource": resource, "request": request}
