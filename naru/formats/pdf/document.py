"""`print_document`: another room's template with its data, by the fonts and rules of this one."""

from typing import Final

import typst

from naru.formats.pdf.errors import PaperRefused
from naru.formats.pdf.write import fonts

LONGEST: Final = 16_000_000
"""Characters of data, of which a picture's octets are most."""

_STANDARDS: "Final[list[typst.PDFStandard]]" = ["a-2a", "ua-1"]

_NO_GLYPH: Final = "could not be displayed with font"
"""In the printer's words for a sign that the standards forbid: one of which no font has a glyph."""


def print_document(template: bytes, shown: str) -> bytes:
    """The document as PDF/A-2a and PDF/UA-1; where its signs forbid that, as PDF.

    The template reads `sys.inputs.shown`, and `sys.inputs.lacking`, which is "yes" where no font
    has a glyph of some sign, so that it stands as a box. Raises PaperRefused.
    """
    if len(shown) > LONGEST:
        raise PaperRefused("The document is too long to be printed.")
    try:
        return _compiled(template, {"shown": shown, "lacking": ""}, _STANDARDS)
    except typst.TypstError as error:
        lacking = "yes" if _NO_GLYPH in str(error) else ""
    try:
        return _compiled(template, {"shown": shown, "lacking": lacking}, [])
    except typst.TypstError as error:
        raise PaperRefused("This cannot be printed.") from error


def _panicked(error: BaseException) -> bool:
    """Whether the printer itself gave up, which its library raises as no Exception of Python."""
    return type(error).__name__ == "PanicException"


def _compiled(
    template: bytes, given: dict[str, str], standards: "list[typst.PDFStandard]"
) -> bytes:
    try:
        made = typst.compile(
            template,
            font_paths=fonts(),
            ignore_system_fonts=True,
            sys_inputs=given,
            pdf_standards=standards,
            timestamp=0,
        )
    except BaseException as error:  # A panic of the printer is one; all others go on.
        if not _panicked(error):
            raise
        raise PaperRefused("This cannot be printed.") from None
    assert isinstance(made, bytes)  # One PDF, not a list of pages' pictures.
    return made
