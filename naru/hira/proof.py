"""The claim proof: a signed sentence about a referral, without a person in it (RFC 7515, ES256).

Whoever holds it checks it by the node's certificate, which it carries and which the node shows at
`/.well-known/naru`; that it was not made later is on the ledger.
"""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Final
from uuid import UUID

import jwt
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from naru.ledger import queries as ledger
from naru.ledger import services as commitments
from naru.ledger.errors import UnknownCommitment
from naru.security.signing import signer

TYPE: Final = "naru-claim-proof+jws"
LARGEST: Final = 16 * 1024
"""Octets of a proof that is read."""

_ALGORITHM: Final = "ES256"


class ProofInvalid(ValueError):
    """It is no proof, was changed, or was signed by somebody else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What a proof says: which referral, of whom to whom, on which day, by which conditions."""

    proof: UUID
    referral: str
    kind: str
    sender: str
    document: str
    day: date
    conditions: str
    holds: tuple[str, ...]
    asked_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """A proof that is genuine; `on_ledger` where this node committed to exactly these octets."""

    statement: Statement
    on_ledger: bool
    position: int | None


def write(statement: Statement) -> bytes:
    """The signed octets; within the caller's transaction they are committed to the ledger."""
    current = signer()
    certificate = base64.b64encode(current.certificate).decode()
    headers = {"typ": TYPE, "x5c": [certificate]}
    text = jwt.api_jws.encode(
        json.dumps(_said(statement), sort_keys=True, ensure_ascii=False).encode(),
        current.key,
        algorithm=_ALGORITHM,
        headers=headers,
    )
    octets = text.encode("ascii")
    commitments.commit_document(statement.proof, sha256(octets).digest())
    return octets


def verify(octets: bytes) -> Verified:
    """What a proof says, if this node signed it. Raises ProofInvalid."""
    if len(octets) > LARGEST:
        raise ProofInvalid("too long")
    try:
        text = octets.decode("ascii").strip()
        headers = jwt.get_unverified_header(text)
        if headers.get("typ") != TYPE or not isinstance(headers.get("x5c"), list):
            raise ProofInvalid("no claim proof")
        certificate = base64.b64decode(headers["x5c"][0], validate=True)
        if certificate != signer().certificate:
            raise ProofInvalid("signed by somebody else")
        key = x509.load_der_x509_certificate(certificate).public_key()
        if not isinstance(key, ec.EllipticCurvePublicKey):
            raise ProofInvalid("signed by somebody else")
        payload = jwt.api_jws.decode(text, key, algorithms=[_ALGORITHM])
        statement = _read(json.loads(payload))
    except (jwt.PyJWTError, ValueError, LookupError, TypeError, RecursionError) as error:
        raise ProofInvalid("no proof of this node's") from error
    return _with_ledger(statement, text.encode("ascii"))


def _with_ledger(statement: Statement, octets: bytes) -> Verified:
    try:
        held = commitments.verify_document(statement.proof, sha256(octets).digest())
    except UnknownCommitment:
        held = False
    receipt = ledger.receipt(statement.proof) if held else None
    return Verified(
        statement=statement,
        on_ledger=held,
        position=receipt.position if receipt else None,
    )


def _said(statement: Statement) -> dict[str, object]:
    return {
        "proof": str(statement.proof),
        "referral": statement.referral,
        "kind": statement.kind,
        "sender": statement.sender,
        "document": statement.document,
        "day": f"{statement.day}",
        "conditions": statement.conditions,
        "holds": list(statement.holds),
        "asked_by": statement.asked_by,
    }


def _read(said: Mapping[str, object]) -> Statement:
    holds = said["holds"]
    if not isinstance(holds, list):
        raise ProofInvalid("no claim proof")
    return Statement(
        proof=UUID(str(said["proof"])),
        referral=str(said["referral"]),
        kind=str(said["kind"]),
        sender=str(said["sender"]),
        document=str(said["document"]),
        day=date.fromisoformat(str(said["day"])),
        conditions=str(said["conditions"]),
        holds=tuple(map(str, holds)),
        asked_by=str(said["asked_by"]),
    )
