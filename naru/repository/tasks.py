"""Work beside the requests: what was received and never registered goes."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from naru.repository import objects, services
from naru.repository.models import Document
from naru.storage.objects import Swept

ORPHAN_AFTER: Final = timedelta(hours=24)
"""No request takes longer from its first byte to its answer."""

IsRegistered = Callable[[str, str], bool]
"""Whether the registry has an entry for (repositoryUniqueId, uniqueId)."""


def sweep(*, now: datetime, is_registered: IsRegistered) -> Swept:
    """Settle old pending documents, then remove the objects that no row knows.

    A pending document whose registration did go through, though nobody lived to confirm it, is
    held; any other is forgotten with its bytes.
    """
    limit = now - ORPHAN_AFTER
    pending = Document.objects.filter(state=Document.State.PENDING, received_at__lt=limit)
    for key in list(pending.values_list("id", flat=True)):
        _settle(key, now=now, is_registered=is_registered)
    return objects.store().sweep(older_than=limit, is_known=_is_known)


def _settle(key: int, *, now: datetime, is_registered: IsRegistered) -> None:
    with transaction.atomic():
        document = (
            Document.objects.select_for_update(of=("self",))
            .select_related("repository")
            .filter(id=key, state=Document.State.PENDING)
            .first()
        )
        if document is None:
            return
        repository = document.repository
        if is_registered(repository.oid, document.unique_id):
            services.hold(document, now=now)
        else:
            document.delete()


def _is_known(address: str) -> bool:
    return Document.objects.filter(address=address).exists()
