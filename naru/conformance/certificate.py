"""A signed statement of what a run came to, which anyone can check against the signer's key.

The statement is signed as the text that stands in the file (Ed25519, RFC 8032), so that nobody has
to agree on how JSON is written.
"""

import base64
import hashlib
import json
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from naru.conformance.library import Library
from naru.conformance.report import is_clean
from naru.conformance.run import Outcome, Verdict

FORMAT: Final = "naru-conformance-certificate-1"
MAX_SIZE: Final = 1024 * 1024
_PARTS: Final = {"format", "statement", "public_key", "signature"}


class CertificateRefused(Exception):
    """The certificate or the key is not what it should be; the sentence says which."""


def statement(
    subject: str, library: Library, transactions: Iterable[str] | None, outcomes: list[Outcome]
) -> str:
    """What is certified: whose software, which cases, what came of them, and when."""
    number = Counter(one.verdict for one in outcomes)
    left_out = [
        {"step": str(one.step.key), "reason": "; ".join(one.reasons)}
        for one in outcomes
        if one.verdict is Verdict.NOT_APPLICABLE
    ]
    said = {
        "subject": subject,
        "result": "pass" if outcomes and is_clean(outcomes) else "fail",
        "counts": {verdict.value: number[verdict] for verdict in Verdict},
        "transactions": None if transactions is None else sorted(transactions),
        "cases_sha256": digest(library),
        "not_applicable": left_out,
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
        "tool": f"naru {version('naru-hie')}",
    }
    return json.dumps(said, ensure_ascii=False)


def digest(library: Library) -> str:
    """The SHA-256 of every file of the case sets, by its path in the set."""
    whole = hashlib.sha256()
    for root in library.roots:
        for file in sorted(_own_files(root)):
            octets = hashlib.sha256(file.read_bytes()).hexdigest()
            whole.update(f"{file.relative_to(root).as_posix()}\0{octets}\n".encode())
    return whole.hexdigest()


def _own_files(root: Path) -> Iterator[Path]:
    """The files of the set itself; what a link points to is not part of it."""
    return (one for one in root.rglob("*") if one.is_file() and not one.is_symlink())


def write(file: Path, said: str, key: Ed25519PrivateKey) -> None:
    """The certificate as JSON."""
    public = key.public_key().public_bytes_raw()
    parts = {
        "format": FORMAT,
        "statement": said,
        "public_key": base64.b64encode(public).decode(),
        "signature": base64.b64encode(key.sign(said.encode())).decode(),
    }
    file.write_text(json.dumps(parts, ensure_ascii=False, indent=1) + "\n", "utf-8")


def signing_key(file: Path) -> Ed25519PrivateKey:
    """The key of a PEM file; a new one is put there when it does not exist yet."""
    if not file.exists():
        made = Ed25519PrivateKey.generate()
        pem = made.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as target:
            target.write(pem)
    try:
        key = serialization.load_pem_private_key(file.read_bytes(), None)
    except (ValueError, TypeError) as error:
        raise CertificateRefused(f"{file} holds no key: {type(error).__name__}") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise CertificateRefused(f"{file} holds no Ed25519 key")
    return key


def verify(file: Path) -> tuple[Mapping[str, object], str]:
    """The statement and the fingerprint of the key that signed it. Raises CertificateRefused."""
    try:
        if file.stat().st_size > MAX_SIZE:
            raise CertificateRefused("the file is too large for a certificate")
        parts = json.loads(file.read_bytes())
        if not isinstance(parts, dict) or set(parts) != _PARTS or parts["format"] != FORMAT:
            raise CertificateRefused("the file is no conformance certificate")
        public = base64.b64decode(parts["public_key"], validate=True)
        signature = base64.b64decode(parts["signature"], validate=True)
        said = str(parts["statement"])
        Ed25519PublicKey.from_public_bytes(public).verify(signature, said.encode())
        return json.loads(said), hashlib.sha256(public).hexdigest()
    except InvalidSignature:
        raise CertificateRefused(
            "the signature does not hold: the certificate was changed"
        ) from None
    except (ValueError, TypeError, RecursionError) as error:
        raise CertificateRefused(f"no conformance certificate: {type(error).__name__}") from None
