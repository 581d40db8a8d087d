"""Who reads what is said: CDA of any writer, FHIR documents, single FHIR resources."""

import json
from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Final

from naru.domain.clinical import Authorship, Content
from naru.domain.consent_document import ConsentDocument
from naru.domain.content_reading import Opened, Readers
from naru.domain.papers import PAPER_OF, Paper
from naru.formats.cda import CdaRefused, read_content
from naru.formats.fhir import validation
from naru.formats.fhir.json import DOCUMENTS, from_json
from naru.formats.fhir.krcore import (
    consent_from_bundle,
    from_bundle,
    from_resources,
    paper_from_bundle,
)
from naru.formats.fhir.krcore.consent_reading import KINDS as CONSENTS
from naru.formats.fhir.outcome import Refused
from naru.formats.fhir.resource import Resource
from naru.formats.xml.errors import XmlRefused

_WRITTEN_IN: Final = ("naru.domain", "naru.formats.cda", "naru.formats.fhir", "naru.formats.xml")
"""Whatever reading may rest on: programs and their data."""

_TYPES: Final = (
    "AllergyIntolerance",
    "Condition",
    "DiagnosticReport",
    "Immunization",
    "MedicationRequest",
    "Observation",
    "Procedure",
)


def _document(octets: bytes) -> Opened | None:
    try:
        understood = read_content(octets)
    except (CdaRefused, XmlRefused):
        return None
    return Opened(
        content=understood.content,
        authorship=understood.authorship,
        paper=understood.paper,
        consent=understood.consent,
    )


def _bundle(octets: bytes) -> Opened | None:
    try:
        bundle = from_json(octets, limits=DOCUMENTS)
        validation.check(bundle, "Bundle")
        document = from_bundle(bundle)
    except Refused:
        return None
    paper = _paper(bundle) if document.kind in PAPER_OF else None
    consent = _consent(bundle) if document.kind in CONSENTS else None
    authorship = Authorship(
        custodian=document.header.custodian,
        author=document.author if consent is None else consent.author,
        encounter=document.encounter,
    )
    return Opened(content=document.content, authorship=authorship, paper=paper, consent=consent)


def _paper(bundle: Resource) -> Paper | None:
    """The paper that a Bundle tells; of one of somebody else its content is all that is read."""
    try:
        return paper_from_bundle(bundle).paper
    except Refused:
        return None


def _consent(bundle: Resource) -> ConsentDocument | None:
    """The consent that a Bundle tells; none of one that is not understood as a whole."""
    try:
        return consent_from_bundle(bundle)
    except Refused:
        return None


def _record(octets: bytes) -> Content | None:
    return from_resources([json.loads(octets)])


@cache
def _version() -> int:
    """By what the readers are made of: nobody has to remember that a change changes what is read.

    So every release reads everything anew beside its work, and till then reads when it is asked.
    """
    digest = sha256()
    for package in _WRITTEN_IN:
        for name, octets in _files(resources.files(package), package):
            digest.update(f"{name}\n{len(octets)}\n".encode() + octets)
    return int.from_bytes(digest.digest()[:4], "big") // 2 or 1


def _files(folder: Traversable, name: str) -> Iterator[tuple[str, bytes]]:
    for one in sorted(folder.iterdir(), key=lambda each: each.name):
        if one.is_dir() and one.name != "__pycache__":
            yield from _files(one, f"{name}/{one.name}")
        elif one.is_file():
            yield f"{name}/{one.name}", one.read_bytes()


READERS: Final = Readers(
    documents={
        "text/xml": _document,
        "application/xml": _document,
        "application/fhir+json": _bundle,
    },
    record=_record,
    record_types=_TYPES,
    version=_version,
)
