"""The codes of what the link sends: from data files, each replaceable in the configuration."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Final

from naru.domain.clinical import Department
from naru.domain.codes import Code, LocalizedString
from naru.domain.privacy_policies import privacy_policies
from naru.formats.cda.template import form
from naru.link.config import LinkConfig

HIRA_DIGITS: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentCodes:
    """The coded metadata of one document."""

    class_code: Code
    type_code: Code
    format_code: Code
    content_type_code: Code
    confidentiality: Code
    facility_type: Code
    practice_setting: Code


def referral_codes(config: LinkConfig, department: Department | None) -> DocumentCodes:
    """The codes of a referral."""
    return _codes(config, "referral", department or config.department)


def consent_codes(config: LinkConfig) -> DocumentCodes:
    """The codes of a consent or its withdrawal (ITI TF-3 5.1.2.1)."""
    return _codes(config, "consent", config.department)


def _codes(config: LinkConfig, name: str, department: Department | None) -> DocumentCodes:
    data, document, policies = _data(), form(name).codes, privacy_policies()
    consent = name == "consent"
    defaults = {
        "type_code": document["type_code"],
        "content_type_code": document["content_type_code"],
        "class_code": policies.class_code if consent else document["class_code"],
        "format_code": policies.format_codes[0] if consent else document["format_code"],
        "confidentiality": _code(data["confidentiality"]),
        "facility_type": _facility_type(data, config.facility_type),
        "practice_setting": _practice_setting(data, department),
    }
    # A consent is recognised by its class and format; only a referral's may be named otherwise.
    fixed = {"class_code", "format_code", "type_code"} if consent else set()
    replaced = {key: code for key, code in config.codes.items() if key not in fixed}
    return DocumentCodes(**{key: replaced.get(key, code) for key, code in defaults.items()})


def _facility_type(data: Mapping[str, Any], kind: str) -> Code:
    default = _code(data["facility_type"])
    return Code(kind, default.scheme) if kind else default


def _practice_setting(data: Mapping[str, Any], department: Department | None) -> Code:
    default = _code(data["practice_setting"])
    if department is None:
        return default
    # The exchange's four digits are HIRA's two and those of a branch of the department.
    display = (LocalizedString(department.name, "ko-KR"),)
    return Code(department.code[:HIRA_DIGITS], default.scheme, display)


def _code(entry: Mapping[str, str]) -> Code:
    return Code(entry["code"], entry["scheme"], (LocalizedString(entry["display"], "ko-KR"),))


@cache
def _data() -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads(
        resources.files("naru.link").joinpath("data/codes.json").read_text("utf-8")
    )
    return found
