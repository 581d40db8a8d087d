"""What was found wrong with a document, sealed: the sentences may quote it."""

from functools import cache
from typing import Final

import msgspec

from naru.domain.findings import Finding
from naru.security.keys import Sealer, ring

_findings: Final = msgspec.json.Decoder(tuple[Finding, ...])


@cache
def _sealer() -> Sealer:
    return ring().sealer("repository/findings")


def seal(findings: tuple[Finding, ...], address: str) -> bytes:
    """The findings, bound to the object that holds the document."""
    return _sealer().seal(msgspec.json.encode(findings), bytes.fromhex(address))


def unseal(stored: bytes | memoryview, address: str) -> tuple[Finding, ...]:
    """The findings again."""
    return _findings.decode(_sealer().open(bytes(stored), bytes.fromhex(address)))
