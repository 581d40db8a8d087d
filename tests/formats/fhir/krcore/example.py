"""One document in which every section says something; every person in it is made up."""

from datetime import date, datetime
from decimal import Decimal

from naru.domain.clinical import (
    Allergy,
    AllergyKind,
    Answered,
    Appointment,
    CareInstitution,
    ClinicalDocument,
    Coding,
    Content,
    Department,
    Diagnosis,
    DocumentHeader,
    Drinking,
    Encounter,
    EncounterKind,
    Immunization,
    Infection,
    Interpretation,
    Medication,
    Patient,
    PatientState,
    Practitioner,
    Procedure,
    Reading,
    ReferralReason,
    Smoking,
    SmokingStatus,
    TestKind,
    TestResult,
    Transfer,
    VitalSigns,
)
from naru.domain.identifiers import Identifier
from naru.domain.korea import KST
from naru.domain.person import Gender

TIME = datetime(2025, 12, 2, 9, 30, tzinfo=KST)
DAY = date(2025, 12, 1)

HOSPITAL = CareInstitution(
    name="시험의원",
    oid="2.999.1",
    code="TEST-0001",
    telephone="02-000-0000",
    address="시험시 시험로 1",
)
OTHER = CareInstitution(
    name="시험종합병원",
    oid="2.999.2",
    code="TEST-0002",
    telephone="02-000-0001",
    address="시험시 2",
)

CONTENT = Content(
    vital_signs=(
        VitalSigns(
            time=TIME,
            height=Decimal("170.5"),
            weight=Decimal("65.0"),
            systolic=Decimal(120),
            diastolic=Decimal(80),
            temperature=Decimal("36.5"),
            heart_rate=Decimal(70),
            respiratory_rate=Decimal(16),
            oxygen_saturation=Decimal(98),
            consciousness="명료",
        ),
        VitalSigns(time=DAY, systolic=Decimal(130)),
    ),
    diagnoses=(
        Diagnosis(
            date=DAY,
            code="E119",
            name="합병증을 동반하지 않은 2형 당뇨병",
            translations=(Coding("KOSTOM", "TEST-H00000001", "제2형 당뇨병"),),
        ),
    ),
    medications=(
        Medication(
            time=TIME,
            code="8800000000001",
            name="시험정 500mg",
            dose="1정",
            times="2",
            days="30",
            usage="아침저녁 식후",
            translations=(Coding("ATC", "A10BA02", "metformin"),),
        ),
        Medication(time=DAY, code="000000001", name="시험크림", system="EDI", dose="적당량"),
    ),
    test_results=(
        TestResult(
            time=TIME,
            name="혈색소",
            result="13.50",
            unit="g/dL",
            code="D0002030",
            item="일반혈액검사",
            reference="12.0~16.0",
            interpretation=Interpretation.NORMAL,
        ),
        TestResult(time=TIME, name="혈액형", result="A형", item="일반혈액검사"),
        TestResult(time=DAY, name="HBsAg", result="음성", code="D7018020"),
        TestResult(time=TIME, name="위 조직검사", result="만성 위염", kind=TestKind.PATHOLOGY),
        TestResult(
            time=TIME, name="폐기능검사", result="정상", code="F6001", kind=TestKind.FUNCTION
        ),
        TestResult(
            time=TIME,
            name="흉부 X선",
            result="이상 없음",
            kind=TestKind.IMAGING,
            code="G2101006",
            accession="A-1",
            study="2.999.77.1",
        ),
    ),
    procedures=(
        Procedure(
            date=date(2020, 5, 5),
            name="충수절제술",
            code="4709",
            postoperative_diagnosis="급성 충수염",
            anesthesia="전신마취",
        ),
    ),
    allergies=(
        Allergy(
            date=date(2019, 1, 1),
            kind=AllergyKind.DRUG,
            name="페니실린",
            code="TEST-H00000002",
            reaction="두드러기",
        ),
        Allergy(date=DAY, kind=AllergyKind.ENVIRONMENT, name="집먼지진드기"),
    ),
    opinion="혈당 조절을 부탁드립니다.\n저혈당 주의.",
    reason="정밀 검사",
    referral_reason=ReferralReason(state="01", clinical="02"),
    appointments=(Appointment(time=TIME, content="내분비내과 외래"),),
    past_history="고혈압 없음 <확인>",
    smoking=(Smoking(date=DAY, status=SmokingStatus.FORMER),),
    drinking=(Drinking(date=DAY, description="월 1회"),),
    infections=(
        Infection(date=DAY, name="호흡기결핵", code="A150", category="제2급", reported=TIME),
    ),
    immunizations=(
        Immunization(date=DAY, name="결핵", vaccine="BCG", dose_number=1, lot="L-1"),
        Immunization(date=DAY, name="이름 없는 접종", code="TEST-H00000003"),
    ),
    discharge_medications=(Medication(time=DAY, code="8800000000002", name="시험캡슐"),),
    readings=(
        Reading(
            time=TIME,
            name="흉부 CT",
            findings="우상엽 결절",
            conclusion="추적 관찰",
            code="HA451",
            modality="CT",
            body_site="흉부",
            accession="A-2",
            study="2.999.77.2",
            radiologist="시험 판독의",
        ),
    ),
    transfer=Transfer(
        arrived=TIME,
        departed=TIME,
        means="구급차",
        vehicle="시험 00가 0000",
        attendant="시험 구급사",
        triage="3",
        before=PatientState(consciousness="혼미", systolic=Decimal(90)),
        after=PatientState(consciousness="명료", heart_rate=Decimal(88)),
    ),
)

DOCUMENT = ClinicalDocument(
    kind="referral",
    header=DocumentHeader(
        id="2.999.1.5",
        time=TIME,
        patient_id=Identifier("P-1", "2.999.1"),
        custodian=HOSPITAL,
    ),
    patient=Patient(
        mrn="P-1",
        name="홍길동",
        birth_date=date(1970, 1, 1),
        sex=Gender.MALE,
        telephone="010-0000-0000",
        address="시험시 시험로 3",
        affinity_id=Identifier("A-1", "2.999.9"),
    ),
    author=Practitioner(id="D-1", name="김의사", department=Department(code="01", name="내과")),
    authenticator=Practitioner(id="D-2", name="이의사"),
    recipient=OTHER,
    encounter=Encounter(
        date=DAY,
        kind=EncounterKind.INPATIENT,
        until=date(2025, 12, 2),
        department=Department(code="01", name="내과"),
    ),
    content=CONTENT,
    number="TEST-1",
    answers=Answered(id="2.999.2.7", number="TEST-0"),
)
