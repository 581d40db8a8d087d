"""Attributes: which are required, how they are written, which codes the domain knows."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from naru.domain import dtm
from naru.domain.affinity_domain import AffinityDomain
from naru.domain.codes import Code
from naru.domain.identifiers import is_oid
from naru.domain.registry_errors import RegistryError
from naru.domain.xds import (
    Association,
    DocumentEntry,
    DocumentEntryType,
    Folder,
    Slot,
    Submission,
    SubmissionSet,
)
from naru.registry import errors

MAX_UNIQUE_ID: Final = 256
"""An ebRIM value has at most 256 characters."""
_SHA1: Final = re.compile(r"[0-9a-fA-F]{40}")
_AVAILABILITY: Final = frozenset({
    "urn:ihe:iti:2010:DocumentAvailability:Online",
    "urn:ihe:iti:2010:DocumentAvailability:Offline",
})  # fmt: skip
_URN: Final = re.compile(r"urn:[A-Za-z0-9][A-Za-z0-9-]{0,31}:\S+", re.IGNORECASE)

# ITI TF-3 Table 4.3.1-3, the column of the Document Repository.
_ENTRY_REQUIRED: Final = {
    "patientId": "patient_id",
    "uniqueId": "unique_id",
    "classCode": "class_code",
    "confidentialityCode": "confidentiality_codes",
    "creationTime": "creation_time",
    "formatCode": "format_code",
    "hash": "hash",
    "healthcareFacilityTypeCode": "healthcare_facility_type_code",
    "languageCode": "language_code",
    "mimeType": "mime_type",
    "practiceSettingCode": "practice_setting_code",
    "repositoryUniqueId": "repository_unique_id",
    "size": "size",
    "sourcePatientId": "source_patient_id",
    "typeCode": "type_code",
}
# ITI TF-2 3.61.4.1.2: what only a document has, and an On-Demand entry never is one.
_OF_A_DOCUMENT: Final = {"creationTime": "creation_time", "hash": "hash", "size": "size"}
_ON_DEMAND_REQUIRED: Final = {
    name: attribute for name, attribute in _ENTRY_REQUIRED.items() if name not in _OF_A_DOCUMENT
}
_SUBMISSION_SET_REQUIRED: Final = {
    "patientId": "patient_id",
    "uniqueId": "unique_id",
    "sourceId": "source_id",
    "submissionTime": "submission_time",
    "contentTypeCode": "content_type_code",
}
_FOLDER_REQUIRED: Final = {
    "patientId": "patient_id",
    "uniqueId": "unique_id",
    "codeList": "codes",
    "title": "title",
}
_NOTHING: Final = (None, "", ())


def required(submission: Submission) -> Iterator[RegistryError]:
    """Every R of ITI TF-3 Table 4.3.1-3 is there."""
    yield from _missing("SubmissionSet", submission.submission_set, _SUBMISSION_SET_REQUIRED)
    for entry in submission.entries:
        stable = entry.object_type is DocumentEntryType.STABLE
        table = _ENTRY_REQUIRED if stable else _ON_DEMAND_REQUIRED
        yield from _missing("DocumentEntry", entry, table)
    for folder in submission.folders:
        yield from _missing("Folder", folder, _FOLDER_REQUIRED)


def _missing(
    kind: str, value: DocumentEntry | SubmissionSet | Folder, table: dict[str, str]
) -> Iterator[RegistryError]:
    for name, attribute in table.items():
        if getattr(value, attribute) in _NOTHING:
            yield errors.metadata(f"{kind}.{name} is required", value.entry_uuid)


def not_applicable(submission: Submission) -> Iterator[RegistryError]:
    """An On-Demand entry has nothing that only a document has (ITI TF-2 3.61.4.2.2)."""
    for entry in submission.entries:
        if entry.object_type is DocumentEntryType.STABLE:
            continue
        for name, attribute in _OF_A_DOCUMENT.items():
            if getattr(entry, attribute) is not None:
                yield errors.metadata(
                    f"DocumentEntry.{name} does not apply to an On-Demand entry", entry.entry_uuid
                )


def times(submission: Submission) -> Iterator[RegistryError]:
    """Every time is a DTM (ITI TF-3 Table 4.2.3.1.7-2)."""
    sent = submission.submission_set
    yield from _dtm("SubmissionSet.submissionTime", sent.submission_time, sent.entry_uuid)
    for entry in submission.entries:
        yield from _dtm("DocumentEntry.creationTime", entry.creation_time, entry.entry_uuid)
        yield from _dtm(
            "DocumentEntry.serviceStartTime", entry.service_start_time, entry.entry_uuid
        )
        yield from _dtm("DocumentEntry.serviceStopTime", entry.service_stop_time, entry.entry_uuid)


def _dtm(name: str, text: str | None, location: str) -> Iterator[RegistryError]:
    if text is not None and not _is_dtm(text):
        yield errors.metadata(f"{name} is no DTM", location)


def _is_dtm(text: str) -> bool:
    try:
        dtm.interval(text)
    except dtm.InvalidDtm:
        return False
    return True


def service_order(submission: Submission) -> Iterator[RegistryError]:
    """A service does not stop before it starts (ITI TF-2 3.42.4.1.3.3.6)."""
    for entry in submission.entries:
        start, stop = entry.service_start_time, entry.service_stop_time
        if not (start and stop and _is_dtm(start) and _is_dtm(stop)):
            continue
        # A stop that is written less precisely covers its whole interval.
        if dtm.earliest(start) >= dtm.interval(stop)[1]:
            yield errors.metadata("serviceStartTime is after serviceStopTime", entry.entry_uuid)


def unique_ids(submission: Submission) -> Iterator[RegistryError]:
    """SS and Folder uniqueIds and sourceId are OIDs; a DocumentEntry's is any short string."""
    sent = submission.submission_set
    yield from _oid("SubmissionSet.uniqueId", sent.unique_id, sent.entry_uuid)  # 4.2.3.3.12
    yield from _oid("SubmissionSet.sourceId", sent.source_id, sent.entry_uuid)  # 4.2.3.3.9
    for folder in submission.folders:
        yield from _oid("Folder.uniqueId", folder.unique_id, folder.entry_uuid)  # 4.2.3.4.9
    for entry in submission.entries:
        if len(entry.unique_id) > MAX_UNIQUE_ID:  # ITI TF-3 4.2.3.2.26
            yield errors.metadata("DocumentEntry.uniqueId is too long", entry.entry_uuid)
        repository = entry.repository_unique_id
        yield from _oid("DocumentEntry.repositoryUniqueId", repository, entry.entry_uuid)


