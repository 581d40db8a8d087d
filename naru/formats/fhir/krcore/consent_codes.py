"""Codes of consents in FHIR: R4's own, and those of ours where no standard one was found."""

from collections.abc import Mapping
from typing import Final

from naru.domain.consent_paper import Authority, Box, Identification, Side, Signed
from naru.domain.privacy_policies import Policy
from naru.formats.fhir.krcore.profiles import OURS
from naru.formats.fhir.resource import Resource

_V3: Final = "http://terminology.hl7.org/CodeSystem/v3-"

SCOPE: Final = {
    "coding": [
        {
            "system": "http://terminology.hl7.org/CodeSystem/consentscope",
            "code": "patient-privacy",
            "display": "Privacy Consent",
        }
    ]
}
SIGNATURE: Final = {
    "system": "urn:iso-astm:E1762-95:2013",
    "code": "1.2.840.10065.1.12.1.7",
    "display": "Consent Signature",
}
RECIPIENT: Final = {
    "coding": [
        {"system": f"{_V3}ParticipationType", "code": "IRCP", "display": "information recipient"}
    ]
}
DIRECTIONS: Final[Mapping[Policy, Resource]] = {
    policy: {"system": f"{_V3}ActCode", "code": code, "display": display}
    for policy, code, display in (
        (Policy.CONSENT_WHOLE, "OPTIN", "opt-in"),
        (Policy.CONSENT_PARTIAL, "OPTIN", "opt-in"),
        (Policy.WITHDRAWAL_WHOLE, "OPTOUT", "opt-out"),
    )
}
"""What holds where no provision says otherwise. A withdrawal of parts alone says nothing of it."""

BOXES: Final = f"{OURS}/CodeSystem/consent-box"
BOX_NAMES: Final[Mapping[str, str]] = {
    Box.PERSONAL: "개인정보의 수집·이용과 제공",
    Box.IDENTIFYING: "고유식별정보의 처리",
    Box.SENSITIVE: "민감정보의 제공",
    Box.EVALUATION: "교류의 평가와 분석을 위한 이용",
}
TABLES: Final[Mapping[str, Mapping[str, str]]] = {
    "consent-side": {
        Side.BOTH: "교류에서 제외",
        Side.SOURCE: "작성한 기록을 교류에서 제외",
        Side.VIEWER: "열람에서 제외",
    },
    "consent-identification": {
        Identification.SESSION: "로그인",
        Identification.PASSKEY: "패스키",
        Identification.VERIFIED: "본인확인기관의 확인",
        Identification.RESIDENT_CARD: "주민등록증",
        Identification.DRIVING_LICENCE: "운전면허증",
        Identification.PASSPORT: "여권",
        Identification.FOREIGNER_CARD: "외국인등록증",
        Identification.MOBILE_CARD: "모바일 신분증",
        Identification.FAMILY_RECORD: "가족관계증명서",
    },
    "consent-signed": {
        Signed.SCREEN: "화면에서 확인",
        Signed.PAD: "서명 패드",
        Signed.SCAN: "서명한 서면의 스캔",
        Signed.WITNESS: "입회인 앞에서 적은 이름",
    },
    "consent-authority": {
        Authority.POWER_OF_ATTORNEY: "위임장",
        Authority.GUARDIANSHIP_REGISTER: "후견등기사항증명서",
    },
}
"""The displays of the codes of our extensions, by the last part of their system."""
