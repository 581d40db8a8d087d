"""Documents as others wrote them go in by ITI-41 and come back byte for byte by ITI-43."""

import hashlib
import re
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from naru.domain.identifiers import Identifier
from naru.domain.stored_query import FindDocuments, GetDocuments
from naru.domain.xds import AvailabilityStatus, DocumentEntry
from naru.formats.ebxml import provide_and_register
from naru.formats.ebxml.content import Inline
from naru.formats.soap import SOAP_TYPE
from tests.end_to_end import people, raw, wire
from tests.end_to_end.node import Node
from tests.end_to_end.wire import PROVIDE_ACTION, REPOSITORY, Caller

MIB = 1024 * 1024
ROOT = re.compile(rb"<(?:[A-Za-z0-9]+:)?ClinicalDocument[\s>]")
FOLDERS = ("c-cda-examples", "hl7-cda-core", "ipf/cda")
MIME = {".xml": "text/xml", ".pdf": "application/pdf", ".txt": "text/plain"}
FEWEST = 40
"""Fewer samples than this would mean that they were not found, not that all crossed."""


def samples(cases: Path) -> list[Path]:
    """Every file of the CDA folders, and whatever else is a ClinicalDocument."""
    ihe = cases / "ihe"
    found = {
        path
        for folder in FOLDERS
        for path in (ihe / folder).rglob("*")
        if path.suffix.lower() in MIME
    }
    found |= {path for path in ihe.rglob("*.xml") if ROOT.search(path.read_bytes()[:65536])}
    return sorted(found)


@pytest.fixture(scope="module")
def patient(sandbox: Node) -> Identifier:
    identifier = people.newcomer()
    assert people.acknowledgement(people.feed(Caller(sandbox.port), identifier)) == "CA"
    return identifier


@pytest.fixture(scope="module")
def repository(sandbox: Node) -> str:
    return str(sandbox.rows("SELECT oid FROM repository_repository")[0][0])


def found_entry(caller: Caller, unique_id: str) -> DocumentEntry:
    (found,) = caller.ask(GetDocuments(unique_ids=(unique_id,))).objects.entries
    return found


def as_registered(sent: DocumentEntry, repository: str, content: bytes) -> DocumentEntry:
    """What a registry returns of an entry: all that was sent, and what it adds."""
    return replace(
        sent,
        availability_status=AvailabilityStatus.APPROVED,
        logical_id=sent.entry_uuid,
        repository_unique_id=repository,
        hash=hashlib.sha1(content).hexdigest(),
        size=len(content),
    )


def test_every_published_sample_comes_back_byte_for_byte(
    cases: Path, caller: Caller, patient: Identifier, repository: str
) -> None:
    files = samples(cases)
    assert len(files) >= FEWEST
    for number, file in enumerate(files):
        content = file.read_bytes()
        mime = MIME[file.suffix.lower()]
        # Every other sender says hash and size; where not, the repository does.
        entry = people.entry(patient, content if number % 2 else None, mime)
        assert caller.provide(people.submission(patient, entry), content).errors == [], file.name
        assert found_entry(caller, entry.unique_id) == as_registered(entry, repository, content)
        ((described, octets),) = wire.given(caller.retrieve(repository, entry.unique_id))
        assert octets == content, file.name
        assert (described.document_unique_id, described.mime_type) == (entry.unique_id, mime)


def test_all_samples_of_a_patient_come_in_one_submission_and_leave_in_one_answer(
    cases: Path, caller: Caller, repository: str
) -> None:
    patient = people.newcomer()
    people.feed(caller, patient)
    contents = [file.read_bytes() for file in samples(cases)]
    entries = [people.entry(patient, content) for content in contents]

    assert caller.provide(people.submission(patient, *entries), *contents).errors == []

    status = (AvailabilityStatus.APPROVED,)
    found = caller.ask(FindDocuments(patient_id=patient, status=status)).objects.entries
    expected = [
        as_registered(*each)
        for each in zip(entries, [repository] * len(entries), contents, strict=True)
    ]
    assert list(found) == expected
    refs = caller.ask(FindDocuments(patient_id=patient, status=status), leaf=False).objects
    assert list(refs.object_refs) == [entry.entry_uuid for entry in entries]
    given = wire.given(caller.retrieve(repository, *(entry.unique_id for entry in entries)))
    assert [octets for _, octets in given] == contents


def test_a_document_of_no_bytes_crosses(
    caller: Caller, patient: Identifier, repository: str
) -> None:
    entry = people.entry(patient, b"", "text/plain")

    assert caller.provide(people.submission(patient, entry), b"").errors == []

    ((_, octets),) = wire.given(caller.retrieve(repository, entry.unique_id))
    assert octets == b""
    assert found_entry(caller, entry.unique_id).size == 0