def _oid(name: str, value: str | None, location: str) -> Iterator[RegistryError]:
    if value and not is_oid(value):
        yield errors.metadata(f"{name} is no OID", location)


def hash_and_size(submission: Submission) -> Iterator[RegistryError]:
    """The hash is a SHA-1 in hexadecimal, the size a count (ITI TF-3 4.2.3.2.10, 4.2.3.2.21)."""
    for entry in submission.entries:
        if entry.hash and _SHA1.fullmatch(entry.hash) is None:
            yield errors.metadata("DocumentEntry.hash is no SHA-1", entry.entry_uuid)
        if entry.size is not None and not 0 <= entry.size < 1 << 63:
            yield errors.metadata("DocumentEntry.size is no count of octets", entry.entry_uuid)


def extra_names(submission: Submission) -> Iterator[RegistryError]:
    """An extra slot is named by a URN that is not IHE's (ITI TF-3 4.2.3.1.6)."""
    holders: Sequence[DocumentEntry | SubmissionSet | Folder | Association] = (
        submission.submission_set,
        *submission.entries,
        *submission.folders,
        *submission.associations,
    )
    for holder in holders:
        extra = [slot for slot in holder.extra if not _is_availability(holder, slot)]
        if not all(map(_is_extra_name, extra)):
            yield errors.metadata("an extra slot is not named by a URN", holder.entry_uuid)


def _is_availability(holder: object, slot: Slot) -> bool:
    """Whether the slot is DocumentEntry.documentAvailability of the supplements on update."""
    one = slot.name == "documentAvailability" and len(slot.values) == 1
    return one and isinstance(holder, DocumentEntry) and slot.values[0] in _AVAILABILITY


def _is_extra_name(slot: Slot) -> bool:
    name = slot.name
    return _URN.fullmatch(name) is not None and not name.lower().startswith("urn:ihe:")


def codes(submission: Submission, domain: AffinityDomain) -> Iterator[RegistryError]:
    """Codes and MIME types are those of the affinity domain (ITI TF-2 3.42.4.1.3.3.3, .4)."""
    for attribute, code, location in _coded(submission):
        if not domain.allows(attribute, code):
            yield errors.metadata(
                f"{attribute} {code.code} of {code.scheme} is not in the affinity domain", location
            )
    for entry in submission.entries:
        if entry.mime_type and not domain.allows_mime_type(entry.mime_type):
            yield errors.metadata(
                f"mimeType {entry.mime_type} is not shared in the affinity domain", entry.entry_uuid
            )


def _coded(submission: Submission) -> Iterator[tuple[str, Code, str]]:
    sent = submission.submission_set
    yield from _each("contentTypeCode", [sent.content_type_code], sent.entry_uuid)
    for entry in submission.entries:
        place = entry.entry_uuid
        yield from _each("classCode", [entry.class_code], place)
        yield from _each("typeCode", [entry.type_code], place)
        yield from _each("formatCode", [entry.format_code], place)
        yield from _each("practiceSettingCode", [entry.practice_setting_code], place)
        facility = entry.healthcare_facility_type_code
        yield from _each("healthcareFacilityTypeCode", [facility], place)
        yield from _each("confidentialityCode", entry.confidentiality_codes, place)
        yield from _each("eventCodeList", entry.event_codes, place)
    for folder in submission.folders:
        yield from _each("codeList", folder.codes, folder.entry_uuid)
    for one in submission.associations:
        yield from _each("associationDocumentation", [one.documentation], one.entry_uuid)


def _each(
    attribute: str, sent: Iterable[Code | None], location: str
) -> Iterator[tuple[str, Code, str]]:
    return ((attribute, code, location) for code in sent if code is not None)
