"""Values of `domain.xds` and `domain.stored_query` as Hypothesis draws them."""

import string
from datetime import datetime

from hypothesis import strategies as st

from naru.domain.codes import Code, LocalizedString
from naru.domain.identifiers import Identifier
from naru.domain.stored_query import (
    FindDocuments,
    FindDocumentsByReferenceId,
    FindFolders,
    FindSubmissionSets,
    GetAll,
    GetAssociations,
    GetDocuments,
    GetDocumentsAndAssociations,
    GetFolderAndContents,
    GetFolders,
    GetFoldersForDocument,
    GetRelatedDocuments,
    GetSubmissionSetAndContents,
    GetSubmissionSets,
    TimeRange,
)
from naru.domain.xds import (
    Association,
    AssociationType,
    Author,
    AvailabilityStatus,
    DocumentEntry,
    DocumentEntryType,
    Folder,
    Slot,
    Submission,
    SubmissionSet,
    SubmissionSetStatus,
)

TEXT = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff")
    | st.sampled_from("\t\n\r&<>\"'나루"),
    max_size=20,
)
SOME_TEXT = st.text(string.ascii_letters + string.digits + "&<>\"'나루 ", min_size=1, max_size=20)
PLAIN = st.text(string.ascii_letters + string.digits + ".-", min_size=1, max_size=12)
UUIDS = st.uuids(version=4).map(lambda one: one.urn)
IDS = UUIDS | PLAIN.map("Document{}".format)
OIDS = st.integers(0, 10**9).map("2.999.{}".format)
IDENTIFIERS = st.builds(Identifier, PLAIN, OIDS)
# Whatever the zone, a time of these years can be told in another.
TIMES = st.datetimes(datetime(2, 1, 1), datetime(9998, 12, 31)).map(  # noqa: DTZ001  # The bounds of st.datetimes have to be without a zone, as a DTM is.
    lambda time: f"{time.year:04}{time:%m%d%H%M%S}"
)
STRINGS = st.lists(
    st.builds(
        LocalizedString,
        TEXT,
        st.none() | st.sampled_from(["ko", "en-US"]),
        st.none() | st.just("UTF-8"),
    ),
    max_size=2,
).map(tuple)
CODES = st.builds(Code, SOME_TEXT, SOME_TEXT, STRINGS)
STATUSES = st.none() | st.sampled_from(AvailabilityStatus)


def tuples(one: st.SearchStrategy, size: int = 2) -> st.SearchStrategy:
    return st.lists(one, max_size=size).map(tuple)


AUTHORS = st.builds(
    Author,
    person=st.none() | TEXT,
    institutions=tuples(TEXT),
    roles=tuples(TEXT),
    specialties=tuples(TEXT),
    telecommunications=tuples(TEXT),
)
EXTRA = st.lists(
    st.builds(Slot, SOME_TEXT.map("urn:x:{}".format), tuples(TEXT)),
    max_size=2,
    unique_by=lambda slot: slot.name,
).map(tuple)

ENTRIES = st.builds(
    DocumentEntry,
    entry_uuid=IDS,
    unique_id=SOME_TEXT,
    patient_id=st.none() | IDENTIFIERS,
    object_type=st.sampled_from(DocumentEntryType),
    mime_type=TEXT,
    availability_status=STATUSES,
    authors=tuples(AUTHORS),
    class_code=st.none() | CODES,
    comments=STRINGS,
    confidentiality_codes=tuples(CODES),
    creation_time=st.none() | TIMES,
    event_codes=tuples(CODES),
    format_code=st.none() | CODES,
    hash=st.none() | TEXT,
    healthcare_facility_type_code=st.none() | CODES,
    home_community_id=st.none() | SOME_TEXT,
    language_code=st.none() | TEXT,
    legal_authenticator=st.none() | TEXT,
    logical_id=st.none() | UUIDS,
    practice_setting_code=st.none() | CODES,
    reference_ids=tuples(TEXT),
    repository_unique_id=st.none() | OIDS,
    service_start_time=st.none() | TIMES,
    service_stop_time=st.none() | TIMES,
    size=st.none() | st.integers(0, 2**40),
    source_patient_id=st.none() | IDENTIFIERS,
    source_patient_info=tuples(TEXT),
    title=STRINGS,
    type_code=st.none() | CODES,
    uri=st.none() | TEXT | st.text(string.ascii_letters, min_size=250, max_size=700),
    version=st.integers(1, 99),
    extra=EXTRA,
)
SUBMISSION_SETS = st.builds(
    SubmissionSet,
    entry_uuid=IDS,
    unique_id=SOME_TEXT,
    patient_id=st.none() | IDENTIFIERS,
    source_id=SOME_TEXT,
    submission_time=st.none() | TIMES,
    content_type_code=st.none() | CODES,
    authors=tuples(AUTHORS),
    availability_status=STATUSES,
    comments=STRINGS,
    home_community_id=st.none() | SOME_TEXT,
    intended_recipients=tuples(TEXT),
    title=STRINGS,
    extra=EXTRA,
)
FOLDERS = st.builds(
    Folder,
    entry_uuid=IDS,
    unique_id=SOME_TEXT,
    patient_id=st.none() | IDENTIFIERS,
    codes=tuples(CODES),
    availability_status=STATUSES,
    comments=STRINGS,
    home_community_id=st.none() | SOME_TEXT,
    last_update_time=st.none() | TIMES,
    logical_id=st.none() | UUIDS,
    title=STRINGS,
    version=st.integers(1, 99),
    extra=EXTRA,
)
ASSOCIATIONS = st.builds(
    Association,
    entry_uuid=IDS,
    type=st.sampled_from([kind.value for kind in AssociationType]),
    source=IDS,
    target=IDS,
    availability_status=STATUSES,
    documentation=st.none() | CODES,
    submission_set_status=st.none() | st.sampled_from(SubmissionSetStatus),
    extra=EXTRA,
)
SUBMISSIONS = st.builds(
    Submission,
    submission_set=SUBMISSION_SETS.filter(lambda one: one.entry_uuid.startswith("urn:uuid:")),
    entries=tuples(ENTRIES),
    folders=tuples(FOLDERS.filter(lambda one: not one.entry_uuid.startswith("urn:uuid:"))),
    associations=tuples(ASSOCIATIONS),
)

