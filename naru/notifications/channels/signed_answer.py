"""Whether an answer is the provider's, by its signature: RFC 9421, hmac-sha256.

Signed are the status, the path that was asked and the digest of what came (RFC 9530), so that no
report is another message's, and none is an old one.
"""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

SECONDS: Final = 300
"""By how much the two clocks may differ."""

_COVERED: Final = '("@status" "@path";req "content-digest")'
_INPUT: Final = re.compile(
    rf"(?P<label>[a-z][a-z0-9_-]{{0,31}})=(?P<params>{re.escape(_COVERED)}"
    r';created=(?P<created>[0-9]{1,12});alg="hmac-sha256")'
)


class Unsigned(ValueError):
    """The answer is not signed so, or not now, or not by whoever has the key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came; `headers` have names in lower case, `path` is the one that was asked."""

    status: int
    path: str
    headers: Mapping[str, str]
    content: bytes


def require_signed(answer: Answer, key: str, *, now: float) -> None:
    """Raise Unsigned unless the key signed this answer to this question a moment ago."""
    found = _INPUT.fullmatch(answer.headers.get("signature-input", ""))
    if found is None:
        raise Unsigned("the provider's answer is not signed")
    if abs(now - int(found["created"])) > SECONDS:
        raise Unsigned("the provider's answer was signed at another time")
    digest = base64.b64encode(hashlib.sha256(answer.content).digest()).decode("ascii")
    told = f"sha-256=:{digest}:"
    if answer.headers.get("content-digest") != told:
        raise Unsigned("the provider's answer is not what was signed")
    # RFC 9421 section 2.5.
    base = (
        f'"@status": {answer.status}\n"@path";req: {answer.path}\n"content-digest": {told}\n'
        f'"@signature-params": {found["params"]}'
    )
    mark = _mark(answer.headers.get("signature", ""), found["label"])
    if not hmac.compare_digest(hmac.digest(key.encode(), base.encode(), "sha256"), mark):
        raise Unsigned("the provider's answer is signed by somebody else")


def _mark(signature: str, label: str) -> bytes:
    # RFC 8941 section 3.3.5: octets stand between colons.
    text = signature.removeprefix(f"{label}=:").removesuffix(":")
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""
