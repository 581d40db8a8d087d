"""How documents and single records become content; this is the port, the node names the readers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from naru.domain.clinical import Content

ReadContent = Callable[[bytes], Content | None]
"""What the bytes say; None where they cannot be read. It raises nothing for what others wrote."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Readers:
    """Who reads: documents by their MIME type, single records by theirs."""

    documents: Mapping[str, ReadContent] = field(default_factory=dict)
    record: ReadContent = lambda _octets: None
    record_types: tuple[str, ...] = ()
    version: Callable[[], int] = lambda: 1
    """A number that is another wherever another reader could read something else; never 0."""

    def of(self, mime_type: str) -> ReadContent | None:
        """The reader of a document, if there is one."""
        return self.documents.get(mime_type.partition(";")[0].strip().lower())
