"""Objects in a local folder.

    objects/a/b/ab…    an object under its address, in 256 folders on two levels
    objects/drafts/…   ciphertext of what is still being written

The folders are all made at the start, so that no writing ever waits for one to become durable.
The draft is synced, renamed to its address, and the folder of the address synced, in this order.
"""

import hashlib
import os
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from string import hexdigits
from urllib.parse import SplitResult
from urllib.request import url2pathname

from naru.storage.objects.contract import KeyWrap, Swept
from naru.storage.objects.errors import ObjectCorrupt, ObjectMissing, named
from naru.storage.objects.folder_reader import FolderReader
from naru.storage.objects.folder_writer import FolderWriter, sync_folder

DRAFTS = "drafts"
LEAVES = tuple(f"{first}/{second}" for first in hexdigits[:16] for second in hexdigits[:16])
_ADDRESS = re.compile(r"[0-9a-f]{64}")
_READ_BYTES = 1 << 20


class FolderStore:
    """Objects in a local folder; see `contract.ObjectStore` for what is promised."""

    def __init__(self, root: Path, keys: KeyWrap) -> None:
        self._root = root
        self._keys = keys
        if not (root / DRAFTS).is_dir():
            _lay_out(root)

    def open_writer(self) -> FolderWriter:
        """A sink for a new object."""
        return FolderWriter(drafts=self._root / DRAFTS, place=self._place, keys=self._keys)

    def open_reader(self, address: str, sealed_key: bytes) -> FolderReader:
        """The object's plaintext, chunk by chunk, the first one authenticated already."""
        path = self._place(address)
        return FolderReader(path, self._keys.unwrap(sealed_key, bytes.fromhex(address)))

    def read_all(self, address: str, sealed_key: bytes) -> bytes:
        """The whole plaintext."""
        return b"".join(self.open_reader(address, sealed_key))

    def verify(self, address: str) -> None:
        """Hash the ciphertext and compare."""
        digest = hashlib.sha256()
        try:
            with self._place(address).open("rb", buffering=0) as file:
                while block := file.read(_READ_BYTES):
                    digest.update(block)
        except FileNotFoundError:
            raise ObjectMissing(f"There is no object {address}.") from None
        except OSError as error:
            raise named(error) from error
        if digest.hexdigest() != address:
            raise ObjectCorrupt(f"Object {address} is not what was stored.")

    def delete(self, address: str) -> None:
        """Remove the file and sync its folder."""
        path = self._place(address)
        try:
            path.unlink()
            sync_folder(path.parent)
        except FileNotFoundError:
            return
        except OSError as error:
            raise named(error) from error

    def sweep(self, *, older_than: datetime, is_known: Callable[[str], bool]) -> Swept:
        """Remove old orphans and drafts."""
        instant = older_than.timestamp()
        drafts = sum(_remove(path) for path in _older(self._root / DRAFTS, instant))
        orphans = 0
        for folder in (self._root / path for path in LEAVES):
            for path in _older(folder, instant):
                if _ADDRESS.fullmatch(path.name) and not is_known(path.name):
                    orphans += _remove(path)
        return Swept(orphans=orphans, drafts=drafts)

    def _place(self, address: str) -> Path:
        # An address that is not one could name a file outside of the folder.
        if not _ADDRESS.fullmatch(address):
            raise ObjectMissing("That is not an object's address.")
        return self._root / address[0] / address[1] / address


def from_url(url: SplitResult, keys: KeyWrap) -> FolderStore:
    """The store in the folder that a `file:` URL names."""
    return FolderStore(Path(url2pathname(url.path)), keys)


def _lay_out(root: Path) -> None:
    """Make every folder durably; `drafts` comes last and says that all are there."""
    try:
        for leaf in LEAVES:
            (root / leaf).mkdir(mode=0o700, parents=True, exist_ok=True)
        for first in hexdigits[:16]:
            sync_folder(root / first)
        sync_folder(root)
        (root / DRAFTS).mkdir(mode=0o700, exist_ok=True)
        sync_folder(root)
        sync_folder(root.parent)
    except OSError as error:
        raise named(error) from error


def _older(folder: Path, instant: float) -> Iterator[Path]:
    with os.scandir(folder) as entries:
        for entry in entries:
            # Another process may commit a draft while we look.
            with suppress(FileNotFoundError):
                if entry.stat(follow_symlinks=False).st_mtime < instant:
                    yield Path(entry.path)


def _remove(path: Path) -> bool:
    try:
        path.unlink()
    except FileNotFoundError:
        return False
    return True
