"""What one message may cost: parts, text, what is recorded of it, and what strangers can write."""

import re
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from naru.domain.stored_query import FindDocuments
from naru.domain.xds import AvailabilityStatus
from naru.formats.ebxml import adhoc_query
from naru.formats.soap import SOAP_TYPE, QName
from naru.formats.soap.fault import ONLY_ANONYMOUS
from naru.formats.xml.namespaces import ENV, WSA, WSSE
from tests.end_to_end import people, wire
from tests.end_to_end.institutions import HUB_A, Exchange
from tests.end_to_end.node import Node
from tests.end_to_end.wire import QUERY_ACTION, REGISTRY, REPOSITORY, Caller

MIB = 1024 * 1024
SECURITY = f'<s:Security xmlns:s="{WSSE}" xmlns:e="{ENV}" e:mustUnderstand="1"><x/></s:Security>'
ELSEWHERE = f'<a:ReplyTo xmlns:a="{WSA}"><a:Address>http://127.0.0.1:9/x</a:Address></a:ReplyTo>'
LAST_QUERY = """
from naru.audit import queries
from naru.audit.models import Record
record = queries.one(Record.objects.order_by("-id").values_list("record", flat=True)[0])
print(record.query)
"""


def question() -> str:
    query = FindDocuments(patient_id=people.newcomer(), status=(AvailabilityStatus.APPROVED,))
    return adhoc_query.to_ebxml(adhoc_query.AdhocQueryRequest(query=query))


def padded(question: str, size: int) -> str:
    slot = '<rim:Slot name="$Nothing"><rim:ValueList><rim:Value>x</rim:Value></rim:ValueList>'
    padding = f"{slot}</rim:Slot>".replace("x", "x" * size)
    return question.replace("</rim:AdhocQuery>", f"{padding}</rim:AdhocQuery>")


def test_what_a_query_is_padded_with_is_not_recorded(sandbox: Node, caller: Caller) -> None:
    asked = question()
    answer = caller.soap(REGISTRY, QUERY_ACTION, padded(asked, 500_000))
    assert answer.status == 200
    assert sandbox.administer(LAST_QUERY).strip() == asked


def test_of_a_query_that_is_not_understood_only_its_size_is_recorded(
    sandbox: Node, caller: Caller
) -> None:
    wrong = padded(question(), 500_000).replace('id="urn:uuid:', 'id="urn:uuid:0')
    assert caller.soap(REGISTRY, QUERY_ACTION, wrong).status == 200
    recorded = sandbox.administer(LAST_QUERY).strip()
    assert re.fullmatch(r"\(5\d{5} bytes\)", recorded)


@pytest.mark.parametrize("path", [REGISTRY, wire.PIX, wire.PDQ])
def test_where_no_document_is_taken_a_message_is_small(caller: Caller, path: str) -> None:
    answer = caller.soap(path, QUERY_ACTION, padded(question(), 3 * MIB))
    assert answer.status == 413


def test_a_message_brings_a_hundred_parts_and_no_more(sandbox: Node, caller: Caller) -> None:
    patient = people.newcomer()
    assert people.acknowledgement(people.feed(caller, patient)) == "CA"
    for number, is_taken in ((90, True), (110, False)):
        documents = [f"<n>{number}.{one}</n>".encode() for one in range(number)]
        entries = [people.entry(patient, document) for document in documents]
        before = sandbox.holdings()
        answer = caller.provide(people.submission(patient, *entries), *documents)
        assert (answer.status == 200) is is_taken
        assert (sandbox.holdings() == before) is not is_taken


def test_parts_that_wait_lie_on_the_disk_and_not_in_memory(sandbox: Node, caller: Caller) -> None:
    patient = people.newcomer()
    people.feed(caller, patient)
    documents = [bytes([one]) * 200_000 for one in range(80)]
    entries = [people.entry(patient, one, "application/octet-stream") for one in documents]
    content_type, body = wire.provided(people.submission(patient, *entries), *documents)
    workers = [int(pid) for pid in sandbox.pids["workers"]]
    for pid in workers:
        Path(f"/proc/{pid}/clear_refs").write_text("5")  # From here the peak counts anew.
    before = max(memory(pid) for pid in workers)
    assert caller.post(REPOSITORY, content_type, body).errors == []
    assert max(memory(pid) for pid in workers) - before < 12 * MIB


def memory(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024


def with_header(header: str) -> bytes:
    message = wire.envelope(QUERY_ACTION, question())
    return re.sub(rb"<[a-z]+:ReplyTo.*?ReplyTo>", b"", message).replace(
        b"</env:Header>", header.encode() + b"</env:Header>"
    )


def test_a_security_header_that_has_to_be_understood_is_not_passed_over(
    exchange: Exchange, caller: Caller
) -> None:
    message = with_header(SECURITY)
    refused = exchange.caller(HUB_A).post(REGISTRY, SOAP_TYPE, message)
    assert refused.status == 400
    assert refused.fault is not None
    assert refused.fault.subcode == QName(WSSE, "UnsupportedSecurityToken")
    assert caller.post(REGISTRY, SOAP_TYPE, message).status == 200  # A sandbox checks none.


def test_an_answer_that_is_wanted_elsewhere_is_refused(caller: Caller) -> None:
    refused = caller.post(REGISTRY, SOAP_TYPE, with_header(ELSEWHERE))
    assert refused.status == 400
    assert refused.fault is not None
    assert refused.fault.subsubcode == ONLY_ANONYMOUS


def test_strangers_are_counted_when_they_come_in_crowds(exchange: Exchange) -> None:
    node, number = exchange.node, 120
    last = node.last_record()

    def knock(_: int) -> int:
        return Caller(node.port).soap(REGISTRY, QUERY_ACTION, "<a/>").status

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(knock, range(number))) == {403}
    told = refusals(node, last, number)
    assert sum(told) == number
    assert len(told) < number


def refusals(node: Node, last: int, number: int) -> list[int]:
    deadline = time.monotonic() + 5
    while True:
        counted = []
        for record in node.records_after(last):
            more = re.match(r"(\d+) more requests of strangers", record.errors[0])
            counted.append(int(more[1]) if more else 1)
        if sum(counted) >= number or time.monotonic() > deadline:
            return counted
        time.sleep(0.1)
