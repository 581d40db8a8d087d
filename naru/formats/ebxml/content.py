"""The bytes of a document as they stand in a Document element: included or inline."""

from base64 import b64encode
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from naru.formats.ebxml import namespaces as ns

_CID_CHARACTERS: Final = "@!$'*+-._~:"  # RFC 2392: the rest of a Content-ID is percent-encoded.


@dataclass(frozen=True, slots=True)
class Include:
    """Bytes in another part of the MIME package, by its Content-ID without angle brackets."""

    content_id: str

    def to_xml(self) -> str:
        """The xop:Include, without white space around it (ITI TF-2 V.8)."""
        address = quote(self.content_id, safe=_CID_CHARACTERS).replace("'", "%27")
        return f'<xop:Include xmlns:xop="{ns.XOP}" href="cid:{address}"/>'


@dataclass(frozen=True, slots=True)
class Inline:
    """Bytes in the message itself, for a peer that does not speak MTOM."""

    octets: bytes

    def to_xml(self) -> str:
        """The canonical base64 of the bytes."""
        return b64encode(self.octets).decode("ascii")


Content = Include | Inline