WORDS = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"),
    max_size=20,
)
QUERY_CODES = st.builds(Code, WORDS.filter(bool), OIDS).filter(lambda code: "^" not in code.code)
SOME_STATUSES = st.lists(st.sampled_from(AvailabilityStatus), min_size=1, max_size=2).map(tuple)
ANDED = tuples(st.lists(QUERY_CODES, min_size=1, max_size=2).map(tuple))
RANGES = st.builds(TimeRange, st.none() | TIMES, st.none() | TIMES)
OBJECT_TYPES = st.lists(st.sampled_from(DocumentEntryType), min_size=1, max_size=2).map(tuple)
SOME_IDS = st.lists(WORDS, min_size=1, max_size=3).map(tuple)

QUERIES = st.one_of(
    st.builds(
        FindDocuments,
        patient_id=IDENTIFIERS,
        status=SOME_STATUSES,
        class_codes=tuples(QUERY_CODES),
        type_codes=tuples(QUERY_CODES),
        practice_setting_codes=tuples(QUERY_CODES),
        healthcare_facility_type_codes=tuples(QUERY_CODES),
        format_codes=tuples(QUERY_CODES),
        event_codes=ANDED,
        confidentiality_codes=ANDED,
        author_persons=tuples(WORDS),
        creation_time=RANGES,
        service_start_time=RANGES,
        service_stop_time=RANGES,
        object_types=OBJECT_TYPES,
    ),
    st.builds(
        FindSubmissionSets,
        patient_id=IDENTIFIERS,
        status=SOME_STATUSES,
        source_ids=tuples(OIDS),
        submission_time=RANGES,
        author_person=st.none() | WORDS,
        content_types=tuples(QUERY_CODES),
    ),
    st.builds(
        GetAll,
        patient_id=IDENTIFIERS,
        entry_status=SOME_STATUSES,
        submission_set_status=SOME_STATUSES,
        folder_status=SOME_STATUSES,
        format_codes=tuples(QUERY_CODES),
        confidentiality_codes=ANDED,
        object_types=OBJECT_TYPES,
    ),
    st.builds(GetDocuments, entry_uuids=SOME_IDS) | st.builds(GetDocuments, unique_ids=SOME_IDS),
    st.builds(GetFolders, entry_uuids=SOME_IDS) | st.builds(GetFolders, unique_ids=SOME_IDS),
    st.builds(GetAssociations, uuids=SOME_IDS) | st.builds(GetSubmissionSets, uuids=SOME_IDS),
    st.builds(GetDocumentsAndAssociations, entry_uuids=SOME_IDS),
    st.builds(
        FindDocumentsByReferenceId,
        patient_id=IDENTIFIERS,
        status=SOME_STATUSES,
        reference_ids=st.lists(SOME_IDS, min_size=1, max_size=3).map(tuple),
        object_types=OBJECT_TYPES,
    ),
    st.builds(
        FindFolders,
        patient_id=IDENTIFIERS,
        status=SOME_STATUSES,
        last_update_time=RANGES,
        codes=ANDED,
    ),
    *(
        st.builds(
            kind,
            entry_uuid=WORDS,
            format_codes=tuples(QUERY_CODES),
            confidentiality_codes=ANDED,
            object_types=OBJECT_TYPES,
        )
        | st.builds(kind, unique_id=WORDS)
        for kind in (GetSubmissionSetAndContents, GetFolderAndContents)
    ),
    st.builds(GetFoldersForDocument, entry_uuid=WORDS)
    | st.builds(GetFoldersForDocument, unique_id=WORDS),
    st.builds(
        GetRelatedDocuments,
        association_types=SOME_IDS,
        unique_id=WORDS,
        object_types=OBJECT_TYPES,
    ),
)
