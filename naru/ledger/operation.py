"""What the ledger keeps of an act: a kind, a verb and commitments, nothing of a person.

`record` is a random id that only the commitment's own row ties to a document or consent act, and
`mac` is keyed by a random key kept in that row: with the row's key destroyed, an operation says
nothing and is tied to nobody, and every proof that holds it stays valid.
"""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

import msgspec

FORMAT: Final = "naru-operation/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One operation; `id` makes it unique, so that an engine appends it once."""

    id: UUID
    contract: str
    act: str
    record: UUID
    mac: bytes


def encode(operation: Operation) -> bytes:
    """The one encoding of `operation`: equal operations have equal bytes on every machine.

    Hashes, signatures and replicas compare bytes, so there must be no second way to write the same
    operation: RFC 8785 (canonical JSON) narrowed to an object of ASCII strings, keys sorted, in
    which floats, escapes and duplicate keys cannot occur.
    """
    assert operation.contract.isascii()
    assert operation.act.isascii()
    fields = {
        "act": operation.act,
        "contract": operation.contract,
        "format": FORMAT,
        "id": str(operation.id),
        "mac": operation.mac.hex(),
        "record": str(operation.record),
    }
    return msgspec.json.encode(fields, order="sorted")


def decode(content: bytes) -> Operation:
    """The operation again; refuses (ValueError) every other way of writing it."""
    fields = msgspec.json.decode(content, type=dict[str, str])
    try:
        operation = Operation(
            id=UUID(fields["id"]),
            contract=fields["contract"],
            act=fields["act"],
            record=UUID(fields["record"]),
            mac=bytes.fromhex(fields["mac"]),
        )
    except KeyError as error:
        raise ValueError("an operation lacks a field") from error
    if not content.isascii() or encode(operation) != content:
        raise ValueError("an operation is not in its canonical form")
    return operation
