"""openssl s_client at the TLS listener: who is let in, and by which suites (ITI-19)."""

import ipaddress
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from tests.end_to_end.node import Node, environment, fresh_database
from tests.peers import installed

PEER = "openssl s_client"
DOOR = pytest.mark.peers(peer=PEER, door="ITI-19")
pytestmark = [pytest.mark.peers, pytest.mark.xdist_group(PEER), DOOR]

REQUEST = b"GET /.well-known/naru HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
NOW = datetime.now(UTC)


@dataclass(frozen=True)
class Named:
    """A certificate with its key."""

    certificate: x509.Certificate
    key: rsa.RSAPrivateKey

    def save(self, folder: Path, name: str, *, encoding: Encoding = Encoding.PEM) -> None:
        (folder / f"{name}.crt").write_bytes(self.certificate.public_bytes(encoding))
        (folder / f"{name}.key").write_bytes(
            self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        )


def certificate(
    name: str,
    issuer: Named | None = None,
    *,
    authority: bool = False,
    until: datetime = NOW + timedelta(days=1),
    bare: bool = False,
    usage: x509.ObjectIdentifier | None = None,
) -> Named:
    key = rsa.generate_private_key(65537, 2048)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    signer = issuer or Named(None, key)  # type: ignore[arg-type]  # It signs itself.
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - timedelta(days=9))
        .not_valid_after(until)
    )
    if not bare:
        builder = builder.add_extension(x509.BasicConstraints(authority, None), critical=True)
        builder = builder.add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("192.0.2.1"))]),
            critical=False,
        )
    if usage is not None:
        builder = builder.add_extension(x509.ExtendedKeyUsage([usage]), critical=True)
    return Named(builder.sign(signer.key, SHA256()), key)


@dataclass(frozen=True)
class Listener:
    """A node with an RSA certificate of an authority that is not its own."""

    node: Node
    folder: Path
    openssl: str

    def ask(self, name: str, *options: str) -> str:
        """What a client with these files is answered; empty where it is let down."""
        files: tuple[str, ...] = ()
        if name:
            files = ("-cert", str(self.folder / f"{name}.crt"), "-key")
            files = (*files, str(self.folder / f"{name}.key"))
        place = f"127.0.0.1:{self.node.tls_port}"
        trust = ("-CAfile", str(self.folder / "foreign.crt"), "-verify_return_error")
        command = [self.openssl, "s_client", "-quiet", "-connect", place, *trust, *files, *options]
        asked = subprocess.run(
            command, input=REQUEST, capture_output=True, timeout=30, env=environment(), check=False
        )
        return asked.stdout.decode("utf-8", "replace")


@pytest.fixture(scope="module")
def listener(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Listener]:
    openssl = installed.program("openssl")
    folder = tmp_path_factory.mktemp("certificates")
    _make(folder)
    with fresh_database() as database:
        node = Node(
            data=tmp_path_factory.mktemp("node") / "data",
            database=database,
            tls=True,
            options=(
                *("--certificate", str(folder / "server.crt"), "--key", str(folder / "server.key")),
                *("--trust", str(folder / "foreign.crt"), "--trust", str(folder / "pinned.crt")),
                *("--trust", str(folder / "expired-pinned.crt")),
                *("--trust", str(folder / "named.crt"), "--trust", str(folder / "named-mail.crt")),
            ),
        )
        node.start()
        yield Listener(node, folder, openssl)
        node.stop()


def _make(folder: Path) -> None:
    foreign = certificate("an authority that was named", authority=True)
    other = certificate("an authority that nobody named", authority=True)
    past = NOW - timedelta(days=2)
    foreign.save(folder, "foreign")
    certificate("a server of another name", foreign).save(folder, "server")
    certificate("a hospital of another name", foreign).save(folder, "chained")
    certificate("late", foreign, until=past).save(folder, "expired")
    certificate("a stranger", other).save(folder, "stranger")
    pinned = certificate("one peer", bare=True)
    pinned.save(folder, "pinned")
    # Believed as DER, shown as PEM.
    (folder / "pinned.crt").write_bytes(pinned.certificate.public_bytes(Encoding.DER))
    (folder / "pinned-pem.crt").write_bytes(pinned.certificate.public_bytes(Encoding.PEM))
    (folder / "pinned-pem.key").write_bytes((folder / "pinned.key").read_bytes())
    certificate("another peer", bare=True).save(folder, "self-signed")
    certificate("late", bare=True, until=past).save(folder, "expired-pinned")
    # What a certificate says it is for is not asked of one that was named itself.
    serving, mail = ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.EMAIL_PROTECTION
    certificate("a server that asks too", other, usage=serving).save(folder, "named")
    certificate("a sender of letters", usage=mail).save(folder, "named-mail")
    certificate("a server that asks too", foreign, usage=serving).save(folder, "for-serving")
    # A peer that is believed for itself is no authority for others.
    certificate("issued by a peer", pinned).save(folder, "of-a-peer")


