"""Requests that no node may accept, each with the answer that the standard names for it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from naru.domain.identifiers import Identifier, new_oid, new_uuid_urn
from naru.domain.stored_query import FindDocuments, ReturnType
from naru.domain.xds import AvailabilityStatus, DocumentEntry, DocumentRequest, Submission
from naru.formats.ebxml import adhoc_query, provide_and_register, retrieve, submit_objects
from naru.formats.ebxml.content import Include
from naru.formats.soap import SOAP_TYPE
from tests.end_to_end import people, wire
from tests.end_to_end.wire import (
    FEED_ACTION,
    PDQ,
    PIX,
    PROVIDE_ACTION,
    QUERY_ACTION,
    REGISTRY,
    REPOSITORY,
    RETRIEVE_ACTION,
)

CONTENT: Final = b"<referral/>"


@dataclass(frozen=True)
class Held:
    """What the node knows already."""

    patient: Identifier
    entry: DocumentEntry
    submission: Submission
    repository: str


@dataclass(frozen=True)
class Bad:
    """One request and how it must be answered: a fault, or an error in the answer's body."""

    path: str
    content_type: str
    body: bytes
    status: int = 400
    fault: str = ""
    error: str = ""
    acknowledgement: str = ""
    method: str = "POST"


def _plain(path: str, action: str, body: str, **more: object) -> Bad:
    return Bad(path, SOAP_TYPE, wire.envelope(action, body), **more)  # type: ignore[arg-type]  # Its fields.


def _provide(held: Held, entry: DocumentEntry, content: bytes = CONTENT, **more: object) -> Bad:
    sent = people.submission(entry.patient_id or held.patient, entry)
    return Bad(REPOSITORY, *wire.provided(sent, content), **more)  # type: ignore[arg-type]  # Its fields.


def _query(held: Held) -> str:
    query = FindDocuments(patient_id=held.patient, status=(AvailabilityStatus.APPROVED,))
    return adhoc_query.to_ebxml(
        adhoc_query.AdhocQueryRequest(query=query, return_type=ReturnType.LEAF_CLASS)
    )


def _asking(held: Held, old: str, new: str, **more: object) -> Bad:
    text = _query(held)
    assert old in text, text
    return _plain(REGISTRY, QUERY_ACTION, text.replace(old, new), status=200, **more)


def _xml(held: Held, before: bytes, *, inside: bytes = b"") -> Bad:
    message = wire.envelope(QUERY_ACTION, _query(held))
    declaration, _, rest = message.partition(b"?>")
    if not rest:
        declaration, rest = b"<?xml version='1.0'", message
    if inside:
        rest = rest.replace(b"Body>", b"Body>" + inside, 1)
    return Bad(REGISTRY, SOAP_TYPE, declaration + b"?>" + before + rest, fault="refused")


def wrong_hash(held: Held) -> Bad:
    entry = replace(people.entry(held.patient, CONTENT), hash="0" * 40)
    return _provide(held, entry, status=200, error="XDSRepositoryMetadataError")


def wrong_size(held: Held) -> Bad:
    entry = replace(people.entry(held.patient, CONTENT), size=12345)
    return _provide(held, entry, status=200, error="XDSRepositoryMetadataError")


def unknown_patient(held: Held) -> Bad:
    return _provide(held, people.entry(people.newcomer()), status=200, error="XDSUnknownPatientId")


def submission_set_sent_again(held: Held) -> Bad:
    entry = people.entry(held.patient)
    again = people.submission(held.patient, entry)
    again = replace(
        again,
        submission_set=replace(
            again.submission_set, unique_id=held.submission.submission_set.unique_id
        ),
    )
    return Bad(
        REPOSITORY, *wire.provided(again, CONTENT), 200, error="XDSDuplicateUniqueIdInRegistry"
    )


def entry_uuid_sent_again(held: Held) -> Bad:
    entry = replace(people.entry(held.patient), entry_uuid=held.entry.entry_uuid)
    return _provide(held, entry, status=200, error="XDSRegistryMetadataError")


