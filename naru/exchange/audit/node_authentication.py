"""ITI-19: peers that were refused while they showed, or did not show, who they are.

Strangers do not decide how much we write: see `strangers`.
"""

import re
from typing import Final

from django.utils import timezone

from naru.audit.errors import AuditUnavailable
from naru.exchange import identify
from naru.exchange.access import Access
from naru.exchange.audit.events import NODE_REFUSED
from naru.exchange.callers import strangers

_WORDS: Final = re.compile(r"[A-Z0-9_]{1,64}")


def refused(address: str, reason: str) -> None:
    """Record a TLS handshake that failed; `reason` is the library's own code for why."""
    access = Access(
        transaction=NODE_REFUSED, caller=identify.stranger(address=address), time=timezone.now()
    )
    access.refused(reason if _WORDS.fullmatch(reason) else "HANDSHAKE_FAILED")
    try:
        strangers.handshakes.close(access)
    except AuditUnavailable:
        strangers.handshakes.count(
            access.transaction
        )  # Nobody waits for an answer; it is told when it can be.
