"""CDA R2 documents: a referral and a consent from plain values and back, and any CDA as words."""

from naru.formats.cda.consent import ConsentDocument, read_consent, write_consent
from naru.formats.cda.errors import CdaRefused, IncompleteDocument
from naru.formats.cda.readable import Readable, ReadableSection, read_any
from naru.formats.cda.referral import read_referral, write_referral

__all__ = [
    "CdaRefused",
    "ConsentDocument",
    "IncompleteDocument",
    "Readable",
    "ReadableSection",
    "read_any",
    "read_consent",
    "read_referral",
    "write_consent",
    "write_referral",
]
