import socket
import ssl
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from naru.security.authority import Authority, Issued, create_authority
from naru.security.errors import AuthorityMissing, CertificateUnreadable
from naru.security.peer import PeerCertificate, read_peer

NOW = datetime.now(UTC).replace(microsecond=0)
HOSPITAL = "나루시험병원"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data") / "ca"


@pytest.fixture(scope="module")
def authority(folder: Path) -> Authority:
    return create_authority(folder, NOW)


def der(issued: Issued) -> bytes:
    return x509.load_pem_x509_certificate(issued.certificate).public_bytes(Encoding.DER)


def test_the_authority_is_made_once_and_its_key_is_private(
    authority: Authority, folder: Path
) -> None:
    assert create_authority(folder, NOW + timedelta(days=1)).certificate == authority.certificate
    assert (folder / "ca.key").stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700


def test_a_start_that_was_interrupted_is_completed(tmp_path: Path) -> None:
    create_authority(tmp_path, NOW)
    (tmp_path / "ca.pem").unlink()
    issued = create_authority(tmp_path, NOW).issue_client(HOSPITAL, ["2.999.1"], NOW)
    ca = x509.load_pem_x509_certificate((tmp_path / "ca.pem").read_bytes())
    x509.load_pem_x509_certificate(issued.certificate).verify_directly_issued_by(ca)


def test_a_folder_without_an_authority_is_named(tmp_path: Path) -> None:
    with pytest.raises(AuthorityMissing):
        Authority(tmp_path)


def test_an_institution_is_read_back_from_its_certificate(
    authority: Authority, folder: Path
) -> None:
    issued = authority.issue_client(HOSPITAL, ["2.999.1.7", "2.999.2"], NOW)
    peer = read_peer(der(issued))
    assert (peer.organization, peer.common_name) == (HOSPITAL, HOSPITAL)
    assert peer.oids == ("2.999.1.7", "2.999.2")
    assert peer.oid == "2.999.1.7"
    assert peer.serial == issued.serial
    assert peer.fingerprint_sha256 == issued.fingerprint_sha256
    assert peer.not_before < NOW < peer.not_after == issued.not_after
    assert (folder / "issued" / f"{issued.serial:x}.pem").read_bytes() == issued.certificate


def test_a_long_korean_name_is_cut_to_what_the_standard_allows(authority: Authority) -> None:
    peer = read_peer(der(authority.issue_client("가" * 90, [], NOW)))
    assert (peer.organization, peer.common_name, peer.oid) == ("가" * 64, "가" * 21, "")


def test_nothing_outlives_the_authority(authority: Authority) -> None:
    late = NOW + timedelta(days=3600)
    ca = x509.load_pem_x509_certificate(authority.certificate)
    assert authority.issue_server([], late).not_after == ca.not_valid_after_utc


@pytest.mark.parametrize("content", [b"", b"not a certificate", b"0" * 70_000])
def test_what_is_not_a_certificate_is_refused(content: bytes) -> None:
    with pytest.raises(CertificateUnreadable):
        read_peer(content)


def context(
    purpose: ssl.Purpose, issued: Issued | None, trusted: bytes, place: Path
) -> ssl.SSLContext:
    made = ssl.create_default_context(purpose, cadata=trusted.decode())
    if issued is not None:
        certificate, key = place / f"{issued.serial}.pem", place / f"{issued.serial}.key"
        issued.save(certificate, key)
        made.load_cert_chain(certificate, key)
    return made


def meet(server: ssl.SSLContext, client: ssl.SSLContext, name: str) -> PeerCertificate:
    """Shake hands over loopback; what the server learnt of its client."""
    server.verify_mode = ssl.CERT_REQUIRED
    with socket.create_server(("127.0.0.1", 0)) as listener, ThreadPoolExecutor(1) as pool:

        def answer() -> PeerCertificate:
            connection, _ = listener.accept()
            with connection, server.wrap_socket(connection, server_side=True) as tls:
                shown = tls.getpeercert(binary_form=True)
                tls.sendall(b"welcome")
                assert shown is not None
                return read_peer(shown)

        answered = pool.submit(answer)
        with (
            socket.create_connection(listener.getsockname()) as connection,
            client.wrap_socket(connection, server_hostname=name) as tls,
        ):
            tls.recv(7)
        return answered.result(10)


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "hub.naru.example"])
def test_node_and_institution_shake_hands(authority: Authority, tmp_path: Path, name: str) -> None:
    node = authority.issue_server(["hub.naru.example"], NOW)
    hospital = authority.issue_client(HOSPITAL, ["2.999.1.7"], NOW)
    peer = meet(
        context(ssl.Purpose.CLIENT_AUTH, node, authority.certificate, tmp_path),
        context(ssl.Purpose.SERVER_AUTH, hospital, authority.certificate, tmp_path),
        name,
    )
    assert peer.oid == "2.999.1.7"


def stranger(authority: Authority, place: Path) -> Issued:
    return create_authority(place / "other", NOW).issue_client(HOSPITAL, ["2.999.1.7"], NOW)


def nobody(authority: Authority, place: Path) -> None:
    return None


def server_as_client(authority: Authority, place: Path) -> Issued:
    return authority.issue_server([], NOW)


def expired(authority: Authority, place: Path) -> Issued:
    return authority.issue_client(HOSPITAL, ["2.999.1.7"], NOW - timedelta(days=800))


@pytest.mark.parametrize("caller", [stranger, nobody, server_as_client, expired])
def test_a_caller_that_the_authority_did_not_approve_is_refused(
    authority: Authority,
    tmp_path: Path,
    caller: Callable[[Authority, Path], Issued | None],
) -> None:
    node = authority.issue_server([], NOW)
    with pytest.raises((ssl.SSLError, ConnectionError)):
        meet(
            context(ssl.Purpose.CLIENT_AUTH, node, authority.certificate, tmp_path),
            context(
                ssl.Purpose.SERVER_AUTH,
                caller(authority, tmp_path),
                authority.certificate,
                tmp_path,
            ),
            "localhost",
        )
