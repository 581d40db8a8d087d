"""The paper of a citizen's consent, to keep or to take elsewhere: a BPPC document."""

from datetime import datetime
from typing import Final
from uuid import UUID

from naru.domain.caller import Caller
from naru.domain.clinical import CareInstitution, DocumentHeader, Patient
from naru.domain.korea import korean_day_of
from naru.domain.person import Demographics, Gender
from naru.exchange import consent_issue
from naru.exchange.access import Access
from naru.exchange.consent_issue import Issued
from naru.formats.cda import ConsentDocument, write_consent
from naru.portal.presenters import full_name

PAPER: Final = "own consent paper"
"""The transaction, as the audit names it."""

EXCHANGE: Final = "나루 진료정보교류"
"""Who keeps a paper that was said at no desk."""


def consent_paper(caller: Caller, patient: UUID, time: datetime) -> bytes | None:
    """The CDA of what stands now.

    None where nothing was said, or where no institution told of the person's name and birth, which
    a paper must bear.
    """
    issued = consent_issue.issue(Access(transaction=PAPER, caller=caller, time=time), patient)
    if issued is None or not full_name(issued.demographics) or not issued.demographics.birth_time:
        return None
    return write_consent(_document(issued))


def _document(issued: Issued) -> ConsentDocument:
    paper, desk = issued.paper, issued.desk
    keeper = CareInstitution(name=EXCHANGE, oid=paper.patient.authority)
    if desk is not None and desk.oid is not None:
        keeper = CareInstitution(name=desk.name, oid=desk.oid, code=desk.code or "")
    return ConsentDocument(
        header=DocumentHeader(
            id=paper.document,
            time=paper.signed.replace(microsecond=0),
            patient_id=paper.patient,
            custodian=keeper,
        ),
        patient=_patient(paper.patient.value, issued.demographics),
        policy=paper.policy,
        from_date=paper.from_date,
        until=paper.until,
        boxes=paper.boxes,
        parts=paper.parts,
        representative=paper.representative,
    )


def _patient(number: str, known: Demographics) -> Patient:
    return Patient(
        mrn=number,
        name=full_name(known),
        birth_date=korean_day_of(known.birth_time or ""),
        sex=known.gender or Gender.UNDIFFERENTIATED,
    )
