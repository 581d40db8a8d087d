"""The header that all our documents share: patient, author, custodian."""

from collections.abc import Sequence
from datetime import date

from lxml.etree import _Element

from naru.domain.clinical import (
    CareInstitution,
    Department,
    DocumentHeader,
    Patient,
    Practitioner,
)
from naru.domain.consent_paper import Representative
from naru.domain.identifiers import Identifier
from naru.domain.person import Gender
from naru.formats.cda.datatypes import (
    addr,
    address_of,
    attribute_of,
    coded,
    element_text,
    found,
    hl7,
    ii,
    path,
    read_date,
    read_instant,
    telecom,
    telephone_of,
    template_ids,
    text_of,
    time,
)
from naru.formats.cda.errors import CdaRefused
from naru.formats.cda.forms import DocumentForm, Forms, TemplateId
from naru.formats.xml import parse
from naru.formats.xml.escape import escape
from naru.formats.xml.namespaces import HL7V3, XSI

TAG = hl7("ClinicalDocument")


def write_document(content: str) -> bytes:
    """The whole document around its content."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<ClinicalDocument xmlns="{HL7V3}" xmlns:xsi="{XSI}">{content}</ClinicalDocument>\n'
    ).encode()


def parse_document(octets: bytes) -> _Element:
    """The root of a CDA. Raises CdaRefused or XmlRefused."""
    root = parse(octets)
    if root.tag != TAG:
        raise CdaRefused("the document is no ClinicalDocument")
    return root


def form_of(among: Forms, root: _Element, *kinds: str) -> DocumentForm:
    """The form of a document by its templates and its day, of these kinds. Raises CdaRefused."""
    held = frozenset(
        TemplateId(each.get("root", ""), each.get("extension", ""))
        for each in root.iterchildren(hl7("templateId"))
    )
    return among.of(held, _day(root), *kinds)


def _day(root: _Element) -> date:
    """The day of a document; where it says none that exists, the last of all."""
    try:
        return read_date(attribute_of(root, "effectiveTime", name="value"))
    except CdaRefused:
        return date.max


def write_identity(
    form: DocumentForm,
    header: DocumentHeader,
    *,
    scanned: Sequence[TemplateId] = (),
    number: str = "",
) -> str:
    """From realmCode to languageCode; `scanned` are the templates of a scan beside the form's."""
    systems = form.systems
    return (
        '<realmCode code="KR"/><typeId root="2.16.840.1.113883.1.3" extension="POCD_HD000040"/>'
        f"{template_ids(*form.templates, *scanned)}{ii('id', header.id, number)}"
        f"{coded('code', form.code, form.code_system, form.code_display)}"
        f"{element_text('title', form.title)}{time('effectiveTime', header.time)}"
        f"{coded('confidentialityCode', 'N', systems['Confidentiality'])}"
        '<languageCode code="ko"/>'
    )


def write_patient(
    form: DocumentForm,
    header: DocumentHeader,
    patient: Patient,
    guardian: Representative | None = None,
) -> str:
    """RecordTarget. The name is written whole: a Korean name is not split by counting syllables."""
    identifier = header.patient_id
    return (
        '<recordTarget typeCode="RCT"><patientRole classCode="PAT">'
        f"{ii('id', identifier.authority, identifier.value)}"
        f"{addr(patient.address)}{telecom(patient.telephone)}"
        f'<patient classCode="PSN" determinerCode="INSTANCE">{element_text("name", patient.name)}'
        f"{coded('administrativeGenderCode', patient.sex, form.systems['AdministrativeGender'])}"
        f"{time('birthTime', patient.birth_date)}{_guardian(guardian)}</patient>"
        f"{write_organization('providerOrganization', header.custodian)}"
        "</patientRole></recordTarget>"
    )


def _guardian(guardian: Representative | None) -> str:
    if guardian is None:
        return ""
    # No code system for the relation was found, so that its words stand as an original text.
    words = escape(guardian.relationship)
    relation = f'<code nullFlavor="OTH"><originalText>{words}</originalText></code>'
    return (
        f'<guardian classCode="GUARD">{relation if words else ""}{telecom(guardian.telephone)}'
        f"<guardianPerson>{element_text('name', guardian.name)}</guardianPerson></guardian>"
    )


def write_author(form: DocumentForm, header: DocumentHeader, author: Practitioner | None) -> str:
    """The author: a person, or the institution's own program."""
    if author is None:
        who = (
            f"{ii('id', header.custodian.oid)}<assignedAuthoringDevice>"
            "<softwareName>Naru</softwareName></assignedAuthoringDevice>"
        )
    else:
        who = _assigned(form, header, author)
    return (
        f'<author typeCode="AUT">{time("time", header.time)}'
        f'<assignedAuthor classCode="ASSIGNED">{who}'
        f"{write_organization('representedOrganization', header.custodian)}"
        "</assignedAuthor></author>"
    )


