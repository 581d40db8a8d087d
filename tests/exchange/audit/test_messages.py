"""Which audit messages an access record becomes, and that each of them follows the schema."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlencode
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.test import override_settings
from lxml import etree

from naru.audit import services as audit
from naru.audit.queries import DOCUMENT
from naru.audit.records import AccessRecord, AuditedObject, AuditedRequest, Outcome, PatientAct
from naru.domain.audit_message import AuditMessage, EventActionCode, ParticipantObject
from naru.domain.caller import Assurance, Caller, PurposeOfUse, Role, User
from naru.domain.codes import Code, LocalizedString
from naru.exchange.audit import messages as audit_messages
from naru.exchange.audit.events import EVENTS, LOG_USED, NODE_REFUSED, START, STOP
from naru.formats.atna import from_xml, to_xml
from naru.formats.xml.schema import load_schema, validate
from tests.exchange.hospitals import AFFINITY_DOMAIN, Hospital, now

ENDPOINT = "https://127.0.0.1:8081/ihe/registry"
RESIDENT = "2.999.77"


@pytest.fixture(autouse=True)
def _resident_numbers(_real: None) -> Iterator[None]:
    with override_settings(NARU=replace(settings.NARU, rrn_authority=RESIDENT)):
        yield


@pytest.fixture
def schema(cases: Path) -> etree.XMLSchema:
    return load_schema(cases / "schemas" / "atna" / "dicom2017c.xsd")


def caller(institution: UUID | None = None, **more: object) -> Caller:
    return replace(
        Caller(
            role=Role.SYSTEM,
            purpose=PurposeOfUse.TREATMENT,
            assurance=Assurance.CERTIFICATE,
            institution=institution,
            address="192.0.2.7",
        ),
        **more,  # type: ignore[arg-type]  # Fields of a caller.
    )


def record(transaction: str, **more: object) -> AccessRecord:
    given = AccessRecord(
        transaction=transaction,
        caller=caller(),
        outcome=Outcome.SUCCESS,
        time=now(),
        request_id=uuid4(),
        request=AuditedRequest(endpoint=ENDPOINT, process=4711),
    )
    return replace(given, **more)  # type: ignore[arg-type]  # Fields of a record.


def request(**more: object) -> AuditedRequest:
    return replace(
        AuditedRequest(endpoint=ENDPOINT, process=4711),
        **more,  # type: ignore[arg-type]  # Fields of a request.
    )


def objects(message: AuditMessage, role: str) -> list[ParticipantObject]:
    return [one for one in message.objects if one.role == role]


def test_a_stored_query_says_who_asked_what_about_whom() -> None:
    hospital = Hospital()
    person = hospital.patient()
    asked = record(
        "ITI-18",
        caller=caller(hospital.id),
        patients=(person.key,),
        query="<AdhocQueryRequest/>",
        request=request(query_id="urn:uuid:14d4debf-8f97-4251-9a74-a90016b0af0d"),
        objects=(AuditedObject(DOCUMENT, "2.999.1", "2.999.2"),),
    )

    (message,) = audit_messages.derive(asked)

    assert (message.event.id.code, message.event.action) == ("110112", EventActionCode.EXECUTE)
    assert message.event.types[0].code == "ITI-18"
    assert message.event.purposes_of_use[0].code == "TREAT"
    assert message.event.outcome == 0
    source, destination = message.participants
    assert source.roles[0].code == "110153"
    assert source.user_id == f"urn:oid:{hospital.oid}"
    assert source.access_point == "192.0.2.7"
    assert source.is_requestor
    assert destination.roles[0].code == "110152"
    assert destination.user_id == ENDPOINT
    assert destination.alternative_user_id == "4711"
    assert not destination.is_requestor
    (whom,) = objects(message, "1")
    assert whom.id == str(person.affinity_id)
    (query,) = objects(message, "24")
    assert query.id == "urn:uuid:14d4debf-8f97-4251-9a74-a90016b0af0d"
    assert query.query == b"<AdhocQueryRequest/>"
    assert [detail.type for detail in query.details] == ["QueryEncoding"]
    # Not the result of a query but its question is logged (ITI TF-2 3.20.4.1.1.1).
    assert objects(message, "3") == []


def test_a_question_about_somebody_unknown_names_whom_it_named() -> None:
    asked = record("ITI-18", request=request(patient_id="X^^^&2.999.100&ISO"))
    (message,) = audit_messages.derive(asked)
    assert objects(message, "1")[0].id == "X^^^&2.999.100&ISO"


def test_a_question_about_several_patients_writes_a_message_for_each() -> None:
    hospital = Hospital()
    people = [hospital.patient() for _ in range(3)]

    messages = audit_messages.derive(
        record("ITI-47", query="<q/>", patients=tuple(person.key for person in people))
    )

    assert [objects(message, "1")[0].id for message in messages] == [
        str(person.affinity_id) for person in people
    ]
    assert all(objects(message, "24")[0].query == b"<q/>" for message in messages)


def test_a_submission_is_an_import_of_its_submission_set() -> None:
    given = record(
        "ITI-41",
        request=request(submission_set="2.999.5", patient_id="X^^^&2.999.100&ISO"),
        objects=(AuditedObject(DOCUMENT, "2.999.1", "2.999.2"),),
    )

    (message,) = audit_messages.derive(given)

    assert (message.event.id.code, message.event.action) == ("110107", EventActionCode.CREATE)
    (job,) = objects(message, "20")
    assert job.id == "2.999.5"
    assert job.id_type.code == "urn:uuid:a54d6aa5-d40d-43f9-88c5-b4633d873bdd"
    assert objects(message, "3") == []


def test_documents_that_were_given_are_an_export_to_whom_they_went() -> None:
    person = Hospital().patient()
    given = record(
        "ITI-43",
        patients=(person.key,),
        objects=(AuditedObject(DOCUMENT, "2.999.1", "2.999.2", person.key),),
    )

    (message,) = audit_messages.derive(given)

    assert (message.event.id.code, message.event.action) == ("110106", EventActionCode.READ)
    source, destination = message.participants
    assert source.roles[0].code == "110153"
    assert source.user_id == ENDPOINT
    assert destination.roles[0].code == "110152"
    assert destination.access_point == "192.0.2.7"
    (document,) = objects(message, "3")
    assert document.id == "2.999.1"
    assert [(one.type, one.value) for one in document.details] == [
        ("Repository Unique ID", b"2.999.2")
    ]


def test_a_partial_success_writes_a_success_and_a_failure() -> None:
    person = Hospital().patient()
    given = record(
        "ITI-43",
        outcome=Outcome.MINOR_FAILURE,
        errors=("XDSDocumentUniqueIdError",),
        patients=(person.key,),
        objects=(AuditedObject(DOCUMENT, "2.999.1", "2.999.2", person.key),),
        request=request(refused=(AuditedObject(DOCUMENT, "2.999.3", "2.999.2"),)),
    )

    success, failure = audit_messages.derive(given)

    assert (success.event.outcome, failure.event.outcome) == (0, 4)
    assert [one.id for one in objects(success, "3")] == ["2.999.1"]
    assert [one.id for one in objects(failure, "3")] == ["2.999.3"]
    assert success.event.outcome_description == ""
    assert failure.event.outcome_description == "XDSDocumentUniqueIdError"


def test_documents_of_two_patients_stand_in_two_messages() -> None:
    hospital = Hospital()
    one, other = hospital.patient(), hospital.patient()
    given = record(
        "ITI-43",
        patients=(one.key, other.key),
        objects=(
            AuditedObject(DOCUMENT, "2.999.1", "2.999.2", one.key),
            AuditedObject(DOCUMENT, "2.999.3", "2.999.2", other.key),
        ),
    )

    first, second = audit_messages.derive(given)

    assert [found.id for found in objects(first, "3")] == ["2.999.1"]
    assert [found.id for found in objects(second, "3")] == ["2.999.3"]


def test_a_merge_writes_two_messages() -> None:
    acts = (PatientAct("D", "old^^^&2.999.1&ISO"), PatientAct("U", "new^^^&2.999.1&ISO"))
    merged = record("ITI-44", request=request(acts=acts, message_id="2.999.9"))

    messages = audit_messages.derive(merged)

    assert [one.event.action for one in messages] == [
        EventActionCode.DELETE,
        EventActionCode.UPDATE,
    ]
    assert [objects(one, "1")[0].id for one in messages] == [act.identifier for act in acts]
    assert all(one.event.id.code == "110110" for one in messages)
    detail = objects(messages[0], "1")[0].details[0]
    assert (detail.type, detail.value) == ("II", b"2.999.9")


@pytest.mark.parametrize("number", ["9013321234567", "901332-1234567"])
def test_a_resident_number_leaves_in_no_message(number: str) -> None:
    asked = f'<q><value root="{RESIDENT}" extension="{number}"/><t v="20261121093015"/></q>'
    (message,) = audit_messages.derive(record("ITI-47", query=asked))
    written = objects(message, "24")[0].query
    assert written is not None
    assert number.encode() not in written
    assert b"20261121093015" in written


def test_a_number_that_could_be_one_leaves_in_no_message_wherever_it_stands() -> None:
    number = "99" + "1231" + "1" * 7
    (message,) = audit_messages.derive(
        record("ITI-18", query=f"<v>'{number}'</v><o>2.{number}.1</o>")
    )
    written = objects(message, "24")[0].query
    assert written is not None
    assert f"'{number}'".encode() not in written
    assert f"2.{number}.1".encode() in written


@pytest.mark.parametrize("around", ["({})", "${}", "'{}'", "{}.", "{}%"])
def test_a_resident_number_leaves_in_no_message_however_a_url_says_it(around: str) -> None:
    number = "991231-" + "1" * 7
    asked = f"Patient?{urlencode({'family': around.format(number)})}"
    (message,) = audit_messages.derive(record("ITI-78", query=asked))
    written = objects(message, "24")[0].query
    assert written is not None
    assert number.encode() not in written


@pytest.mark.parametrize(
    ("outcome", "indicator"),
    [
        (Outcome.SUCCESS, b'"0"'),
        (Outcome.MINOR_FAILURE, b'"4"'),
        (Outcome.SERIOUS_FAILURE, b'"8"'),
        (Outcome.MAJOR_FAILURE, b'"12"'),
    ],
)
def test_the_outcome_is_told_as_it_was(outcome: Outcome, indicator: bytes) -> None:
    (message,) = audit_messages.derive(record("ITI-18", outcome=outcome))
    assert b"EventOutcomeIndicator=" + indicator in to_xml(message)


def test_a_person_who_asks_stands_beside_the_systems() -> None:
    person = uuid4()
    (message,) = audit_messages.derive(
        record("ITI-18", caller=caller(person=person, role=Role.CLINICIAN))
    )
    human, source, _ = message.participants
    assert human.user_id == f"urn:uuid:{person}"
    assert human.roles[0].code == "clinician"
    assert human.is_requestor
    assert not source.is_requestor


@pytest.mark.parametrize(
    ("name", "event", "kind"),
    [
        (START, "110100", "110120"),
        (STOP, "110100", "110121"),
        (NODE_REFUSED, "110113", "110126"),
        (LOG_USED, "110101", LOG_USED),
        ("SOAP", "110113", "110126"),
        ("revoke certificate", "110113", "110129"),
    ],
)
def test_what_happens_to_the_node_itself_is_told_too(name: str, event: str, kind: str) -> None:
    (message,) = audit_messages.derive(record(name, caller=caller(assurance=Assurance.NONE)))
    assert message.event.id.code == event
    assert message.event.types[0].code == kind


@pytest.mark.parametrize(
    ("name", "types"), [("ITI-18", ["110122", "ITI-18"]), ("FHIR", ["110122"])]
)
def test_a_user_who_is_not_believed_has_failed_to_log_on(name: str, types: list[str]) -> None:
    (message,) = audit_messages.derive(
        record(
            name,
            caller=caller(assurance=Assurance.NONE),
            outcome=Outcome.MINOR_FAILURE,
            request=request(user_refused=True, patient_id="TEST-patient"),
        )
    )
    assert message.event.id.code == "110114"
    assert [one.code for one in message.event.types] == types
    assert message.objects == ()


def test_a_token_that_was_given_is_a_login() -> None:
    (message,) = audit_messages.derive(record("ITI-71"))
    assert (message.event.id.code, message.event.types[0].code) == ("110114", "110122")


def test_the_community_stands_beside_what_was_asked_and_given() -> None:
    ours = replace(settings.NARU, home_community="2.999.9")
    given = AuditedObject(DOCUMENT, "2.999.1", "2.999.2")
    with override_settings(NARU=ours):
        (asked,) = audit_messages.derive(record("ITI-18", query="<q/>"))
        (got,) = audit_messages.derive(record("ITI-43", objects=(given,)))
    details = {one.type: one.value for one in objects(asked, "24")[0].details}
    assert details["urn:ihe:iti:xca:2010:homeCommunityId"] == b"urn:oid:2.999.9"
    details = {one.type: one.value for one in objects(got, "3")[0].details}
    assert details["ihe:homeCommunityID"] == b"urn:oid:2.999.9"
    assert asked.source.enterprise_site == "2.999.9"


def test_a_malformed_message_of_a_participant_is_no_alert() -> None:
    assert audit_messages.derive(record("SOAP")) == ()


def test_an_access_of_no_event_writes_no_message() -> None:
    assert audit_messages.derive(record("something of our own")) == ()


@pytest.mark.parametrize("name", EVENTS)
def test_every_message_follows_the_schema(name: str, schema: etree.XMLSchema) -> None:
    hospital = Hospital()
    person = hospital.patient()
    given = record(
        name,
        caller=caller(hospital.id, patient=person.key, assurance=Assurance.NONE),
        outcome=Outcome.MINOR_FAILURE,
        errors=("XDSRegistryError",),
        patients=(person.key,),
        query="<q/>",
        objects=(AuditedObject(DOCUMENT, "2.999.1", "2.999.2", person.key),),
        request=request(
            submission_set="2.999.5",
            query_id="urn:uuid:1",
            refused=(AuditedObject(DOCUMENT, "2.999.3", "2.999.2"),),
        ),
    )

    messages = audit_messages.derive(given)

    assert messages
    for message in messages:
        octets = to_xml(message)
        validate(etree.fromstring(octets), schema)
        assert from_xml(octets) == message


def test_what_the_record_keeps_comes_back_and_stays_sealed() -> None:
    given = record(
        "ITI-44",
        request=request(
            message_id="TEST-message",
            patient_id="TEST-patient",
            acts=(PatientAct("C", f"TEST-person^^^&{AFFINITY_DOMAIN}&ISO"),),
            refused=(AuditedObject(DOCUMENT, "TEST-document", "2.999.2"),),
        ),
    )

    kept = audit.record_now(given)

    assert audit_messages.of_records([kept]) == (audit_messages.derive(given),)
    from naru.audit.models import Record

    row = Record.objects.get(record=kept)
    assert b"TEST-" not in bytes(row.body) + bytes(row.sealed)


def test_a_user_of_an_assertion_stands_as_xua_names_one() -> None:
    user = User(
        name="JD<John.Doe@example.com>",
        text="김나루",
        roles=(Code("HCP", "2.999.5"),),
        purposes=(Code("NORM", "2.999.6", (LocalizedString("Normal"),)),),
    )
    about = record("ITI-18", query="<q/>")
    by = replace(about.caller, person=UUID(int=7), user=user)
    (message,) = audit_messages.derive(replace(about, caller=by))
    human = message.participants[0]
    assert human.is_requestor
    assert human.user_name == "JD<John.Doe@example.com>"
    assert "HCP" in {role.code for role in human.roles}
    assert [purpose.code for purpose in message.event.purposes_of_use] == ["NORM"]