@pytest.mark.parametrize("version", ["-tls1_2", "-tls1_3"])
@pytest.mark.parametrize("name", ["chained", "pinned-pem", "named", "named-mail"])
def test_who_is_believed_is_let_in_whatever_it_is_named(
    listener: Listener, name: str, version: str
) -> None:
    assert listener.ask(name, version).startswith("HTTP/1.1 200")


def test_a_certificate_of_our_own_authority_is_let_in(listener: Listener) -> None:
    from naru.security.authority import Authority

    issued = Authority(listener.node.data / "ca").issue_client("ours", [], NOW)
    issued.save(listener.folder / "ours.crt", listener.folder / "ours.key")
    assert listener.ask("ours").startswith("HTTP/1.1 200")


@pytest.mark.parametrize("version", ["-tls1_2", "-tls1_3"])
@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("", "PEER_DID_NOT_RETURN_A_CERTIFICATE"),
        ("stranger", "CERTIFICATE_VERIFY_FAILED"),
        ("expired", "CERTIFICATE_VERIFY_FAILED"),
        ("self-signed", "CERTIFICATE_VERIFY_FAILED"),
        ("expired-pinned", "CERTIFICATE_VERIFY_FAILED"),
        ("of-a-peer", "CERTIFICATE_VERIFY_FAILED"),
        # OpenSSL's rule, not the framework's: the remedy is to name the certificate itself.
        ("for-serving", "CERTIFICATE_VERIFY_FAILED"),
    ],
)
def test_who_is_not_believed_is_refused_and_the_refusal_is_audited(
    listener: Listener, name: str, reason: str, version: str
) -> None:
    last = listener.node.last_record()
    assert listener.ask(name, version) == ""
    await_refusal(listener.node, last, reason)


@pytest.mark.parametrize(
    "suite",
    [  # ITI TF-2 3.19.6.2.3, by OpenSSL's names.
        "DHE-RSA-AES128-GCM-SHA256",
        "ECDHE-RSA-AES128-GCM-SHA256",
        "DHE-RSA-AES256-GCM-SHA384",
        "ECDHE-RSA-AES256-GCM-SHA384",
    ],
)
def test_each_suite_that_the_framework_demands_is_spoken(listener: Listener, suite: str) -> None:
    assert listener.ask("chained", "-tls1_2", "-cipher", suite).startswith("HTTP/1.1 200")


@pytest.mark.parametrize(
    "options",
    [
        ("-tls1_1", "-cipher", "ALL:@SECLEVEL=0"),
        ("-tls1", "-cipher", "ALL:@SECLEVEL=0"),
        ("-tls1_2", "-cipher", "AES128-SHA:AES256-SHA:AES128-GCM-SHA256"),
        ("-tls1_2", "-cipher", "ECDHE-RSA-AES128-SHA"),
        ("-tls1_2", "-cipher", "eNULL:@SECLEVEL=0"),
    ],
)
def test_what_bcp_195_rules_out_is_refused(listener: Listener, options: tuple[str, ...]) -> None:
    assert listener.ask("chained", *options) == ""


def await_refusal(node: Node, last: int, reason: str) -> None:
    # The record follows the refusal: one of a client before this may come late.
    deadline = time.monotonic() + 20
    while True:
        found = [one.errors for one in node.records_after(last) if one.transaction == "ITI-19"]
        if (reason,) in found:
            return
        assert time.monotonic() < deadline, found
        time.sleep(0.1)
