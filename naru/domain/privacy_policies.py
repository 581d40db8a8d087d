"""The policies that a consent document acknowledges (BPPC, ITI TF-3 5.1), from a data file.

Who sends a consent and who recognises one read the same file.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources

from naru.domain.codes import Code, LocalizedString
from naru.domain.detached_signature import DETACHED
from naru.domain.xds import DocumentEntry


class Policy(StrEnum):
    """What the patient says to the exchange of their records."""

    CONSENT_WHOLE = "consent-whole"
    CONSENT_PARTIAL = "consent-partial"
    WITHDRAWAL_WHOLE = "withdrawal-whole"
    WITHDRAWAL_PARTIAL = "withdrawal-partial"

    @property
    def withdraws(self) -> bool:
        """Whether the policy takes a consent back."""
        return self in {Policy.WITHDRAWAL_WHOLE, Policy.WITHDRAWAL_PARTIAL}


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivacyPolicies:
    """The codes of the affinity domain: one for each policy, and those of a consent document."""

    status: str
    version: str
    system: str
    codes: Mapping[Policy, Code]
    class_code: Code
    format_codes: tuple[Code, ...]
    """The plain form first, then that with a scanned paper."""

    def is_consent_document(self, entry: DocumentEntry) -> bool:
        """Tell whether the entry is of a consent or a withdrawal, by its formatCode."""
        found = entry.format_code
        return found is not None and any(found.same_as(code) for code in self.format_codes)

    def is_consent_format(self, code: str, kind: str) -> bool:
        """The same by formatCode and typeCode as they are indexed, `code^^scheme`.

        Also of a signature of one (IHE DSG), which tells of it: its type is that of consents.
        """
        if code == indexed(DETACHED):
            return kind == indexed(self.class_code)
        return any(code == indexed(one) for one in self.format_codes)

    def acknowledged(self, entry: DocumentEntry) -> tuple[Policy, ...]:
        """The policies that a consent document's eventCodeList names; unknown codes are left out.

        ITI TF-3 5.1.2.1.1.1: one event code for each acknowledged policy.
        """
        return tuple(
            policy
            for event in entry.event_codes
            for policy, code in self.codes.items()
            if event.same_as(code)
        )


def indexed(code: Code) -> str:
    """A code as it is indexed."""
    return f"{code.code}^^{code.scheme}"


@cache
def privacy_policies() -> PrivacyPolicies:
    """The policies of the data file."""
    text = resources.files("naru.domain").joinpath("data/privacy_policies.json").read_text("utf-8")
    data = json.loads(text)
    return PrivacyPolicies(
        status=data["status"],
        version=data["version"],
        system=data["system"],
        codes={
            Policy(name): _code({**entry, "scheme": data["system"]})
            for name, entry in data["policies"].items()
        },
        class_code=_code(data["class_code"]),
        format_codes=tuple(map(_code, data["format_codes"])),
    )


def _code(entry: Mapping[str, str]) -> Code:
    return Code(entry["code"], entry["scheme"], (LocalizedString(entry["display"], "ko-KR"),))
