"""`print_document`: another room's template with its data, by the fonts and rules of this one."""

from typing import Final

import typst

from naru.formats.pdf.errors import PaperRefused
from naru.formats.pdf.write import fonts

LONGEST: Final = 16_000_000
"""Characters of data, of which a picture's octets are most."""

_STANDARDS: "Final[list[typst.PDFStandard]]" = ["a-2a", "ua-1"]


def print_document(template: bytes, shown: str) -> bytes:
    """The document as PDF/A-2a and PDF/UA-1; where its signs forbid that, as PDF.

    The template reads `sys.inputs.shown`. Raises PaperRefused.
    """
    if len(shown) > LONGEST:
        raise PaperRefused("The document is too long to be printed.")
    try:
        return _compiled(template, shown, _STANDARDS)
    except typst.TypstError:
        pass
    try:
        return _compiled(template, shown, [])
    except typst.TypstError as error:
        raise PaperRefused("This cannot be printed.") from error


def _panicked(error: BaseException) -> bool:
    """Whether the printer itself gave up, which its library raises as no Exception of Python."""
    return type(error).__name__ == "PanicException"


def _compiled(template: bytes, shown: str, standards: "list[typst.PDFStandard]") -> bytes:
    try:
        made = typst.compile(
            template,
            font_paths=fonts(),
            ignore_system_fonts=True,
            sys_inputs={"shown": shown},
            pdf_standards=standards,
            timestamp=0,
        )
    except BaseException as error:  # A panic of the printer is one; all others go on.
        if not _panicked(error):
            raise
        raise PaperRefused("This cannot be printed.") from None
    assert isinstance(made, bytes)  # One PDF, not a list of pages' pictures.
    return made
