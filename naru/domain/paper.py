"""A paper that a person reads, keeps or signs: what stands on it, before anybody prints it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

LARGEST_IMAGE: Final = 256 * 1024
"""Octets of a signature's picture: a signature pad draws a hundredth of it."""


@dataclass(frozen=True, slots=True)
class Heading:
    """The title of a part."""

    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text; `small` for what explains."""

    text: str
    small: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """What something is called and what it is, a line each."""

    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of as many cells as the head has."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureBlock:
    """Where one person signs: as what, who, when in words, and the picture (PNG), if any."""

    role: str
    name: str
    when: str = ""
    picture: bytes = b""


@dataclass(frozen=True, slots=True)
class Signatures:
    """The blocks of those who sign, side by side."""

    blocks: tuple[SignatureBlock, ...]


Block = Heading | Paragraph | Facts | Table | Signatures


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A whole paper. `time` is the moment that it bears; the same paper gives the same octets."""

    title: str
    time: datetime
    blocks: tuple[Block, ...]
    number: str = ""
    footer: str = ""
    language: str = "ko"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """Who signs electronically: a key (PEM, PKCS#8), its certificate and its authority's (PEM)."""

    key: bytes
    certificate: bytes
    authority: bytes
    name: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """One signature on a printed paper, as it was found, by the name in the certificate.

    `whole` says that nothing of what was signed has changed, and that what came after it are
    signatures alone; `trusted` that the signer's certificate stands under an authority that was
    given.
    """

    name: str
    time: datetime
    whole: bool
    trusted: bool


class Press(Protocol):
    """Who prints papers, signs the print, and looks at signatures on one."""

    def print(self, paper: Paper) -> bytes:
        """The paper as a PDF; the same octets each time."""

    def sign(self, pdf: bytes, signer: Signer, *, field: str) -> bytes:
        """The PDF with one signature more, in a field of that name; what it was stays as it was."""

    def signatures(self, pdf: bytes, *, authorities: Sequence[bytes]) -> tuple[Signed, ...]:
        """Each signature on it, in their order; `authorities` (PEM) are those believed."""
