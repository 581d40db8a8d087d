"""Requests that other systems sent, replayed; the answers are those that were recorded.

Deliberate differences, for all answers:

* `wsa:RelatesTo` is the id of the request at hand; most recordings pair answers with requests of
  another hour, so it is compared with the request and not with the recording.
* Ids and times that a server mints, its own device OIDs and its display names are its own.
* `home` of an object: this node is asked as one community and does not repeat its own id.
* A recorded ITI-18 answer holds whole objects though the recorded request asks for ids: the
  request is replayed as it is, and once more asking for whole objects.
* The recorded ITI-44 answer has an `acknowledgementDetail` that says nothing; ours has none.
* ITI-47: the recorded answer gives the person no `country` and splits an address into a street
  name; ours returns the lines as the source sent them.
"""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from lxml.etree import _Element

from naru.domain.identifiers import Identifier
from naru.domain.patient_messages import AcknowledgementType, PatientAdd
from naru.domain.person import Address, Demographics, Gender, PatientRecord, PersonName
from naru.domain.registry_errors import ResponseStatus
from naru.domain.stored_query import FindDocuments, GetDocuments
from naru.domain.xds import (
    AssociationType,
    AvailabilityStatus,
    DocumentEntry,
    Submission,
)
from naru.formats.ebxml import adhoc_query_response, registry_response, retrieve
from naru.formats.hl7v3 import read_accept_acknowledgement, read_demographics_response, read_feed
from naru.formats.soap import SOAP_TYPE, Envelope, read_envelope
from naru.formats.xml import parse
from tests.end_to_end import people, recordings, wire
from tests.end_to_end.conftest import RECORDED_REPOSITORY
from tests.end_to_end.wire import PDQ, PIX, REGISTRY, REPOSITORY, Answer, Caller

APPROVED = (AvailabilityStatus.APPROVED,)


def check_headers(answer: Answer, sent: Envelope, recorded: Envelope) -> None:
    ours = answer.envelope.addressing
    assert answer.status == 200
    assert ours.action == recorded.addressing.action
    assert ours.relates_to == sent.addressing.message_id
    assert ours.message_id != sent.addressing.message_id


def replay(caller: Caller, path: str, cases: Path, name: str) -> tuple[Answer, Envelope, Envelope]:
    request, recorded = (
        recordings.epd(cases, f"{name}_request"),
        recordings.epd(cases, f"{name}_response"),
    )
    answer = caller.post(path, SOAP_TYPE, request)
    sent, expected = read_envelope(parse(request)), read_envelope(parse(recorded))
    check_headers(answer, sent, expected)
    return answer, sent, expected


def names(element: _Element) -> list[str]:
    return [str(child.tag) for child in element.iter()]


@pytest.fixture(scope="module")
def provided(sandbox: object, published: Path) -> tuple[Answer, Submission]:
    """The recorded ITI-41, sent once for the whole module."""
    from tests.end_to_end.node import Node

    assert isinstance(sandbox, Node)
    caller = Caller(sandbox.port)
    content_type, body = recordings.epd_provide(published)
    sent = recordings.submission(content_type, body)
    feed = people.feed(caller, recordings.patient(sent))
    assert people.acknowledgement(feed) == "CA"
    return caller.post(REPOSITORY, content_type, body), sent


def test_the_recorded_provide_and_register_gets_the_recorded_answer(
    cases: Path, provided: tuple[Answer, Submission]
) -> None:
    answer, _ = provided
    request = recordings.message(*recordings.epd_provide(cases))
    expected = recordings.message(*recordings.epd_provide_answer(cases))
    recorded = read_envelope(expected.root)
    check_headers(answer, read_envelope(request.root), recorded)
    assert answer.message.was_mtom == expected.was_mtom
    assert answer.body.tag == recorded.body.tag
    assert answer.registry_response == registry_response.from_ebxml(recorded.body)


def test_the_document_of_the_recorded_provide_and_register_comes_back(
    cases: Path, caller: Caller, provided: tuple[Answer, Submission]
) -> None:
    message = recordings.message(*recordings.epd_provide(cases))
    (part,) = message.parts.values()
    (entry,) = provided[1].entries

    ((described, octets),) = wire.given(caller.retrieve(RECORDED_REPOSITORY, entry.unique_id))

    assert octets == part.stored
    assert described.mime_type == "application/fhir+json"


