"""Work beside the requests: what was received and never registered goes, what came is read.

What a document says is kept beside it, sealed, so that a page of all of them opens none (ADR 29).
The document stays what counts: what is kept goes with it, and is read anew by other readers.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from naru.domain.clinical import Content
from naru.domain.content_reading import Readers
from naru.repository import objects, services
from naru.repository.models import Document, Said
from naru.repository.sealed import seal_said
from naru.security.errors import SealBroken
from naru.storage.objects import Swept
from naru.storage.objects.errors import ObjectStoreError

ORPHAN_AFTER: Final = timedelta(hours=24)
"""No request takes longer from its first byte to its answer."""

LARGEST_READ: Final = 4 * 1024 * 1024
"""Octets of a document that is read beforehand; a larger one is read when it is asked for."""

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


def read(readers: Readers, *, most: int) -> int:
    """Read so many held documents that these readers have not read, the oldest readings first.

    Tells how many. One whose bytes cannot be had is told of when somebody asks for it.
    """
    version, waiting = readers.version(), list[Document]()
    held = Document.objects.filter(state=Document.State.HELD, size__lte=LARGEST_READ)
    for others in (held.filter(read_by__lt=version), held.filter(read_by__gt=version)):
        waiting += others.order_by("read_by")[: most - len(waiting)]
    told = {one.id: _what_it_says(one, readers) for one in waiting}
    with transaction.atomic():
        still = Document.objects.select_for_update().filter(id__in=told)
        kept = set(still.values_list("id", flat=True))
        Said.objects.filter(document_id__in=kept).delete()
        Said.objects.bulk_create(
            Said(document=one, sealed=seal_said(said, one.address))
            for one in waiting
            if one.id in kept and (said := told[one.id]) is not None
        )
        Document.objects.filter(id__in=kept).update(read_by=version)
    return len(waiting)


def _what_it_says(document: Document, readers: Readers) -> Content | None:
    reader = readers.of(document.mime_type)
    if reader is None:
        return None
    try:
        return reader(objects.store().read_all(document.address, document.sealed_key))
    except (ObjectStoreError, SealBroken):
        return None


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
