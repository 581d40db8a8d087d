"""What every SOAP door answers with, and ITI-43's answers to several documents at once.

That each answer follows its schema, with no error but those of its transaction, is checked wherever
a test reads one; here it is checked that no door goes unread and that the checks can fail.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from lxml import etree
from lxml.etree import _Element

from naru.domain.dtm import from_datetime
from naru.domain.identifiers import Identifier, new_oid
from naru.domain.patient_messages import II, Device, IdentifierRequest, Transmission
from naru.domain.patient_query import IdentifierQuery, PatientQuery
from naru.domain.registry_errors import ResponseStatus
from naru.domain.stored_query import FindDocuments
from naru.domain.xds import AvailabilityStatus, DocumentEntry, DocumentEntryType, DocumentRequest
from naru.faces.iti.transactions import TRANSACTIONS
from naru.formats.ebxml import retrieve, submit_objects
from naru.formats.hl7v3 import write_identifier_request
from naru.formats.soap import SOAP_TYPE, write_mtom
from naru.formats.xml.schema import SchemaViolation
from tests.end_to_end import error_codes, people, schemas, wire
from tests.end_to_end.conftest import RECORDED_REPOSITORY
from tests.end_to_end.wire import Answer, Caller

RESPONSE = "{urn:oasis:names:tc:ebxml-regrep:xsd:rs:3.0}RegistryResponse"
REGISTER_ACTION = "urn:ihe:iti:2007:RegisterDocumentSet-b"
REGISTER_ANSWER = "urn:ihe:iti:2007:RegisterDocumentSet-bResponse"
ON_DEMAND_ACTION = "urn:ihe:iti:2010:RegisterOnDemandDocumentEntry"
HOME = "urn:oid:2.999.77"
CONTENT = "<record>기록</record>".encode()


@pytest.fixture
def patient(caller: Caller) -> Identifier:
    newcomer = people.newcomer()
    assert people.acknowledgement(people.feed(caller, newcomer)) == "CA"
    return newcomer


def registered(caller: Caller, patient: Identifier) -> str:
    entry = people.entry(patient, CONTENT)
    assert caller.provide(people.submission(patient, entry), CONTENT).errors == []
    return entry.unique_id


def finds(caller: Caller, patient: Identifier) -> Answer:
    caller.ask(FindDocuments(patient_id=patient, status=(AvailabilityStatus.APPROVED,)))
    return caller.soap(wire.REGISTRY, wire.QUERY_ACTION, "<nothing/>")


def provides(caller: Caller, patient: Identifier) -> Answer:
    entry = people.entry(patient, CONTENT)
    return caller.provide(people.submission(patient, entry), CONTENT)


def registers(caller: Caller, patient: Identifier) -> Answer:
    entry = replace(people.entry(patient, CONTENT), repository_unique_id=RECORDED_REPOSITORY)
    body = submit_objects.to_ebxml(people.submission(patient, entry))
    return caller.soap(wire.REGISTRY, REGISTER_ACTION, body)


def retrieves(caller: Caller, patient: Identifier) -> Answer:
    return caller.retrieve(RECORDED_REPOSITORY, registered(caller, patient))


def feeds(caller: Caller, _patient: Identifier) -> Answer:
    return people.feed(caller, people.newcomer())


def refers(caller: Caller, patient: Identifier) -> Answer:
    request = IdentifierRequest(
        transmission=Transmission(
            id=II(new_oid()),
            creation_time=from_datetime(datetime.now(UTC)),
            interaction="PRPA_IN201309UV02",
            sender=Device("2.999.30"),
            receiver=Device("2.999.31"),
        ),
        query_id=II(new_oid()),
        query=IdentifierQuery(patient=patient),
    )
    return caller.soap(wire.PIX, wire.PIX_QUERY_ACTION, write_identifier_request(request))


def looks_up(caller: Caller, patient: Identifier) -> Answer:
    return people.asked_who(caller, PatientQuery(identifiers=(patient,)))


def offers(caller: Caller, patient: Identifier) -> Answer:
    offered: DocumentEntry = replace(
        people.entry(patient),
        object_type=DocumentEntryType.ON_DEMAND,
        creation_time=None,
        repository_unique_id=RECORDED_REPOSITORY,
    )
    body = submit_objects.to_ebxml(people.submission(patient, offered))
    return caller.soap(wire.REGISTRY, ON_DEMAND_ACTION, body)


ANSWERS: dict[str, tuple[Callable[[Caller, Identifier], Answer], str]] = {
    "ITI-18": (finds, "AdhocQueryResponse"),
    "ITI-41": (provides, "RegistryResponse"),
    "ITI-42": (registers, "RegistryResponse"),
    "ITI-43": (retrieves, "RetrieveDocumentSetResponse"),
    "ITI-44": (feeds, "MCCI_IN000002UV01"),
    "ITI-45": (refers, "PRPA_IN201310UV02"),
    "ITI-47": (looks_up, "PRPA_IN201306UV02"),
    "ITI-61": (offers, "RegistryResponse"),
}


def test_no_door_is_left_out() -> None:
    assert ANSWERS.keys() == {one.name for one in TRANSACTIONS}
    assert {name for _, name in ANSWERS.values()} == {
        etree.QName(tag).localname for tag in schemas.ANSWERS
    }


@pytest.mark.parametrize("transaction", ANSWERS)
def test_each_door_answers_as_its_schema_has_it(
    caller: Caller, patient: Identifier, transaction: str
) -> None:
    ask, name = ANSWERS[transaction]
    answer = ask(caller, patient)
    assert etree.QName(answer.body).localname == name
    (door,) = (one for one in TRANSACTIONS if one.name == transaction)
    assert answer.envelope.addressing.action == door.response_action


def test_an_answer_against_its_schema_is_seen(
    cases: object, caller: Caller, patient: Identifier
) -> None:
    for ask, _ in ANSWERS.values():
        body: _Element = ask(caller, patient).body
        etree.SubElement(body, "{urn:test}unheard")
        with pytest.raises(SchemaViolation):
            schemas.check(body)
    with pytest.raises(AssertionError, match="unheard"):
        schemas.check(etree.Element("{urn:test}unheard"))


def response(code: str, severity: str = "Error") -> _Element:
    found = etree.Element(RESPONSE)
    error = etree.SubElement(found, RESPONSE.replace("Response", "Error"))
    error.set("errorCode", code)
    error.set("severity", f"urn:oasis:names:tc:ebxml-regrep:ErrorSeverityType:{severity}")
    return found


@pytest.mark.parametrize(
    ("code", "severity"),
    [
        ("XDSMissingDocument", "Error"),  # ITI-41 alone.
        ("XDSTooManyResults", "Error"),  # ITI-18 alone.
        ("XDSUnknownPatientId", "Warning"),
        ("XDSUnheard", "Error"),
    ],
)
def test_an_error_of_another_transaction_is_seen(cases: object, code: str, severity: str) -> None:
    assert error_codes.permitted()
    error_codes.check(REGISTER_ANSWER, response("XDSRegistryMetadataError"))
    with pytest.raises(AssertionError, match=code):
        error_codes.check(REGISTER_ANSWER, response(code, severity))


def asked(*documents: tuple[str, str | None]) -> bytes:
    wanted = [
        DocumentRequest(
            repository_unique_id=RECORDED_REPOSITORY,
            document_unique_id=unique_id,
            home_community_id=home,
        )
        for unique_id, home in documents
    ]
    return wire.envelope(wire.RETRIEVE_ACTION, retrieve.request_to_ebxml(wanted))


@pytest.mark.parametrize("mtom", [False, True])
def test_of_several_documents_some_and_some_not_is_a_partial_success(
    caller: Caller, patient: Identifier, *, mtom: bool
) -> None:
    held, missing = registered(caller, patient), new_oid()

    def status_of(*documents: str) -> tuple[ResponseStatus, list[tuple[str, str | None]]]:
        content_type, message = SOAP_TYPE, asked(*((one, None) for one in documents))
        if mtom:
            content_type, chunks, _ = write_mtom(message, ())
            message = b"".join(chunks)
        answer = caller.post(wire.REPOSITORY, content_type, message)
        given = wire.given(answer)
        assert [one.document_unique_id for one, _ in given] == [
            one for one in documents if one == held
        ]
        assert all(octets == CONTENT for _, octets in given)
        told = wire.retrieval(answer)
        return told.status, [(error.code, error.location) for error in told.errors]

    error = ("XDSDocumentUniqueIdError", missing)
    assert status_of(held) == (ResponseStatus.SUCCESS, [])
    assert status_of(held, missing) == (ResponseStatus.PARTIAL_SUCCESS, [error])
    assert status_of(missing, held) == (ResponseStatus.PARTIAL_SUCCESS, [error])
    assert status_of(missing) == (ResponseStatus.FAILURE, [error])


def test_the_home_community_is_echoed_for_the_document_that_was_asked_with_it(
    caller: Caller, patient: Identifier
) -> None:
    one, two = registered(caller, patient), registered(caller, patient)
    answer = caller.post(wire.REPOSITORY, SOAP_TYPE, asked((one, HOME), (two, None)))
    echoed = {each.document_unique_id: each.home_community_id for each, _ in wire.given(answer)}
    # ITI TF-2 3.43.4.2.2: the value of the request, and none where it had none.
    assert echoed == {one: HOME, two: None}
