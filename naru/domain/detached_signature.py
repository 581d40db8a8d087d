"""A detached signature of documents (IHE DSG, ITI TF-3 5.5.3), as its reader hands it down."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from naru.domain.codes import Code

DETACHED: Final = Code("urn:ihe:iti:dsg:detached:2014", "1.3.6.1.4.1.19376.1.2.3")
"""The formatCode of a signature that is a document of its own (5.5.6.1.1)."""


class SignatureRule(StrEnum):
    """What becomes of a document whose signature does not stand."""

    REFUSE = "refuse"
    FLAG = "flag"  # It is registered with a warning; no act rests on the signature.


@dataclass(frozen=True, slots=True, kw_only=True)
class DetachedSignature:
    """A signature that is whole: made by the key of `certificates[0]` over all that is here.

    `digests` are the SHA-256 of what was signed, by the URI of its uniqueId. `certificates` are
    DER, the signer's first; whether they are believed is not said. `purpose` is an OID, or "".
    """

    digests: Mapping[str, bytes]
    certificates: tuple[bytes, ...]
    time: datetime
    purpose: str = ""


class SignatureBroken(ValueError):
    """The octets are no signature that holds; the sentence quotes nothing of them."""


ReadSignature = Callable[[bytes], DetachedSignature]
"""Reads a signature, or raises SignatureBroken; handed down by the door, which knows the wire."""


def no_signature(_octets: bytes) -> DetachedSignature:
    """For a door that takes no documents."""
    raise SignatureBroken("Signatures are not read here.")


def uri_of(unique_id: str) -> str:
    """The URI by which a signature names a document (5.5.3)."""
    return unique_id if unique_id.startswith("urn:") else f"urn:oid:{unique_id}"
