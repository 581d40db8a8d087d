"""A document as a file: CDA, values as JSON, or FHIR; from any of these to any other.

Nothing of Django and no node is needed. What cannot be done is told in Korean and in English.
"""

from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from dataclasses import fields, is_dataclass
from importlib import resources
from typing import TYPE_CHECKING, Any, Final

import msgspec

from naru.domain.clinical import ClinicalDocument
from naru.domain.consent_document import ConsentDocument, kind_of
from naru.domain.findings import rules
from naru.domain.papers import PAPER_OF, PaperDocument
from naru.formats.cda.consent import CONSENTS, is_consent, read_consent, write_consent
from naru.formats.cda.errors import CdaRefused, IncompleteDocument
from naru.formats.cda.forms import known
from naru.formats.xml import parse
from naru.formats.xml.errors import XmlRefused

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

LARGEST: Final = 16 * 1024 * 1024
"""Octets of a file that is read."""

Document = ClinicalDocument | PaperDocument | ConsentDocument

_UNTOLD: Final = "text"
"""Of a consent: its words, which stand in the narrative alone; `wording` names them."""

_OPENING: Final = (b"{", b"[")
_JSON: Final = msgspec.json.Encoder(decimal_format="number")


class DocumentRefused(Exception):
    """A file that cannot be read, or not be made into what was asked for."""

    def __init__(self, korean: str, english: str) -> None:
        super().__init__(english)
        self.korean = korean
        self.english = english


def kinds() -> tuple[str, ...]:
    """The kinds of which there is an example."""
    folder = resources.files("naru.node") / "data" / "documents"
    return tuple(sorted(one.name.removesuffix(".json") for one in folder.iterdir()))


def example(kind: str) -> bytes:
    """A filled, made-up document of a kind as values. Raises DocumentRefused."""
    if kind not in kinds():
        names = ", ".join(kinds())
        raise DocumentRefused(f"{kind}: {names} 중 하나여야 합니다", f"{kind} is none of {names}")
    return (resources.files("naru.node") / "data" / "documents" / f"{kind}.json").read_bytes()


def is_json(octets: bytes) -> bool:
    """Whether a file holds JSON, values or FHIR, rather than CDA."""
    if octets.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):  # Which JSON may not be written in.
        return octets[2:4].strip(b"\0").startswith(_OPENING)
    return octets.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(_OPENING)


def read(octets: bytes) -> Document:
    """The document of a file. Raises DocumentRefused."""
    try:
        return _values(octets) if is_json(octets) else _cda(octets)
    except XmlRefused as refused:
        raise _no_xml(refused) from None
    except CdaRefused as refused:
        korean = f"우리가 아는 서식의 문서가 아닙니다({refused})"
        raise DocumentRefused(korean, str(refused)) from None


def _no_xml(refused: XmlRefused) -> DocumentRefused:
    sentence = rules()[f"xml.{refused.reason}"].korean
    return DocumentRefused(f"XML을 읽을 수 없습니다({sentence})", str(refused))


def _cda(octets: bytes) -> Document:
    from naru.formats.cda.document import read as read_clinical
    from naru.formats.cda.header import parse_document
    from naru.formats.cda.papers import is_paper, read_paper_document

    root = parse_document(octets)
    if is_consent(root):
        return read_consent(octets)
    return read_paper_document(octets) if is_paper(root) else read_clinical(octets)


def _values(octets: bytes) -> Document:
    from naru.link.errors import MessageWrong
    from naru.link.json_values import read_json, value_of

    try:
        data = read_json(octets)
        _require_writable(data)
        if data.get("resourceType") == "Bundle":
            return _bundle(octets)
        kind = data.get("kind")
        if kind in CONSENTS:
            return _consent(data)
        if not isinstance(kind, str) or kind not in PAPER_OF:
            return value_of(ClinicalDocument, data)
        parts = {name: data.get(name) for name in ("header", "patient", "author", "paper")}
        types: dict[str, Any] = {"paper": PAPER_OF[kind]}
        hints = {**PaperDocument.__annotations__, **types}
        return PaperDocument(
            **{name: value_of(hints[name], value, name) for name, value in parts.items()}
        )
    except MessageWrong as wrong:
        place, colon, _ = str(wrong).partition(": ")
        english = f"the values are wrong at {place}" if colon else "the file is no JSON"
        if not place.isascii():  # A line and a character, where the JSON itself ends.
            english = "the file is no JSON of values in UTF-8"
        raise DocumentRefused(str(wrong.sentence), english) from None


def _consent(data: dict[str, object]) -> ConsentDocument:
    from naru.link.errors import MessageWrong
    from naru.link.json_values import value_of

    document = value_of(
        ConsentDocument, {name: value for name, value in data.items() if name != "kind"}
    )
    if document.text is not None or kind_of(document.policy) != data["kind"]:
        name = "policy" if document.text is None else _UNTOLD
        sentence = f"{name}: 서류의 종류와 맞아야 합니다"
        raise MessageWrong(sentence, sentence)
    return document


