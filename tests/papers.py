"""One whole example of each paper; all people and numbers are made up."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from naru.domain.clinical import (
    CareInstitution,
    Department,
    Diagnosis,
    DocumentHeader,
    Patient,
    Practitioner,
)
from naru.domain.identifiers import Identifier
from naru.domain.korea import KST
from naru.domain.papers import (
    BillLine,
    Cell,
    Certificate,
    CertifiedDiagnosis,
    ColumnSum,
    DiagnosisList,
    Disease,
    Dispensing,
    ItemisedBill,
    PaperDocument,
    PrescribedItem,
    Prescription,
    Receipt,
    Shares,
    Visit,
    prescription_number,
)
from naru.domain.person import Gender

DAY = date(2026, 11, 20)
PRESCRIBED = date(2026, 11, 23)
"""A day of the newest version of the prescription's form."""


def visit() -> Visit:
    return Visit(
        date=DAY,
        department=Department(code="0100", name="내과"),
        doctor="한의사",
        insurance="4",
    )


def prescription() -> Prescription:
    return Prescription(
        number=prescription_number(PRESCRIBED, 1),
        issued=PRESCRIBED,
        visit=replace(visit(), date=PRESCRIBED),
        items=(
            PrescribedItem(
                code="TEST-KD-1",
                name="아스피린장용정 100mg",
                dose=Decimal("0.5"),
                times=3,
                days=7,
                unit="정",
                code_kind="3",
                coinsurance="A",
                usage="식후 30분",
                injection="outside",
                irreplaceable="임상적 사유",
            ),
        ),
        license_kind="1",
        license_number="TEST-1",
        valid_days=3,
        diseases=(Disease(code="I209", name="상세불명의 협심증"),),
        note="부작용이 있으면 오십시오.",
        fax="02-000-0002",
        dispensings=(
            Dispensing(
                pharmacy="다온약국",
                pharmacist="한약사",
                dispensed=PRESCRIBED + timedelta(days=1),
                days=7,
                change="대체조제: 같은 성분의 다른 제품, 환자에게 알림",
            ),
        ),
    )


def receipt() -> Receipt:
    """25,360 won: of 10,152 that the patient bears, 52 are rounded off to the payer."""
    return Receipt(
        number="TEST-R-1",
        visit=visit(),
        paid_on=DAY,
        cells=(
            Cell(row="consultation", column="covered_patient", won=5_112),
            Cell(row="consultation", column="covered_payer", won=11_928),
            Cell(row="laboratory", column="covered_patient", won=1_380),
            Cell(row="laboratory", column="covered_payer", won=3_220),
            Cell(row="laboratory", column="full_patient", won=660),
            Cell(row="selective", column="under_100_patient", won=1_000),
            Cell(row="selective", column="under_100_payer", won=60),
            Cell(row="certificates", column="uncovered", won=2_000),
        ),
        sums=(
            ColumnSum(column="covered_patient", won=6_492),
            ColumnSum(column="covered_payer", won=15_148),
            ColumnSum(column="full_patient", won=660),
            ColumnSum(column="under_100_patient", won=1_000),
            ColumnSum(column="under_100_payer", won=60),
            ColumnSum(column="uncovered", won=2_000),
        ),
        total=25_360,
        payer_share=15_260,
        patient_share=10_100,
        uncovered=2_000,
        ceiling_excess=100,
        paid_before=1_000,
        due=9_000,
        paid_card=5_000,
        paid_cash_receipt=3_000,
        paid_cash=1_000,
        paid=9_000,
    )


def bill() -> ItemisedBill:
    return ItemisedBill(
        number="TEST-B-1",
        visit=visit(),
        lines=(
            BillLine(
                item="consultation",
                date=DAY,
                code="TEST-AA157",
                name="초진진찰료",
                price=17_040,
                total=17_040,
                covered_patient=5_112,
                covered_payer=11_928,
            ),
            BillLine(
                item="laboratory",
                date=DAY,
                code="TEST-D0002030",
                name="일반혈액검사",
                price=2_630,
                times=Decimal(2),
                total=5_260,
                covered_patient=1_380,
                covered_payer=3_220,
                full_patient=660,
            ),
            BillLine(
                item="selective",
                date=DAY,
                code="TEST-S1",
                name="선별급여 검사",
                price=1_060,
                total=1_060,
                covered_patient=1_000,
                covered_payer=60,
            ),
            BillLine(
                item="certificates",
                date=DAY,
                code="PDZ160000",
                name="제증명서 사본",
                price=1_000,
                days=2,
                total=2_000,
                uncovered=2_000,
            ),
        ),
        sums=Shares(
            total=25_360,
            covered_patient=7_492,
            covered_payer=15_208,
            full_patient=660,
            uncovered=2_000,
        ),
        adjustment=52,
        totals=Shares(
            total=25_360,
            covered_patient=7_440,
            covered_payer=15_260,
            full_patient=660,
            uncovered=2_000,
        ),
        applicant="남궁하늘",
        relation="본인",
        representative="한대표",
    )


def diagnosis_list() -> DiagnosisList:
    return DiagnosisList(
        number="TEST-L-1",
        visit=visit(),
        diagnoses=(Diagnosis(date=DAY, code="I209", name="상세불명의 협심증"),),
    )


def certificate() -> Certificate:
    return Certificate(
        kind="PDZ010000",
        number="TEST-C-1",
        issued=DAY,
        license_kind="1",
        license_number="TEST-1",
        diagnoses=(
            CertifiedDiagnosis(
                code="I209",
                name="상세불명의 협심증",
                onset=date(2026, 11, 1),
                diagnosed=DAY,
                certainty="final",
            ),
        ),
        opinion="안정이 필요합니다.\n2주 뒤에 다시 봅니다.",
        purpose="회사 제출",
        fee=20_000,
    )


def documents(header: DocumentHeader) -> tuple[PaperDocument, ...]:
    """Each paper as a document of a header; the prescription on a day of its newest form."""
    patient = Patient(
        mrn=header.patient_id.value,
        name="남궁하늘",
        birth_date=date(1980, 5, 5),
        sex=Gender.FEMALE,
        telephone="010-0000-0000",
        address="서울특별시 시험구 나루길 2",
    )
    author = Practitioner(id="TEST-D1", name="한의사")
    papers = (prescription(), receipt(), bill(), diagnosis_list(), certificate())
    return tuple(
        PaperDocument(
            header=replace(header, time=_TIMES.get(type(paper), header.time)),
            patient=patient,
            author=author,
            paper=paper,
        )
        for paper in papers
    )


_TIMES = {Prescription: datetime(2026, 11, 23, 11, 0, tzinfo=KST)}


def header() -> DocumentHeader:
    """The header of a made-up document."""
    return DocumentHeader(
        id="2.25.1234567890",
        time=datetime(2026, 11, 20, 11, 0, tzinfo=KST),
        patient_id=Identifier("TEST-0001", "2.999.10.1.1"),
        custodian=CareInstitution(
            name="가람의원", oid="2.999.10.1", code="TEST-101", telephone="02-000-0001"
        ),
    )
