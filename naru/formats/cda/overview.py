"""The overview of a source's documents as a CDA document.

A person reads the table, a program the externalDocument beside each row.
"""

from collections.abc import Sequence
from typing import Final

from naru.domain.codes import Code
from naru.domain.on_demand import OnDemand
from naru.domain.overview import Overview, text_of
from naru.domain.xds import DocumentEntry
from naru.formats.cda.datatypes import attribute, element_text, ii, time
from naru.formats.cda.header import write_document
from naru.formats.xml.escape import escape

_PATIENT_NAME: Final = "PID-5|"
_XON_NAME, _XON_ID = 0, 9  # XON-1 and XON-10, counted from 0: ITI TF-3 Table 4.2.3.1.7-2.


def assemble(asked: OnDemand) -> bytes:
    """The overview; its patient, author and custodian are those of the On-Demand entry."""
    entry = asked.entry
    language = entry.language_code or "ko-KR"
    overview = Overview.of(asked)
    return write_document(
        '<realmCode code="KR"/><typeId root="2.16.840.1.113883.1.3" extension="POCD_HD000040"/>'
        f"{ii('id', asked.unique_id)}{_code(entry.type_code)}"
        f"{element_text('title', overview.title)}{time('effectiveTime', asked.time)}"
        f"{_confidentiality(entry.confidentiality_codes)}"
        f'<languageCode code="{escape(language)}"/>'
        f"{_patient(entry)}{_author(asked)}{_custodian(entry)}"
        "<component><structuredBody><component><section>"
        f"{element_text('title', overview.title)}"
        f"<text>{_table(overview)}</text>"
        f"{''.join(map(_reference, asked.sources))}"
        "</section></component></structuredBody></component>"
    )


def _code(code: Code | None, tag: str = "code") -> str:
    if code is None:
        return f'<{tag} nullFlavor="NI"/>'
    if any(map(str.isspace, code.code)):  # No CDA code holds a blank; its words can still be read.
        return f'<{tag} nullFlavor="OTH"{attribute("displayName", text_of(code.display))}/>'
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
    told = [one for one in entry.source_patient_info if one.startswith(_PATIENT_NAME)]
    name = told[0].removeprefix(_PATIENT_NAME).partition("~")[0] if told else ""
    words = " ".join(part for part in name.split("^")[:2] if part)
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


def _table(overview: Overview) -> str:
    if not overview.rows:
        return f"<paragraph>{overview.nothing}</paragraph>"
    head = "".join(f"<th>{one}</th>" for one in overview.columns)
    rows = "".join(
        f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in overview.rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _reference(entry: DocumentEntry) -> str:
    root, _, extension = entry.unique_id.partition("^")
    identity = ii("id", root, extension) if _is_uid(root) else ii("id", "", entry.unique_id)
    return (
        '<entry><act classCode="ACT" moodCode="EVN"><code nullFlavor="NI"/>'
        f'<reference typeCode="REFR"><externalDocument>{identity}{_code(entry.type_code)}'
        "</externalDocument></reference></act></entry>"
    )