def _require_writable(data: dict[str, object]) -> None:
    """JSON can hold characters that no XML, and half ones that no file at all can hold."""
    from naru.formats.xml.errors import UnwritableCharacter
    from naru.formats.xml.escape import escape

    waiting: list[object] = [data]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            waiting += [*one, *one.values()]
        elif isinstance(one, list):
            waiting += one
        elif isinstance(one, str):
            try:
                escape(one)
            except UnwritableCharacter:
                raise DocumentRefused(
                    "글에 쓸 수 없는 문자(제어 문자 따위)가 있습니다",
                    "a text holds a character that no document can carry",
                ) from None


def _bundle(octets: bytes) -> Document:
    from naru.formats.fhir.json import from_json
    from naru.formats.fhir.krcore import consent_from_bundle, from_bundle, paper_from_bundle
    from naru.formats.fhir.outcome import Refused

    try:
        bundle = from_json(octets)
        document = from_bundle(bundle)
        if document.kind in CONSENTS:
            return consent_from_bundle(bundle)
        return paper_from_bundle(bundle) if document.kind in PAPER_OF else document
    except Refused as refused:
        reasons = " ".join(issue.sentence for issue in refused.issues)
        raise DocumentRefused(f"FHIR 문서로 읽을 수 없습니다: {reasons}", reasons) from None


def to_cda(document: Document) -> bytes:
    """The document as CDA R2, by the form in force on its day. Raises DocumentRefused."""
    from naru.formats.cda.document import write
    from naru.formats.cda.papers import write_paper_document

    _require_one_number(document)
    try:
        if isinstance(document, PaperDocument):
            return write_paper_document(document)
        if isinstance(document, ConsentDocument):
            return write_consent(document)
        return write(document)
    except IncompleteDocument as incomplete:
        names = ", ".join(incomplete.missing)
        paths = ", ".join(incomplete.paths)
        english = f"the document lacks, or holds what CDA cannot carry: {paths or names}"
        raise DocumentRefused(f"CDA로 쓸 수 없습니다: {names}", english) from None
    except KeyError:
        kinds_ = ", ".join(known().kinds)
        korean = f"{_kind(document)}라는 서식이 없습니다. 아는 것: {kinds_}"
        raise DocumentRefused(korean, f"there is no form {_kind(document)}") from None


def _require_one_number(document: Document) -> None:
    """CDA has one place for the patient's number: of two that differ one would be lost."""
    if document.patient.mrn != document.header.patient_id.value:
        raise DocumentRefused(
            "환자 등록번호가 둘입니다: patient.mrn과 header.patient_id.value는 같아야 합니다",
            "patient.mrn and header.patient_id.value must be the same number",
        )


def kind_of_file(octets: bytes) -> str:
    """The kind of a file's document. Raises DocumentRefused."""
    return _kind(read(octets))


def _kind(document: Document) -> str:
    return kind_of(document.policy) if isinstance(document, ConsentDocument) else document.kind


def to_json(document: Document) -> bytes:
    """The document as values; what was left open is left out, as in the example."""
    values = _JSON.encode({"kind": _kind(document), **_told(document)})
    return msgspec.json.format(values, indent=2) + b"\n"


def _told(part: Any) -> dict[str, object]:
    """The fields of a value, without what may be empty and is."""
    told = {one: getattr(part, one.name) for one in fields(part)}
    return {
        one.name: _value(value)
        for one, value in told.items()
        if not (value in (None, "", b"", ()) and value == one.default)
    }


def _value(part: object) -> object:
    if is_dataclass(part):
        return _told(part)
    if isinstance(part, frozenset):
        return sorted(part)
    return [_value(one) for one in part] if isinstance(part, tuple) else part


def to_fhir(document: Document) -> bytes:
    """The document as a FHIR document of KR Core. Raises DocumentRefused."""
    from naru.formats.fhir.json import to_json as written
    from naru.formats.fhir.krcore import to_bundle

    return written(to_bundle(document), pretty=True)


def rendered(octets: bytes, form: str, language: str) -> bytes:
    """A CDA as `html`, `pdf` or `text`. Raises DocumentRefused."""
    from naru.formats.cda.show import show_html, show_pdf, show_text
    from naru.formats.pdf.errors import PaperRefused

    ways: Mapping[str, Callable[..., bytes | str]] = {
        "html": show_html,
        "pdf": show_pdf,
        "text": show_text,
    }
    try:
        shown = ways[form](octets, language=language)
    except XmlRefused as refused:
        raise _no_xml(refused) from None
    except CdaRefused as refused:
        _require_xml(octets)
        raise DocumentRefused(f"보여 줄 수 없습니다({refused})", str(refused)) from None
    except PaperRefused as refused:
        raise DocumentRefused(f"인쇄할 수 없습니다({refused})", str(refused)) from None
    return shown.encode() if isinstance(shown, str) else shown


def _require_xml(octets: bytes) -> None:
    """What is shown as far as it goes tells nothing of why it is no XML at all."""
    try:
        parse(octets)
    except XmlRefused as refused:
        raise _no_xml(refused) from None


def as_cda(octets: bytes) -> bytes:
    """A file's document as CDA: its own octets where it is CDA already. Raises DocumentRefused."""
    return to_cda(read(octets)) if is_json(octets) else octets
