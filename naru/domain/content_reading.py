"""How documents and single records become content; this is the port, the node names the readers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from naru.domain.clinical import Authorship, Content
from naru.domain.consent_document import ConsentDocument
from naru.domain.papers import Paper


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """All that a document tells: its content, and who says so; None where that cannot be read.

    `paper` where it is one of the papers that a patient carries, `consent` where it is a consent or
    a withdrawal, which tells nothing of care.
    """

    content: Content
    authorship: Authorship | None = None
    paper: Paper | None = None
    consent: ConsentDocument | None = None


ReadContent = Callable[[bytes], Content | None]
"""What the bytes say; None where they cannot be read. It raises nothing for what others wrote."""

Open = Callable[[bytes], Opened | None]
"""All that they tell; else as above."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Readers:
    """Who reads: documents by their MIME type, single records by theirs."""

    documents: Mapping[str, Open] = field(default_factory=dict)
    record: ReadContent = lambda _octets: None
    record_types: tuple[str, ...] = ()
    version: Callable[[], int] = lambda: 1
    """A number that is another wherever another reader could read something else; never 0."""

    def of(self, mime_type: str) -> ReadContent | None:
        """The reader of a document's content, if there is one."""
        open_ = self.opening(mime_type)
        return None if open_ is None else _content_by(open_)

    def opening(self, mime_type: str) -> Open | None:
        """The reader of all that a document tells, if there is one."""
        return self.documents.get(mime_type.partition(";")[0].strip().lower())


def _content_by(open_: Open) -> ReadContent:
    def read(octets: bytes) -> Content | None:
        opened = open_(octets)
        return None if opened is None else opened.content

    return read
