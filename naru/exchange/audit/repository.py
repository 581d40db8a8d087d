"""The audit record repository: what others send is kept, and looking at it leaves its own record.

That a message arrives is not audited again (ITI TF-2 Table 3.20.4.1.1.1-1, Audit-Log-Used).
"""

from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

from naru.audit import received_rows
from naru.audit import services as audit
from naru.audit.received import Kind, ReceivedMessage
from naru.audit.services import Finding
from naru.exchange.access import Access, reading

__all__ = ["Kind", "ReceivedMessage", "listing", "receive", "verify"]


def receive(writer: UUID, messages: Sequence[ReceivedMessage]) -> None:
    """Keep messages as they came, durable on return; `writer` is the receiving process."""
    received_rows.keep_received(writer, messages)


def listing(
    access: Access, *, limit: int, about: str = "", event: str = ""
) -> tuple[tuple[int, ReceivedMessage], ...]:
    """The newest messages, newest first; with `about` those that name this object."""
    with reading(access):
        return received_rows.received(limit=limit, about=about, event=event)


def verify(access: Access, heads: Path) -> tuple[Finding, ...]:
    """Each place where our own records, or what others sent, are not as they were kept.

    `heads` is the file of heads that were kept beside the database.
    """
    with reading(access):
        found = audit.verify_chain() + audit.verify_received() + audit.verify_anchored(heads)
        return tuple(dict.fromkeys(found))
