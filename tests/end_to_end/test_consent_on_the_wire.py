"""What a patient said decides what an institution gets, from the very next request on."""

import re
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from statistics import median
from threading import Event
from time import perf_counter

import pytest

from naru.domain.identifiers import Identifier, new_oid
from naru.domain.stored_query import FindDocuments, FindSubmissionSets, GetAll, GetDocuments
from naru.domain.xds import AvailabilityStatus
from naru.formats.ebxml.registry_object_list import RegistryObjects
from tests.end_to_end import people, wire
from tests.end_to_end.institutions import (
    CONTENT,
    GRANT,
    HUB_A,
    HUB_B,
    MEMBER_C,
    WITHDRAW,
    Exchange,
    affinity_identifier,
    consents,
    registers,
)
from tests.end_to_end.wire import Answer, Caller

APPROVED = (AvailabilityStatus.APPROVED,)
REPOSITORY_A = f"{HUB_A}.9"


@pytest.fixture
def hub_a(exchange: Exchange) -> Caller:
    return exchange.caller(HUB_A)


@pytest.fixture
def hub_b(exchange: Exchange) -> Caller:
    return exchange.caller(HUB_B)


@pytest.fixture
def patient(exchange: Exchange) -> Identifier:
    return exchange.registered(HUB_A)


def found(caller: Caller, patient: Identifier) -> list[str]:
    """The uniqueIds of what a caller finds of a patient."""
    answer = caller.ask(FindDocuments(patient_id=patient, status=APPROVED))
    assert answer.response.errors == ()
    return [entry.unique_id for entry in answer.objects.entries]


def opened(caller: Caller, unique_id: str, repository: str = REPOSITORY_A) -> list[bytes]:
    return [octets for _, octets in wire.given(caller.retrieve(repository, unique_id))]


def normal(answer: Answer, unique_id: str) -> tuple[int, str]:
    """An answer without what each answer has of its own."""
    text = answer.content.decode().replace(unique_id, "THE-DOCUMENT")
    return answer.status, re.sub(r"urn:uuid:[0-9a-f-]{36}", "", text)


def test_without_any_consent_nothing_is_taken_or_given(
    hub_a: Caller, hub_b: Caller, patient: Identifier
) -> None:
    entry, answer = registers(hub_a, patient)

    assert answer.errors == ["XDSRegistryError"]
    assert b'codeContext="not taken; ' in answer.content
    assert found(hub_a, patient) == found(hub_b, patient) == []
    assert opened(hub_a, entry.unique_id) == []


def test_consent_gives_withdrawal_takes_and_consent_again_gives_at_once(
    hub_a: Caller, hub_b: Caller, patient: Identifier
) -> None:
    consents(hub_a, patient, GRANT, received=[hub_b])
    entry, answer = registers(hub_a, patient)
    assert answer.errors == []
    for _ in range(3):
        assert found(hub_b, patient) == [entry.unique_id]
        assert opened(hub_b, entry.unique_id) == [CONTENT]
        consents(hub_a, patient, WITHDRAW)
        assert found(hub_b, patient) == []
        assert opened(hub_b, entry.unique_id) == []
        consents(hub_a, patient, GRANT)


def test_after_withdrawal_no_question_tells_that_there_ever_was_a_record(
    hub_a: Caller, hub_b: Caller, patient: Identifier
) -> None:
    consents(hub_a, patient, GRANT, received=[hub_b])
    entry, _ = registers(hub_a, patient)
    consents(hub_a, patient, WITHDRAW)

    everything = GetAll(
        patient_id=patient,
        entry_status=APPROVED,
        submission_set_status=APPROVED,
        folder_status=APPROVED,
    )
    for query in (
        FindDocuments(patient_id=patient, status=APPROVED),
        FindSubmissionSets(patient_id=patient, status=APPROVED),
        GetDocuments(unique_ids=(entry.unique_id,)),
        GetDocuments(entry_uuids=(entry.entry_uuid,)),
        everything,
    ):
        for leaf in (True, False):
            answer = hub_b.ask(query, leaf=leaf)
            assert answer.response.errors == ()
            assert answer.objects == RegistryObjects(), query


def test_a_withheld_document_is_answered_like_one_that_never_was(
    hub_a: Caller, hub_b: Caller, patient: Identifier
) -> None:
    consents(hub_a, patient, GRANT, received=[hub_b])
    entry, _ = registers(hub_a, patient)
    consents(hub_a, patient, WITHDRAW)
    withheld, unknown = [], []
    for _ in range(40):
        never = new_oid()
        first = hub_b.retrieve(REPOSITORY_A, entry.unique_id)
        second = hub_b.retrieve(REPOSITORY_A, never)
        assert normal(first, entry.unique_id) == normal(second, never)
        withheld.append(first.seconds)
        unknown.append(second.seconds)

    assert [error.code for error in wire.retrieval(first).errors] == ["XDSDocumentUniqueIdError"]
    assert abs(median(withheld) - median(unknown)) < 0.005


