"""One full example of each object; people, places and numbers are made up."""

from naru.domain.codes import Code, LocalizedString
from naru.domain.identifiers import Identifier
from naru.domain.xds import (
    Association,
    AssociationType,
    Author,
    AvailabilityStatus,
    DocumentEntry,
    Slot,
    Submission,
    SubmissionSet,
    SubmissionSetStatus,
)

PATIENT = Identifier("TEST-0001", "2.999.1")
AUTHOR = Author(
    person="TEST-D1^김^나루^^^^^^&2.999.2&ISO",
    institutions=("나루병원^^^^^&2.999.3&ISO^^^^TEST-H1",),
    roles=("주치의",),
    specialties=("내과",),
    telecommunications=("^^Internet^doctor@hospital.example",),
)


def code(value: str, scheme: str, name: str) -> Code:
    return Code(value, scheme, (LocalizedString(name, "ko-KR"),))


ENTRY = DocumentEntry(
    entry_uuid="urn:uuid:0b5aea1a-874d-4603-a4bc-96a0a7b38446",
    unique_id="2.999.4.1",
    patient_id=PATIENT,
    mime_type="text/xml",
    availability_status=AvailabilityStatus.APPROVED,
    authors=(AUTHOR,),
    class_code=code("referral", "NARU-CLASS", "의뢰"),
    comments=(LocalizedString("덧붙임", "ko-KR"),),
    confidentiality_codes=(code("N", "2.16.840.1.113883.5.25", "일반"),),
    creation_time="20260301090000",
    event_codes=(code("A", "2.999.5", "가"), code("B", "2.999.5", "나")),
    format_code=code("F", "NARU-FORMAT", "형식"),
    hash="da39a3ee5e6b4b0d3255bfef95601890afd80709",
    healthcare_facility_type_code=code("11", "2.999.6", "종합병원"),
    home_community_id="urn:oid:2.999.7",
    language_code="ko-KR",
    legal_authenticator="TEST-D1^김^나루^^^^^^&2.999.2&ISO",
    logical_id="urn:uuid:0b5aea1a-874d-4603-a4bc-96a0a7b38446",
    practice_setting_code=code("01", "2.999.8", "내과"),
    reference_ids=("TEST-O1^^^&2.999.9&ISO^urn:ihe:iti:xds:2013:order",),
    repository_unique_id="2.999.10",
    service_start_time="202603010800",
    service_stop_time="202603010900",
    size=0,
    source_patient_id=Identifier("TEST-7", "2.999.11"),
    source_patient_info=("PID-5|이^강^^^", "PID-7|19800101", "PID-8|F"),
    title=(LocalizedString("진료의뢰서", "ko-KR", "UTF-8"),),
    type_code=code("57133-1", "2.16.840.1.113883.6.1", "진료의뢰서"),
    uri="referral.xml",
    extra=(Slot("urn:example:ward", ("5",)),),
)
SUBMISSION_SET = SubmissionSet(
    entry_uuid="SubmissionSet01",
    unique_id="2.999.4.2",
    patient_id=PATIENT,
    source_id="2.999.12",
    submission_time="20260301090100",
    content_type_code=code("referral", "NARU-CONTENT-TYPE", "의뢰"),
    authors=(AUTHOR,),
    intended_recipients=("나루의원^^^^^&2.999.3&ISO^^^^TEST-H2|^박^바다",),
)
SUBMISSION = Submission(
    submission_set=SUBMISSION_SET,
    entries=(ENTRY,),
    associations=(
        Association(
            entry_uuid="Association01",
            type=AssociationType.HAS_MEMBER,
            source="SubmissionSet01",
            target=ENTRY.entry_uuid,
            submission_set_status=SubmissionSetStatus.ORIGINAL,
        ),
    ),
)
