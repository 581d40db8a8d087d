"""Papers as PDF/A-2a and PDF/UA-1, printed by Typst, signed as PAdES by pyHanko (EN 319 142-1).

The font is NanumGothic under the SIL Open Font License (`fonts/OFL.txt`), with Hangul and the Hanja
of KS X 1001; of it only the glyphs that stand on a paper are embedded.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from naru.domain.paper import Paper, Signed, Signer
from naru.formats.pdf.errors import PaperRefused


class PdfPress:
    """The `Press` of a node. What it uses is loaded when the first paper is printed."""

    def print(self, paper: Paper) -> bytes:
        """The paper as a PDF. Raises PaperRefused."""
        from naru.formats.pdf.write import to_pdf

        return to_pdf(paper)

    def sign(self, pdf: bytes, signer: Signer, *, field: str) -> bytes:
        """The PDF with one signature more. Raises PaperRefused."""
        from naru.formats.pdf.sign import sign

        return _apart(lambda: sign(pdf, signer, field=field))

    def signatures(self, pdf: bytes, *, authorities: Sequence[bytes]) -> tuple[Signed, ...]:
        """Each signature on it, in their order. Raises PaperRefused."""
        from naru.formats.pdf.signatures import signatures

        return _apart(lambda: signatures(pdf, authorities=authorities))


_T = TypeVar("_T")


def _apart(work: Callable[[], _T]) -> _T:
    """Done in a thread of its own: pyHanko runs an event loop, and the caller's may have one."""
    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(work).result()


__all__ = ["PaperRefused", "PdfPress"]
