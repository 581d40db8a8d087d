"""What can go wrong with stored bytes. No message holds a document's content or a key."""

import errno


class ObjectStoreError(Exception):
    """Nothing was stored, or what was asked for cannot be had."""


class StorageFull(ObjectStoreError):
    """There is no room: the caller may try again when there is. Nothing half is left."""


class StorageFailed(ObjectStoreError):
    """The medium failed, so that durability cannot be promised. Nothing was acknowledged."""


class ObjectMissing(ObjectStoreError):
    """There is no object under that address."""


class ObjectCorrupt(ObjectStoreError):
    """The stored bytes are not those that were written, or the key is another object's."""


class WriterClosed(ObjectStoreError):
    """A writer was used after it was closed, committed or aborted."""


# EFBIG is what a file-size limit answers: no more fits here either.
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


def named(error: OSError) -> StorageFull | StorageFailed:
    """The error of ours that says what the operating system's means for the caller."""
    reason = errno.errorcode.get(error.errno or 0, "unknown")
    if error.errno in _FULL:
        return StorageFull(f"There is no room to store an object ({reason}).")
    return StorageFailed(f"The object store failed ({reason}).")
