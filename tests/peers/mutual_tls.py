"""An institution's key and certificate in the forms that other programs read."""

from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    load_pem_private_key,
    pkcs12,
)
from cryptography.x509 import load_pem_x509_certificate

from naru.domain.identifiers import Identifier
from tests.end_to_end.institutions import Exchange

PASSWORD = "peer-of-the-tests"


@dataclass(frozen=True)
class Institution:
    """Who calls, where, and with which files."""

    oid: str
    port: int
    certificate: Path
    key: Path
    authority: Path

    @classmethod
    def of(cls, exchange: Exchange, oid: str) -> "Institution":
        return cls(
            oid=oid,
            port=exchange.node.tls_port,
            certificate=exchange.folder / f"{oid}.pem",
            key=exchange.folder / f"{oid}.key",
            authority=exchange.node.data / "ca" / "ca.pem",
        )

    @property
    def repository(self) -> str:
        return f"{self.oid}.9"

    def write_pkcs12(self, folder: Path) -> tuple[Path, Path]:
        """The key with its certificate, and the authority's certificate, as Java reads them."""
        own, trusted = folder / f"{self.oid}.p12", folder / "authority.p12"
        encryption = BestAvailableEncryption(PASSWORD.encode())
        own.write_bytes(
            pkcs12.serialize_key_and_certificates(
                name=b"institution",
                key=load_pem_private_key(self.key.read_bytes(), None),
                cert=load_pem_x509_certificate(self.certificate.read_bytes()),
                cas=None,
                encryption_algorithm=encryption,
            )
        )
        authority = load_pem_x509_certificate(self.authority.read_bytes())
        trusted.write_bytes(
            pkcs12.serialize_java_truststore(
                [pkcs12.PKCS12Certificate(authority, b"authority")], encryption
            )
        )
        return own, trusted

    def settings(self, patient: Identifier) -> dict[str, object]:
        """What a script that calls in this institution's name has to know."""
        return {
            "port": self.port,
            "key": str(self.key),
            "certificate": str(self.certificate),
            "authority": str(self.authority),
            "institution": self.oid,
            "repository": self.repository,
            "domain": patient.authority,
            "patient": patient.value,
        }
