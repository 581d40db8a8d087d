from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from lxml import etree

from naru.domain.clinical import (
    Allergy,
    AllergyKind,
    Appointment,
    CareInstitution,
    ClinicalDocument,
    Department,
    Diagnosis,
    DocumentHeader,
    Encounter,
    EncounterKind,
    Medication,
    Patient,
    Practitioner,
    Procedure,
    Referral,
    ReferralReason,
    TestKind,
    TestResult,
)
from naru.domain.identifiers import Identifier
from naru.domain.korea import KST
from naru.domain.person import Gender
from naru.formats.xml.schema import load_schema

DAY = date(2026, 11, 20)
MOMENT = datetime(2026, 11, 20, 10, 30, tzinfo=KST)


@pytest.fixture(scope="session")
def cda_schema(cases: Path) -> etree.XMLSchema:
    file = cases / "schemas/cda/normative/infrastructure/cda/CDA.xsd"
    if not file.is_file():
        pytest.skip("no CDA schema among the published cases")
    return load_schema(file)


@pytest.fixture(scope="session")
def maybe_schema(request: pytest.FixtureRequest) -> etree.XMLSchema | None:
    """The schema where the published cases are at hand: what is proved without it stays proved."""
    try:
        schema: etree.XMLSchema = request.getfixturevalue("cda_schema")
    except pytest.skip.Exception:
        return None
    return schema


@pytest.fixture
def header() -> DocumentHeader:
    return DocumentHeader(
        id="2.25.1234567890",
        time=datetime(2026, 11, 20, 2, 0, tzinfo=UTC).astimezone(KST),
        patient_id=Identifier("TEST-0001", "2.999.10.1.1"),
        custodian=CareInstitution(
            name="가람의원",
            oid="2.999.10.1",
            code="TEST-101",
            telephone="02-000-0001",
            address="서울특별시 시험구 가람로 1",
        ),
    )


@pytest.fixture
def referral_document(header: DocumentHeader) -> ClinicalDocument:
    return (
        Referral(
            number="TEST-1012026112000001",
            patient=Patient(
                mrn="TEST-0001",
                name="남궁하늘",
                birth_date=date(1980, 5, 5),
                sex=Gender.FEMALE,
                telephone="010-0000-0000",
                address="서울특별시 시험구 나루길 2",
            ),
            author=Practitioner(
                id="TEST-D1",
                name="한의사",
                department=Department(code="0100", name="내과"),
                telephone="02-000-0003",
            ),
            encounter=Encounter(date=DAY, kind=EncounterKind.AMBULATORY),
            diagnoses=(
                Diagnosis(date=DAY, code="I20.9", name="상세불명의 협심증"),
                Diagnosis(date=DAY, code="E11.9", name="2형 당뇨병 <합병증 없음> & 기타"),
            ),
            medications=(
                Medication(
                    time=MOMENT,
                    code="TEST-KD-1",
                    name="아스피린장용정 100mg",
                    dose="1정",
                    times="1회",
                    days="30일",
                    usage="아침 식후 30분",
                ),
                Medication(time=DAY, code="", name="부호 없는 약"),
            ),
            test_results=(
                TestResult(
                    time=MOMENT,
                    code="TEST-EDI-1",
                    item="심근표지자",
                    name="Troponin I",
                    result="0.02 ng/mL",
                    reference="< 0.04",
                ),
                TestResult(
                    time=DAY, kind=TestKind.IMAGING, name="흉부 X선", result="특이소견\n없음"
                ),
            ),
            procedures=(
                Procedure(
                    date=DAY,
                    code="36.06",
                    name="관상동맥 스텐트 삽입술",
                    postoperative_diagnosis="협심증",
                    anesthesia="국소",
                ),
            ),
            allergies=(
                Allergy(
                    date=DAY,
                    kind=AllergyKind.DRUG,
                    code="TEST-K1",
                    name="페니실린",
                    reaction="두드러기",
                ),
            ),
            opinion="가슴 통증이 지속됩니다.\n정밀 검사가 필요합니다.",
            reason="관상동맥 조영술을 의뢰드립니다.",
            reason_codes=ReferralReason(state="02", clinical="02"),
            appointments=(Appointment(time=MOMENT, content="순환기내과 외래"),),
        )
        .to(
            CareInstitution(
                name="나루대학교병원", oid="2.999.10.2", code="TEST-102", telephone="02-000-0002"
            )
        )
        .under(header)
    )
