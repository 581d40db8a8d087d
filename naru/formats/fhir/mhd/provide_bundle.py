"""Provide Document Bundle (ITI-65, MHD 2:3.65.4.1.2) as a submission and its documents.

Taken are the three profiles of the Bundle. Which attributes must be there is the registry's to
judge, as for every other door: it asks for the column "XDS DS" (Comprehensive). What a Minimal
Bundle may leave out is completed where it is known without guessing (uniqueIds of Lists, hash,
size, the patient's own id as that of the source), and refused otherwise.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from naru.domain.identifiers import Identifier, new_uuid_urn
from naru.domain.registry_errors import ErrorCode, failure
from naru.domain.xds import (
    Association,
    AssociationType,
    DocumentEntry,
    Folder,
    Submission,
    SubmissionSet,
    SubmissionSetStatus,
)
from naru.formats.fhir.mhd import (
    document_reference,
    folder,
    profiles,
    relates_to,
    subjects,
    submission_set,
)
from naru.formats.fhir.mhd.bundle_entries import Entries, Entry, Made, document_not_supported
from naru.formats.fhir.mhd.element import Element
from naru.formats.fhir.mhd.references import Held, References, nothing_held
from naru.formats.fhir.mhd.subjects import Patients

_REPLACING = {AssociationType.RPLC.value, AssociationType.XFRM_RPLC.value}

Members = Callable[[str], frozenset[str]]
"""The entryUUIDs of what a registered Folder holds already, by the Folder's."""


def no_members(_folder: str) -> frozenset[str]:
    """A server that knows no folders."""
    return frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Provided:
    """A submission, and the base64 of each document by its entry's id.

    `entries` are those of the Bundle, in its order. `places` leads from an id that an error's
    `location` names to the element of the Bundle.
    """

    submission: Submission
    documents: Mapping[str, str]
    entries: tuple[Entry, ...]
    places: Mapping[str, str]


def is_provide_bundle(bundle: Mapping[str, Any]) -> bool:
    """Whether a transaction says that it is an ITI-65, so that another kind goes elsewhere."""
    meta = bundle.get("meta")
    named = meta.get("profile") if isinstance(meta, dict) else None
    return isinstance(named, list) and any(
        isinstance(one, str) and one in profiles.PROVIDE_BUNDLES for one in named
    )


def from_fhir(
    bundle: Mapping[str, Any],
    *,
    base: str,
    patients: Patients,
    held: Held = nothing_held,
    members: Members = no_members,
) -> Provided:
    """What the Bundle provides; RegistryFailure where it is not as MHD has it.

    `held` and `members` tell what this server has that the Bundle refers to.
    """
    root = Element(bundle, "Bundle")
    if root.type != "Bundle" or root.text("type") != "transaction":
        raise root.invalid("must be a transaction", "type")
    if not is_provide_bundle(bundle):
        raise root.invalid("must name a profile of ITI-65", "meta.profile")
    entries = Entries(References(base, held), patients)
    entries.read(root)
    return _Reading(root, entries, members).provided()


