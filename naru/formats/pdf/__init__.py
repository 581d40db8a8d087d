"""Papers as PDF/A-2a and PDF/UA-1, printed by Typst, signed as PAdES by pyHanko (EN 319 142-1).

The font is NanumGothic under the SIL Open Font License (`fonts/OFL.txt`), with Hangul and the Hanja
of KS X 1001; of it only the glyphs that stand on a paper are embedded.
"""

from collections.abc import Sequence

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

        return sign(pdf, signer, field=field)

    def signatures(self, pdf: bytes, *, authorities: Sequence[bytes]) -> tuple[Signed, ...]:
        """Each signature on it, in their order. Raises PaperRefused."""
        from naru.formats.pdf.signatures import signatures

        return signatures(pdf, authorities=authorities)


__all__ = ["PaperRefused", "PdfPress"]