def same_unique_id_of_other_bytes(held: Held) -> Bad:
    entry = replace(people.entry(held.patient), unique_id=held.entry.unique_id)
    return _provide(held, entry, b"<another/>", status=200, error="XDSNonIdenticalHash")


def one_unique_id_twice_in_a_message(held: Held) -> Bad:
    one = people.entry(held.patient)
    other = replace(people.entry(held.patient), unique_id=one.unique_id)
    sent = people.submission(held.patient, one, other)
    content_type, body = wire.provided(sent, CONTENT, CONTENT)
    error = "XDSRepositoryDuplicateUniqueIdInMessage"
    return Bad(REPOSITORY, content_type, body, 200, error=error)


def code_of_another_domain(held: Held) -> Bad:
    entry = replace(
        people.entry(held.patient), class_code=people.a_code("no-such", "2.999.99", "없음")
    )
    return _provide(held, entry, status=200, error="XDSRegistryMetadataError")


def document_without_entry(held: Held) -> Bad:
    entry = people.entry(held.patient)
    content_type, body = wire.provided(people.submission(held.patient, entry), CONTENT)
    wrong = body.replace(
        f'Document id="{entry.entry_uuid}"'.encode(), f'Document id="{new_uuid_urn()}"'.encode()
    )
    assert wrong != body
    return Bad(REPOSITORY, content_type, wrong, 200, error="XDSMissingDocument")


def include_without_part(held: Held) -> Bad:
    entry = people.entry(held.patient)
    body = provide_and_register.to_ebxml(
        people.submission(held.patient, entry),
        [provide_and_register.ProvidedDocument(entry.entry_uuid, Include("nowhere@test"))],
    )
    content_type, chunks, _ = wire.write_mtom(wire.envelope(PROVIDE_ACTION, body))
    return Bad(REPOSITORY, content_type, b"".join(chunks), fault="Include")


def _package(held: Held) -> tuple[str, bytes]:
    entry = people.entry(held.patient)
    return wire.provided(people.submission(held.patient, entry), CONTENT)


def package_of_another_boundary(held: Held) -> Bad:
    content_type, body = _package(held)
    boundary = content_type.partition('boundary="')[2].partition('"')[0]
    return Bad(REPOSITORY, content_type.replace(boundary, "other"), body, fault="MIME")


def package_without_an_end(held: Held) -> Bad:
    content_type, body = _package(held)
    return Bad(REPOSITORY, content_type, body[:-40], fault="MIME")


def package_with_broken_headers(held: Held) -> Bad:
    content_type, body = _package(held)
    return Bad(
        REPOSITORY, content_type, body.replace(b"Content-ID:", b"Content ID", 2), fault="MIME"
    )


def package_without_boundary(held: Held) -> Bad:
    return Bad(REPOSITORY, "multipart/related; type=application/xop+xml", b"--x\r\n", fault="MIME")


def billion_laughs(held: Held) -> Bad:
    entities = b"".join(
        b'<!ENTITY e%d "%s">' % (level, b"&e%d;" % (level - 1) * 10) for level in range(1, 10)
    )
    bomb = b'<!DOCTYPE x [<!ENTITY e0 "lol">' + entities + b"]>"
    return _xml(held, bomb, inside=b"<x>&e9;</x>")


