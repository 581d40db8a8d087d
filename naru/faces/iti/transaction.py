"""What every ITI transaction of a SOAP door is made of."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from lxml.etree import _Element

from naru.domain.registry_errors import RegistryFailure
from naru.exchange.access import Access
from naru.formats.mime import Attachment, Part
from naru.storage.objects import ObjectWriter

LONGEST_QUERY: Final = 64 * 1024
"""Characters of a question that are recorded; no question of a person's is a tenth of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request, understood as far as SOAP goes, and the access record that it will leave.

    `size` is that of its XML.
    """

    body: _Element
    action: str
    access: Access
    parts: Mapping[str, Part[ObjectWriter]] = field(default_factory=dict)
    size: int = 0

    def asks(self, query: str | None = None) -> None:
        """Record the question as we write it; of one not understood its size alone.

        What a sender pads a message with would else fill the disk.
        """
        if query is None:
            query = f"({self.size} bytes)"
        elif len(query) > LONGEST_QUERY:
            query = f"{query[:LONGEST_QUERY]} ({len(query)} characters)"
        self.access.query = query


@dataclass(frozen=True, slots=True)
class Response:
    """The element that stands in the answer's body, and the octets that it points to."""

    body: str
    attachments: tuple[Attachment, ...] = ()
    action: str | None = None
    """The action of this answer where a transaction has several."""


def _not_refusing(failure: RegistryFailure) -> Response:
    raise failure


@dataclass(frozen=True, slots=True, kw_only=True)
class Transaction:
    """An ITI transaction: its actions, what answers it, and how it says a RegistryFailure.

    `takes_documents` says that attached parts are kept; every other door reads and forgets them.
    """

    name: str
    actions: tuple[str, ...]
    response_action: str
    handle: Callable[[Request], Response]
    refuse: Callable[[RegistryFailure], Response] = _not_refusing
    takes_documents: bool = False