class _Reading:
    """One Bundle while its entries are translated."""

    def __init__(self, root: Element, entries: Entries, members: Members) -> None:
        self._root = root
        self._entries = entries
        self._members = members
        self._known = entries.known

    def provided(self) -> Provided:
        documents = self._entries.of(Made.DOCUMENT)
        submission = Submission(
            submission_set=self._submission_set(),
            entries=tuple(map(self._document, documents)),
            folders=tuple(map(self._folder, self._entries.of(Made.FOLDER))),
            associations=tuple(self._associations()),
        )
        self._check_superseded(submission)
        owners = self._owners(documents)
        return Provided(
            submission=submission,
            documents={
                owners[binary.path]: _data(binary, entry)
                for binary, entry in zip(
                    map(self._binary, documents), submission.entries, strict=True
                )
            },
            entries=tuple(
                Entry(one.made, one.resource, owners.get(one.resource.path, one.uuid))
                for one in self._entries.all
            ),
            places=self._places(submission),
        )

    def _set(self) -> Entry:
        found = self._entries.of(Made.SUBMISSION_SET)
        if len(found) != 1:
            raise self._root.invalid("must have one SubmissionSet", "entry")
        return found[0]

    def _submission_set(self) -> SubmissionSet:
        entry = self._set()
        return submission_set.from_fhir(
            entry.resource,
            entry_uuid=entry.uuid,
            patient_id=self._subject(entry),
            known=self._known,
        )

    def _document(self, entry: Entry) -> DocumentEntry:
        return document_reference.from_fhir(
            entry.resource,
            entry_uuid=entry.uuid,
            patient_id=self._subject(entry),
            known=self._known,
        )

    def _folder(self, entry: Entry) -> Folder:
        return folder.from_fhir(
            entry.resource, entry_uuid=entry.uuid, patient_id=self._subject(entry)
        )

    def _subject(self, entry: Entry) -> Identifier | None:
        named = entry.resource.child("subject")
        return subjects.from_fhir(named, entry.resource, self._known, self._entries.patients)

    def _associations(self) -> list[Association]:
        return [
            *self._members_of_set(),
            *(
                one
                for entry in self._entries.of(Made.DOCUMENT)
                for one in relates_to.from_fhir(
                    entry.resource, entry_uuid=entry.uuid, target=self._entries.target
                )
            ),
            *(
                one
                for entry in self._entries.of(Made.FOLDER, Made.UPDATED)
                for one in self._members_of_folder(entry)
            ),
        ]

    def _members_of_set(self) -> list[Association]:
        own = self._set()
        updated = {one.uuid for one in self._entries.of(Made.UPDATED)}
        return [
            _member(
                own.uuid,
                uuid,
                SubmissionSetStatus.ORIGINAL if new else SubmissionSetStatus.REFERENCE,
            )
            for uuid, new in self._entries.items(own.resource)
            # A folder that was here already is no member of the set: its new memberships are.
            if uuid not in updated
        ]

    def _members_of_folder(self, entry: Entry) -> list[Association]:
        found: list[Association] = []
        # An update repeats the members that the folder has (FHIR R4 3.1.0.7); it takes none away,
        # and what it names beside them is new in it, of this Bundle or registered before
        # (MHD 2:3.65.4.1.2.1).
        known = self._members(entry.uuid) if entry.made is Made.UPDATED else frozenset()
        for member, _ in self._entries.items(entry.resource):
            if member not in known:
                membership = _member(entry.uuid, member)
                found += [
                    membership,
                    # ITI TF-3 4.2.2.1.3: the set has the membership as its member.
                    _member(self._set().uuid, membership.entry_uuid, SubmissionSetStatus.ORIGINAL),
                ]
        return found

    def _check_superseded(self, submission: Submission) -> None:
        replaced = {one.target for one in submission.associations if one.type in _REPLACING}
        for entry in self._entries.of(Made.SUPERSEDED):
            if entry.uuid not in replaced:
                raise entry.resource.invalid(
                    "must supersede what a document of the Bundle replaces"
                )

    def _owners(self, documents: list[Entry]) -> dict[str, str]:
        """The entry of each Binary, by the Binary's place."""
        owners: dict[str, str] = {}
        for entry in documents:
            binary = self._binary(entry)
            if binary.path in owners:
                raise entry.resource.invalid("must have a Binary of its own", "content")
            owners[binary.path] = entry.uuid
        for entry in self._entries.of(Made.BINARY):
            if entry.resource.path not in owners:
                raise failure(
                    ErrorCode.XDSMissingDocumentMetadata,
                    "no DocumentReference has this Binary",
                    entry.resource.path,
                )
        return owners

    def _binary(self, entry: Entry) -> Element:
        attachment = entry.resource.children("content")[0].child("attachment")
        assert attachment is not None  # The DocumentEntry was read from it.
        if "data" in attachment.value:
            raise attachment.invalid("must stand in a Binary", "data")
        found = self._known.in_bundle(attachment.text("url") or "")
        if found is not None and found.type == "Bundle":
            raise document_not_supported(attachment.at("url"))
        if found is None or found.type != "Binary":
            # Documents that are hosted elsewhere are not fetched.
            raise failure(
                ErrorCode.XDSMissingDocument,
                "the document must be a Binary of the Bundle",
                attachment.at("url"),
            )
        return found

    def _places(self, submission: Submission) -> dict[str, str]:
        places = self._entries.places()
        for one in submission.associations:
            places.setdefault(one.entry_uuid, places.get(one.source, self._root.path))
        named: tuple[SubmissionSet | DocumentEntry | Folder, ...] = (
            submission.submission_set,
            *submission.entries,
            *submission.folders,
        )
        return {**{one.unique_id: places[one.entry_uuid] for one in named}, **places}


def _member(source: str, target: str, status: SubmissionSetStatus | None = None) -> Association:
    return Association(
        entry_uuid=new_uuid_urn(),
        type=AssociationType.HAS_MEMBER.value,
        source=source,
        target=target,
        submission_set_status=status,
    )


def _data(binary: Element, entry: DocumentEntry) -> str:
    if binary.text("contentType") != entry.mime_type:
        raise binary.invalid("must be the attachment's contentType", "contentType")
    data = binary.value.get("data", "")
    if not isinstance(data, str):
        raise binary.invalid("must be base64", "data")
    return data
