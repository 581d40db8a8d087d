"""SMART Health Links: the link, the encrypted file and the manifest (HL7 SHL 1.0.0, STU 1)."""

import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import msgspec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

PREFIX: Final = "shlink:/"
LONGEST_URL: Final = 128
LONGEST_LABEL: Final = 80
LONGEST_LINK: Final = 4_096
"""Characters of a link that is read; a QR code holds no more."""

FHIR_JSON: Final = "application/fhir+json;fhirVersion=4.0.1"
JOSE: Final = "application/jose"
FLAGS: Final = frozenset({"L", "P", "LP", "U", "LU", ""})
"""Long-term, passcode, direct file: in the order of the alphabet; U never beside P."""

_KEY: Final = 32
_IV: Final = 12
_TAG: Final = 16


class NotALink(ValueError):
    """What was read is no SMART Health Link."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """What a link says. `key` is 32 octets in base64url; `exp` in seconds of the epoch."""

    url: str
    key: str
    exp: int | None = None
    flag: str = ""
    label: str = ""


class _Payload(msgspec.Struct, omit_defaults=True):
    url: str
    key: str
    exp: float | int | None = None
    flag: str = ""
    label: str = ""
    v: int = 1


class ManifestRequest(msgspec.Struct, rename="camel"):
    """What an app asks by: `recipient` is who it says it is for."""

    recipient: str
    passcode: str = ""
    embedded_length_max: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file of a manifest: the encrypted octets, or where they are."""

    content_type: str
    embedded: str = ""
    location: str = ""


def to_link(link: Link) -> str:
    """`shlink:/…`; raises NotALink where it would not be one."""
    _check(link)
    payload = _Payload(url=link.url, key=link.key, exp=link.exp, flag=link.flag, label=link.label)
    return PREFIX + _text(msgspec.json.encode(payload))


def from_link(text: str) -> Link:
    """The link of a text that ends with one, a viewer's address before it or not."""
    _before, found, coded = text.strip().rpartition(PREFIX)
    if not found or len(coded) > LONGEST_LINK:
        raise NotALink("it does not hold shlink:/")
    try:
        payload = msgspec.json.decode(_octets(coded), type=_Payload)
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise NotALink("its payload cannot be read") from error
    if payload.v != 1:
        raise NotALink("it is of another version")
    exp = None if payload.exp is None else int(payload.exp)
    link = Link(url=payload.url, key=payload.key, exp=exp, flag=payload.flag, label=payload.label)
    _check(link)
    return link


def read_request(body: bytes) -> ManifestRequest:
    """What an app posts. Raises NotALink."""
    try:
        found = msgspec.json.decode(body, type=ManifestRequest)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise NotALink("it is no request for a manifest") from error
    if not found.recipient.strip():
        raise NotALink("it does not say for whom")
    return found


def manifest(files: Sequence[File]) -> bytes:
    """The manifest: what is listed stays as it is."""
    told = [
        {"contentType": one.content_type}
        | ({"embedded": one.embedded} if one.embedded else {"location": one.location})
        for one in files
    ]
    return msgspec.json.encode({"status": "finalized", "files": told})


def encrypted(content: bytes, content_type: str, key: str) -> str:
    """A JWE in compact form, `dir` and `A256GCM` (RFC 7516 3.1, RFC 7518 4.5 and 5.3)."""
    header = _text(msgspec.json.encode({"alg": "dir", "enc": "A256GCM", "cty": content_type}))
    iv = os.urandom(_IV)
    sealed = AESGCM(_octets(key)).encrypt(iv, content, header.encode())
    return ".".join((header, "", _text(iv), _text(sealed[:-_TAG]), _text(sealed[-_TAG:])))


def _check(link: Link) -> None:
    if len(link.url) > LONGEST_URL or not link.url.startswith(("https://", "http://")):
        raise NotALink("its address is none")
    if len(link.label) > LONGEST_LABEL or link.flag not in FLAGS:
        raise NotALink("its label or flag is none")
    try:
        key = _octets(link.key)
    except ValueError as error:
        raise NotALink("its key is none") from error
    if len(key) != _KEY:
        raise NotALink("its key is none")


def _text(octets: bytes) -> str:
    return urlsafe_b64encode(octets).rstrip(b"=").decode()


def _octets(text: str) -> bytes:
    """Raises ValueError."""
    try:
        return urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except NotBase64 as error:
        raise ValueError("no base64url") from error
