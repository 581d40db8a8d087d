"""Consents and withdrawals of every policy; every person in them is made up."""

from dataclasses import replace
from datetime import date

from naru.domain.clinical import DocumentHeader, Patient, Practitioner
from naru.domain.consent_document import ConsentDocument, Scan
from naru.domain.consent_paper import (
    NEEDED,
    Authority,
    Identification,
    Identified,
    Part,
    Representative,
    Side,
    Signed,
    Wording,
)
from naru.domain.identifiers import Identifier
from naru.domain.privacy_policies import Policy
from tests.formats.fhir.krcore.example import HOSPITAL, TIME

PNG = b"\x89PNG\r\n\x1a\nTEST"
CONSENT = ConsentDocument(
    header=DocumentHeader(
        id="2.999.1.9", time=TIME, patient_id=Identifier("P-1", "2.999.1"), custodian=HOSPITAL
    ),
    patient=Patient(mrn="P-1", name="홍길동", birth_date=date(1970, 1, 1)),
    policy=Policy.CONSENT_PARTIAL,
    from_date=date(2025, 12, 2),
    until=date(2026, 12, 1),
    boxes=NEEDED,
    parts=(
        Part(institution="2.999.2", institution_name="시험종합병원", reason="이유"),
        Part(institution="2.999.3", side=Side.VIEWER),
        Part(
            institution="2.999.2",
            institution_name="시험종합병원",
            department="03",
            department_name="정신건강의학과",
            side=Side.SOURCE,
        ),
        Part(department="04", side=Side.SOURCE),
        Part(document="2.999.2.7^TEST-0"),
    ),
    representative=Representative(
        name="홍판서",
        relationship="부",
        telephone="010-0000-0000",
        authority=Authority.POWER_OF_ATTORNEY,
        authority_number="TEST-7",
    ),
    author=Practitioner(id="D-1", name="접수 담당"),
    signature=PNG,
    wording=Wording(version="2026-11", language="ko", sha256="00" * 32),
    identified=Identified(by=Identification.RESIDENT_CARD, signed=Signed.PAD, seen_by="접수 담당"),
)
DOCUMENTS = {
    "partial consent": CONSENT,
    "scanned consent": replace(
        CONSENT,
        policy=Policy.CONSENT_WHOLE,
        boxes=None,
        parts=(),
        signature=b"",
        author=None,
        scan=Scan(b"%PDF-1.4"),
    ),
    "whole withdrawal": replace(
        CONSENT, policy=Policy.WITHDRAWAL_WHOLE, boxes=None, parts=(), representative=None
    ),
    "partial withdrawal": replace(
        CONSENT, policy=Policy.WITHDRAWAL_PARTIAL, boxes=None, parts=(Part(document="2.999.2.7"),)
    ),
}
