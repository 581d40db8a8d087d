"""Consent papers as a desk writes them, with the metadata that fit."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from naru.domain.clinical import CareInstitution, DocumentHeader, Patient
from naru.domain.consent_document import ConsentDocument
from naru.domain.consent_paper import NEEDED
from naru.domain.identifiers import Identifier
from naru.domain.privacy_policies import Policy, privacy_policies
from naru.domain.xds import DocumentEntry
from naru.formats.cda import write_consent


def paper(
    document: str,
    patient: Identifier,
    policy: Policy,
    *,
    signed: datetime,
    from_date: date,
    **said: Any,
) -> bytes:
    """The CDA; of a consent the boxes are ticked that it needs, unless the paper says others."""
    if not policy.withdraws and "scan" not in said:
        said = {"boxes": NEEDED, **said}
    header = DocumentHeader(
        id=document,
        time=signed.replace(microsecond=0),
        patient_id=patient,
        custodian=CareInstitution(name="시험병원", oid="2.999.3", code="TEST-H1"),
    )
    person = Patient(mrn=patient.value, name="김나루", birth_date=date(1970, 1, 1))
    return write_consent(
        ConsentDocument(header=header, patient=person, policy=policy, from_date=from_date, **said)
    )


def described(entry: DocumentEntry, policy: Policy, from_date: date) -> DocumentEntry:
    """The entry as one of a consent document (BPPC, ITI TF-3 5.1) of that policy and day."""
    known = privacy_policies()
    return replace(
        entry,
        class_code=known.class_code,
        format_code=known.format_codes[0],
        event_codes=(known.codes[policy],),
        service_start_time=f"{from_date:%Y%m%d}",
        service_stop_time=None,
    )
