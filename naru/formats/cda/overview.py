"""An overview: which documents a source has registered of a patient, as a CDA document.

It is assembled when it is asked for (ITI TF-1 10.4.13). A person reads the table, a program the
externalDocument beside each row.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from naru.domain.codes import Code, LocalizedString
from naru.domain.korea import korean_day_of
from naru.domain.on_demand import OnDemand
from naru.domain.xds import Author, DocumentEntry
from naru.formats.cda.datatypes import attribute, element_text, ii, time
from naru.formats.cda.header import write_document
from naru.formats.xml.escape import escape

_KOREAN: Final = ("진료일", "문서", "종류", "진료과", "작성")
_ENGLISH: Final = ("Date of care", "Document", "Kind", "Department", "Author")
_EMPTY_KOREAN, _EMPTY_ENGLISH = "보여 드릴 기록이 없습니다.", "There is no record to show."
_PATIENT_NAME: Final = "PID-5|"
_XON_NAME, _XON_ID = 0, 9  # XON-1 and XON-10, counted from 0: ITI TF-3 Table 4.2.3.1.7-2.
_XCN_FAMILY, _XCN_GIVEN = 1, 2


def assemble(asked: OnDemand) -> bytes:
    """The overview; its patient, author and custodian are those of the On-Demand entry."""
    entry = asked.entry
    language = entry.language_code or "ko-KR"
    title = text_of(entry.title) or text_of(entry.type_code.display if entry.type_code else ())
    return write_document(
        '<realmCode code="KR"/><typeId root="2.16.840.1.113883.1.3" extension="POCD_HD000040"/>'
        f"{ii('id', asked.unique_id)}{_code(entry.type_code)}"
        f"{element_text('title', title)}{time('effectiveTime', asked.time)}"
        f"{_confidentiality(entry.confidentiality_codes)}"
        f'<languageCode code="{escape(language)}"/>'
        f"{_patient(entry)}{_author(asked)}{_custodian(entry)}"
        "<component><structuredBody><component><section>"
        f"{element_text('title', title)}"
        f"<text>{_table(asked.sources, korean=language.startswith('ko'))}</text>"
        f"{''.join(map(_reference, asked.sources))}"
        "</section></component></structuredBody></component>"
    )


def text_of(strings: Sequence[LocalizedString]) -> str:
    """The Korean words, else the first."""
    korean = [one.value for one in strings if (one.lang or "").lower().startswith("ko")]
    return next(iter([*korean, *(one.value for one in strings)]), "")


def _code(code: Code | None, tag: str = "code") -> str:
    if code is None:
        return f'<{tag} nullFlavor="NI"/>'
    # A scheme that is no CDA uid is told by its name.
    system = "codeSystem" if _is_uid(code.scheme) else "codeSystemName"
    return (
        f'<{tag} code="{escape(code.code)}"{attribute(system, code.scheme)}'
        f"{attribute('displayName', text_of(code.display))}/>"
    )


def _is_uid(scheme: str) -> bool:
    return bool(scheme) and all(part.isascii() and part.isdigit() for part in scheme.split("."))


def _confidentiality(codes: Sequence[Code]) -> str:
    return _code(codes[0] if codes else None, "confidentialityCode")


def _patient(entry: DocumentEntry) -> str:
    assert entry.patient_id is not None  # A registered entry has one.
    named = [one[len(_PATIENT_NAME) :] for one in entry.source_patient_info]
    name = next(
        (
            one
            for one, said in zip(named, entry.source_patient_info, strict=True)
            if said.startswith(_PATIENT_NAME)
        ),
        "",
    )
    words = " ".join(part for part in name.partition("~")[0].split("^")[:2] if part)
    person = f"<patient>{element_text('name', words)}</patient>" if words else ""
    identifier = entry.patient_id
    return (
        "<recordTarget><patientRole>"
        f"{ii('id', identifier.authority, identifier.value)}{person}</patientRole></recordTarget>"
    )


def _author(asked: OnDemand) -> str:
    return (
        f"<author>{time('time', asked.time)}<assignedAuthor>"
        f"{ii('id', asked.entry.repository_unique_id or '')}"
        "<assignedAuthoringDevice><softwareName>Naru</softwareName></assignedAuthoringDevice>"
        "</assignedAuthor></author>"
    )


def _custodian(entry: DocumentEntry) -> str:
    organisation = next((text for one in entry.authors for text in one.institutions), "")
    parts = [*organisation.split("^"), *[""] * (_XON_ID + 1)]
    root = parts[_XON_ID] if _is_uid(parts[_XON_ID]) else entry.repository_unique_id or ""
    return (
        "<custodian><assignedCustodian><representedCustodianOrganization>"
        f"{ii('id', root)}{element_text('name', parts[_XON_NAME])}"
        "</representedCustodianOrganization></assignedCustodian></custodian>"
    )


def _table(sources: Sequence[DocumentEntry], *, korean: bool) -> str:
    if not sources:
        return f"<paragraph>{_EMPTY_KOREAN if korean else _EMPTY_ENGLISH}</paragraph>"
    head = "".join(f"<th>{one}</th>" for one in (_KOREAN if korean else _ENGLISH))
    rows = "".join(
        f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in _cells(one))}</tr>" for one in sources
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _cells(entry: DocumentEntry) -> Iterator[str]:
    when = entry.service_start_time or entry.creation_time
    yield korean_day_of(when).isoformat() if when else ""
    yield text_of(entry.title)
    for code in (entry.type_code, entry.practice_setting_code):
        yield (text_of(code.display) or code.code) if code else ""
    yield ", ".join(filter(None, map(_name, entry.authors)))


def _name(author: Author) -> str:
    parts = [*(author.person or "").split("^"), "", "", ""]
    return " ".join(part for part in (parts[_XCN_FAMILY], parts[_XCN_GIVEN]) if part)


def _reference(entry: DocumentEntry) -> str:
    root, _, extension = entry.unique_id.partition("^")
    identity = ii("id", root, extension) if _is_uid(root) else ii("id", "", entry.unique_id)
    return (
        '<entry><act classCode="ACT" moodCode="EVN"><code nullFlavor="NI"/>'
        f'<reference typeCode="REFR"><externalDocument>{identity}{_code(entry.type_code)}'
        "</externalDocument></reference></act></entry>"
    )
