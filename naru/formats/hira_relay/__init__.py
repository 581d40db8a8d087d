"""What is said to HIRA's relay and what it answers, as JSON whose names are data (unofficial)."""

import json
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from importlib import resources
from typing import Any, Final

from naru.domain.referrals import Kind
from naru.domain.relay_submission import Submission

LARGEST: Final = 64 * 1024
"""Octets of a message that is read."""


class InvalidMessage(ValueError):
    """What was read is no message of this format; the sentence repeats nothing of it."""


def to_json(submission: Submission) -> bytes:
    """The submission's octets."""
    said = {
        "number": submission.number,
        "kind": _format()["kinds"][submission.kind.value],
        "sender": submission.sender,
        "receiver": submission.receiver,
        "department": submission.department,
        "sent": submission.sent.isoformat(),
        "patient_name": submission.patient_name,
        "patient_birth": submission.patient_birth,
        "document": submission.document,
        "asked_by": submission.asked_by,
        "insurance": submission.insurance,
    }
    names = _format()["fields"]
    return json.dumps({names[one]: value for one, value in said.items()}).encode()


def from_json(octets: bytes) -> Submission:
    """The submission of such octets. Raises InvalidMessage."""
    read = _object(octets)
    names = _format()["fields"]
    try:
        said = {one: read[name] for one, name in names.items()}
        kinds = {word: code for code, word in _format()["kinds"].items()}
        if not all(isinstance(one, str) for one in said.values()):
            raise InvalidMessage("a field is no text")
        kind, sent = Kind(kinds[said.pop("kind")]), datetime.fromisoformat(said.pop("sent"))
    except (KeyError, ValueError) as error:
        raise InvalidMessage("a field is missing or is not of its kind") from error
    return Submission(kind=kind, sent=sent, **said)


def receipt_to_json(number: str) -> bytes:
    """What the relay answers to what it took."""
    return json.dumps({_format()["receipt"]: number}).encode()


def receipt_from_json(octets: bytes) -> str:
    """The relay's own number. Raises InvalidMessage."""
    number = _object(octets).get(_format()["receipt"])
    if not isinstance(number, str) or not number.isprintable() or not 0 < len(number) <= 64:  # noqa: PLR2004  # As long as it is kept.
        raise InvalidMessage("the answer names no number")
    return number


def refusal_from_json(octets: bytes) -> str:
    """Why the relay does not take it; empty where it does not say so. Raises InvalidMessage."""
    reason = _object(octets).get(_format()["refusal"], "")
    return reason[:64] if isinstance(reason, str) and reason.isprintable() else ""


def _object(octets: bytes) -> dict[str, Any]:
    if len(octets) > LARGEST:
        raise InvalidMessage("the message is too long")
    try:
        read = json.loads(octets)
    except (ValueError, RecursionError) as error:
        raise InvalidMessage("the message is no JSON") from error
    if not isinstance(read, dict):
        raise InvalidMessage("the message is no object")
    return read


@cache
def _format() -> Mapping[str, Any]:
    file = resources.files("naru.formats.hira_relay") / "data" / "format.json"
    read: Mapping[str, Any] = json.loads(file.read_text("utf-8"))
    return read