def external_entity(held: Held) -> Bad:
    return _xml(held, b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>', inside=b"&e;")


def external_dtd(held: Held) -> Bad:
    return _xml(held, b'<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">')


def deep_nesting(held: Held) -> Bad:
    return _xml(held, b"", inside=b"<a>" * 10_000 + b"</a>" * 10_000)


def deep_nesting_in_a_package(held: Held) -> Bad:
    content_type, body = _package(held)
    nested = b"<a>" * 10_000 + b"</a>" * 10_000
    return Bad(REPOSITORY, content_type, body.replace(b"Body>", b"Body>" + nested, 1), fault="XML")


def many_attributes(held: Held) -> Bad:
    return _xml(held, b"", inside=b"<a " + b"".join(b"a%d='' " % n for n in range(5000)) + b"/>")


def malformed_xml(held: Held) -> Bad:
    return Bad(REGISTRY, SOAP_TYPE, b"<env:Envelope", fault="XML")


def not_xml(held: Held) -> Bad:
    return Bad(REGISTRY, SOAP_TYPE, bytes(range(256)), fault="XML")


def nul_in_xml(held: Held) -> Bad:
    message = wire.envelope(QUERY_ACTION, _query(held))
    return Bad(REGISTRY, SOAP_TYPE, message.replace(b"Approved", b"App\x00ved", 1), fault="XML")


def nul_as_a_reference(held: Held) -> Bad:
    message = wire.envelope(QUERY_ACTION, _query(held))
    return Bad(REGISTRY, SOAP_TYPE, message.replace(b"Approved", b"App&#0;ved", 1), fault="XML")


def empty_body(held: Held) -> Bad:
    return Bad(REGISTRY, SOAP_TYPE, b"", fault="XML")


def empty_package(held: Held) -> Bad:
    return Bad(REPOSITORY, _package(held)[0], b"", fault="MIME")


def unknown_action(held: Held) -> Bad:
    return _plain(REGISTRY, "urn:ihe:iti:2099:NoSuchThing", _query(held), fault="not answered")


def action_at_the_wrong_door(held: Held) -> Bad:
    return _plain(PDQ, QUERY_ACTION, _query(held), fault="not answered")


def no_action(held: Held) -> Bad:
    message = wire.envelope(QUERY_ACTION, _query(held))
    start = message.index(b"<wsa:Action")
    end = message.index(b"</wsa:Action>") + len(b"</wsa:Action>")
    return Bad(REGISTRY, SOAP_TYPE, message[:start] + message[end:], fault="Action")


def body_that_is_not_the_actions(held: Held) -> Bad:
    return _plain(REGISTRY, QUERY_ACTION, "<a/>", status=200, error="XDSRegistryError")


def soap_1_1(held: Held) -> Bad:
    message = wire.envelope(QUERY_ACTION, _query(held)).replace(
        b"http://www.w3.org/2003/05/soap-envelope", b"http://schemas.xmlsoap.org/soap/envelope/"
    )
    return Bad(REGISTRY, "text/xml; charset=utf-8", message, 500, fault="SOAP 1.2")


def json_content_type(held: Held) -> Bad:
    return Bad(REGISTRY, "application/json", b"{}", 415, fault="media type")


def no_content_type(held: Held) -> Bad:
    return Bad(REGISTRY, "", wire.envelope(QUERY_ACTION, _query(held)), fault="media type")


def get(held: Held) -> Bad:
    return Bad(REGISTRY, SOAP_TYPE, b"", 405, fault="POST", method="GET")


def put(held: Held) -> Bad:
    message = wire.envelope(QUERY_ACTION, _query(held))
    return Bad(REGISTRY, SOAP_TYPE, message, 405, fault="POST", method="PUT")


def unknown_stored_query(held: Held) -> Bad:
    known = "urn:uuid:14d4debf-8f97-4251-9a74-a90016b0af0d"
    return _asking(held, known, new_uuid_urn(), error="XDSUnknownStoredQuery")


def query_without_status(held: Held) -> Bad:
    return _asking(held, "$XDSDocumentEntryStatus", "$Another", error="XDSStoredQueryMissingParam")


def query_without_patient(held: Held) -> Bad:
    return _asking(
        held, "$XDSDocumentEntryPatientId", "$Another", error="XDSStoredQueryMissingParam"
    )


def query_with_an_unparsable_patient_id(held: Held) -> Bad:
    found = str(held.patient).replace("&", "&amp;")
    return _asking(held, found, "no id at all", error="XDSRegistryError")


def query_of_an_unknown_return_type(held: Held) -> Bad:
    return _asking(held, "LeafClass", "Everything", error="XDSRegistryError")


def retrieve_from_an_unknown_repository(held: Held) -> Bad:
    return _retrieve(new_oid(), held.entry.unique_id, "XDSUnknownRepositoryId")


def retrieve_of_an_unknown_document(held: Held) -> Bad:
    return _retrieve(held.repository, new_oid(), "XDSDocumentUniqueIdError")


def retrieve_of_nothing(held: Held) -> Bad:
    body = retrieve.request_to_ebxml(())
    return _plain(REPOSITORY, RETRIEVE_ACTION, body, status=200, error="XDSRepositoryError")


def retrieve_by_a_path(held: Held) -> Bad:
    return _retrieve(held.repository, "../../keys/master.key", "XDSDocumentUniqueIdError")


def _retrieve(repository: str, unique_id: str, error: str) -> Bad:
    asked = DocumentRequest(repository_unique_id=repository, document_unique_id=unique_id)
    body = retrieve.request_to_ebxml((asked,))
    return _plain(REPOSITORY, RETRIEVE_ACTION, body, status=200, error=error)


def registration_at_the_repositorys_door(held: Held) -> Bad:
    body = submit_objects.to_ebxml(people.submission(held.patient, people.entry(held.patient)))
    action = "urn:ihe:iti:2007:RegisterDocumentSet-b"
    return _plain(REPOSITORY, action, body, fault="not answered")


def feed_without_a_patient(held: Held) -> Bad:
    message = people.feed_message(people.PatientAdd(record=people.person(held.patient)))
    start, end = message.index("<patient "), message.index("</patient>") + len("</patient>")
    return _plain(
        PIX, FEED_ACTION, message[:start] + message[end:], status=200, acknowledgement="CE"
    )


def feed_of_another_interaction(held: Held) -> Bad:
    message = people.feed_message(people.PatientAdd(record=people.person(held.patient)))
    renamed = message.replace("PRPA_IN201301UV02", "PRPA_IN999999UV02")
    return _plain(PIX, FEED_ACTION, renamed, fault="PRPA_IN201301UV02")


def merge_of_unknown_people(held: Held) -> Bad:
    act = people.PatientMerge(survivor=people.newcomer(), subsumed=people.newcomer())
    name = "PRPA_IN201304UV02"
    message = people.feed_message(act, interaction=name)
    return _plain(PIX, f"urn:hl7-org:v3:{name}", message, status=200, acknowledgement="CE")


MESSAGES: Final[tuple[Callable[[Held], Bad], ...]] = (
    wrong_hash,
    wrong_size,
    unknown_patient,
    submission_set_sent_again,
    entry_uuid_sent_again,
    same_unique_id_of_other_bytes,
    one_unique_id_twice_in_a_message,
    code_of_another_domain,
    document_without_entry,
    include_without_part,
    package_of_another_boundary,
    package_without_an_end,
    package_with_broken_headers,
    package_without_boundary,
    billion_laughs,
    external_entity,
    external_dtd,
    deep_nesting,
    deep_nesting_in_a_package,
    many_attributes,
    malformed_xml,
    not_xml,
    nul_in_xml,
    nul_as_a_reference,
    empty_body,
    empty_package,
    unknown_action,
    action_at_the_wrong_door,
    no_action,
    body_that_is_not_the_actions,
    soap_1_1,
    json_content_type,
    no_content_type,
    get,
    put,
    unknown_stored_query,
    query_without_status,
    query_without_patient,
    query_with_an_unparsable_patient_id,
    query_of_an_unknown_return_type,
    retrieve_from_an_unknown_repository,
    retrieve_of_an_unknown_document,
    retrieve_of_nothing,
    retrieve_by_a_path,
    registration_at_the_repositorys_door,
    feed_without_a_patient,
    feed_of_another_interaction,
    merge_of_unknown_people,
)
