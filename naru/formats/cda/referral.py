"""진료의뢰서 as CDA R2, from values and back (templates and codes in data/referral.json)."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeVar

from lxml.etree import _Element

from naru.domain.clinical import (
    CareInstitution,
    Encounter,
    EncounterKind,
    Referral,
    ReferralDocument,
    ReferralReason,
)
from naru.formats.cda import referral_entries as entries
from naru.formats.cda.datatypes import (
    attribute_of,
    coded,
    element_text,
    found,
    hl7,
    ii,
    path,
    read_date,
    telecom,
    telephone_of,
    template_ids,
    text_of,
    time,
)
from naru.formats.cda.errors import CdaRefused, IncompleteDocument
from naru.formats.cda.header import (
    parse_document,
    read_author,
    read_header,
    read_patient,
    write_authenticator,
    write_author,
    write_custodian,
    write_document,
    write_identity,
    write_organization,
    write_patient,
)
from naru.formats.cda.narrative import (
    paragraph,
    row_id,
    rows_of,
    sections_of,
    table,
    write_section,
)
from naru.formats.cda.referral_entries import EntryForm
from naru.formats.cda.template import DocumentForm, SectionForm, TemplateId, form, sections
from naru.formats.xml.errors import UnwritableCharacter

T = TypeVar("T")
_SEPARATOR: Final = "||&"
_REASON_FIELDS: Final = 6  # Three of a referral, three of its return (회송), which stay empty here.


def _form() -> DocumentForm:
    return form("referral")


def _templates() -> tuple[TemplateId, ...]:
    return tuple(TemplateId(**each) for each in _form().raw["templates"])


def write_referral(document: ReferralDocument) -> bytes:
    """The CDA of a referral. Raises IncompleteDocument with the names of all that is missing."""
    _form().require(document)
    try:
        return write_document(_header(document) + _body(document.referral))
    except UnwritableCharacter:
        raise IncompleteDocument(("문서에 쓸 수 없는 제어 문자",)) from None


def _header(document: ReferralDocument) -> str:
    here, header, referral = _form(), document.header, document.referral
    return (
        write_identity(
            here,
            header,
            templates=_templates(),
            title=here.raw["title"],
            number=referral.number,
        )
        + write_patient(here, header, referral.patient)
        + write_author(here, header, referral.author)
        + write_custodian(header.custodian)
        + _recipient(document.recipient)
        + write_authenticator(here, header, referral.author)
        + _encounter(referral.encounter)
    )


def _recipient(institution: CareInstitution) -> str:
    return (
        '<informationRecipient typeCode="PRCP"><intendedRecipient classCode="ASSIGNED">'
        f"{ii('id', institution.oid, institution.code)}{telecom(institution.telephone)}"
        f"{write_organization('receivedOrganization', institution)}"
        "</intendedRecipient></informationRecipient>"
    )


def _encounter(encounter: Encounter) -> str:
    return (
        '<componentOf typeCode="COMP"><encompassingEncounter classCode="ENC" moodCode="EVN">'
        f"{coded('code', encounter.kind, _form().systems['ActCode'])}"
        f"{time('effectiveTime', encounter.date)}</encompassingEncounter></componentOf>"
    )


def _body(referral: Referral) -> str:
    written = "".join(_section(each, referral) for each in sections(_form()))
    return (
        '<component typeCode="COMP"><structuredBody classCode="DOCBODY" moodCode="EVN">'
        f"{written}</structuredBody></component>"
    )


def _section(section: SectionForm, referral: Referral) -> str:
    """A section of the form is a field of the referral; a list of entries, or words."""
    if section.name == "opinion":
        return _told(section, referral.opinion)
    if section.name == "reason":
        return _told(section, referral.reason, _reason_codes(referral.reason_codes))
    return _listed(section, _ENTRIES[section.name], getattr(referral, section.name))


_ENTRIES: Final[Mapping[str, EntryForm[Any]]] = {  # Each form takes what its field holds.
    "diagnoses": entries.DIAGNOSIS,
    "medications": entries.MEDICATION,
    "test_results": entries.TEST,
    "procedures": entries.PROCEDURE,
    "allergies": entries.ALLERGY,
    "appointments": entries.APPOINTMENT,
}


def _listed(section: SectionForm, kind: EntryForm[T], items: Sequence[T]) -> str:
    here = _form()
    written = "".join(
        f"<entry>{kind.write(here, item, row_id(section, index))}</entry>"
        for index, item in enumerate(items)
    )
    rows = table(section, (kind.row(here, item) for item in items)) if items else ""
    return write_section(here, section, rows, written)


def _told(section: SectionForm, text: str, written: str = "") -> str:
    return write_section(_form(), section, paragraph(section, text) if text else "", written)


def _reason_codes(codes: ReferralReason | None) -> str:
    if codes is None:
        return ""
    here = _form()
    fields = [codes.state, codes.clinical, codes.other]
    joined = _SEPARATOR.join(fields + [""] * (_REASON_FIELDS - len(fields)))
    return (
        '<entry><act classCode="ACT" moodCode="INT">'
        f"{template_ids(TemplateId(**here.raw['reason_template']))}"
        f"{coded('code', '42349-1', here.systems['LOINC'])}{element_text('text', joined)}"
        "</act></entry>"
    )


def read_referral(octets: bytes) -> ReferralDocument:
    """The values of a referral that this module wrote; raises CdaRefused or XmlRefused."""
    root = parse_document(octets, *_templates())
    author = read_author(root)
    if author is None:
        raise CdaRefused("a referral has an author who is a person")
    read = _Sections(root)
    return ReferralDocument(
        header=read_header(root),
        recipient=_read_recipient(root),
        referral=Referral(
            number=attribute_of(root, "id", name="extension"),
            patient=read_patient(root),
            author=author,
            encounter=_read_encounter(root),
            diagnoses=read.listed("diagnoses", entries.DIAGNOSIS),
            medications=read.listed("medications", entries.MEDICATION),
            test_results=read.listed("test_results", entries.TEST),
            procedures=read.listed("procedures", entries.PROCEDURE),
            allergies=read.listed("allergies", entries.ALLERGY),
            opinion=read.told("opinion"),
            reason=read.told("reason"),
            reason_codes=read.reason_codes(),
            appointments=read.listed("appointments", entries.APPOINTMENT),
        ),
    )


def _read_recipient(root: _Element) -> CareInstitution:
    recipient = found(root, "informationRecipient", "intendedRecipient")
    organization = found(recipient, "receivedOrganization")
    return CareInstitution(
        name=text_of(organization, "name"),
        oid=attribute_of(recipient, "id", name="root"),
        code=attribute_of(recipient, "id", name="extension"),
        telephone=telephone_of(recipient),
        address=text_of(organization, "addr", "streetAddressLine"),
    )


def _read_encounter(root: _Element) -> Encounter:
    element = found(root, "componentOf", "encompassingEncounter")
    try:
        kind = EncounterKind(attribute_of(element, "code", name="code"))
    except ValueError:
        raise CdaRefused("the encounter is of no known kind") from None
    return Encounter(
        kind=kind, date=read_date(attribute_of(element, "effectiveTime", name="value"))
    )


class _Sections:
    """The sections of a document by the names of the form."""

    def __init__(self, root: _Element) -> None:
        held = sections_of(root)
        self._held = {each.name: held.get(each.loinc) for each in sections(_form())}

    def listed(self, name: str, kind: EntryForm[T]) -> tuple[T, ...]:
        section = self._held[name]
        if section is None:
            return ()
        written = [entry[0] for entry in section.iterchildren(hl7("entry")) if len(entry)]
        rows = rows_of(section)
        columns = next(each.columns for each in sections(_form()) if each.name == name)
        if len(written) != len(rows) or any(len(row) != len(columns) for row in rows):
            raise CdaRefused("the entries of a section are not those of its table")
        return tuple(
            kind.read(_form(), entry, row) for entry, row in zip(written, rows, strict=True)
        )

    def told(self, name: str) -> str:
        section = self._held[name]
        return "" if section is None else text_of(section, "text", "paragraph")

    def reason_codes(self) -> ReferralReason | None:
        section = self._held["reason"]
        act = None if section is None else section.find(path("entry", "act"))
        if act is None:
            return None
        fields = text_of(act, "text").split(_SEPARATOR)
        if len(fields) != _REASON_FIELDS:
            raise CdaRefused("the codes of the reason are not six fields")
        return ReferralReason(state=fields[0], clinical=fields[1], other=fields[2])
