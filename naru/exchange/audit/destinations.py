"""Where our audit messages go: what becomes of those for a repository that gets no more."""

from naru.audit import forwarding
from naru.audit.records import AuditedObject
from naru.exchange.access import Access, changing


def forget(access: Access, destination: str) -> int:
    """Take away what waits for a destination; say how many records it was."""
    with changing(access):
        access.objects.append(AuditedObject("audit destination", destination))
        return forwarding.forget(destination)
