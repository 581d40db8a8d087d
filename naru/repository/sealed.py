"""What is kept beside a document, sealed: what was found wrong with it, and what it says."""

from functools import cache
from typing import Final

import msgspec

from naru.domain.clinical import Content
from naru.domain.clinical.compact import from_plain, to_plain
from naru.domain.findings import Finding
from naru.security.keys import Sealer, ring

_findings: Final = msgspec.json.Decoder(tuple[Finding, ...])
_plain: Final = msgspec.msgpack.Decoder()


@cache
def _sealer(purpose: str) -> Sealer:
    return ring().sealer(purpose)


def seal(findings: tuple[Finding, ...], address: str) -> bytes:
    """The findings, bound to the object that holds the document."""
    return _sealer("repository/findings").seal(
        msgspec.json.encode(findings), bytes.fromhex(address)
    )


def unseal(stored: bytes | memoryview, address: str) -> tuple[Finding, ...]:
    """The findings again."""
    opened = _sealer("repository/findings").open(bytes(stored), bytes.fromhex(address))
    return _findings.decode(opened)


def seal_said(content: Content, address: str) -> bytes:
    """What the document says, bound to the object that holds it."""
    octets = msgspec.msgpack.encode(to_plain(content))
    return _sealer("repository/said").seal(octets, bytes.fromhex(address))


def unseal_said(stored: bytes | memoryview, address: str) -> Content:
    """What it says again."""
    opened = _sealer("repository/said").open(bytes(stored), bytes.fromhex(address))
    return from_plain(_plain.decode(opened))
