"""`signatures`: who signed a paper, and whether it is still what they signed."""

from collections.abc import Sequence
from datetime import UTC, datetime
from io import BytesIO
from typing import Final

from pyhanko.keys import load_certs_from_pemder_data
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.general import SigningError
from pyhanko.sign.validation import EmbeddedPdfSignature, validate_pdf_signature
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from naru.domain.paper import Signed
from naru.formats.pdf.errors import PaperRefused

LARGEST: Final = 8 * 1024 * 1024
"""Octets of a paper that is looked at: a hundred times what we print."""

_ONLY_SIGNED_AFTER: Final = ModificationLevel.FORM_FILLING
_WHOLE: Final = (SignatureCoverageLevel.ENTIRE_FILE, SignatureCoverageLevel.ENTIRE_REVISION)
_USAGE: Final = KeyUsageConstraints(key_usage={"digital_signature"})
# Where an entry is missing or of another kind, pyHanko ends in what its dictionaries, numbers and
# ASN.1 values raise: KeyError, decimal's InvalidOperation, TypeError and the like.
_UNREADABLE: Final = (
    *(PdfError, SigningError, SignatureValidationError),
    *(ValueError, LookupError, ArithmeticError, TypeError, AttributeError, RecursionError),
)


def signatures(pdf: bytes, *, authorities: Sequence[bytes]) -> tuple[Signed, ...]:
    """Each signature, in order; raises PaperRefused where this is no PDF that can be read."""
    if len(pdf) > LARGEST:
        raise PaperRefused("This is larger than any paper.")
    try:
        found = PdfFileReader(BytesIO(pdf)).embedded_signatures
        return tuple(_signed(one, authorities) for one in found)
    except _UNREADABLE as error:
        raise PaperRefused("This is no PDF whose signatures can be read.") from error


def _signed(signature: EmbeddedPdfSignature, authorities: Sequence[bytes]) -> Signed:
    context = ValidationContext(
        trust_roots=[each for one in authorities for each in load_certs_from_pemder_data(one)],
        allow_fetching=False,
    )
    status = validate_pdf_signature(signature, context, key_usage_settings=_USAGE)
    after = status.modification_level
    only_signed_after = after is not None and after <= _ONLY_SIGNED_AFTER
    return Signed(
        name=str(status.signing_cert.subject.native.get("common_name", "")),
        time=status.signer_reported_dt or datetime.fromtimestamp(0, UTC),
        whole=bool(
            status.intact and status.valid and status.coverage in _WHOLE and only_signed_after
        ),
        trusted=bool(status.trusted),
    )
