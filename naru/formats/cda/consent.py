"""Consents and withdrawals (개인정보 제공 동의서, 동의 철회서) as BPPC documents.

ITI TF-3 5.1: the policy that the patient acknowledges and the time for which it holds stand in
`documentationOf/serviceEvent`. The words are those of the data file. A scanned paper (5.1.3) bears
the policy in its header alone, so that nothing else of it can be read by a program.
"""

from collections.abc import Iterator
from datetime import date
from typing import Final

from lxml.etree import _Element

from naru.domain.consent_document import ConsentDocument, kind_of
from naru.domain.korea import korean_day
from naru.domain.privacy_policies import Policy, privacy_policies
from naru.formats.cda.consent_body import (
    read_boxes,
    read_parts,
    read_scan,
    read_signature,
    write_body,
    write_scan,
)
from naru.formats.cda.consent_said import (
    paragraphs,
    read_authority,
    read_identified,
    read_wording,
    write_said,
)
from naru.formats.cda.datatypes import (
    attribute_of,
    coded,
    found,
    hl7,
    ii,
    path,
    read_date,
    template_ids,
    time,
)
from naru.formats.cda.errors import CdaRefused, IncompleteDocument
from naru.formats.cda.forms import DocumentForm, Forms, TemplateId, known
from naru.formats.cda.header import (
    form_of,
    parse_document,
    read_author,
    read_guardian,
    read_header,
    read_patient,
    write_author,
    write_custodian,
    write_document,
    write_identity,
    write_patient,
    write_scanning,
)
from naru.formats.xml.errors import UnwritableCharacter

CONSENTS: Final = ("consent", "withdrawal")
"""The kinds of forms."""


def write_consent(document: ConsentDocument, among: Forms | None = None) -> bytes:
    """The CDA. Raises IncompleteDocument with the names of all that is missing."""
    here = (among or known()).in_force(kind_of(document.policy), korean_day(document.header.time))
    here.require(document)
    _check_scan(document)
    scan = document.scan
    scanned = tuple(TemplateId(**each) for each in here.raw["scanned_templates"]) if scan else ()
    try:
        return write_document(
            write_identity(here, document.header, scanned=scanned)
            + write_patient(here, document.header, document.patient, document.representative)
            + write_author(here, document.header, document.author)
            + (write_scanning(here, document.header, document.author) if scan else "")
            + write_custodian(document.header.custodian)
            + _service_event(here, document)
            + (write_scan(scan) if scan else _body(here, document))
        )
    except UnwritableCharacter:
        raise IncompleteDocument(("문서에 쓸 수 없는 제어 문자",)) from None


def _check_scan(document: ConsentDocument) -> None:
    # What stands in the picture alone takes no effect; to write it beside would say too much.
    if document.scan and (document.boxes or document.parts or document.signature):
        raise IncompleteDocument(("스캔한 동의서에는 표시·제외·서명을 따로 적을 수 없습니다",))


def _service_event(here: DocumentForm, document: ConsentDocument) -> str:
    # ITI TF-3 5.1.2.1.1.1: a service event for each policy, its id without extension.
    policy = privacy_policies().codes[document.policy]
    template = TemplateId(**here.raw["service_event_template"])
    high = "" if document.until is None else time("high", document.until)
    return (
        '<documentationOf typeCode="DOC"><serviceEvent classCode="ACT" moodCode="EVN">'
        f"{template_ids(template)}{ii('id', document.header.id)}"
        f"{coded('code', policy.code, policy.scheme, policy.display[0].value)}"
        f"<effectiveTime>{time('low', document.from_date)}{high}</effectiveTime>"
        "</serviceEvent></documentationOf>"
    )


def _body(here: DocumentForm, document: ConsentDocument) -> str:
    return write_body(
        here,
        boxes=document.boxes,
        parts=document.parts,
        signature=document.signature,
        words=() if document.text is None else paragraphs(document.text, document.policy),
        said=write_said(here, document.wording, document.identified, document.representative),
    )


def is_consent(root: _Element) -> bool:
    """Whether a document is a consent or a withdrawal by its templates."""
    try:
        form_of(known(), root, *CONSENTS)
    except CdaRefused:
        return False
    return True


def read_consent(octets: bytes) -> ConsentDocument:
    """The values of a consent or withdrawal; raises CdaRefused or XmlRefused."""
    root = parse_document(octets)
    return read_consent_in(root, form_of(known(), root, *CONSENTS))


def read_consent_in(root: _Element, here: DocumentForm) -> ConsentDocument:
    """The values of a consent or withdrawal of this form; raises CdaRefused."""
    policy, start, end = _acknowledged(here, root)
    return ConsentDocument(
        header=read_header(root),
        patient=read_patient(root),
        policy=policy,
        from_date=start,
        until=end,
        boxes=read_boxes(here, root),
        parts=read_parts(here, root),
        representative=read_authority(here, root, read_guardian(root)),
        author=read_author(root),
        signature=read_signature(here, root),
        scan=read_scan(root),
        wording=read_wording(here, root),
        identified=read_identified(here, root),
    )


def _acknowledged(here: DocumentForm, root: _Element) -> tuple[Policy, date, date | None]:
    # ITI TF-3 5.1.2.2: several policies may be acknowledged; one act here is one policy, so that
    # a paper that says two things cannot be taken for either of them.
    said = {
        (_policy(event), _day(event, "low"), _day(event, "high"))
        for event in acknowledging(here, root)
    }
    if len(said) != 1:
        raise CdaRefused("the document acknowledges not exactly one policy for one time")
    ((policy, start, end),) = said
    if start is None or (end is not None and end < start):
        raise CdaRefused("the time of the consent has no beginning, or ends before it")
    return policy, start, end


def acknowledging(here: DocumentForm, root: _Element) -> Iterator[_Element]:
    """The service events by which the document acknowledges a policy."""
    template = here.raw["service_event_template"]["root"]
    for event in root.iterfind(path("documentationOf", "serviceEvent")):
        if any(each.get("root") == template for each in event.iterchildren(hl7("templateId"))):
            yield event


def _day(event: _Element, end: str) -> date | None:
    value = attribute_of(found(event, "effectiveTime"), end, name="value")
    return read_date(value) if value else None


def _policy(event: _Element) -> Policy:
    said = (
        attribute_of(event, "code", name="code"),
        attribute_of(event, "code", name="codeSystem"),
    )
    for policy, code in privacy_policies().codes.items():
        if said == (code.code, code.scheme):
            return policy
    raise CdaRefused("the document acknowledges no policy of this affinity domain")
