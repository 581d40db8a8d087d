"""CDA R2 documents: clinical documents and consents from values and back, and any CDA as words."""

from naru.formats.cda.consent import ConsentDocument, read_consent, write_consent
from naru.formats.cda.document import read, write
from naru.formats.cda.errors import CdaRefused, FormWrong, IncompleteDocument, UnfitContent
from naru.formats.cda.foreign import Understood, Unread, read_content
from naru.formats.cda.forms import DocumentForm, Forms
from naru.formats.cda.show import show_html, show_pdf, show_text

__all__ = [
    "CdaRefused",
    "ConsentDocument",
    "DocumentForm",
    "FormWrong",
    "Forms",
    "IncompleteDocument",
    "Understood",
    "UnfitContent",
    "Unread",
    "read",
    "read_consent",
    "read_content",
    "show_html",
    "show_pdf",
    "show_text",
    "write",
    "write_consent",
]
