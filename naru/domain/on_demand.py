"""Documents that are assembled when they are asked for (ITI TF-1 10.4.13).

This is the port: whoever can assemble a kind of document is one function, and the node's settings
say which function is asked for which entry.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from naru.domain.xds import DocumentEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class OnDemand:
    """What a document is assembled from.

    `sources` are the approved documents of the entry's own source and patient, in the order of
    registration, as far as whoever asks may read them.
    """

    entry: DocumentEntry
    unique_id: str
    """An OID, the uniqueId of the document that is assembled."""
    time: datetime
    sources: tuple[DocumentEntry, ...]


Assemble = Callable[[OnDemand], bytes]
"""The document, of the entry's MIME type and format.

It says nothing that is not in `entry` and `sources`: who may not read one of them will not be shown
the document, and where they are the same as last time the document of last time is given again.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suppliers:
    """Who assembles: by formatCode (code, coding scheme), or else by MIME type."""

    by_format: Mapping[tuple[str, str], Assemble] = field(default_factory=dict)
    by_mime_type: Mapping[str, Assemble] = field(default_factory=dict)

    def of(self, entry: DocumentEntry) -> Assemble | None:
        """The function for an entry, if there is one."""
        code = entry.format_code
        found = self.by_format.get((code.code, code.scheme)) if code else None
        bare = entry.mime_type.partition(";")[0].strip().lower()
        return found or self.by_mime_type.get(bare)
