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
<<<<<<< HEAD
=======
    "Readable",
    "ReadableSection",
    "Understood",
>>>>>>> 98af424 (Read any CDA as far as it can be, and name what was not understood)
    "UnfitContent",
    "Unread",
    "read",
    "read_consent",
<<<<<<< HEAD
    "show_html",
    "show_pdf",
    "show_text",
=======
    "read_content",
>>>>>>> 98af424 (Read any CDA as far as it can be, and name what was not understood)
    "write",
    "write_consent",
]
