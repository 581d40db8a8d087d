"""A clinical document of any kind as CDA R2, from values and back; its form says how.

What the values promise: texts come back character for character (NFC and NFD, every letter, blanks
and line ends, also at an end); times to the microsecond, in Korea's zone; numbers with their zeros.
Codes and units hold no blanks, identifiers are OIDs; an authenticator is somebody else than the
author; a code system that a form knows is named by its short name. Of a patient the exchange's id
and 주민등록번호 are never written. What XML or CDA cannot carry, and what the form has no place
for, is refused by its name: nothing is dropped.
"""

from lxml.etree import _Element

from naru.domain.clinical import (
    Answered,
    CareInstitution,
    ClinicalDocument,
    Encounter,
    Practitioner,
    When,
)
from naru.domain.korea import korean_day
from naru.formats.cda.authorship import read_encounter
from naru.formats.cda.body import read_body, require_place, write_body
from naru.formats.cda.datatypes import (
    attribute_of,
    coded,
    found,
    ii,
    path,
    telecom,
    telephone_of,
    text_of,
    time,
)
from naru.formats.cda.entries import Frame
from naru.formats.cda.errors import CdaRefused
from naru.formats.cda.forms import DocumentForm, Forms, known
from naru.formats.cda.header import (
    form_of,
    parse_document,
    read_authenticator,
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
from naru.formats.cda.unwritable import unwritable
from naru.formats.xml.errors import UnwritableCharacter


def write(document: ClinicalDocument, among: Forms | None = None) -> bytes:
    """The CDA by the form in force on its day. Raises IncompleteDocument with all that lacks.

    Raises KeyError for a kind of which there is no form.
    """
    form = (among or known()).in_force(document.kind, korean_day(document.header.time))
    form.require(document)
    require_place(form, document.content)
    try:
        frame = Frame(form, document.header.custodian.oid)
        return write_document(_header(form, document) + write_body(frame, document.content))
    except UnwritableCharacter:
        raise unwritable(form, document) from None


def _header(form: DocumentForm, document: ClinicalDocument) -> str:
    header = document.header
    authenticator = document.authenticator
    if authenticator is None and "authenticator" in form.header:
        authenticator = document.author
    return (
        write_identity(form, header, number=document.number)
        + write_patient(form, header, document.patient)
        + write_author(form, header, document.author)
        + write_custodian(header.custodian)
        + ("" if document.recipient is None else _recipient(document.recipient))
        + ("" if authenticator is None else write_authenticator(form, header, authenticator))
        + ("" if document.answers is None else _answers(document.answers))
        + ("" if document.encounter is None else _encounter(form, document.encounter))
    )


def _recipient(institution: CareInstitution) -> str:
    return (
        '<informationRecipient typeCode="PRCP"><intendedRecipient classCode="ASSIGNED">'
        f"{ii('id', institution.oid, institution.code)}{telecom(institution.telephone)}"
        f"{write_organization('receivedOrganization', institution)}"
        "</intendedRecipient></informationRecipient>"
    )


def _answers(answered: Answered) -> str:
    # CDA R2 4.2.2.7: the order that this document fulfils is the referral.
    return (
        '<inFulfillmentOf typeCode="FLFS"><order classCode="ACT" moodCode="RQO">'
        f"{ii('id', answered.id, answered.number)}</order></inFulfillmentOf>"
    )


def _encounter(form: DocumentForm, encounter: Encounter) -> str:
    department = encounter.department
    location = (
        ""
        if department is None
        else '<location typeCode="LOC"><healthCareFacility classCode="SDLOC">'
        f"{coded('code', department.code, form.systems['HIRA'], department.name)}"
        "</healthCareFacility></location>"
    )
    return (
        '<componentOf typeCode="COMP"><encompassingEncounter classCode="ENC" moodCode="EVN">'
        f"{coded('code', encounter.kind, form.systems['ActCode'])}"
        f"{_period(encounter.date, encounter.until)}{location}"
        "</encompassingEncounter></componentOf>"
    )


def _period(start: When, until: When | None) -> str:
    if until is None:
        return time("effectiveTime", start)
    return f"<effectiveTime>{time('low', start)}{time('high', until)}</effectiveTime>"


def read(octets: bytes, among: Forms | None = None) -> ClinicalDocument:
    """The values of a document of one of our forms. Raises CdaRefused or XmlRefused."""
    root = parse_document(octets)
    some = among or known()
    form = form_of(some, root, *(each.kind for each in some if each.sections))
    author = read_author(root)
    if author is None:
        raise CdaRefused("a clinical document has an author who is a person")
    return ClinicalDocument(
        kind=form.kind,
        header=read_header(root),
        patient=read_patient(root),
        author=author,
        content=read_body(form, root),
        authenticator=_read_authenticator(root, author),
        recipient=read_recipient(root),
        encounter=read_encounter(root),
        number=attribute_of(root, "id", name="extension"),
        answers=_read_answers(root),
    )


def _read_authenticator(root: _Element, author: Practitioner) -> Practitioner | None:
    person = read_authenticator(root)
    return None if person == author else person


def read_recipient(root: _Element) -> CareInstitution | None:
    """To whom the document is sent, where it says so. Raises CdaRefused."""
    recipient = root.find(path("informationRecipient", "intendedRecipient"))
    if recipient is None:
        return None
    organization = found(recipient, "receivedOrganization")
    return CareInstitution(
        name=text_of(organization, "name"),
        oid=attribute_of(recipient, "id", name="root"),
        code=attribute_of(recipient, "id", name="extension"),
        telephone=telephone_of(recipient),
        address=text_of(organization, "addr", "streetAddressLine"),
    )


def _read_answers(root: _Element) -> Answered | None:
    order = root.find(path("inFulfillmentOf", "order", "id"))
    if order is None:
        return None
    return Answered(id=order.get("root", ""), number=order.get("extension", ""))
