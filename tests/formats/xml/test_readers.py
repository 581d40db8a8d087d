"""Whatever reads XML of others is shown every hostile document, in this process.

The readers are the modules that call the one parser; a new one fails here until it is named.
"""

import ast
import base64
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from lxml import etree

from naru.conformance import sandbox
from naru.conformance.plan import PlanRefused, read_plan
from naru.domain.assertion import AssertionRefused
from naru.domain.consent_paper import PaperUnreadable
from naru.domain.detached_signature import SignatureBroken
from naru.domain.findings import Finding
from naru.formats.affinity_domain import InvalidCodeSets
from naru.formats.atna import AuditMessageRefused, from_xml
from naru.formats.cda import CdaRefused, consent_paper, read_content
from naru.formats.cda import read as read_clinical
from naru.formats.cda.rules.syntax import parsed
from naru.formats.cda.show.opening import open_document
from naru.formats.fhir import narrative, xml
from naru.formats.fhir.krcore.narrative import words_of
from naru.formats.fhir.outcome import Refused
from naru.formats.saml import read_base64url
from naru.formats.soap import SOAP_TYPE, SoapRefused, read_message
from naru.formats.xml import XmlRefused
from naru.formats.xmldsig.read_detached import read_detached
from naru.node import codes, document_files
from naru.node.document_files import DocumentRefused
from tests.conftest import PROJECT
from tests.hostile.bait import laid
from tests.hostile.xml import PAYLOADS
from tests.quickest import AT_ONCE, cpu_seconds

Read = Callable[[bytes, Path], object]


class Warned(Exception):
    """A tree that a person sees with a sentence above that it is broken."""


def soap(octets: bytes, _: Path) -> object:
    stream = io.BytesIO(octets)
    return read_message(SOAP_TYPE, stream, len(octets), part_sink=lambda _: None)  # type: ignore[arg-type,return-value]  # No part comes.


def grant(octets: bytes, _: Path) -> object:
    return read_base64url(base64.urlsafe_b64encode(octets).decode())


def checked(octets: bytes, _: Path) -> object:
    root = parsed(octets)
    if isinstance(root, Finding):
        raise CdaRefused(root.rule)
    return etree.tostring(root)


def shown(octets: bytes, _: Path) -> object:
    """What is left of a broken document is shown, but never as if it were whole."""
    opened = open_document(octets)
    tree = etree.tostring(opened.root)
    if opened.said:
        raise Warned(tree)
    return tree


def words(octets: bytes, _: Path) -> object:
    """As the reader of JSON would have it; where nothing can be read there are no words."""
    told = words_of({"div": octets.decode("utf-8", "replace")})
    if not told:
        raise CdaRefused("nothing was read")
    return told


def file_of(octets: bytes, folder: Path) -> Path:
    file = folder / "read.xml"
    file.write_bytes(octets)
    return file


