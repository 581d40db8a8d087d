"""`relay.toml` in the data folder: where HIRA's relay is, and the file of the key for it.

Without the file this node has no relay, which its pages say. The format is unofficial
(docs/hira.md).
"""

import tomllib
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from naru.domain.relay_submission import Submission
from naru.formats import hira_relay
from naru.formats.hira_relay import InvalidMessage
from naru.hira.port import Relay, RelayRefused, RelayUnreachable

FILE: Final = "relay.toml"
PATIENCE: Final = 10.0
"""Seconds for an answer; the work is tried again later."""

_LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})
_FINAL: Final = frozenset({HTTPStatus.BAD_REQUEST, HTTPStatus.CONFLICT,
                           HTTPStatus.UNPROCESSABLE_ENTITY})  # fmt: skip
"""Answers that say that trying again as it is would not help."""


class _Stay(urllib.request.HTTPRedirectHandler):
    """Goes nowhere else: the key and the patient's name are for the relay alone."""

    def redirect_request(self, *_arguments: Any) -> None:
        """None, so that a redirect is an answer that was not understood."""


_OPENER: Final = urllib.request.build_opener(_Stay)


class RelayFileRefused(ValueError):
    """The file cannot be used; the sentence says why."""


@dataclass(frozen=True, slots=True)
class HttpRelay:
    """The relay over HTTP; over TLS, but on loopback."""

    url: str
    key: str = field(repr=False)

    def hand_over(self, submission: Submission) -> str:
        """Post it. Raises RelayUnreachable, RelayRefused."""
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self.key}"}
        octets = hira_relay.to_json(submission)
        asked = urllib.request.Request(self.url, octets, headers, method="POST")  # noqa: S310  # https, or loopback.
        try:
            with _OPENER.open(asked, timeout=PATIENCE) as answer:
                return hira_relay.receipt_from_json(answer.read(hira_relay.LARGEST + 1))
        except urllib.error.HTTPError as error:
            with error:
                self._refuse(error)
            raise RelayUnreachable from error
        except (OSError, InvalidMessage) as error:
            raise RelayUnreachable from error

    def _refuse(self, error: urllib.error.HTTPError) -> None:
        if error.code not in _FINAL:
            return
        try:
            reason = hira_relay.refusal_from_json(error.read(hira_relay.LARGEST + 1))
        except InvalidMessage:
            reason = ""
        raise RelayRefused(reason or f"HTTP {error.code}") from error


def connected(data: Path) -> Relay | None:
    """The relay that the operator configured; None without the file. Raises RelayFileRefused."""
    file = data / FILE
    if not file.exists():
        return None
    try:
        given = tomllib.loads(file.read_text("utf-8"))
        url, key = str(given["url"]), data / str(given["key_file"])
        where = urlsplit(url)
        plain = where.scheme == "http" and where.hostname in _LOOPBACK
        if not plain and where.scheme != "https":
            raise RelayFileRefused("the relay is reached by https:// (http:// on loopback alone)")
        if key.stat().st_mode & 0o077:
            raise RelayFileRefused(f"{key.name} is open to others; make it 600")
        return HttpRelay(url, key.read_text("utf-8").strip())
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise RelayFileRefused(f"{FILE} cannot be used: {type(error).__name__}") from None
    except KeyError as missing:
        raise RelayFileRefused(f"{FILE} lacks {missing}") from None
