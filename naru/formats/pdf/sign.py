"""`sign`: a PAdES baseline B signature (EN 319 142-1) in an update that keeps what was there."""

from io import BytesIO

from pyhanko.keys import load_certs_from_pemder_data, load_private_key_from_pemder_data
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.sign import signers
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.general import SigningError
from pyhanko_certvalidator.registry import SimpleCertificateStore

from naru.domain.paper import Signer
from naru.formats.pdf.errors import PaperRefused


def sign(pdf: bytes, signer: Signer, *, field: str) -> bytes:
    """The PDF with one signature more, of this moment. Raises PaperRefused."""
    metadata = signers.PdfSignatureMetadata(
        field_name=field,
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
        name=signer.name,
        reason=signer.reason,
    )
    try:
        writer = IncrementalPdfFileWriter(BytesIO(pdf))
        signed = signers.PdfSigner(metadata, signer=_signer(signer)).sign_pdf(writer)
    except (PdfError, SigningError) as error:
        raise PaperRefused("This paper cannot be signed.") from error
    return bytes(signed.getvalue())


def _signer(signer: Signer) -> signers.SimpleSigner:
    (certificate,) = load_certs_from_pemder_data(signer.certificate)
    above = load_certs_from_pemder_data(signer.authority)
    return signers.SimpleSigner(
        signing_cert=certificate,
        signing_key=load_private_key_from_pemder_data(signer.key, passphrase=None),
        cert_registry=SimpleCertificateStore.from_certs(above),  # type: ignore[no-untyped-call]  # Theirs has no types.
    )