# What the recorded answer tells of another document than the recorded submission, and `home`.
OF_ANOTHER_DOCUMENT = (
    "entry_uuid",
    "logical_id",
    "unique_id",
    "creation_time",
    "repository_unique_id",
    "hash",
    "size",
    "home_community_id",
)


def comparable(entry: DocumentEntry) -> DocumentEntry:
    return replace(entry, **dict.fromkeys(OF_ANOTHER_DOCUMENT))


def test_the_recorded_submission_is_found_with_the_recorded_metadata(
    cases: Path, caller: Caller, provided: tuple[Answer, Submission]
) -> None:
    patient = recordings.patient(provided[1])
    found = caller.ask(FindDocuments(patient_id=patient, status=APPROVED))
    recorded = adhoc_query_response.from_ebxml(
        read_envelope(parse(recordings.epd(cases, "ITI-18_response"))).body
    )

    (ours,), (theirs,) = found.objects.entries, recorded.objects.entries
    assert comparable(ours) == comparable(theirs)
    assert found.response.status is recorded.response.status is ResponseStatus.SUCCESS


def test_the_recorded_stored_query_finds_what_the_patient_has(cases: Path, caller: Caller) -> None:
    patient = Identifier("7e1c6e78-58f1-4a43-ae88-0d5a5c4ab43e", "1.3.6.1.4.1.21367.2017.2.5.45")
    if people.acknowledgement(people.feed(caller, patient)) == "CA":
        entry = people.entry(patient, b"<a/>")
        assert caller.provide(people.submission(patient, entry), b"<a/>").errors == []

    answer, _, recorded = replay(caller, REGISTRY, cases, "ITI-18")

    ours = adhoc_query_response.from_ebxml(answer.body)
    theirs = adhoc_query_response.from_ebxml(recorded.body)
    assert answer.body.tag == recorded.body.tag
    assert ours.response == theirs.response
    found = caller.ask(FindDocuments(patient_id=patient, status=APPROVED)).objects.entries
    assert list(ours.objects.object_refs) == [one.entry_uuid for one in found]
    assert ours.objects.entries == ()


def test_the_recorded_retrieve_gets_the_recorded_answer(cases: Path, caller: Caller) -> None:
    request = read_envelope(parse(recordings.epd(cases, "ITI-43_request"))).body
    (asked,) = retrieve.request_from_ebxml(request)
    patient, content = people.newcomer(), b"%PDF-1.4 synthetic"
    people.feed(caller, patient)
    entry = people.entry(patient, content, "application/pdf")
    entry = replace(entry, unique_id=asked.document_unique_id)
    assert caller.provide(people.submission(patient, entry), content).errors == []

    answer, _, recorded = replay(caller, REPOSITORY, cases, "ITI-43")

    ours = retrieve.response_from_ebxml(answer.body)
    theirs = retrieve.response_from_ebxml(recorded.body)
    assert ours.response == theirs.response
    assert [one for one, _ in ours.documents] == [one for one, _ in theirs.documents]
    assert names(answer.body) == names(recorded.body)
    assert answer.message.was_mtom
    assert wire.given(answer)[0][1] == content


def test_the_recorded_feed_gets_the_recorded_acknowledgement(cases: Path, caller: Caller) -> None:
    answer, sent, recorded = replay(caller, PIX, cases, "ITI-44")

    ours = read_accept_acknowledgement(answer.body)
    theirs = read_accept_acknowledgement(recorded.body)
    told = read_feed(sent.body).transmission
    assert ours.acknowledgement.type is theirs.acknowledgement.type
    assert ours.acknowledgement.type is AcknowledgementType.COMMIT_ACCEPT
    assert ours.acknowledgement.target == told.id
    assert (ours.transmission.sender, ours.transmission.receiver) == (told.receiver, told.sender)
    assert ours.transmission.interaction == theirs.transmission.interaction
    assert ours.transmission.processing_code == told.processing_code
    without = [name for name in names(recorded.body) if "acknowledgementDetail" not in name]
    assert names(answer.body) == without


