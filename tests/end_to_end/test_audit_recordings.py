"""Audit messages that other systems wrote, field by field beside ours of the same request.

All of them were written by the side that asked, ours by the side that answered; what differs for
that or another reason stands below, and nothing else may differ. Values that are each system's own
are not compared: times, user and process ids, network addresses, names of audit sources, and the
wording of a code whose code and system are compared.
"""

from pathlib import Path
from typing import Final

from naru.domain.audit_message import AuditMessage, ParticipantObject
from naru.domain.identifiers import Identifier
from naru.formats.atna import from_xml
from naru.formats.hl7v3 import read_feed
from naru.formats.soap import SOAP_TYPE, read_envelope
from naru.formats.xml import parse
from tests.end_to_end import people, recordings
from tests.end_to_end.node import Node
from tests.end_to_end.wire import PDQ, PIX, REGISTRY, REPOSITORY, Caller

QUERY_ACTION: Final = "urn:ihe:iti:2007:RegistryStoredQuery"

NO_ASSERTION: Final = "the recorded request carried an assertion that this replay does not carry"
OTHER_SIDE: Final = "export and import change with the side that writes (ITI TF-2 3.41.5, 3.43.5)"
OTHER_PURPOSE: Final = "Swiss codes there; without an assertion ours is what the caller is for"
OTHER_REQUEST: Final = "the recording is of another request of the same kind"
NOT_ASKED: Final = (
    "3.44.5.1 has no query object in a feed's message, nor one detail for two objects"
)
IDS_OF_QUERY: Final = "3.47.5.1 leaves the query's id and details open; ours says its encoding"
NO_RESULT: Final = "our registry found nobody, and 3.20.4.1.1.1 logs the question, not the result"

DIFFERENCES: Final = {
    18: {
        "purposes": OTHER_PURPOSE,
        "participants": NO_ASSERTION,
        "24.details": "no home community was given to this node, so none is named",
    },
    41: {
        "event": OTHER_SIDE,
        "action": OTHER_SIDE,
        "purposes": OTHER_PURPOSE,
        "participants": NO_ASSERTION,
        "1.id": OTHER_REQUEST,
        "20.id": OTHER_REQUEST,
    },
    43: {
        "event": OTHER_SIDE,
        "action": OTHER_SIDE,
        "purposes": OTHER_PURPOSE,
        "participants": NO_ASSERTION,
        "outcome": "the recorded documents are not here, and what is not given is a failure",
        "1": "whose document it was is not known of one that is not here",
        "3.id": OTHER_REQUEST,
        "3.details": "the framework writes `Repository Unique ID`, the recording `… Id`",
    },
    44: {
        "purposes": OTHER_PURPOSE,
        "1.id": OTHER_REQUEST,
        "24": NOT_ASKED,
    },
    47: {
        "purposes": OTHER_PURPOSE,
        "participants": NO_ASSERTION,
        "1": NO_RESULT,
        "24.id": IDS_OF_QUERY,
        "24.details": IDS_OF_QUERY,
    },
}

_LAST: Final = """
from naru.audit.models import Record
from naru.audit.records import RecordId
from naru.exchange.audit import messages as audit_messages
from naru.formats.atna import to_xml
for row in Record.objects.filter(id__gt=int(sys.argv[1])).order_by("id"):
    for message in audit_messages.of_records([RecordId(row.record)])[0]:
        print(to_xml(message).decode())
"""


def recorded(cases: Path, number: int) -> AuditMessage:
    return from_xml(recordings.read(cases, f"epd-by-example/samples/iti-{number}-log.xml"))


def ours(node: Node, last: int) -> list[AuditMessage]:
    return [from_xml(line.encode()) for line in node.administer(_LAST, str(last)).splitlines()]


def fields(message: AuditMessage) -> dict[str, object]:
    event = message.event
    compared: dict[str, object] = {
        "event": (event.id.code, event.id.system),
        "type": (event.types[0].code, event.types[0].system),
        "action": event.action,
        "outcome": event.outcome,
        "purposes": [(one.code, one.system) for one in event.purposes_of_use],
        "participants": [
            role.code for one in message.participants for role in one.roles or (None,) if role
        ],
    }
    for found in message.objects:
        compared |= _of_object(found)
    return compared


