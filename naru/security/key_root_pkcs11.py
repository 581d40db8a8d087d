"""A root key in a security module, spoken to by PKCS#11: the key itself never leaves it.

    pkcs11:token=NAME;object=LABEL?module-path=/usr/lib/….so&pin-source=file:/etc/naru/pin

The URI is RFC 7512's. The key is an AES key of 256 bits that may encrypt and decrypt; its operator
makes it in the module. A session lasts for one call, so a module that is away is noticed at the
next one, and no login stays open in a process that answers requests.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any, Final
from urllib.parse import unquote

from naru.security.errors import KeyRefused, SealBroken
from naru.security.key_root import read_private

_NONCE_BYTES: Final = 12
_PATH: Final = ("token", "object")
_QUERY: Final = ("module-path", "pin-source")

_loaded_by: Final[dict[str, int]] = {}
_turn: Final = Lock()
"""One call at a time: a module is loaded once for a process, and anew after a fork."""


class Pkcs11Root:
    """Wraps by AES-GCM in the module (CKM_AES_GCM)."""

    def __init__(self, uri: str) -> None:
        path, _, query = uri.removeprefix("pkcs11:").partition("?")
        told = _attributes(path, ";") | _attributes(query, "&")
        missing = [name for name in (*_PATH, *_QUERY) if not told.get(name)]
        if missing:
            raise KeyRefused(f"The pkcs11: URI of the root key lacks {', '.join(missing)}.")
        self._token, self._object, self._module, pin = (told[name] for name in (*_PATH, *_QUERY))
        self._pin = Path(pin.removeprefix("file:"))

    def wrap(self, secret: bytes, aad: bytes) -> bytes:
        """The secret under the module's key."""
        from pkcs11 import GCMParams, Mechanism

        nonce = os.urandom(_NONCE_BYTES)
        with self._key() as key:
            sealed: bytes = key.encrypt(
                secret, mechanism=Mechanism.AES_GCM, mechanism_param=GCMParams(nonce, aad)
            )
        return nonce + sealed

    def unwrap(self, wrapped: bytes, aad: bytes) -> bytes:
        """The secret again."""
        from pkcs11 import GCMParams, Mechanism
        from pkcs11.exceptions import PKCS11Error

        nonce, sealed = wrapped[:_NONCE_BYTES], wrapped[_NONCE_BYTES:]
        with self._key() as key:
            try:
                secret: bytes = key.decrypt(
                    sealed, mechanism=Mechanism.AES_GCM, mechanism_param=GCMParams(nonce, aad)
                )
            except PKCS11Error:  # Modules name a tag that does not fit in many ways.
                raise SealBroken("The module's key is not the one of this ring.") from None
        return secret

    @contextmanager
    def _key(self) -> Iterator[Any]:
        """The key, in a session of its own. Raises KeyRefused where it cannot be had."""
        library = _library()
        pin = read_private(self._pin).decode().strip()
        with _turn:
            try:
                module = library.lib(self._module)
                if _loaded_by.setdefault(self._module, os.getpid()) != os.getpid():
                    module.reinitialize()
                    _loaded_by[self._module] = os.getpid()
                token = module.get_token(token_label=self._token)
                with token.open(user_pin=pin) as session:
                    yield session.get_key(label=self._object)
            except library.exceptions.PKCS11Error as error:
                _loaded_by[self._module] = 0  # A module that was away is loaded anew.
                raise KeyRefused(
                    f"the security module of the root key does not answer ({type(error).__name__});"
                    " nothing was changed"
                ) from error


def _library() -> Any:
    try:
        import pkcs11
    except ImportError as error:
        raise KeyRefused("A pkcs11: root needs the extra: pip install 'naru-hie[kms]'.") from error
    return pkcs11


def _attributes(text: str, between: str) -> dict[str, str]:
    pairs = (one.partition("=") for one in text.split(between))
    return {name: unquote(value) for name, _, value in pairs}
