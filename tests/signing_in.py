"""What tests sign in with: a provider of 본인확인, an authenticator in software, a browser."""

import base64
import hashlib
import io
import json
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from django.test import Client
from fido2 import cbor
from fido2.cose import ES256

from naru.accounts import sessions
from naru.exchange import identify
from naru.exchange.access import Access
from naru.exchange.patients import linking
from naru.simulators.identity_provider import Simulator
from naru.ui.clock import now
from tests.ports import free_port

SECRET = "TEST-shared-with-the-provider"
ORIGIN = "http://localhost:8080"


@dataclass(frozen=True)
class Somebody:
    """A made-up person as the provider knows them."""

    name: str = "김나루"
    born: str = "1946-03-02"
    gender: str = "F"
    phone: str = "010-0000-0101"


@contextmanager
def provider(folder: Path) -> Iterator[tuple[str, Path]]:
    """A provider on a port of its own: its address and the file of the shared secret."""
    key = folder / "identity.key"
    key.write_text(SECRET, "ascii")
    server = Simulator(free_port(), SECRET)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server.url, key
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_arguments: Any) -> None:
        return None


def say_who(page: str, who: Somebody) -> str:
    """Type at the provider's page who one is; answers where it leads back."""
    opener = urllib.request.build_opener(_Stay)
    typed = urlencode(
        {"name": who.name, "born": who.born, "gender": who.gender, "phone": who.phone}
    ).encode()
    with pytest.raises(urllib.error.HTTPError) as answer:
        opener.open(page, typed, timeout=10)
    with answer.value as led:
        assert led.code == 303
        leads = urlsplit(led.headers["Location"])
    return f"{leads.path}?{leads.query}"


def verify(client: Client, who: Somebody, after: str = "") -> Any:
    """Go through 본인확인; answers the page to which the node leads on."""
    begun = client.post("/sign-in/identity", {"next": after})
    assert begun.status_code == 302, begun.content.decode()
    return client.get(say_who(begun.headers["Location"], who))


def sign_up(who: Somebody, client: Client | None = None) -> Client:
    """A browser in which somebody who never came before is signed in."""
    client = client or Client()
    answer = verify(client, who)
    assert answer.headers.get("Location") == "/sign-up"
    assert client.post("/sign-up/now").headers["Location"] == "/account"
    return client


def recognised(client: Client) -> Client:
    """The same, and a steward has said that they are the one patient who they could be."""
    account = sessions.session(UUID(client.session["sign-in"]), now()).account
    looking = Access(transaction=linking.LIST, caller=identify.operator(), time=now())
    (waits,) = [one for one in linking.waiting(looking) if one.account.account == account]
    ((patient, _told),) = waits.candidates
    settling = Access(transaction=linking.LINK, caller=identify.operator(), time=now())
    linking.settle(settling, account, patient)
    return client


def sign_in(who: Somebody, client: Client | None = None) -> Client:
    """A browser in which somebody who has an account is signed in."""
    client = client or Client()
    assert verify(client, who).headers["Location"] == "/"
    return client


def text(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def octets(given: str) -> bytes:
    return base64.urlsafe_b64decode(given + "=" * (-len(given) % 4))


@dataclass
class Authenticator:
    """A passkey in software (WebAuthn level 3, section 6), with ES256."""

    origin: str = ORIGIN
    flags: int = 0x05  # User present and verified.
    counter: int = 0
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    id: bytes = b"TEST-credential-0001"
    handle: bytes = b""

    def create(self, options: dict[str, Any], **changed: Any) -> str:
        """Answer a request to register."""
        self.handle = octets(options["user"]["id"])
        public = ES256.from_cryptography_key(self.key.public_key())
        attested = bytes(16) + len(self.id).to_bytes(2) + self.id + cbor.encode(dict(public))
        data = self._data(options["rp"]["id"], 0x40) + attested
        attestation = cbor.encode({"fmt": "none", "attStmt": {}, "authData": data})
        client_data = self._client_data("webauthn.create", options, **changed)
        return self._answer(clientDataJSON=client_data, attestationObject=attestation)

    def get(self, options: dict[str, Any], **changed: Any) -> str:
        """Answer a request to sign."""
        self.counter += 1
        data = self._data(options["rpId"], 0)
        client_data = self._client_data("webauthn.get", options, **changed)
        signed = data + hashlib.sha256(client_data).digest()
        signature = self.key.sign(signed, ec.ECDSA(SHA256()))
        return self._answer(
            clientDataJSON=client_data,
            authenticatorData=data,
            signature=signature,
            userHandle=self.handle,
        )

    def _data(self, rp_id: str, more: int) -> bytes:
        marks = (self.flags | more).to_bytes(1) + self.counter.to_bytes(4)
        return hashlib.sha256(rp_id.encode()).digest() + marks

    def _client_data(self, kind: str, options: dict[str, Any], **changed: Any) -> bytes:
        said = {"type": kind, "challenge": options["challenge"], "origin": self.origin}
        return json.dumps(said | {"crossOrigin": False} | changed).encode()

    def _answer(self, **response: bytes) -> str:
        return json.dumps(
            {
                "id": text(self.id),
                "rawId": text(self.id),
                "type": "public-key",
                "response": {name: text(value) for name, value in response.items()},
            }
        )


def query(address: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


def wire(method: str, path: str, form: dict[str, str] | None = None, token: str = "") -> Any:
    """A request at the node's real entrance, as the web server hands it over."""
    body = urlencode(form or {}).encode()
    path, _, asked = path.partition("?")
    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "QUERY_STRING": asked,
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "8080",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "localhost",
        "REMOTE_ADDR": "127.0.0.1",
        "CONTENT_TYPE": "application/x-www-form-urlencoded" if form else "",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": io.StringIO(),
        "wsgi.url_scheme": "http",
        **({"HTTP_AUTHORIZATION": f"Bearer {token}"} if token else {}),
    }
    told: list[str] = []
    from naru.node import peer  # The doors need Django set up.
    from naru.node.wsgi import application

    with peer.connection(None):  # type: ignore[arg-type]
        octets = b"".join(application(environ, lambda status, _headers, *_: told.append(status)))
    return int(told[0][:3]), json.loads(octets) if octets[:1] == b"{" else octets