def _of_object(found: ParticipantObject) -> dict[str, object]:
    return {
        found.role: found.type,
        f"{found.role}.id": found.id,
        f"{found.role}.id_type": (found.id_type.code, found.id_type.system),
        f"{found.role}.details": sorted(one.type for one in found.details),
        f"{found.role}.query": found.query is not None,
    }


def differing(one: AuditMessage, other: AuditMessage) -> set[str]:
    here, there = fields(one), fields(other)
    names = {name for name in {*here, *there} if here.get(name) != there.get(name)}
    # Of an object that one of both leaves out, its name alone is told.
    absent = {name for name in names if name.isdigit() and (name in here) != (name in there)}
    return {name for name in names if name.partition(".")[0] not in absent} | absent


def check(number: int, written: AuditMessage, cases: Path) -> None:
    assert differing(written, recorded(cases, number)) == set(DIFFERENCES[number])


def test_the_recorded_stored_query(fresh_sandbox: Node, cases: Path) -> None:
    log = recorded(cases, 18)
    (asked,) = [one.query for one in log.objects if one.role == "24"]
    (whom,) = [one.id for one in log.objects if one.role == "1"]
    assert asked is not None
    body = asked.decode().partition("?>")[2]
    last = fresh_sandbox.last_record()

    answer = Caller(fresh_sandbox.port).soap(REGISTRY, QUERY_ACTION, body)

    assert answer.fault is None
    (written,) = ours(fresh_sandbox, last)
    check(18, written, cases)
    assert [one.id for one in written.objects if one.role == "1"] == [whom]


def test_the_recorded_provide_and_register(fresh_sandbox: Node, cases: Path) -> None:
    content_type, body = recordings.epd_provide(cases)
    sent = recordings.submission(content_type, body)
    fed = people.feed(Caller(fresh_sandbox.port), recordings.patient(sent))
    assert people.acknowledgement(fed) == "CA"
    last = fresh_sandbox.last_record()

    Caller(fresh_sandbox.port).post(REPOSITORY, content_type, body)

    (written,) = ours(fresh_sandbox, last)
    check(41, written, cases)
    (job,) = [one for one in written.objects if one.role == "20"]
    assert job.id == sent.submission_set.unique_id
    (whom,) = [one for one in written.objects if one.role == "1"]
    assert whom.id == str(recordings.patient(sent))


def test_the_recorded_retrieve(fresh_sandbox: Node, cases: Path) -> None:
    last = fresh_sandbox.last_record()

    Caller(fresh_sandbox.port).post(REPOSITORY, SOAP_TYPE, recordings.epd(cases, "ITI-43_request"))

    (written,) = ours(fresh_sandbox, last)
    check(43, written, cases)
    assert written.event.outcome == 4


def test_the_recorded_feed(fresh_sandbox: Node, cases: Path) -> None:
    request = recordings.epd(cases, "ITI-44_request")
    told = read_feed(read_envelope(parse(request)).body)
    last = fresh_sandbox.last_record()

    Caller(fresh_sandbox.port).post(PIX, SOAP_TYPE, request)

    written = ours(fresh_sandbox, last)[0]
    check(44, written, cases)
    (whom,) = [one for one in written.objects if one.role == "1"]
    assert Identifier(*_parts(whom.id)) in told.acts[0].record.identifiers  # type: ignore[union-attr]  # An addition.
    assert whom.details[0].type == "II"
    assert told.transmission.id.root in whom.details[0].value.decode()


def test_the_recorded_demographics_query(fresh_sandbox: Node, cases: Path) -> None:
    request = recordings.epd(cases, "ITI-47_request")
    last = fresh_sandbox.last_record()

    Caller(fresh_sandbox.port).post(PDQ, SOAP_TYPE, request)

    written = ours(fresh_sandbox, last)[0]
    assert differing(written, recorded(cases, 47)) - {"1", "1.id", "1.details"} == set(
        DIFFERENCES[47]
    ) - {"1"}


def _parts(cx: str) -> tuple[str, str]:
    value, _, rest = cx.partition("^^^&")
    return value, rest.removesuffix("&ISO")
