"""E-mail: to the operator's relay (RFC 5321), never without TLS."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Final

from naru.notifications.channels import Outgoing
from naru.notifications.errors import Refused, Unreachable
from naru.notifications.states import State

SECONDS: Final = 10.0
"""How long the relay may take for one step."""

_TRANSIENT: Final = range(400, 500)


@dataclass(frozen=True, slots=True, kw_only=True)
class Relay:
    """Where mail is handed over: by TLS from the start, or after STARTTLS, which must succeed."""

    host: str
    port: int
    sender: str
    context: ssl.SSLContext
    at_once: bool = False
    user: str = ""
    password: str = ""

    def __repr__(self) -> str:
        return f"Relay({self.host}:{self.port})"  # Never the password.


class Mail:
    """The channel. A relay that took a message tells no more of it: it stays `sent`."""

    reports = False

    def __init__(self, relay: Relay) -> None:
        self._relay = relay

    def send(self, message: Outgoing) -> str:
        """Hand it to the relay; its Message-ID is made of the key, so that repeats are known."""
        mail = self._written(message)
        with self._session() as session:
            try:
                session.send_message(mail)
            except smtplib.SMTPRecipientsRefused as refused:
                raise _named(next(iter(refused.recipients.values()))[0]) from None
            except smtplib.SMTPResponseException as refused:
                raise _named(refused.smtp_code) from None
        return str(mail["Message-ID"])

    def report(self, reference: str) -> tuple[State, str] | None:
        """Nothing is known."""
        del reference
        return None

    def reach(self) -> None:
        """Speak with the relay as far as TLS and sign-in."""
        with self._session() as session:
            session.noop()

    def _written(self, message: Outgoing) -> EmailMessage:
        mail = EmailMessage()
        mail["From"] = self._relay.sender
        mail["To"] = message.to
        mail["Subject"] = message.title
        mail["Message-ID"] = f"<{message.key}@{self._relay.sender.rpartition('@')[2]}>"
        mail["Content-Language"] = message.language
        mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no automatic answers, please.
        mail.set_content(message.text, cte="base64")
        return mail

    @contextmanager
    def _session(self) -> Iterator[smtplib.SMTP]:
        relay = self._relay
        try:
            if relay.at_once:
                session: smtplib.SMTP = smtplib.SMTP_SSL(
                    relay.host, relay.port, timeout=SECONDS, context=relay.context
                )
            else:
                session = smtplib.SMTP(relay.host, relay.port, timeout=SECONDS)
        except (OSError, smtplib.SMTPException) as error:
            raise Unreachable(type(error).__name__) from None
        with session:
            try:
                if not relay.at_once:
                    session.starttls(context=relay.context)
                if relay.user:
                    session.login(relay.user, relay.password)
                yield session
            except (OSError, smtplib.SMTPException) as error:
                # The operator can mend what is wrong here; the message is not to blame.
                raise Unreachable(type(error).__name__) from None


def _named(code: int) -> Exception:
    if code in _TRANSIENT:
        return Unreachable(f"the relay answered {code}")
    return Refused(f"the relay answered {code}")
