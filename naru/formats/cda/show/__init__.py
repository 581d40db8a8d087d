"""Any CDA as a person sees it: page, paper and plain text from one walk over the parsed tree.

Nothing of a document is ever carried out, loaded or linked to: no style sheet of its choice, no
script, no address. What could not be read is said at its place.
"""

from hashlib import sha256

from naru.formats.cda.show.body import Body
from naru.formats.cda.show.head import head
from naru.formats.cda.show.opening import open_document
from naru.formats.cda.show.shown import Shown, ShownSection
from naru.formats.cda.show.words import words


def show(octets: bytes, *, language: str = "ko") -> Shown:
    """What a person sees of the document. Raises CdaRefused where nothing of a CDA is there."""
    said = words(language)
    opened = open_document(octets)
    body = Body(opened, said)
    sections = body.sections()
    pieces, attachment = ((), None) if sections else body.unstructured()
    above = head(opened, said)
    if pieces:
        sections = (ShownSection(title=said("content"), pieces=pieces),)
    lacks = "misplaced_all" if body.disordered else "" if sections else "no_body"
    return Shown(
        language=said.language,
        head=above,
        sections=sections,
        said=tuple(map(said, filter(None, (*opened.said, lacks)))),
        broken=bool(opened.said),
        attachment=attachment,
        sha256=sha256(octets).hexdigest(),
    )


def show_html(octets: bytes, *, language: str = "ko") -> bytes:
    """A page that stands alone, to be kept or printed. Raises CdaRefused."""
    from naru.formats.cda.show.page import page

    return page(show(octets, language=language))


def show_pdf(octets: bytes, *, language: str = "ko") -> bytes:
    """The same as PDF, the same octets each time. Raises CdaRefused or PaperRefused."""
    from naru.formats.cda.show.paper import to_pdf

    return to_pdf(show(octets, language=language))


def show_text(octets: bytes, *, language: str = "ko") -> str:
    """The same as lines of plain text. Raises CdaRefused."""
    from naru.formats.cda.show.text import to_text

    return to_text(show(octets, language=language))


__all__ = ["Shown", "show", "show_html", "show_pdf", "show_text"]
