"""What a consent or a withdrawal says that comes as CDA (BPPC, ITI TF-3 5.1)."""

from naru.domain.consent_paper import ConsentPaper, PaperUnreadable
from naru.formats.cda import CdaRefused, read_consent
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
        parts=document.parts,
        representative=document.representative,
    )
