"""`notices.toml` in the data folder: by which relay and providers this node tells people.

Secrets stand in files of their own beside it. Without the file there is the inbox alone, and
letters, which need no provider.
"""

import ssl
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from naru.node.options import NodeOptions
from naru.notifications.channels import Channel, Channels
from naru.notifications.channels.mail import Mail, Relay
from naru.notifications.channels.provider import Form, Messages, Provider

FILE: Final = "notices.toml"
_LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})
_PORTS: Final = {"smtp": 587, "smtps": 465}


class NoticesRefused(ValueError):
    """The file cannot be used; the sentence says why."""


def channels(options: NodeOptions) -> Channels:
    """The channels that the operator configured. Raises `NoticesRefused`."""
    file = options.data / FILE
    if not file.exists():
        return {}
    try:
        given = tomllib.loads(file.read_text("utf-8"))
        unknown = set(given) - set(_MAKERS)
        if unknown:
            raise NoticesRefused(f"{FILE} has no [{min(unknown)}]")
        return {name: _MAKERS[name](file.parent, given[name]) for name in given}
    except (OSError, tomllib.TOMLDecodeError, ssl.SSLError) as error:
        raise NoticesRefused(f"{FILE} cannot be used: {type(error).__name__}: {error}") from None
    except KeyError as missing:
        raise NoticesRefused(f"{FILE} lacks {missing}") from None


def _mail(folder: Path, given: Mapping[str, Any]) -> Channel:
    if "url" in given:
        return _messages(Form.MAIL)(folder, given)
    relay = urlsplit(given["relay"])
    if relay.scheme not in _PORTS or not relay.hostname:
        raise NoticesRefused("a relay is smtp://host:port (STARTTLS) or smtps://host:port")
    return Mail(
        Relay(
            host=relay.hostname,
            port=relay.port or _PORTS[relay.scheme],
            sender=given["sender"],
            context=_context(folder, given),
            at_once=relay.scheme == "smtps",
            user=given.get("user", ""),
            password=_secret(folder, given["password_file"]) if "user" in given else "",
        )
    )


def _messages(form: Form) -> Callable[[Path, Mapping[str, Any]], Channel]:
    def make(folder: Path, given: Mapping[str, Any]) -> Channel:
        url = urlsplit(given["url"])
        plain = url.scheme == "http" and url.hostname in _LOOPBACK
        if not plain and (url.scheme != "https" or not url.hostname):
            raise NoticesRefused("a provider is reached by https:// (http:// on loopback alone)")
        context = None if plain else _context(folder, given)
        reports = given.get("report_key_file")
        provider = Provider(
            url=given["url"],
            key=_secret(folder, given["key_file"]),
            report_key=_secret(folder, reports) if reports else "",
            context=context,
        )
        return Messages(provider, form)

    return make


def _context(folder: Path, given: Mapping[str, Any]) -> ssl.SSLContext:
    authority = given.get("authority")
    context = ssl.create_default_context(cafile=str(folder / authority) if authority else None)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _secret(folder: Path, name: str) -> str:
    file = folder / name
    if file.stat().st_mode & 0o077:
        raise NoticesRefused(f"{name} is open to others; make it 600")
    return file.read_text("utf-8").strip()


_MAKERS: Final[Mapping[str, Callable[[Path, Mapping[str, Any]], Channel]]] = {
    "email": _mail,
    "chat": _messages(Form.TEMPLATE),
    "sms": _messages(Form.TEXT),
}
