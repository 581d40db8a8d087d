"""The codes of what the link sends: from data files, each replaceable in the configuration."""

import json
from collections.abc import Mapping
from dataclasses import fields
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any, Final

from naru.domain.clinical import Department
from naru.domain.codes import Code, LocalizedString
from naru.domain.document_submission import DocumentCodes
from naru.domain.privacy_policies import privacy_policies
from naru.formats.cda import DocumentForm
from naru.link.config import LinkConfig

HIRA_DIGITS: Final = 2
NOTHING: Final[Mapping[str, Code]] = MappingProxyType({})


def document_codes(
    config: LinkConfig, form: DocumentForm, department: Department | None
) -> DocumentCodes:
    """The codes of a clinical document, as its form names them."""
    return _codes(config, form, department or config.department)


def consent_codes(config: LinkConfig, form: DocumentForm) -> DocumentCodes:
    """The codes of a consent or its withdrawal (ITI TF-3 5.1.2.1)."""
    policies = privacy_policies()
    # A consent is recognised by its class and format; only another document's may be named so.
    fixed = {"class_code": policies.class_code, "format_code": policies.format_codes[0]}
    return _codes(config, form, config.department, {**fixed, "type_code": form.codes["type_code"]})


def _codes(
    config: LinkConfig,
    form: DocumentForm,
    department: Department | None,
    fixed: Mapping[str, Code] = NOTHING,
) -> DocumentCodes:
    data = _data()
    own = {
        "confidentiality": _code(data["confidentiality"]),
        "facility_type": _facility_type(data, config.facility_type),
        "practice_setting": _practice_setting(data, department),
    }
    named = {**own, **form.codes, **config.codes, **fixed}
    return DocumentCodes(**{each.name: named[each.name] for each in fields(DocumentCodes)})


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
