"""Answers of all four transactions, both ways, and the request of ITI-41 and ITI-43."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from lxml.etree import _Element

from naru.domain.registry_errors import (
    ErrorCode,
    RegistryError,
    RegistryFailure,
    RegistryResponse,
    ResponseStatus,
    Severity,
)
from naru.domain.stored_query import Found, ReturnType
from naru.domain.xds import DocumentRequest, Submission
from naru.formats.ebxml import (
    adhoc_query_response,
    provide_and_register,
    registry_response,
    retrieve,
)
from naru.formats.ebxml.content import Include, Inline
from naru.formats.ebxml.namespaces import XOP
from naru.formats.ebxml.provide_and_register import ProvidedDocument
from naru.formats.ebxml.retrieve import DocumentResponse
from naru.formats.xml.schema import load_schema

from .samples import SUBMISSION
from .strategies import ASSOCIATIONS, ENTRIES, FOLDERS, SUBMISSION_SETS, SUBMISSIONS, TEXT, tuples

ERRORS = st.builds(
    RegistryError,
    st.sampled_from(ErrorCode),
    TEXT,
    st.sampled_from(Severity),
    st.none() | TEXT,
)
RESPONSES = st.builds(RegistryResponse, st.sampled_from(ResponseStatus), tuples(ERRORS))
FOUND = st.builds(
    Found,
    entries=tuples(ENTRIES),
    submission_sets=tuples(
        SUBMISSION_SETS.filter(lambda one: one.entry_uuid.startswith("urn:uuid:"))
    ),
    folders=tuples(FOLDERS.filter(lambda one: not one.entry_uuid.startswith("urn:uuid:"))),
    associations=tuples(ASSOCIATIONS),
)
FAILED = RegistryResponse(
    ResponseStatus.FAILURE, (RegistryError(ErrorCode.XDSUnknownPatientId, "no such patient"),)
)


@given(RESPONSES)
def test_a_registry_response_comes_back_the_same(response: RegistryResponse) -> None:
    element = etree.fromstring(registry_response.to_ebxml(response))
    assert registry_response.from_ebxml(element) == response


def test_a_code_of_another_supplement_is_told_in_words() -> None:
    text = registry_response.to_ebxml(FAILED).replace("XDSUnknownPatientId", "InvalidContent")
    (error,) = registry_response.from_ebxml(etree.fromstring(text)).errors
    assert error.code is ErrorCode.XDSRegistryError
    assert error.context == "InvalidContent: no such patient"


@given(FOUND)
def test_whole_objects_come_back_the_same(found: Found) -> None:
    element = etree.fromstring(adhoc_query_response.to_ebxml(found))
    read = adhoc_query_response.from_ebxml(element).objects
    assert (read.entries, read.submission_sets) == (found.entries, found.submission_sets)
    assert (read.folders, read.associations) == (found.folders, found.associations)


@given(FOUND)
def test_object_refs_are_the_ids_alone(found: Found) -> None:
    text = adhoc_query_response.to_ebxml(found, ReturnType.OBJECT_REF)
    read = adhoc_query_response.from_ebxml(etree.fromstring(text)).objects
    kinds = (found.entries, found.submission_sets, found.folders, found.associations)
    assert read.object_refs == tuple(one.entry_uuid for kind in kinds for one in kind)
    assert not read.entries


def test_nothing_found_keeps_its_empty_list() -> None:
    text = adhoc_query_response.to_ebxml()
    assert "<rim:RegistryObjectList></rim:RegistryObjectList>" in text
    assert "RegistryErrorList" not in text


def test_a_failure_shows_no_object() -> None:
    text = adhoc_query_response.to_ebxml(Found(), response=FAILED)
    assert adhoc_query_response.from_ebxml(etree.fromstring(text)).response == FAILED


REQUESTS = st.lists(
    st.builds(
        DocumentRequest,
        repository_unique_id=st.just("2.999.1"),
        document_unique_id=st.sampled_from(["2.999.2", "a&b<c"]),
        home_community_id=st.none() | st.just("urn:oid:2.999.3"),
    ),
    min_size=1,
    max_size=3,
).map(tuple)


@given(REQUESTS)
def test_a_retrieve_request_comes_back_the_same(requests: tuple[DocumentRequest, ...]) -> None:
    element = etree.fromstring(retrieve.request_to_ebxml(requests))
    assert retrieve.request_from_ebxml(element) == requests


def test_a_retrieve_request_without_documents_or_with_too_many_is_refused() -> None:
    one = DocumentRequest(repository_unique_id="1.2", document_unique_id="1.3")
    for requests in ([], [one] * (retrieve.MAX_DOCUMENTS + 1)):
        with pytest.raises(RegistryFailure):
            retrieve.request_from_ebxml(etree.fromstring(retrieve.request_to_ebxml(requests)))


DOCUMENT = DocumentResponse(
    repository_unique_id="2.999.1",
    document_unique_id="2.999.2",
    mime_type="text/xml",
    home_community_id="urn:oid:2.999.3",
    new_repository_unique_id="2.999.4",
    new_document_unique_id="2.999.5",
)


def test_a_retrieve_response_comes_back_with_its_documents(cases: Path) -> None:
    response = RegistryResponse(ResponseStatus.SUCCESS)
    text = retrieve.response_to_ebxml(
        response, [(DOCUMENT, Include("a b@나루")), (DOCUMENT, Inline(b"\x00\xff"))]
    )
    element = etree.fromstring(text)
    read = retrieve.response_from_ebxml(element)
    assert read.response == response
    (first, included), (second, inline) = read.documents
    assert first == second == DOCUMENT
    assert included[0].get("href") == "cid:a%20b@%EB%82%98%EB%A3%A8"
    assert inline.text == "AP8="
    included.remove(included[0])  # The schema admits base64 alone, as the Include stands for it.
    schema = load_schema(cases / "schemas/nist-toolkit2/v3/XDS.b_DocumentRepository.xsd")
    assert schema.validate(element), schema.error_log


def _provided(submission: Submission) -> _Element:
    documents = [ProvidedDocument(one.entry_uuid, Inline(b"x")) for one in submission.entries]
    return etree.fromstring(provide_and_register.to_ebxml(submission, documents))


@given(SUBMISSIONS.filter(lambda one: len({e.entry_uuid for e in one.entries}) == len(one.entries)))
def test_a_submission_with_documents_comes_back_the_same(submission: Submission) -> None:
    read = provide_and_register.from_ebxml(_provided(submission))
    assert read.submission == submission
    assert {identity: one.text for identity, one in read.documents.items()} == {
        one.entry_uuid: "eA==" for one in submission.entries
    }


def test_each_entry_has_its_document_and_each_document_its_entry() -> None:
    without = etree.fromstring(provide_and_register.to_ebxml(SUBMISSION, []))
    stray = ProvidedDocument("Document02", Include("2@naru"))
    mine = ProvidedDocument(SUBMISSION.entries[0].entry_uuid, Include("1@naru"))
    for element, code in (
        (without, ErrorCode.XDSMissingDocument),
        (
            etree.fromstring(provide_and_register.to_ebxml(SUBMISSION, [mine, stray])),
            ErrorCode.XDSMissingDocumentMetadata,
        ),
        (
            etree.fromstring(provide_and_register.to_ebxml(SUBMISSION, [mine, mine])),
            ErrorCode.XDSRepositoryMetadataError,
        ),
    ):
        with pytest.raises(RegistryFailure) as refused:
            provide_and_register.from_ebxml(element)
        assert refused.value.errors[0].code is code


def test_the_caller_chooses_which_metadata_error_is_answered() -> None:
    element = etree.Element(provide_and_register.TAG)
    with pytest.raises(RegistryFailure) as refused:
        provide_and_register.from_ebxml(element, metadata_error=ErrorCode.XDSRegistryMetadataError)
    assert refused.value.errors[0].code is ErrorCode.XDSRegistryMetadataError


def test_an_include_has_no_white_space_around_it() -> None:
    assert Include("1@naru").to_xml() == f'<xop:Include xmlns:xop="{XOP}" href="cid:1@naru"/>'