SPID = "2.16.756.5.30.1.127.3.10.3"
COMMUNITY = "1.3.6.1.4.1.21367.2017.2.5.93"
ASKED = Identifier("08242eb8-dd47-4298-8d2f-25d60114f137", "1.1.1.2.2")


def recorded_person() -> PatientRecord:
    """The person whom the recorded ITI-47 answer is about, as some source would tell of her."""
    return PatientRecord(
        identifiers=(
            ASKED,
            Identifier("25f98b34-0e01-48b7-a06c-f706eb4c485f", COMMUNITY),
            Identifier("761337610411353650", SPID),
        ),
        demographics=Demographics(
            names=(PersonName(family="Dell", given=("Dylan Jose",)),),
            gender=Gender.FEMALE,
            birth_time="19890622",
            addresses=(
                Address(
                    lines=("Ruelle de la Tour",), city="Pontarlier", postal_code="25300", use="HP"
                ),
            ),
        ),
    )


def test_the_recorded_demographics_query_gets_the_recorded_person(
    cases: Path, caller: Caller
) -> None:
    message = people.feed_message(PatientAdd(record=recorded_person()))
    caller.soap(PIX, wire.FEED_ACTION, message)

    answer, _, recorded = replay(caller, PDQ, cases, "ITI-47")

    ours, theirs = (
        read_demographics_response(answer.body),
        read_demographics_response(recorded.body),
    )
    assert ours.acknowledgement.type is theirs.acknowledgement.type
    assert ours.query_id == theirs.query_id
    assert ours.candidates.code is theirs.candidates.code
    ((our_one,), (their_one,)) = ours.candidates.found, theirs.candidates.found
    assert set(our_one.record.identifiers) == set(their_one.record.identifiers)
    assert our_one.score == their_one.score
    told, said = our_one.record.demographics, their_one.record.demographics
    assert (told.gender, told.birth_time) == (said.gender, said.birth_time)
    assert [(name.family, name.given) for name in told.names] == [
        (name.family, name.given) for name in said.names
    ]
    assert [(one.city, one.postal_code, one.use) for one in told.addresses] == [
        (one.city, one.postal_code, one.use) for one in said.addresses
    ]


def test_the_toolkits_package_replaces_a_document(cases: Path, caller: Caller) -> None:
    content_type, body = recordings.toolkit_mtom(cases)
    sent = recordings.submission(content_type, body)
    patient = recordings.patient(sent)
    (replaces,) = [one for one in sent.associations if one.type == AssociationType.RPLC]
    people.feed(caller, patient)
    target = replace(people.entry(patient, b"<old/>"), entry_uuid=replaces.target)
    assert caller.provide(people.submission(patient, target), b"<old/>").errors == []

    answer = caller.post(REPOSITORY, content_type, body)

    assert answer.registry_response.status is ResponseStatus.SUCCESS, answer.content
    (found,) = caller.ask(FindDocuments(patient_id=patient, status=APPROVED)).objects.entries
    assert found.unique_id == sent.entries[0].unique_id
    (old,) = caller.ask(GetDocuments(entry_uuids=(replaces.target,))).objects.entries
    assert old.availability_status is AvailabilityStatus.DEPRECATED
    ((_, octets),) = wire.given(caller.retrieve(RECORDED_REPOSITORY, found.unique_id))
    (part,) = recordings.message(content_type, body).parts.values()
    assert octets == part.stored
    assert re.match(rb"This is my document", octets)


def test_the_toolkits_bare_request_crosses_in_a_package(cases: Path, caller: Caller) -> None:
    content_type, body = recordings.toolkit_pnr(cases)
    sent = recordings.submission(content_type, body)
    patient = recordings.patient(sent)
    people.feed(caller, patient)

    answer = caller.post(REPOSITORY, content_type, body)

    assert answer.registry_response.status is ResponseStatus.SUCCESS, answer.content
    unique_ids = [entry.unique_id for entry in sent.entries]
    found = caller.ask(FindDocuments(patient_id=patient, status=APPROVED)).objects.entries
    assert [one.unique_id for one in found] == unique_ids
    given = wire.given(caller.retrieve(RECORDED_REPOSITORY, *unique_ids))
    assert tuple(octets for _, octets in given) == recordings.PNR_DOCUMENTS
