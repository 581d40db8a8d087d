"""CDA R2 documents: clinical documents and consents from values and back, and any CDA as words."""

from naru.formats.cda.consent import ConsentDocument, read_consent, write_consent
from naru.formats.cda.document import read, write
from naru.formats.cda.errors import CdaRefused, FormWrong, IncompleteDocument, UnfitContent
from naru.formats.cda.forms import DocumentForm, Forms
from naru.formats.cda.readable import Readable, ReadableSection, read_any

__all__ = [
    "CdaRefused",
    "ConsentDocument",
    "DocumentForm",
    "FormWrong",
    "Forms",
    "IncompleteDocument",
    "Readable",
    "ReadableSection",
    "UnfitContent",
    "read",
    "read_any",
    "read_consent",
    "write",
    "write_consent",
]
