"""A consent to the exchange, or its withdrawal, as a BPPC document (ITI TF-3 5.1), and back."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from lxml.etree import _Element

from naru.domain.clinical import DocumentHeader, Patient, Practitioner
from naru.domain.privacy_policies import Policy, privacy_policies
from naru.formats.cda.datatypes import (
    attribute_of,
    coded,
    element_text,
    found,
    ii,
    read_date,
    template_ids,
    time,
)
from naru.formats.cda.errors import CdaRefused, IncompleteDocument
from naru.formats.cda.header import (
    parse_document,
    read_author,
    read_header,
    read_patient,
    write_author,
    write_custodian,
    write_document,
    write_identity,
    write_patient,
)
from naru.formats.cda.template import DocumentForm, TemplateId, form
from naru.formats.xml.errors import UnwritableCharacter
from naru.formats.xml.escape import escape


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentDocument:
    """What the patient consents to, from which day on; `author` is the clerk or doctor, if known.

    Of a withdrawal `from_date` is the day on which it was said.
    """

    header: DocumentHeader
    patient: Patient
    policy: Policy
    from_date: date
    author: Practitioner | None = None


def _kind(policy: Policy) -> str:
    return "withdrawal" if policy.withdraws else "consent"


def _templates(here: DocumentForm, kind: str) -> tuple[TemplateId, ...]:
    return tuple(TemplateId(**each) for each in here.raw["templates"][kind])


def write_consent(document: ConsentDocument) -> bytes:
    """The CDA. Raises IncompleteDocument with the names of all that is missing."""
    here, kind = form("consent"), _kind(document.policy)
    here.require(document)
    title = here.raw["titles"][kind]
    try:
        return write_document(
            write_identity(here, document.header, templates=_templates(here, kind), title=title)
            + write_patient(here, document.header, document.patient)
            + write_author(here, document.header, document.author)
            + write_custodian(document.header.custodian)
            + _service_event(here, document)
            + _body(here, title, here.raw["texts"][kind])
        )
    except UnwritableCharacter:
        raise IncompleteDocument(("문서에 쓸 수 없는 제어 문자",)) from None


def _service_event(here: DocumentForm, document: ConsentDocument) -> str:
    # ITI TF-3 5.1.2.1.1.1: a service event for each policy, its id without extension.
    policy = privacy_policies().codes[document.policy]
    template = TemplateId(**here.raw["service_event_template"])
    low = time("low", document.from_date)
    return (
        '<documentationOf typeCode="DOC"><serviceEvent classCode="ACT" moodCode="EVN">'
        f"{template_ids(template)}{ii('id', document.header.id)}"
        f"{coded('code', policy.code, policy.scheme, policy.display[0].value)}"
        f"<effectiveTime>{low}</effectiveTime></serviceEvent></documentationOf>"
    )


def _body(here: DocumentForm, title: str, texts: list[str]) -> str:
    section: Any = here.raw["section"]
    paragraphs = "".join(f"<paragraph>{escape(text)}</paragraph>" for text in texts)
    return (
        '<component typeCode="COMP"><structuredBody classCode="DOCBODY" moodCode="EVN">'
        '<component typeCode="COMP"><section classCode="DOCSECT" moodCode="EVN">'
        f"{template_ids(TemplateId(**section['template']))}"
        f"{coded('code', here.code, here.systems['LOINC'], here.code_display)}"
        f"{element_text('title', title)}<text>{paragraphs}</text>"
        "</section></component></structuredBody></component>"
    )


def read_consent(octets: bytes) -> ConsentDocument:
    """The values of a consent or withdrawal; raises CdaRefused or XmlRefused."""
    here = form("consent")
    root = parse_document(octets, *_templates(here, "consent"), *_templates(here, "withdrawal"))
    event = found(root, "documentationOf", "serviceEvent")
    return ConsentDocument(
        header=read_header(root),
        patient=read_patient(root),
        policy=_policy(event),
        from_date=read_date(attribute_of(event, "effectiveTime", "low", name="value")),
        author=read_author(root),
    )


def _policy(event: _Element) -> Policy:
    said = (
        attribute_of(event, "code", name="code"),
        attribute_of(event, "code", name="codeSystem"),
    )
    for policy, code in privacy_policies().codes.items():
        if said == (code.code, code.scheme):
            return policy
    raise CdaRefused("the document acknowledges no policy of this affinity domain")