# By the module that calls the parser: a document, and what reads it.
READERS: dict[str, list[tuple[str, Read]]] = {
    "naru/formats/soap/message.py": [("<e:Envelope xmlns:e='urn:x'></e:Envelope>", soap)],
    "naru/formats/saml/security.py": [("<Assertion xmlns='urn:x'></Assertion>", grant)],
    "naru/formats/atna/audit_message.py": [
        ("<AuditMessage></AuditMessage>", lambda octets, _: from_xml(octets))
    ],
    "naru/formats/fhir/xml.py": [
        ("<Patient xmlns='http://hl7.org/fhir'></Patient>", lambda octets, _: xml.from_xml(octets))
    ],
    "naru/formats/fhir/narrative.py": [
        (
            "<div xmlns='http://www.w3.org/1999/xhtml'>x</div>",
            # As the reader of JSON would have it: any octets that are text.
            lambda octets, _: narrative.rewritten(octets.decode("utf-8", "replace")),
        )
    ],
    "naru/formats/fhir/krcore/narrative.py": [
        ("<div xmlns='http://www.w3.org/1999/xhtml'>x</div>", words)
    ],
    "naru/formats/xmldsig/read_detached.py": [
        (
            "<Signature xmlns='http://www.w3.org/2000/09/xmldsig#'></Signature>",
            lambda octets, _: read_detached(octets),
        )
    ],
    "naru/formats/cda/rules/syntax.py": [
        ("<ClinicalDocument xmlns='urn:hl7-org:v3'></ClinicalDocument>", checked)
    ],
    "naru/formats/cda/show/opening.py": [
        ("<ClinicalDocument xmlns='urn:hl7-org:v3'></ClinicalDocument>", shown)
    ],
    "naru/formats/cda/header.py": [
        (document, read)
        for document in ("<ClinicalDocument xmlns='urn:hl7-org:v3'></ClinicalDocument>",)
        for read in (
            lambda octets, _: consent_paper.read_paper(octets),
            lambda octets, _: read_content(octets),
            lambda octets, _: read_clinical(octets),
        )
    ],
    "naru/conformance/plan.py": [
        (
            "<TestPlan></TestPlan>",
            lambda octets, folder: read_plan(file_of(octets, folder), "test", "."),
        )
    ],
    "naru/conformance/sandbox.py": [
        (
            "<Codes></Codes>",
            lambda octets, folder: sandbox.authorities_of(file_of(octets, folder)),
        )
    ],
    "naru/node/codes.py": [
        ("<Codes></Codes>", lambda octets, folder: codes.load(file_of(octets, folder)))
    ],
    "naru/node/document_files.py": [
        (
            "<ClinicalDocument xmlns='urn:hl7-org:v3'></ClinicalDocument>",
            lambda octets, _: document_files._require_xml(octets),  # It alone parses there.
        )
    ],
}

OURS = {
    "naru/formats/saml/signed.py",  # The canonical form of what was read before.
    "naru/conformance/steps/provide_and_register.py",  # An element that it writes itself.
    "naru/formats/cda/rules/papers.py",  # A table that it writes itself.
    "naru/conformance/context.py",  # Metadata files, by the limits of plans.
}

REFUSALS = (
    AssertionRefused,
    AuditMessageRefused,
    CdaRefused,
    DocumentRefused,
    InvalidCodeSets,
    PaperUnreadable,
    PlanRefused,
    Refused,
    SignatureBroken,
    SoapRefused,
    Warned,
    XmlRefused,
)

# A text that JSON brought has passed as text already.
AS_TEXT = {"overlong utf-8", "half of a surrogate pair", "declared ascii, but not so"}


def test_every_reader_is_named() -> None:
    callers = set()
    for file in (PROJECT / "naru").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_bytes())):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("naru.formats"):
                is_parser = node.module in {"naru.formats.xml", "naru.formats.xml.parse"}
                if is_parser and any(one.name in {"parse", "recovered"} for one in node.names):
                    callers.add(file.relative_to(PROJECT).as_posix())
    assert callers - {"naru/formats/xml/__init__.py"} == set(READERS) | OURS


def test_no_other_parser_of_xml_is_called() -> None:
    """How XML is parsed is said in `formats/xml` alone; elsewhere lxml reads what it wrote."""
    other = ("XMLParser(", "iterparse", "xml.sax", "minidom", "expat", "ElementTree", "HTMLParser(")
    found = {
        file.relative_to(PROJECT).as_posix()
        for file in (PROJECT / "naru").rglob("*.py")
        if any(name in file.read_text("utf-8") for name in other)
    }
    assert found <= {"naru/formats/xml/parse.py", "naru/formats/xml/schema.py"}


@pytest.mark.parametrize(
    ("module", "place"), [(name, at) for name, every in READERS.items() for at in range(len(every))]
)
def test_no_reader_does_what_a_hostile_document_wants(
    module: str, place: int, tmp_path: Path
) -> None:
    document, read = READERS[module][place]
    with laid(tmp_path) as bait:
        for name, payload in PAYLOADS.items():
            octets = payload.make(document, bait)
            taken: list[object] = []
            told: list[str] = []

            def once(
                octets: bytes = octets,
                taken: list[object] = taken,
                told: list[str] = told,
            ) -> None:
                try:
                    taken.append(read(octets, tmp_path))
                except REFUSALS as refusal:
                    told.append(str(refusal))

            assert cpu_seconds(once, enough=0.1) < AT_ONCE, name
            assert bait.secret not in repr(taken + told), name
            if module.endswith("narrative.py") and name in AS_TEXT:
                continue
            assert not (payload.refused and taken), name
