"""All extensions of ours: what documents say and neither R4 nor KR Core has a place for.

Their addresses stand under `.invalid` until somebody publishes better ones.
"""

from typing import Final

from naru.formats.fhir.krcore.own_extension import OwnExtension, Part
from naru.formats.fhir.resource import Resource

PRESCRIPTION: Final = OwnExtension(
    "prescription",
    "처방전",
    "Composition",
    (
        Part("issued", "발급일", "day"),
        Part("valid_days", "사용기간(일)", "number"),
        Part("coinsurance_sign", "본인부담 구분기호"),
        Part("note", "참고사항"),
    ),
)
DISPENSING: Final = OwnExtension(
    "dispensing",
    "처방전의 의약품 조제명세",
    "Composition",
    (
        Part("pharmacy", "조제기관의 명칭"),
        Part("pharmacist", "조제약사 성명"),
        Part("dispensed", "조제연월일", "day"),
        Part("days", "조제일수", "number"),
        Part("change", "변경·수정·확인·대체 내용"),
    ),
    repeats=True,
)
PRESCRIBED_ITEM: Final = OwnExtension(
    "prescribed-item",
    "처방 의약품의 구분",
    "MedicationRequest",
    (
        Part("code_kind", "코드구분", "code", "code_kind"),
        Part("coinsurance", "본인부담률 구분코드", "code", "coinsurance"),
        Part("injection", "주사제 처방 구분", "code", "injection"),
    ),
)
BILL_LINE: Final = OwnExtension(
    "bill-line",
    "진료비 세부산정내역의 한 줄",
    "ChargeItem",
    (
        Part("item", "항목", "code", "bill"),
        Part("times", "횟수", "number"),
        Part("days", "일수", "number"),
    ),
)
ITEMISED_BILL: Final = OwnExtension(
    "itemised-bill",
    "진료비 세부산정내역의 신청",
    "Invoice",
    (
        Part("patient_kind", "환자구분"),
        Part("applicant", "신청인"),
        Part("relation", "환자와의 관계"),
        Part("representative", "대표자"),
    ),
)
CERTIFICATE: Final = OwnExtension(
    "certificate",
    "제증명",
    "Composition",
    (
        Part("issued", "발급일", "day"),
        Part("kind", "제증명의 종류", "code", "certificate"),
        Part("since", "기간 시작일", "day"),
        Part("until", "기간 종료일", "day"),
        Part("visits", "통원 횟수", "number"),
        Part("purpose", "용도"),
        Part("remark", "비고"),
        Part("fee", "발급 비용", "won"),
    ),
)
CERTIFIED_DIAGNOSIS: Final = OwnExtension(
    "certified-diagnosis",
    "제증명의 병명",
    "Condition",
    (
        Part("diagnosed", "진단일", "day"),
        Part("certainty", "임상적 추정 또는 최종 진단", "code", "certainty"),
    ),
)
VISIT: Final = OwnExtension(
    "visit",
    "KR Core의 값 집합에 없는 보험유형",
    "Encounter",
    (Part("insurance", "보험유형", "code", "insurance"),),
)
CODE_AS_WRITTEN: Final = OwnExtension(
    "code-as-written",
    "FHIR가 달리 적는 코드를 문서가 적은 그대로",
    "Coding",
    (Part("code", "문서가 적은 코드"),),
)
CONSENT_WORDING: Final = OwnExtension(
    "consent-wording",
    "읽은 동의문",
    "Consent",
    (
        Part("version", "동의문 판"),
        Part("language", "동의문 언어"),
        Part("sha256", "동의문의 SHA-256"),
    ),
)
CONSENT_IDENTIFIED: Final = OwnExtension(
    "consent-identified",
    "본인 확인과 서명의 방법",
    "Consent",
    (
        Part("by", "본인 확인 방법", "code", "consent-identification"),
        Part("signed", "서명 방법", "code", "consent-signed"),
        Part("seen_by", "신분증을 확인한 직원"),
        Part("witness", "입회인"),
        Part("scan_sha256", "스캔한 서면의 SHA-256"),
    ),
)
CONSENT_EXCLUDED: Final = OwnExtension(
    "consent-excluded",
    "동의에서 제외한 것과 사유",
    "Consent.provision",
    (
        Part("side", "제외한 방향", "code", "consent-side"),
        Part("reason", "사유"),
    ),
)
CONSENT_AUTHORITY: Final = OwnExtension(
    "consent-authority",
    "대리권을 증명한 서면",
    "RelatedPerson",
    (
        Part("authority", "서면의 종류", "code", "consent-authority"),
        Part("authority_number", "서면의 번호"),
    ),
)

ALL: Final = (
    PRESCRIPTION,
    DISPENSING,
    PRESCRIBED_ITEM,
    BILL_LINE,
    ITEMISED_BILL,
    CERTIFICATE,
    CERTIFIED_DIAGNOSIS,
    VISIT,
    CODE_AS_WRITTEN,
    CONSENT_WORDING,
    CONSENT_IDENTIFIED,
    CONSENT_EXCLUDED,
    CONSENT_AUTHORITY,
)


def definitions() -> list[Resource]:
    """Their StructureDefinitions."""
    return [one.definition() for one in ALL]


def published() -> Resource:
    """The same in one Bundle, as `docs/conformance/paper-extensions.json` has them."""
    entries = [{"fullUrl": one["url"], "resource": one} for one in definitions()]
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}
