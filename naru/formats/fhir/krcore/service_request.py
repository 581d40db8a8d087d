"""ServiceRequest beside what asks another institution to go on: the recipient, coded reasons."""

from collections.abc import Iterator
from typing import Final

from naru.domain.clinical import Content, ReferralReason, ReturnReason
from naru.formats.fhir.krcore.frame import Frame, reference
from naru.formats.fhir.krcore.profiles import OURS
from naru.formats.fhir.krcore.reading import each, word
from naru.formats.fhir.resource import Resource

# KR Core has no code systems of these reasons; the parts of each are the form's.
_REFERRAL: Final = f"{OURS}/CodeSystem/referral-reason"
_RETURN: Final = f"{OURS}/CodeSystem/return-reason"
_REFERRAL_PARTS: Final = ("state", "clinical", "other")
_RETURN_PARTS: Final = ("kind", "clinical", "other")


def to_service_request(
    frame: Frame, content: Content, title: str, recipient: Resource | None
) -> Resource | None:
    """The request; None where nobody is asked and no coded reason was given."""
    reasons = [*_coded(content)]
    known = content.referral_reason is not None or content.return_reason is not None
    if recipient is None and not known:
        return None
    told = frame.new("ServiceRequest", "")
    told["status"] = "active"
    told["intent"] = "order"
    told["code"] = {"text": title}
    told["subject"] = reference(frame.patient)
    if frame.encounter is not None:
        told["encounter"] = reference(frame.encounter)
    if frame.author is not None:
        told["requester"] = reference(frame.author)
    if recipient is not None:
        told["performer"] = [reference(recipient)]
    if reasons:
        told["reasonCode"] = reasons
    return told


def _coded(content: Content) -> Iterator[Resource]:
    for system, parts, reason in (
        (_REFERRAL, _REFERRAL_PARTS, content.referral_reason),
        (_RETURN, _RETURN_PARTS, content.return_reason),
    ):
        for part in parts if reason is not None else ():
            code = getattr(reason, part)
            if code.strip():
                yield {"coding": [{"system": f"{system}-{part}", "code": code}]}


def from_service_request(
    resource: Resource,
) -> tuple[ReferralReason | None, ReturnReason | None]:
    """The coded reasons."""
    codes = {
        word(one, "system"): word(one, "code") for one in each(resource, "reasonCode", "coding")
    }
    sent = {part: codes.get(f"{_REFERRAL}-{part}", "") for part in _REFERRAL_PARTS}
    returned = {part: codes.get(f"{_RETURN}-{part}", "") for part in _RETURN_PARTS}
    return (
        ReferralReason(**sent) if any(sent.values()) else None,
        ReturnReason(**returned) if any(returned.values()) else None,
    )
