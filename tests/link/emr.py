"""What the tests' EMR knows: two institutions, a patient, a referral."""

from datetime import UTC, date, datetime

from naru.domain.korea import korean_day
from naru.link import (
    CareInstitution,
    Department,
    Diagnosis,
    Encounter,
    Gender,
    Medication,
    Patient,
    Practitioner,
    Referral,
)

TODAY = korean_day(datetime.now(UTC))
CLINIC = CareInstitution(
    name="가람의원", oid="2.999.10.1", code="TEST-101", telephone="02-000-0001"
)
HOSPITAL = CareInstitution(
    name="나루대학교병원", oid="2.999.10.2", code="TEST-102", telephone="02-000-0002"
)
REPOSITORY = "2.999.10.2.9"
AFFINITY = "2.999.10.100"
PATIENT = Patient(mrn="TEST-0001", name="김하늘", birth_date=date(1980, 5, 5), sex=Gender.FEMALE)


def referral(
    patient: Patient = PATIENT, reason: str = "관상동맥 조영술을 의뢰드립니다."
) -> Referral:
    return Referral(
        patient=patient,
        author=Practitioner(
            id="TEST-D1", name="한의사", department=Department(code="0100", name="내과")
        ),
        encounter=Encounter(date=TODAY),
        diagnoses=(Diagnosis(date=TODAY, code="I20.9", name="상세불명의 협심증"),),
        medications=(Medication(time=TODAY, code="TEST-KD-1", name="아스피린장용정 100mg"),),
        opinion="가슴 통증이 지속됩니다.",
        reason=reason,
    )


def configuration(url: str, institution: CareInstitution, *, sandbox: bool = False) -> str:
    files = '\ncertificate = "link.pem"\nkey = "link.key"\nauthority = "ca.pem"'
    return f"""
[node]
url = "{url}"
timeout = 10
{"sandbox = true" if sandbox else files}

[institution]
name = "{institution.name}"
oid = "{institution.oid}"
code = "{institution.code}"
telephone = "{institution.telephone}"
facility_type = "31"

[exchange]
repository_oid = "{REPOSITORY}"
affinity_domain = "{AFFINITY}"
patient_id_authority = "{institution.oid}.1"
"""
