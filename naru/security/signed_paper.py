"""A consent paper as the node hands it out: written, and signed with the node's own key."""

from datetime import datetime

from naru.domain.clinical import CareInstitution, Patient
from naru.domain.consent_paper import ConsentPaper, SignedPaper
from naru.domain.consent_text import ConsentText
from naru.formats.cda.consent_paper import write_paper
from naru.formats.xmldsig import sign_detached
from naru.security.signing import signer


def write_signed(
    paper: ConsentPaper,
    patient: Patient,
    keeper: CareInstitution,
    text: ConsentText | None,
    time: datetime,
) -> SignedPaper:
    """The paper and its detached signature, made at `time`; raises IncompleteDocument."""
    content, by = write_paper(paper, patient, keeper, text), signer()
    signature = sign_detached(
        content,
        document=paper.document,
        key=by.key,
        certificate=by.certificate,
        time=time,
    )
    return SignedPaper(content=content, signature=signature)
