"""A document that was given to whoever asked, with as many of its octets as a page shows."""

from dataclasses import dataclass
from typing import Final

from naru.domain.findings import Finding
from naru.domain.xds import DocumentRequest
from naru.exchange.access import Access
from naru.exchange.documents import checks as document_checks
from naru.exchange.documents.retrieve import retrieve

SHOWN_ON_A_PAGE: Final = 16 * 1024 * 1024
"""Octets of a document that a page shows and hands out; what is larger an EMR fetches (ITI-43)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A document; `content` is all of it unless `size` is more than a page shows.

    `findings` are what was found wrong with it when it came.
    """

    asked: DocumentRequest
    mime_type: str
    size: int
    content: bytes
    findings: tuple[Finding, ...] = ()

    @property
    def whole(self) -> bool:
        """Whether all of it is here."""
        return len(self.content) == self.size


def open_document(access: Access, asked: DocumentRequest) -> Opened | None:
    """The document; None where it may not be read or is not there. The access is recorded."""
    for found in retrieve(access, [asked]).documents:
        content = bytearray()
        for chunk in found.chunks:
            content += chunk[: SHOWN_ON_A_PAGE - len(content)]
        return Opened(
            asked=asked,
            mime_type=found.mime_type,
            size=found.size,
            content=bytes(content),
            findings=document_checks.noted(found),
        )
    return None
