"""Identifiers as HL7 and IHE mean them: a value within the authority that gave it."""

import re
import uuid
from dataclasses import dataclass
from typing import Final

# The Technical Framework asks for integers and periods alone; published metadata holds first arcs
# above 2, which ISO never gave out.
_OID: Final = re.compile(r"(0|[1-9][0-9]*)(\.(0|[1-9][0-9]*))+")
_CX: Final = re.compile(r"([^\^&]+)\^\^\^[^\^&]*&([0-9.]+)&ISO")
_UUID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
MAX_OID: Final = 64
"""ITI TF-3 Table 4.2.3.1.7-2: an OID on the wire has at most 64 characters."""


@dataclass(frozen=True, slots=True, order=True)
class Identifier:
    """A person's or thing's id: `value` is unique within `authority`, an OID without prefix.

    On the XDS wire this is a CX (`value^^^&authority&ISO`), in HL7 v3 an II (`root`, `extension`).
    """

    value: str
    authority: str

    def __str__(self) -> str:
        return f"{self.value}^^^&{self.authority}&ISO"


def identifier_in_cx(text: str) -> Identifier | None:
    """The identifier that `value^^^&OID&ISO` means, as senders of claims write it; else None.

    Some name the authority before its OID too, which says nothing more.
    """
    found = _CX.fullmatch(text.strip())
    if found is None or not is_oid(found[2]):
        return None
    return Identifier(found[1], found[2])


def is_oid(text: str) -> bool:
    """Tell whether `text` is a dotted OID of at most 64 characters, without `urn:oid:`."""
    return len(text) <= MAX_OID and _OID.fullmatch(text) is not None


def is_uuid_urn(text: str) -> bool:
    """Tell whether `text` is `urn:uuid:` and a lower-case UUID, as an entryUUID must be."""
    # ITI TF-3 4.2.3.1.7: anything else not beginning with urn:uuid: is a symbolic id.
    return text.startswith("urn:uuid:") and _UUID.fullmatch(text[9:]) is not None


def new_uuid_urn() -> str:
    """A fresh random `urn:uuid:`."""
    return f"urn:uuid:{uuid.uuid4()}"


def new_oid() -> str:
    """A fresh OID under 2.25, minted from a random UUID; needs no registered root."""
    return f"2.25.{uuid.uuid4().int}"