@pytest.mark.parametrize("size", [1, 65535, 65536, 65537, MIB, MIB + 1])
def test_a_document_whose_size_is_at_a_border_crosses(
    caller: Caller, patient: Identifier, repository: str, size: int
) -> None:
    content = bytes(n % 251 for n in range(997)) * (size // 997 + 1)
    content = content[:size]
    entry = people.entry(patient, content, "application/octet-stream")

    assert caller.provide(people.submission(patient, entry), content).errors == []

    ((_, octets),) = wire.given(caller.retrieve(repository, entry.unique_id))
    assert octets == content


def inline(entry: DocumentEntry, content: bytes) -> bytes:
    body = provide_and_register.to_ebxml(
        people.submission(entry.patient_id, entry),  # type: ignore[arg-type]  # Ours has one.
        [provide_and_register.ProvidedDocument(entry.entry_uuid, Inline(content))],
    )
    return wire.envelope(PROVIDE_ACTION, body)


def test_a_document_inline_crosses_up_to_the_limit(
    caller: Caller, patient: Identifier, repository: str
) -> None:
    content = b"0123456789abcdef" * (10 * MIB // 16)
    entry = people.entry(patient, content, "application/octet-stream")

    assert caller.post(REPOSITORY, SOAP_TYPE, inline(entry, content)).errors == []

    ((_, octets),) = wire.given(caller.retrieve(repository, entry.unique_id))
    assert octets == content


def peaks(node: Node) -> dict[int, int]:
    """The largest resident size of each worker since the last `forget_peaks`, in bytes."""
    return {pid: _status(pid, "VmHWM") for pid in node.workers()}


def forget_peaks(node: Node) -> dict[int, int]:
    for pid in node.workers():
        Path(f"/proc/{pid}/clear_refs").write_text("5")
    return {pid: _status(pid, "VmRSS") for pid in node.workers()}


def _status(pid: int, name: str) -> int:
    text = Path(f"/proc/{pid}/status").read_text()
    return int(text.partition(f"{name}:")[2].split()[0]) * 1024


def growth(node: Node, before: dict[int, int]) -> int:
    return max(peak - before[pid] for pid, peak in peaks(node).items())


def test_what_is_inline_over_the_limit_is_refused_before_it_is_read(
    sandbox: Node, patient: Identifier
) -> None:
    entry = people.entry(patient, None, "application/octet-stream")
    message = inline(entry, b"x")
    lie = f"Content-Length: {2048 * MIB - 1}"
    before = forget_peaks(sandbox)

    answer = raw.exchange(sandbox.port, raw.head(REPOSITORY, SOAP_TYPE, lie) + message)

    assert answer.status == 413
    assert answer.fault is not None
    assert "larger than 16777216 bytes" in answer.fault.reason
    assert answer.seconds < 2
    assert growth(sandbox, before) < 8 * MIB


def test_what_is_inline_over_the_limit_without_a_length_is_refused_when_it_is_reached(
    sandbox: Node, patient: Identifier
) -> None:
    entry = people.entry(patient, None, "application/octet-stream")
    message = inline(entry, bytes(24 * MIB))
    before, begun = forget_peaks(sandbox), time.monotonic()
    held = sandbox.holdings()
    head = raw.head(REPOSITORY, SOAP_TYPE, "Transfer-Encoding: chunked")
    sent = b"".join(
        b"%x\r\n%s\r\n" % (len(part), part)
        for part in (message[at : at + MIB] for at in range(0, len(message), MIB))
    )

    answer = raw.exchange(sandbox.port, head + sent + b"0\r\n\r\n")

    assert answer.status == 413
    assert time.monotonic() - begun < 10
    assert growth(sandbox, before) < 64 * MIB
    assert sandbox.holdings() == held


def pattern(size: int) -> Iterator[bytes]:
    block = bytes(n * 7 % 256 for n in range(MIB))
    for number in range(size // MIB):
        yield number.to_bytes(8) + block[8:]


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="reads Linux's /proc")
def test_a_hundred_megabytes_cross_without_growing_the_node(
    sandbox: Node, caller: Caller, patient: Identifier, repository: str
) -> None:
    size = 100 * MIB
    digest = hashlib.sha1()
    for block in pattern(size):
        digest.update(block)
    entry = replace(
        people.entry(patient, None, "application/octet-stream"), hash=digest.hexdigest(), size=size
    )
    before = forget_peaks(sandbox)
    content_type, chunks, length = wire.streamed(
        people.submission(patient, entry), [(pattern(size), size)]
    )

    assert caller.post(REPOSITORY, content_type, chunks, length).errors == []

    given = wire.given(caller.retrieve(repository, entry.unique_id))
    assert hashlib.sha1(given[0][1]).hexdigest() == digest.hexdigest()
    assert growth(sandbox, before) < 64 * MIB
