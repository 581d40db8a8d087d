"""CDA R2: documents, papers and consents from values and back; any CDA shown, and checked."""

from naru.formats.cda.consent import read_consent, write_consent
from naru.formats.cda.document import read, write
from naru.formats.cda.errors import CdaRefused, FormWrong, IncompleteDocument, UnfitContent
from naru.formats.cda.foreign import Understood, Unread, read_content
from naru.formats.cda.forms import DocumentForm, Forms
from naru.formats.cda.papers import read_paper_document, write_paper_document
from naru.formats.cda.rules import check
from naru.formats.cda.show import show_html, show_pdf, show_text

__all__ = [
    "CdaRefused",
    "DocumentForm",
    "FormWrong",
    "Forms",
    "IncompleteDocument",
    "Understood",
    "UnfitContent",
    "Unread",
    "check",
    "read",
    "read_consent",
    "read_content",
    "read_paper_document",
    "show_html",
    "show_pdf",
    "show_text",
    "write",
    "write_consent",
    "write_paper_document",
]
