"""How an agency asks its node: a token for its service account, its Tasks, and their documents.

The account signs what it asks a token with (RFC 7523), and every connection shows the agency's own
certificate. The token is kept until it is nearly over, and goes to the node alone.
"""

import base64
import http.client
import json
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode, urlsplit
from uuid import UUID, uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key

SCOPES: Final = "system/Task.rs system/Binary.r"
PATIENCE: Final = 10.0
LARGEST: Final = 64 * 1024 * 1024
MOST_PAGES: Final = 20

_METADATA: Final = "/.well-known/oauth-authorization-server"
_ASSERTION: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_GOOD_FOR: Final = 60
_EARLIER: Final = 30
_NOTHING: Final = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE, HTTPStatus.FORBIDDEN})


class NotConnected(Exception):
    """The node does not answer, or does not let the agency in."""


class NotGiven(Exception):
    """There is nothing there for the agency."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What the agency shows who it is by."""

    client_id: str
    key: ec.EllipticCurvePrivateKey = field(repr=False)
    context: ssl.SSLContext = field(repr=False)

    @classmethod
    def of_folder(cls, folder: Path) -> "Account":
        """The account whose files lie in a folder; raises what reading them raises."""
        told = json.loads((folder / "service.json").read_text("utf-8"))
        key = load_pem_private_key((folder / "service.pem").read_bytes(), None)
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise TypeError("the service account's key is not EC")
        context = ssl.create_default_context(cafile=str(folder / "authority.pem"))
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.load_cert_chain(folder / "certificate.pem", folder / "key.pem")
        return cls(client_id=str(told["client_id"]), key=key, context=context)


@dataclass(slots=True)
class Node:
    """The node at an address (`https://host:port`)."""

    address: str
    account: Account
    _token: str = ""
    _ends: float = 0.0

    def deliveries(self) -> list[dict[str, Any]]:
        """Every Task of the agency, newest first. Raises NotConnected."""
        found: list[dict[str, Any]] = []
        target = "/fhir/Task"
        for _ in range(MOST_PAGES):
            page = self._resource(target)
            found += [one["resource"] for one in page.get("entry", []) if "resource" in one]
            onward = [one["url"] for one in page.get("link", []) if one["relation"] == "next"]
            if not onward:
                break
            target = self._own(onward[0])
        return found

    def delivery(self, task: UUID) -> dict[str, Any]:
        """One of them with its documents. Raises NotGiven, NotConnected."""
        return self._resource(f"/fhir/Task/{task}")

    def document(self, attachment: Mapping[str, Any]) -> bytes:
        """The document's octets, which the node gives once. Raises NotGiven, NotConnected."""
        return self._get(self._own(str(attachment["url"])), str(attachment["contentType"]))

    def _own(self, url: str) -> str:
        """The path of an address of the node; the token goes nowhere else."""
        if not url.startswith(f"{self.address}/"):
            raise NotGiven
        return url.removeprefix(self.address)

    def _resource(self, target: str) -> dict[str, Any]:
        try:
            read = json.loads(self._get(target, "application/fhir+json"))
        except ValueError:
            raise NotConnected from None
        if not isinstance(read, dict):
            raise NotConnected
        return read

    def _get(self, target: str, kind: str) -> bytes:
        headers = {"Accept": kind, "Authorization": f"Bearer {self._bearer()}"}
        status, content = self._ask("GET", target, headers)
        if status == HTTPStatus.UNAUTHORIZED:  # The node began anew, or changed its keys.
            self._token = ""
            headers["Authorization"] = f"Bearer {self._bearer()}"
            status, content = self._ask("GET", target, headers)
        if status in _NOTHING:
            raise NotGiven
        if status != HTTPStatus.OK:
            raise NotConnected
        return content

    def _bearer(self) -> str:
        if self._token and time.time() < self._ends:
            return self._token
        _, content = self._ask("GET", _METADATA, {})
        try:
            endpoint = str(json.loads(content)["token_endpoint"])
            form = urlencode(
                {
                    "grant_type": "client_credentials",
                    "client_id": self.account.client_id,
                    "scope": SCOPES,
                    "client_assertion_type": _ASSERTION,
                    "client_assertion": self._assertion(endpoint),
                }
            ).encode()
            headers = {"Content-Type": "application/x-www-form-urlencoded"}
            _, content = self._ask("POST", urlsplit(endpoint).path, headers, form)
            told = json.loads(content)
            self._token, self._ends = told["access_token"], time.time() + told["expires_in"]
        except (ValueError, KeyError, TypeError):
            raise NotConnected from None
        self._ends -= _EARLIER
        return self._token

    def _assertion(self, endpoint: str) -> str:
        now = int(time.time())
        claims = {
            "iss": self.account.client_id,
            "sub": self.account.client_id,
            "aud": endpoint,
            "jti": str(uuid4()),
            "iat": now,
            "exp": now + _GOOD_FOR,
        }
        return jwt.encode(claims, self.account.key, algorithm="ES256")

    def _ask(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes | None = None
    ) -> tuple[int, bytes]:
        connection = http.client.HTTPSConnection(
            urlsplit(self.address).netloc, timeout=PATIENCE, context=self.account.context
        )
        try:
            connection.request(method, target, body, dict(headers))
            answer = connection.getresponse()
            content = answer.read(LARGEST + 1)
        except (OSError, http.client.HTTPException):
            raise NotConnected from None
        finally:
            connection.close()
        if len(content) > LARGEST:
            raise NotConnected
        return answer.status, content


def public_keys(key: ec.EllipticCurvePrivateKey) -> str:
    """The key set that a node is given when the account is made (RFC 7517)."""
    numbers = key.public_key().public_numbers()
    size = (key.curve.key_size + 7) // 8
    point = {"x": numbers.x.to_bytes(size), "y": numbers.y.to_bytes(size)}
    told = {
        name: base64.urlsafe_b64encode(octets).rstrip(b"=").decode("ascii")
        for name, octets in point.items()
    }
    return json.dumps({"keys": [{"kty": "EC", "crv": "P-256", "use": "sig", **told}]})
