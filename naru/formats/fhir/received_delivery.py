"""What a patient submitted to an agency, as a Task of that agency (FHIR R4 Task).

The Task asks its owner to fetch each document once (`code` fulfill, `restriction.repetitions` 1).
Of whom it is says nothing: that stands in the documents. A document that waits has an address in
its Attachment; one that was fetched has none any more. What proves each document is a contained
VerificationResult.
"""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from naru.formats.fhir.mhd.element import filled
from naru.formats.fhir.mhd.identifiers import to_unique_id
from naru.formats.fhir.moments import instant
from naru.formats.fhir.parameters import Definition, ParameterType, Search
from naru.formats.fhir.resource import Resource

PARAMETERS: Final = (Definition("status", ParameterType.TOKEN),)

_URI: Final = "urn:ietf:rfc:3986"
_TASK_CODE: Final = "http://hl7.org/fhir/CodeSystem/task-code"
_TYPES: Final = "http://hl7.org/fhir/resource-types"
_SHA_256: Final = "urn:oid:2.16.840.1.101.3.4.2.1"
_SUBSETTED: Final = {
    "system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue",
    "code": "SUBSETTED",
}


class Status(StrEnum):
    """http://hl7.org/fhir/task-status, as far as a delivery has it."""

    REQUESTED = "requested"
    IN_PROGRESS = "in-progress"
    COMPLETED = "completed"
    CANCELLED = "cancelled"  # The patient took it back.
    FAILED = "failed"  # Its time ran out.


class Verified(StrEnum):
    """http://hl7.org/fhir/CodeSystem/status: what was found of a document."""

    VALIDATED = "validated"  # As registered, and as the ledger bears it.
    IN_PROCESS = "in-process"  # As registered; the ledger has not taken it yet.
    ATTESTED = "attested"  # As registered, which was on no ledger.
    FAILED = "val-fail"


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """A document; `entry` where it may be fetched, `sha1` and `sha256` in hexadecimal.

    `operation` and `position` are the ledger's, where it has it.
    """

    unique_id: str
    entry: UUID | None
    mime_type: str
    title: str
    source: str
    made: str
    size: int
    sha1: str
    verified: Verified
    sha256: str = ""
    operation: UUID | None = None
    position: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedDelivery:
    """A delivery; `documents` is None where only the delivery itself was asked for."""

    id: UUID
    number: str
    status: Status
    purpose: str
    at: datetime
    until: datetime
    owner: str
    documents: Sequence[Received] | None = None


def to_task(one: ReceivedDelivery, *, base: str, checked: datetime) -> Resource:
    """The Task; `checked` is when the documents were compared."""
    documents = () if one.documents is None else one.documents
    return {
        "resourceType": "Task",
        "id": str(one.id),
        **filled(
            meta=None if one.documents is not None else {"tag": [_SUBSETTED]},
            contained=[_verification(n, each, checked) for n, each in enumerate(documents, 1)],
            identifier=[{"value": one.number}],
            status=one.status.value,
            intent="order",
            code={"coding": [{"system": _TASK_CODE, "code": "fulfill"}]},
            authoredOn=instant(one.at),
            owner={"display": one.owner},
            reasonCode={"text": one.purpose},
            restriction={"repetitions": 1, "period": {"end": instant(one.until)}},
            input=[part for n, each in enumerate(documents, 1) for part in _inputs(n, each, base)],
        ),
    }


def statuses(search: Search) -> frozenset[Status] | None:
    """Those that are asked for; None for all. What no delivery can have fits none."""
    asked = search.one("status")
    if asked is None:
        return None
    known = {one.value: one for one in Status}
    return frozenset(known[value] for value in asked.values if value in known)


def _inputs(number: int, one: Received, base: str) -> tuple[dict[str, Any], dict[str, Any]]:
    attachment = filled(
        contentType=one.mime_type,
        url=f"{base}/Binary/{one.entry}" if one.entry else None,
        size=one.size,
        hash=base64.b64encode(bytes.fromhex(one.sha1)).decode("ascii"),
        title=one.title,
        creation=one.made,
    )
    return (
        {"type": _type("Binary", one.source), "valueAttachment": attachment},
        {
            "type": _type("VerificationResult"),
            "valueReference": {"reference": f"#verification-{number}"},
        },
    )


def _type(kind: str, text: str = "") -> dict[str, Any]:
    return filled(coding=[{"system": _TYPES, "code": kind}], text=text)


def _verification(number: int, one: Received, checked: datetime) -> Resource:
    digest = [{"coding": [{"system": _SHA_256, "code": one.sha256}]}] if one.sha256 else []
    place = "" if one.position is None else str(one.position)
    coding = [{"system": _URI, "code": f"urn:uuid:{one.operation}"}] if one.operation else []
    ledger = [filled(coding=coding, text=place)] if coding else []
    return {
        "resourceType": "VerificationResult",
        "id": f"verification-{number}",
        "target": [{"identifier": to_unique_id(one.unique_id)}],
        "status": one.verified.value,
        "statusDate": instant(checked),
        **filled(validationProcess=[*digest, *ledger]),
    }
