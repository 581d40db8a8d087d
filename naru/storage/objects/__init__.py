"""The bytes of documents and images. `contract` says what every driver promises."""

from collections.abc import Callable, Mapping
from urllib.parse import SplitResult, urlsplit

from naru.storage.objects.contract import (
    KeyWrap,
    ObjectReader,
    ObjectStore,
    ObjectWriter,
    StoredObject,
    Swept,
)
from naru.storage.objects.folder import from_url as folder_from_url

__all__ = [
    "KeyWrap",
    "ObjectReader",
    "ObjectStore",
    "ObjectWriter",
    "StoredObject",
    "Swept",
    "UnknownStore",
    "open_store",
]

Driver = Callable[[SplitResult, KeyWrap], ObjectStore]

DRIVERS: Mapping[str, Driver] = {"file": folder_from_url}
"""Drivers by the scheme of their URL; a new one is added here and to the contract's tests."""


class UnknownStore(ValueError):
    """No driver serves a URL of that scheme."""


def open_store(url: str, keys: KeyWrap) -> ObjectStore:
    """The object store at a URL such as `file:///var/lib/naru/objects`, made if it is new."""
    parts = urlsplit(url)
    driver = DRIVERS.get(parts.scheme)
    if driver is None:
        known = ", ".join(sorted(DRIVERS))
        raise UnknownStore(f"No object store serves {parts.scheme!r}; there are: {known}.")
    return driver(parts, keys)
