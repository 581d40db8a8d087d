"""A whole clinical document as a FHIR document (R4 3.3); `document_reading` is its other half."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from naru.domain.clinical import Authorship, ClinicalDocument, Content, Practitioner
from naru.domain.consent_document import ConsentDocument, kind_of
from naru.domain.identifiers import is_oid
from naru.domain.papers import Paper, PaperDocument, content_of, encounter_of
from naru.formats.fhir.identifier import OID
from naru.formats.fhir.krcore.authorship import to_authorship, to_person
from naru.formats.fhir.krcore.bill import lines_of, to_bill
from naru.formats.fhir.krcore.consent import URI, to_consent
from naru.formats.fhir.krcore.consent import lines_of as consent_lines
from naru.formats.fhir.krcore.content import FORMS, Section, to_sections
from naru.formats.fhir.krcore.frame import Frame, moment, reference
from naru.formats.fhir.krcore.licence import tell_licence
from naru.formats.fhir.krcore.narrative import of_lines, of_words
from naru.formats.fhir.krcore.organization import to_organization
from naru.formats.fhir.krcore.paper import tell_head, tell_institution, tell_paper
from naru.formats.fhir.krcore.patient import to_patient
from naru.formats.fhir.krcore.profiles import OURS
from naru.formats.fhir.krcore.service_request import to_service_request
from naru.formats.fhir.krcore.systems import LOINC
from naru.formats.fhir.resource import Resource

Written = ClinicalDocument | PaperDocument | ConsentDocument
KIND: Final = f"{OURS}/CodeSystem/document-kind"


@dataclass(frozen=True, slots=True)
class _Form:
    loinc: str
    title: str


_FORMS: Final = {
    "referral": _Form("57133-1", "진료의뢰서"),
    "return": _Form("18761-7", "진료회송서"),
    "reply": _Form("11488-4", "진료회신서"),
    "summary": _Form("34133-9", "진료기록요약지"),
    "radiology-report": _Form("18748-4", "영상의학판독소견서"),
    "emergency-transfer": _Form("51846-4", "전원소견서"),
    "certificate": _Form("", "제증명"),
    "prescription": _Form("57833-6", "처방전"),
    "diagnosis-list": _Form("", "진단내역"),
    "receipt": _Form("", "진료비 계산서·영수증"),
    "itemised-bill": _Form("", "진료비 세부산정내역"),
    "withdrawal": _Form("57016-8", "개인정보 제공 동의 철회서"),
    "consent": _Form("57016-8", "개인정보 제공 동의서"),
}
KINDS: Final = {one.loinc: kind for kind, one in _FORMS.items() if one.loinc}


def to_bundle(written: Written) -> Resource:
    """The document as a Bundle of type `document`, with KR Core's profiles.

    What KR Core cannot carry is told in docs/conformance/kr-core.tsv. What neither it nor R4 has an
    element for in a paper stands in extensions of ours.
    """
    making = _Making(written)
    document = making.document
    composition = making.composition()
    entries = [composition, *making.resources]
    bundle: Resource = {
        "resourceType": "Bundle",
        "id": making.frame.new("Bundle", "")["id"],
        "identifier": _identifier(document.header.id, document.number),
        "type": "document",
        "timestamp": moment(document.header.time),
        "entry": [{"fullUrl": f"urn:uuid:{one['id']}", "resource": one} for one in entries],
    }
    return bundle


def to_resources(written: Written) -> tuple[Resource, ...]:
    """The resources of the document without the Composition, the Patient first."""
    making = _Making(written)
    making.composition()
    return tuple(making.resources)


class _Making:
    """The resources of one document while they are made."""

    def __init__(self, written: Written) -> None:
        document = self.document = _clinical(written)
        self._paper = written.paper if isinstance(written, PaperDocument) else None
        self._consent = written if isinstance(written, ConsentDocument) else None
        header = document.header
        self.frame = Frame(document.unique_id)
        self.frame.patient = to_patient(
            self.frame, document.patient, header.custodian, header.patient_id
        )
        authored = to_authorship(
            self.frame,
            Authorship(
                custodian=header.custodian, author=written.author, encounter=document.encounter
            ),
        )
        self._custodian = authored[0]
        self._authored = authored
        self.resources = [self.frame.patient, *authored]

    def composition(self) -> Resource:
        """The Composition; all that it leads to is among the resources then."""
        document, frame = self.document, self.frame
        form = _FORMS.get(document.kind, _Form("", document.kind))
        told = frame.new("Composition", "")
        told["identifier"] = _identifier(document.header.id, document.number)
        told["status"] = "final"
        told["type"] = {"text": form.title}
        if form.loinc:
            told["type"] = {"coding": [{"system": LOINC, "code": form.loinc}], "text": form.title}
        told["category"] = [{"coding": [{"system": KIND, "code": document.kind}]}]
        told["subject"] = reference(frame.patient)
        if frame.encounter is not None:
            told["encounter"] = reference(frame.encounter)
        told["date"] = moment(document.header.time)
        told["author"] = [reference(frame.author or self._custodian)]
        told["title"] = form.title
        told["confidentiality"] = "N"
        if document.authenticator is not None:
            of = document.header.custodian
            parties = to_person(frame, document.authenticator, of, self._custodian, "authenticator")
            self.resources += parties
            told["attester"] = [{"mode": "legal", "party": reference(parties[-1])}]
        told["custodian"] = reference(self._custodian)
        if document.answers is not None:
            answered = _identifier(document.answers.id, document.answers.number)
            told["relatesTo"] = [{"code": "appends", "targetIdentifier": answered}]
        if self._paper is not None:
            tell_head(told, self._paper)
            tell_institution(self._custodian, self._paper)
            tell_licence(self._authored, self._paper)
        if sections := [*self._sections(form)]:
            told["section"] = sections
        return told

    def _sections(self, form: _Form) -> Iterator[Resource]:
        made = {one.form.name: one for one in to_sections(self.frame, self.document.content)}
        request = self._request(form)
        if request is not None:
            reason = next(one for one in FORMS if one.name == "reason")
            told = made.get("reason")
            text = told.text if told else of_words(form.title, "generated")
            made["reason"] = Section(reason, text, [request])
        for one in (made[form.name] for form in FORMS if form.name in made):
            self.resources += one.resources
            section: Resource = {
                "title": one.form.title,
                "code": {"coding": [{"system": one.form.system, "code": one.form.code}]},
                "text": one.text,
            }
            if one.resources:
                section["entry"] = [reference(each) for each in one.resources]
            yield section
        if self._paper is not None:
            tell_paper(self.frame, self._paper, self.resources)
            yield from self._bill(self._paper, form)
        if self._consent is not None:
            made_ = to_consent(self.frame, self._consent, self._custodian)
            self.resources += made_
            yield {
                "title": form.title,
                "code": {"coding": [{"system": LOINC, "code": form.loinc}]},
                "text": of_lines(consent_lines(self._consent)),
                "entry": [reference(one) for one in made_],
            }

    def _bill(self, paper: Paper, form: _Form) -> Iterator[Resource]:
        if bill := to_bill(self.frame, paper, self._custodian):
            self.resources += bill
            yield {
                "title": form.title,
                "code": {"coding": [{"system": f"{OURS}/CodeSystem/section", "code": "bill"}]},
                "text": of_lines(lines_of(bill[0])),
                "entry": [reference(one) for one in bill],
            }

    def _request(self, form: _Form) -> Resource | None:
        document, recipient = self.document, None
        if document.recipient is not None:
            recipient = to_organization(self.frame, document.recipient, "recipient")
            self.resources.append(recipient)
        return to_service_request(self.frame, document.content, form.title, recipient)


def _clinical(document: Written) -> ClinicalDocument:
    """What a paper tells of care, as a document that tells that alone; of a consent nothing."""
    if isinstance(document, ClinicalDocument):
        return document
    if isinstance(document, ConsentDocument):
        return ClinicalDocument(
            kind=kind_of(document.policy),
            header=document.header,
            patient=document.patient,
            author=document.author or Practitioner(id="", name=""),
            content=Content(),
        )
    return ClinicalDocument(
        kind=document.kind,
        header=document.header,
        patient=document.patient,
        author=document.author,
        content=content_of(document.paper),
        encounter=encounter_of(document.paper),
        number=document.paper.number,
    )


def _identifier(id_: str, number: str) -> Resource:
    """A document's id, and the number within it: as the XDS uniqueId has them."""
    system = f"{OID}{id_}" if is_oid(id_) else id_
    if number.strip():
        return {"system": system, "value": number}
    return {"system": URI, "value": system}
