"""ebXML alone: `python bench/micro/ebxml.py` prints microseconds; nothing here is a test."""

import sys
import timeit
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

import msgspec
from lxml import etree

from naru.domain.stored_query import FindDocuments, Found
from naru.domain.xds import AvailabilityStatus, DocumentEntry
from naru.formats.ebxml import adhoc_query, adhoc_query_response, submit_objects
from naru.formats.ebxml.adhoc_query import AdhocQueryRequest
from tests.formats.ebxml.samples import ENTRY, PATIENT, SUBMISSION

# Each entry is decoded on its own, as from a store, so that no two share a part.
_ENTRY_BYTES = msgspec.json.encode(ENTRY)
ENTRIES = tuple(
    replace(
        msgspec.json.decode(_ENTRY_BYTES, type=DocumentEntry),
        entry_uuid=f"urn:uuid:0b5aea1a-874d-4603-a4bc-{number:012x}",
    )
    for number in range(20)
)
FOUND = Found(entries=ENTRIES)
SUBMISSION_BYTES = submit_objects.to_ebxml(SUBMISSION).encode()
SUBMISSION_ELEMENT = etree.fromstring(SUBMISSION_BYTES)
QUERY = adhoc_query.to_ebxml(
    AdhocQueryRequest(
        query=FindDocuments(patient_id=PATIENT, status=(AvailabilityStatus.APPROVED,))
    )
).encode()


def microseconds(name: str, act: object) -> None:
    """Print the best of seven rounds."""
    timer = timeit.Timer(act)  # type: ignore[arg-type]  # A callable; timeit's stubs want more.
    best = min(timer.repeat(7, 100)) / 100
    print(f"{best * 1e6:8.0f} µs  {name}")


if __name__ == "__main__":
    answer = adhoc_query_response.to_ebxml(FOUND)
    microseconds(
        f"write the LeafClass answer of 20 full entries ({len(answer)} characters)",
        lambda: adhoc_query_response.to_ebxml(FOUND),
    )
    microseconds(
        f"read a submission of one document ({len(SUBMISSION_BYTES)} bytes), XML parser included",
        lambda: submit_objects.from_ebxml(etree.fromstring(SUBMISSION_BYTES)),
    )
    microseconds(
        "the same from the parsed element", lambda: submit_objects.from_ebxml(SUBMISSION_ELEMENT)
    )
    microseconds("write that submission", lambda: submit_objects.to_ebxml(SUBMISSION))
    microseconds(
        "read a FindDocuments, XML parser included",
        lambda: adhoc_query.from_ebxml(etree.fromstring(QUERY)),
    )
