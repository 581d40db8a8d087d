"""What a clinician takes over into the EMR with one click: FHIR with its Provenance, or the CDAs.

Both are the same record as on the page, asked for and recorded again; each resource and each file
says whose it is. CDA goes as it was signed and sent, octet by octet.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from io import BytesIO
from typing import Final
from zipfile import ZIP_DEFLATED, ZipFile

from naru.clinic.presenters import source_of, title_of
from naru.domain import dtm
from naru.domain.korea import korean_day
from naru.domain.whole_record import Origin, WholeRecord
from naru.domain.xds import DocumentEntry
from naru.exchange.documents.retrieve import RetrievedDocument
from naru.formats.fhir.json import to_json
from naru.formats.fhir.krcore.provenance import name_of, reference_to, to_provenance, told_once
from naru.formats.fhir.moments import instant
from naru.formats.fhir.patient import to_patient
from naru.formats.fhir.resource import Resource

MOST_OCTETS: Final = 64 * 1024 * 1024
"""Of all documents together that one file holds; the newest go first, the rest an EMR fetches."""


def fhir(whole: WholeRecord, time: datetime, base: str) -> bytes:
    """A collection: the patient, all that may be seen, every document, each origin's Provenance."""
    patient = to_patient(whole.person, whole.patient)
    entries = [patient, *_resources(whole, time, f"{base}/fhir")]
    bundle = {
        "resourceType": "Bundle",
        "type": "collection",
        "timestamp": instant(time),
        "entry": [{"fullUrl": f"{base}/fhir/{name_of(one)}", "resource": one} for one in entries],
    }
    return to_json(bundle)


def _resources(whole: WholeRecord, time: datetime, base: str) -> Iterator[Resource]:
    for record in whole.records:
        resource: Resource = json.loads(record.text)
        institution = record.held.institution
        name = whole.institutions.get(institution, "") if institution else ""
        yield resource
        yield to_provenance([name_of(resource)], name, record.held.updated)
    for one, told in told_once(whole.documents, f"Patient/{whole.patient}"):
        yield reference_to(one, whole.patient, base)
        yield from told
        if told:
            recorded = one.origin.registered or time
            names = [name_of(each) for each in told]
            yield to_provenance(names, one.origin.institution_name, recorded, one.origin)


def cda(
    entries: Sequence[DocumentEntry], opened: Iterable[RetrievedDocument], time: datetime
) -> bytes:
    """A ZIP of the documents, with `provenance.json` that says of each file whose it is."""
    by_id = {one.unique_id: one for one in entries}
    file, size, told = BytesIO(), 0, list[Resource]()
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        for number, document in enumerate(opened, start=1):
            entry = by_id[document.request.document_unique_id]
            size += document.size
            if size > MOST_OCTETS:
                document.chunks.close()
                continue
            name = f"{number:03}.xml"
            archive.writestr(name, b"".join(document.chunks))
            told.append(_of_file(name, entry, time))
        bundle = {
            "resourceType": "Bundle",
            "type": "collection",
            "entry": [{"resource": one} for one in told],
        }
        archive.writestr("provenance.json", to_json(bundle))
    return file.getvalue()


def _of_file(name: str, entry: DocumentEntry, time: datetime) -> Resource:
    made = dtm.earliest(entry.creation_time) if entry.creation_time else time
    origin = Origin(
        institution=None,
        institution_name=source_of(entry),
        entry_uuid=entry.entry_uuid,
        unique_id=entry.unique_id,
        title=title_of(entry),
        event_date=korean_day(made),
        registered=None,
    )
    return to_provenance([name], source_of(entry), made, origin)
