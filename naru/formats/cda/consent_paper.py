"""What a consent or a withdrawal says that comes or goes as CDA (BPPC, ITI TF-3 5.1)."""

from naru.domain.clinical import CareInstitution, DocumentHeader, Patient
from naru.domain.consent_document import ConsentDocument
from naru.domain.consent_paper import ConsentPaper, PaperUnreadable
from naru.domain.consent_text import ConsentText
from naru.formats.cda import CdaRefused, read_consent, write_consent
from naru.formats.xml import XmlRefused


def read_paper(octets: bytes) -> ConsentPaper:
    """What the paper says itself; raises PaperUnreadable."""
    try:
        document = read_consent(octets)
    except (CdaRefused, XmlRefused) as refused:
        raise PaperUnreadable from refused
    return ConsentPaper(
        document=document.header.id,
        patient=document.header.patient_id,
        policy=document.policy,
        signed=document.header.time,
        from_date=document.from_date,
        until=document.until,
        boxes=document.boxes,
        scanned=document.scan is not None,
        parts=document.parts,
        representative=document.representative,
        wording=document.wording,
        identified=document.identified,
        signature=document.signature,
    )


def write_paper(
    paper: ConsentPaper, patient: Patient, keeper: CareInstitution, text: ConsentText | None
) -> bytes:
    """The CDA of a paper, kept by `keeper`; raises IncompleteDocument."""
    return write_consent(
        ConsentDocument(
            header=DocumentHeader(
                id=paper.document,
                time=paper.signed.replace(microsecond=0),
                patient_id=paper.patient,
                custodian=keeper,
            ),
            patient=patient,
            policy=paper.policy,
            from_date=paper.from_date,
            until=paper.until,
            boxes=paper.boxes,
            parts=paper.parts,
            representative=paper.representative,
            signature=paper.signature,
            wording=paper.wording,
            identified=paper.identified,
            text=text,
        )
    )
