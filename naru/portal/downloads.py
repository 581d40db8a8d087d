"""My record as files: every document as it came, the same to be read as PDF, and as FHIR."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from naru.domain.whole_record import WholeRecord
from naru.exchange.charts.own_documents import OwnDocument
from naru.exchange.charts.own_download import Kept
from naru.exchange.documents.retrieve import RetrievedDocument
from naru.formats.cda.errors import CdaRefused
from naru.formats.cda.show import show_pdf
from naru.formats.fhir import ips
from naru.formats.fhir.json import JsonLimits, read, to_json
from naru.formats.fhir.krcore.provenance import name_of, reference_to, told_once
from naru.formats.fhir.patient import to_patient
from naru.formats.fhir.records.searchable import SEARCHABLE
from naru.formats.fhir.resource import Resource
from naru.formats.pdf.errors import PaperRefused
from naru.portal import consent_presenters
from naru.portal.tables import lines
from naru.ui.names import in_language
from naru.viewer.zipped import File, file_name, size, zipped

AUTHOR: Final = "나루 Naru"
TYPES: Final = tuple(name for name, one in SEARCHABLE.items() if one.patient)
"""The types of single records that are of a patient."""

AT_ONCE: Final = 50
"""Documents of one file of PDFs: each is set anew, which takes its time."""

LARGEST_SHOWN: Final = 16 * 1024 * 1024
"""Octets of a document that is set as PDF."""

_ENDINGS: Final = {"text/xml": "xml", "application/xml": "xml", "application/pdf": "pdf"}
_OURS: Final = JsonLimits(size=2**40, depth=200, values=2**40)
"""What we keep was bounded when it came."""


@dataclass(frozen=True, slots=True)
class Download:
    """Octets on their way; `size` is None where they are made while they are sent."""

    parts: Iterator[bytes]
    size: int | None


def originals(kept: Kept, at: datetime) -> Download:
    """Every document as it was written, with a table of them."""
    names = [_name(number, one) for number, (one, _document) in enumerate(kept.documents, 1)]
    table = _table(names, kept)
    sizes = [
        (name, document.size) for name, (_one, document) in zip(names, kept.documents, strict=True)
    ]
    files = (
        File(name, document.chunks)
        for name, (_one, document) in zip(names, kept.documents, strict=True)
    )
    parts = zipped(_with_table(table, files), at=at)
    return Download(_closing(parts, kept), size([(_TABLE, len(table)), *sizes]))


def papers(kept: Kept, language: str, at: datetime) -> Download:
    """The documents to be read: PDF, made one after the other while they are sent."""
    return Download(_closing(zipped(_papers(kept, language), at=at), kept), None)


def bundle(whole: WholeRecord, base: str, at: datetime) -> bytes:
    """Everything as resources of KR Core: a Bundle of the type `collection` (R4 2.36.6)."""
    entries = [
        {"fullUrl": f"urn:naru:{name_of(one)}", "resource": one} for one in _told(whole, base)
    ]
    return to_json(
        {
            "resourceType": "Bundle",
            "type": "collection",
            "timestamp": at.isoformat(),
            "entry": entries,
        }
    )


def summary(whole: WholeRecord, base: str, at: datetime) -> bytes:
    """The International Patient Summary."""
    patient, *others = _told(whole, base)
    return to_json(ips.to_summary(patient, others, base=base, time=at, author=AUTHOR))


def _told(whole: WholeRecord, base: str) -> Iterator[Resource]:
    yield to_patient(whole.person, whole.patient)
    for record in whole.records:
        resource = read(record.text, limits=_OURS)
        assert isinstance(resource, dict)
        yield resource
    for one, told in told_once(whole.documents, f"Patient/{whole.patient}"):
        yield reference_to(one, whole.patient, base)
        yield from told


_TABLE: Final = "00 목록.csv"


def _with_table(table: bytes, files: Iterator[File]) -> Iterator[File]:
    yield File(_TABLE, [table])
    yield from files


def _papers(kept: Kept, language: str) -> Iterator[File]:
    left_out = list(kept.left_out)
    for number, (one, document) in enumerate(kept.documents, 1):
        paper = _paper(document, language)
        if paper is None:
            left_out.append(one)
            continue
        yield File(_name(number, one, "pdf"), [paper])
    if left_out:
        yield File(
            "PDF로 만들 수 없는 문서.csv", [_lines(_described("", each) for each in left_out)]
        )


def _paper(document: RetrievedDocument, language: str) -> bytes | None:
    """The document as a PDF; None where it is too large or nothing that can be shown."""
    if document.size > LARGEST_SHOWN:
        document.chunks.close()
        return None
    octets = b"".join(document.chunks)
    if document.mime_type == "application/pdf":
        return octets
    try:
        return show_pdf(octets, language=language)
    except (CdaRefused, PaperRefused):
        return None


def _closing(parts: Iterator[bytes], kept: Kept) -> Iterator[bytes]:
    """The same; what was not read is closed, also where nobody takes the rest."""
    with ExitStack() as stack:
        for _one, document in kept.documents:
            stack.callback(document.chunks.close)
        yield from parts


def _name(number: int, one: OwnDocument, ending: str = "") -> str:
    (row,) = consent_presenters.rows([one])
    named = ending or _ENDINGS.get(one.entry.mime_type.partition(";")[0], "bin")
    words = (f"{number:03}", row.when, row.source, in_language(row.title))
    return file_name(*words, ending=named)


def _table(names: Sequence[str], kept: Kept) -> bytes:
    there = (_described(name, one) for name, (one, _) in zip(names, kept.documents, strict=True))
    return _lines((*there, *(_described("", one) for one in kept.left_out)))


def _described(name: str, one: OwnDocument) -> tuple[str, ...]:
    (row,) = consent_presenters.rows([one])
    return name, row.when, row.title, row.source, row.state, one.entry.hash or ""


def _lines(rows: Iterable[tuple[str, ...]]) -> bytes:
    return "".join(lines(rows)).encode()
