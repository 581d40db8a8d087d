"""The object store as this room finds it; which driver keeps the bytes is the node's choice."""

from typing import cast

from django.conf import settings

from naru.storage.objects import ObjectStore


def store() -> ObjectStore:
    """The store that the node's settings chose, opened at its first use in a process."""
    return cast("ObjectStore", settings.OBJECT_STORE)