def write_scanning(
    form: DocumentForm, header: DocumentHeader, operator: Practitioner | None
) -> str:
    """The scanner and who worked it (ITI TF-3 5.2.3.4, 5.2.3.5): the institution's own program."""
    who = ii("id", header.custodian.oid) if operator is None else _assigned(form, header, operator)
    return (
        f'<author typeCode="AUT">{time("time", header.time)}<assignedAuthor classCode="ASSIGNED">'
        f"{ii('id', header.custodian.oid)}<assignedAuthoringDevice>"
        f"{coded('code', 'CAPTURE', form.systems['DCM'], 'Image Capture')}"
        "<manufacturerModelName>Naru</manufacturerModelName><softwareName>Naru</softwareName>"
        "</assignedAuthoringDevice>"
        f"{write_organization('representedOrganization', header.custodian)}"
        f'</assignedAuthor></author><dataEnterer typeCode="ENT">{time("time", header.time)}'
        f'<assignedEntity classCode="ASSIGNED">{who}</assignedEntity></dataEnterer>'
    )


def write_authenticator(form: DocumentForm, header: DocumentHeader, person: Practitioner) -> str:
    """Who stands for the content."""
    return (
        f'<authenticator typeCode="AUTHEN">{time("time", header.time)}<signatureCode code="S"/>'
        f'<assignedEntity classCode="ASSIGNED">{_assigned(form, header, person)}'
        f"{write_organization('representedOrganization', header.custodian)}"
        "</assignedEntity></authenticator>"
    )


def _assigned(form: DocumentForm, header: DocumentHeader, person: Practitioner) -> str:
    department = person.department
    code = (
        ""
        if department is None
        else coded("code", department.code, form.systems["HIRA"], department.name)
    )
    return (
        f"{ii('id', header.custodian.oid, person.id)}{code}{telecom(person.telephone)}"
        '<assignedPerson classCode="PSN" determinerCode="INSTANCE">'
        f"{element_text('name', person.name)}</assignedPerson>"
    )


def write_custodian(institution: CareInstitution) -> str:
    """Who keeps the document."""
    return (
        '<custodian typeCode="CST"><assignedCustodian classCode="ASSIGNED">'
        f"{write_organization('representedCustodianOrganization', institution)}"
        "</assignedCustodian></custodian>"
    )


def write_organization(tag: str, institution: CareInstitution) -> str:
    """An institution by its OID, its code and its name."""
    return (
        f'<{tag} classCode="ORG" determinerCode="INSTANCE">'
        f"{ii('id', institution.oid, institution.code)}{element_text('name', institution.name)}"
        f"{telecom(institution.telephone)}{addr(institution.address)}</{tag}>"
    )


def read_header(root: _Element) -> DocumentHeader:
    """Which document it is and whose."""
    role = found(root, "recordTarget", "patientRole")
    custodian = found(root, "custodian", "assignedCustodian", "representedCustodianOrganization")
    return DocumentHeader(
        id=attribute_of(root, "id", name="root"),
        time=read_instant(attribute_of(root, "effectiveTime", name="value")),
        patient_id=Identifier(
            attribute_of(role, "id", name="extension"), attribute_of(role, "id", name="root")
        ),
        custodian=read_organization(custodian),
    )


def read_patient(root: _Element) -> Patient:
    """The patient, without what the exchange calls them."""
    role = found(root, "recordTarget", "patientRole")
    person = found(role, "patient")
    return Patient(
        mrn=attribute_of(role, "id", name="extension"),
        name=text_of(person, "name"),
        birth_date=read_date(attribute_of(person, "birthTime", name="value")),
        sex=_gender(attribute_of(person, "administrativeGenderCode", name="code")),
        telephone=telephone_of(role),
        address=address_of(role),
    )


def read_guardian(root: _Element) -> Representative | None:
    """Who acts for the patient, where the document names somebody."""
    guardian = root.find(path("recordTarget", "patientRole", "patient", "guardian"))
    if guardian is None:
        return None
    return Representative(
        name=text_of(guardian, "guardianPerson", "name"),
        relationship=text_of(guardian, "code", "originalText"),
        telephone=telephone_of(guardian),
    )


def _gender(code: str) -> Gender:
    return Gender(code) if code in set(Gender) else Gender.UNDIFFERENTIATED


def read_author(root: _Element) -> Practitioner | None:
    """The author, where it is a person."""
    return read_person(found(root, "author", "assignedAuthor"))


def read_authenticator(root: _Element) -> Practitioner | None:
    """Who stands for the content, where the document names a person."""
    assigned = root.find(path("authenticator", "assignedEntity"))
    return None if assigned is None else read_person(assigned)


def read_person(assigned: _Element) -> Practitioner | None:
    """The person of an assigned role; None where it is none."""
    if assigned.find(hl7("assignedPerson")) is None:
        return None
    code = assigned.find(hl7("code"))
    return Practitioner(
        id=attribute_of(assigned, "id", name="extension"),
        name=text_of(assigned, "assignedPerson", "name"),
        department=None if code is None else read_department(code),
        telephone=telephone_of(assigned),
    )


def read_department(code: _Element) -> Department:
    """A department by its code."""
    return Department(code=code.get("code", ""), name=code.get("displayName", ""))


def read_organization(element: _Element) -> CareInstitution:
    """An institution."""
    return CareInstitution(
        name=text_of(element, "name"),
        oid=attribute_of(element, "id", name="root"),
        code=attribute_of(element, "id", name="extension"),
        telephone=telephone_of(element),
        address=address_of(element),
    )