def test_no_read_that_began_after_the_withdrawal_returns_the_document(
    exchange: Exchange, hub_a: Caller, patient: Identifier
) -> None:
    consents(hub_a, patient, GRANT, received=[exchange.caller(HUB_B)])
    entry, _ = registers(hub_a, patient)
    stop = Event()

    def read() -> list[tuple[float, float, bool]]:
        """When each read began and ended, and whether it gave anything."""
        reader, seen = exchange.caller(HUB_B), []
        while not stop.is_set():
            for ask in (partial(found, reader, patient), partial(opened, reader, entry.unique_id)):
                begun = perf_counter()
                got = bool(ask())
                seen.append((begun, perf_counter(), got))
        return seen

    with ThreadPoolExecutor(8) as readers:
        reading = [readers.submit(read) for _ in range(8)]
        withheld, given = [], []
        for _ in range(5):
            granted = perf_counter()
            stop.wait(0.15)
            given.append((granted, perf_counter()))
            consents(hub_a, patient, WITHDRAW)
            withdrawn = perf_counter()
            stop.wait(0.15)
            withheld.append((withdrawn, perf_counter()))
            consents(hub_a, patient, GRANT)
        stop.set()
        seen = [each for one in reading for each in one.result()]

    for spans, expected in ((withheld, False), (given, True)):
        within = [
            got
            for since, until in spans
            for begun, ended, got in seen
            if since < begun and ended < until
        ]
        assert len(within) >= len(spans)
        assert set(within) == {expected}


def test_a_consent_document_never_reaches_another_institution(
    hub_a: Caller, hub_b: Caller, patient: Identifier
) -> None:
    paper = consents(hub_a, patient, GRANT, received=[hub_b])
    entry, _ = registers(hub_a, patient)

    assert found(hub_b, patient) == [entry.unique_id]
    assert opened(hub_b, paper.unique_id) == []
    assert hub_b.ask(GetDocuments(entry_uuids=(paper.entry_uuid,))).objects.entries == ()
    assert set(found(hub_a, patient)) == {paper.unique_id, entry.unique_id}


def test_an_addressed_referral_reaches_its_recipient_alone_and_waits_after_withdrawal(
    exchange: Exchange, hub_a: Caller, hub_b: Caller, patient: Identifier
) -> None:
    member = exchange.caller(MEMBER_C)
    entry, answer = registers(hub_a, patient, recipient=MEMBER_C)
    assert answer.errors == []
    assert opened(member, entry.unique_id) == [CONTENT]
    assert found(member, patient) == [entry.unique_id]
    assert opened(hub_b, entry.unique_id) == []
    assert found(hub_b, patient) == []

    consents(hub_a, patient, GRANT)
    consents(hub_a, patient, WITHDRAW)

    assert opened(member, entry.unique_id) == []
    assert found(member, patient) == []


def test_a_withdrawal_before_a_merge_is_not_lost_in_it(
    exchange: Exchange, hub_a: Caller, hub_b: Caller
) -> None:
    own = [exchange.fed(HUB_A), exchange.fed(HUB_A)]
    survivor, subsumed = (affinity_identifier(hub_a, one) for one in own)
    consents(hub_a, survivor, GRANT, received=[hub_b])
    entry, _ = registers(hub_a, survivor)
    consents(hub_a, subsumed, GRANT)
    consents(hub_a, subsumed, WITHDRAW)
    assert found(hub_b, survivor) == [entry.unique_id]

    assert people.acknowledgement(people.merge(hub_a, own[0], own[1])) == "CA"

    assert found(hub_b, survivor) == []
    assert opened(hub_b, entry.unique_id) == []
    consents(hub_a, survivor, GRANT)
    assert found(hub_b, survivor) == [entry.unique_id]


def test_after_a_merge_one_query_finds_both_and_either_withdrawal_holds(
    exchange: Exchange, hub_a: Caller, hub_b: Caller
) -> None:
    own = [exchange.fed(HUB_A), exchange.fed(HUB_A)]
    survivor, subsumed = (affinity_identifier(hub_a, one) for one in own)
    entries = []
    for patient in (survivor, subsumed):
        consents(hub_a, patient, GRANT, received=[hub_b])
        entries.append(registers(hub_a, patient)[0])

    assert people.acknowledgement(people.merge(hub_a, own[0], own[1])) == "CA"

    both = {entry.unique_id for entry in entries}
    assert set(found(hub_b, survivor)) == both
    for entry in entries:
        assert opened(hub_b, entry.unique_id) == [CONTENT]
    consents(hub_a, survivor, WITHDRAW)
    assert found(hub_b, survivor) == []
    for entry in entries:
        assert opened(hub_b, entry.unique_id) == []
