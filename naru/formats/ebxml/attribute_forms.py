"""The forms that only the wire gives to attributes: HL7 v2 encodings, UUIDs, tags, MIME types.

All faults of a submission are told at once. What must be present, times, OIDs, hashes, codes and
all that needs state is the registry's to judge. A repository never calls this: it shall not.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Final

from naru.domain.codes import Code, LocalizedString
from naru.domain.identifiers import Identifier, is_oid, is_uuid_urn
from naru.domain.registry_errors import ErrorCode
from naru.domain.xds import (
    Association,
    Author,
    DocumentEntry,
    Folder,
    Slot,
    Submission,
    SubmissionSet,
)
from naru.formats.ebxml.errors import InvalidMetadata
from naru.formats.hl7 import datatypes

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

LONG_NAME: Final = 256
"""Characters of ebRIM's LongName: a Value, a code, an identifier."""
FREE_FORM_TEXT: Final = 1024
"""Characters of ebRIM's FreeFormText: a title, a comment, a display name."""

Fault = tuple[str, str | None]
_LANGUAGE: Final = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")  # RFC 5646, its outer form.
_MIME_TYPE: Final = re.compile(r"[\w.+!#$&^-]+/[\w.+!#$&^-]+(\s*;.*)?", re.ASCII)


def check(submission: Submission, *, code: ErrorCode = ErrorCode.XDSRegistryMetadataError) -> None:
    """Returns when every attribute has its form; else raises InvalidMetadata with all faults."""
    faults = tuple(_faults(submission))
    if faults:
        raise InvalidMetadata(*faults, code=code)


def _faults(submission: Submission) -> Iterator[Fault]:
    yield from _ids(submission)
    yield from _submission_set(submission.submission_set)
    for entry in submission.entries:
        yield from _entry(entry)
    for folder in submission.folders:
        yield from _folder(folder)
    objects: tuple[SubmissionSet | DocumentEntry | Folder | Association, ...] = (
        submission.submission_set,
        *submission.entries,
        *submission.folders,
        *submission.associations,
    )
    for one in objects:
        if not all(len(text) <= limit for text, limit in _texts(one)):
            yield "an attribute is longer than ebRIM lets an answer hold", one.entry_uuid


def _texts(value: object) -> Iterator[tuple[str, int]]:
    """Every text within an object, with the length that the schema of answers lets it have."""
    match value:
        case str():
            yield value, LONG_NAME
        case LocalizedString():
            yield value.value, FREE_FORM_TEXT
        case Identifier():
            yield str(value), LONG_NAME
        case tuple():
            for one in value:
                yield from _texts(one)
        case Author() | Code() | Slot():
            yield from _texts_of(value)
        case SubmissionSet() | DocumentEntry() | Folder() | Association():
            yield from _texts_of(value)


def _texts_of(value: "DataclassInstance") -> Iterator[tuple[str, int]]:
    for field in fields(value):
        if field.name != "uri":  # A long one is written in pieces (ITI TF-3 4.2.3.2.27).
            yield from _texts(getattr(value, field.name))


@dataclass(frozen=True, slots=True)
class _Subject:
    """The object whose attributes are looked at."""

    kind: str
    id: str

    def form(
        self, name: str, values: Sequence[str | None], check_form: Callable[[str], None]
    ) -> Iterator[Fault]:
        for value in values:
            if value is not None:
                try:
                    check_form(value)
                except datatypes.InvalidDatatype as error:
                    yield self.fault(name, str(error))

    def fault(self, name: str, sentence: str) -> Fault:
        return f"{self.kind}.{name} {sentence}", self.id


def _ids(submission: Submission) -> Iterator[Fault]:
    """Ids are UUIDs in the one form, or symbols, and name one object (ITI TF-3 4.2.3.1.7)."""
    seen: set[str] = set()
    objects: tuple[SubmissionSet | DocumentEntry | Folder | Association, ...] = (
        submission.submission_set,
        *submission.entries,
        *submission.folders,
        *submission.associations,
    )
    for one in objects:
        if one.entry_uuid in seen:
            yield "entryUUID names two objects of the submission", one.entry_uuid
        seen.add(one.entry_uuid)
    ends = {end for one in submission.associations for end in (one.source, one.target)}
    for identity in sorted(seen | ends):
        if identity.startswith("urn:uuid:") and not is_uuid_urn(identity):
            yield "an id must be urn:uuid: and a UUID in lower case, or symbolic", identity


def _entry(entry: DocumentEntry) -> Iterator[Fault]:
    subject = _Subject("DocumentEntry", entry.entry_uuid)
    yield from _authors(subject, entry.authors)
    yield from subject.form("homeCommunityId", [entry.home_community_id], _oid_urn)
    yield from subject.form("languageCode", [entry.language_code], _language)
    yield from subject.form("legalAuthenticator", [entry.legal_authenticator], datatypes.check_xcn)
    yield from subject.form("mimeType", [entry.mime_type or None], _mime_type)
    yield from subject.form("referenceIdList", entry.reference_ids, datatypes.check_cxi)
    yield from _source_patient_info(subject, entry.source_patient_info)


def _submission_set(submission_set: SubmissionSet) -> Iterator[Fault]:
    subject = _Subject("SubmissionSet", submission_set.entry_uuid)
    yield from _authors(subject, submission_set.authors)
    yield from subject.form("homeCommunityId", [submission_set.home_community_id], _oid_urn)
    yield from subject.form(
        "intendedRecipient", submission_set.intended_recipients, datatypes.check_recipient
    )


def _folder(folder: Folder) -> Iterator[Fault]:
    subject = _Subject("Folder", folder.entry_uuid)
    yield from subject.form("homeCommunityId", [folder.home_community_id], _oid_urn)


def _authors(subject: _Subject, authors: Sequence[Author]) -> Iterator[Fault]:
    for author in authors:  # ITI TF-3 4.2.3.2.1
        if not (author.person or author.institutions or author.telecommunications):
            yield subject.fault("author", "must hold a person, institution or telecommunication")
        yield from subject.form("authorPerson", [author.person], datatypes.check_xcn)
        yield from subject.form("authorInstitution", author.institutions, datatypes.check_xon)
        yield from subject.form(
            "authorTelecommunication", author.telecommunications, datatypes.check_xtn
        )


def _source_patient_info(subject: _Subject, fields: Sequence[str]) -> Iterator[Fault]:
    try:
        datatypes.check_source_patient_info(fields)
    except datatypes.InvalidDatatype as error:
        yield subject.fault("sourcePatientInfo", str(error))


def _language(text: str) -> None:
    if _LANGUAGE.fullmatch(text) is None:
        raise datatypes.InvalidDatatype("must be a language tag of RFC 5646")


def _mime_type(text: str) -> None:
    if _MIME_TYPE.fullmatch(text) is None:
        raise datatypes.InvalidDatatype("must be a MIME type")


def _oid_urn(text: str) -> None:
    if not text.startswith("urn:oid:") or not is_oid(text.removeprefix("urn:oid:")):
        raise datatypes.InvalidDatatype("must be urn:oid: and an OID")
