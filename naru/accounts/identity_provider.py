"""본인확인: a provider says who somebody is, over HTTP. The interface, and the one that we ask.

The exchange is small, so that an operator's adapter to a real provider is small too:
`POST {provider}/verifications` with `return_to` and `state` answers `reference` and `page`, to
which the browser is sent; it comes back with `state` and `code`; `POST
{provider}/verifications/{reference}` with `code` answers, once, `name`, `born`, `gender`, `di` and,
where the provider gives them, `ci` and `phone`. Both are asked with the secret that we share.
"""

import http.client
import ssl
from dataclasses import dataclass
from datetime import date
from typing import Final, Protocol, TypeVar
from urllib.parse import quote, urlsplit

import msgspec
from django.conf import settings

from naru.accounts.errors import IdentityUnverified, ProviderUnavailable
from naru.accounts.values import VerifiedPerson
from naru.domain.person import Gender

LARGEST_ANSWER: Final = 16 * 1024
PATIENCE_SECONDS: Final = 10.0

_Told = TypeVar("_Told")

_OK: Final = 200
_GONE: Final = frozenset({400, 403, 404, 409, 410})
"""How a provider says that nobody was verified."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A verification that has begun: the browser goes to `page`."""

    reference: str
    page: str


class IdentityProvider(Protocol):
    """Whoever says who somebody is."""

    def begin(self, return_to: str, state: str) -> Begun:
        """Begin; raises ProviderUnavailable."""

    def finish(self, reference: str, code: str) -> VerifiedPerson:
        """Who it is; raises IdentityUnverified, ProviderUnavailable."""


class _Begun(msgspec.Struct):
    reference: str
    page: str


class _Verified(msgspec.Struct):
    name: str
    born: date
    gender: Gender
    di: str
    ci: str = ""
    phone: str = ""


class HttpIdentityProvider:
    """A provider at an address of its own. Plain HTTP is for one on this very machine."""

    def __init__(self, url: str, secret: str) -> None:
        self._url = urlsplit(url)
        self._secret = secret
        local = self._url.hostname in {"127.0.0.1", "::1", "localhost"}
        if self._url.scheme != "https" and not local:
            raise ProviderUnavailable("the provider is asked over TLS")

    def begin(self, return_to: str, state: str) -> Begun:
        """Begin; raises ProviderUnavailable."""
        told = self._post("/verifications", {"return_to": return_to, "state": state})
        begun = _read(told, _Begun)
        if not begun.page.startswith(("https://", f"{self._url.scheme}://{self._url.netloc}/")):
            raise ProviderUnavailable("the provider's page is not over TLS")
        return Begun(reference=begun.reference, page=begun.page)

    def finish(self, reference: str, code: str) -> VerifiedPerson:
        """Who it is; raises IdentityUnverified, ProviderUnavailable."""
        told = self._post(f"/verifications/{quote(reference, safe='')}", {"code": code})
        said = _read(told, _Verified)
        if not (said.name.strip() and said.di):
            raise IdentityUnverified
        return VerifiedPerson(
            name=said.name.strip(),
            born=said.born,
            gender=said.gender,
            di=said.di,
            ci=said.ci,
            phone=said.phone,
        )

    def _post(self, path: str, content: dict[str, str]) -> bytes:
        connection = self._connection()
        headers = {
            "Content-Type": "application/json",
            "Authorization": f"Bearer {self._secret}",
        }
        try:
            connection.request(
                "POST", self._url.path.rstrip("/") + path, msgspec.json.encode(content), headers
            )
            answer = connection.getresponse()
            told = answer.read(LARGEST_ANSWER + 1)
        except (OSError, http.client.HTTPException) as error:
            raise ProviderUnavailable(type(error).__name__) from None
        finally:
            connection.close()
        if answer.status in _GONE:
            raise IdentityUnverified
        if answer.status != _OK or len(told) > LARGEST_ANSWER:
            raise ProviderUnavailable(f"HTTP {answer.status}")
        return told

    def _connection(self) -> http.client.HTTPConnection:
        host = self._url.netloc
        if self._url.scheme == "https":
            context = ssl.create_default_context()
            return http.client.HTTPSConnection(host, timeout=PATIENCE_SECONDS, context=context)
        return http.client.HTTPConnection(host, timeout=PATIENCE_SECONDS)


def provider() -> IdentityProvider:
    """The one of the settings; raises ProviderUnavailable where there is none."""
    options = settings.NARU
    if not options.identity_provider:
        raise ProviderUnavailable("no provider is set")
    try:
        secret = options.identity_key.read_text("ascii").strip() if options.identity_key else ""
    except (OSError, ValueError):
        raise ProviderUnavailable("the provider's key cannot be read") from None
    return HttpIdentityProvider(options.identity_provider, secret)


def _read(octets: bytes, kind: type[_Told]) -> _Told:
    try:
        return msgspec.json.decode(octets, type=kind)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        raise ProviderUnavailable("the provider's answer cannot be read") from None
