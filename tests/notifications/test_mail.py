"""E-mail is handed to a real relay, by TLS or not at all."""

import ssl
from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes
from email.policy import default
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword

from naru.notifications import contacts, kinds
from naru.notifications.channels import Outgoing
from naru.notifications.channels.mail import Mail, Relay
from naru.notifications.errors import Refused, Unreachable
from naru.security.authority import create_authority
from naru.ui.clock import now
from tests.notifications.conftest import person
from tests.ports import free_port

MESSAGE = Outgoing(
    key="0b9e2f0c-1",
    to="someone@example.org",
    title="기록을 처음 본 기관이 있습니다",
    text="안녕하세요.\n\nTEST병원에서 처음으로 기록을 보았습니다.\n",
    short="",
    template="",
    variables={},
    language="ko",
)


class Inbox:
    """What the relay took; it refuses whoever is `nobody` and is busy for `busy`."""

    def __init__(self) -> None:
        self.taken: list[Envelope] = []

    async def handle_RCPT(  # noqa: N802  # aiosmtpd calls it so.
        self, _server: Any, _session: Any, envelope: Envelope, address: str, _options: Any
    ) -> str:
        if address.startswith("nobody"):
            return "550 no such user"
        if address.startswith("busy"):
            return "451 come again"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802  # Same.
        self, _server: Any, _session: Any, envelope: Envelope
    ) -> str:
        self.taken.append(envelope)
        return "250 OK"


def lets_in(_server: Any, _session: Any, _envelope: Any, _mechanism: str, given: Any) -> AuthResult:
    right = isinstance(given, LoginPassword) and given.password == b"TEST-password"
    return AuthResult(success=right, handled=False)


@pytest.fixture(scope="module")
def certified(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """The relay's context, and that of whoever believes its authority."""
    folder = tmp_path_factory.mktemp("relay")
    authority = create_authority(folder / "ca", now())
    issued = authority.issue_server(["localhost", "127.0.0.1"], now())
    issued.save(folder / "certificate.pem", folder / "key.pem")
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(folder / "certificate.pem", folder / "key.pem")
    client = ssl.create_default_context(cadata=authority.certificate.decode())
    return server, client


@pytest.fixture
def relay(certified: tuple[ssl.SSLContext, ssl.SSLContext]) -> Iterator[Controller]:
    controller = Controller(
        Inbox(),
        hostname="127.0.0.1",
        port=free_port(),
        tls_context=certified[0],
        require_starttls=True,
        authenticator=lets_in,
        auth_required=True,
    )
    controller.start()
    yield controller
    controller.stop()


def mail(port: int, context: ssl.SSLContext, password: str = "TEST-password") -> Mail:
    return Mail(
        Relay(
            host="127.0.0.1",
            port=port,
            sender="naru@example.org",
            context=context,
            user="naru",
            password=password,
        )
    )


def test_a_mail_is_taken_by_starttls(
    relay: Controller, certified: tuple[ssl.SSLContext, ssl.SSLContext]
) -> None:
    reference = mail(relay.port, certified[1]).send(MESSAGE)

    (envelope,) = relay.handler.taken
    read = message_from_bytes(envelope.content, policy=default)
    assert envelope.rcpt_tos == ["someone@example.org"]
    assert read["Subject"] == MESSAGE.title
    assert read["Message-ID"] == reference == "<0b9e2f0c-1@example.org>"
    assert read.get_content() == MESSAGE.text


@pytest.mark.parametrize(("to", "error"), [("nobody", Refused), ("busy", Unreachable)])
def test_a_refusal_is_for_good_or_for_now(
    relay: Controller,
    certified: tuple[ssl.SSLContext, ssl.SSLContext],
    to: str,
    error: type[Exception],
) -> None:
    with pytest.raises(error) as told:
        mail(relay.port, certified[1]).send(replace(MESSAGE, to=f"{to}@example.org"))
    assert to not in str(told.value)
    assert relay.handler.taken == []


def test_a_relay_whose_certificate_nobody_vouches_for_gets_nothing(relay: Controller) -> None:
    with pytest.raises(Unreachable):
        mail(relay.port, ssl.create_default_context()).send(MESSAGE)
    assert relay.handler.taken == []


def test_a_wrong_password_blames_no_message(
    relay: Controller, certified: tuple[ssl.SSLContext, ssl.SSLContext]
) -> None:
    with pytest.raises(Unreachable):
        mail(relay.port, certified[1], "wrong").send(MESSAGE)
    mail(relay.port, certified[1]).reach()


def test_a_relay_without_tls_gets_nothing(
    certified: tuple[ssl.SSLContext, ssl.SSLContext],
) -> None:
    plain = Controller(Inbox(), hostname="127.0.0.1", port=free_port())
    plain.start()
    try:
        with pytest.raises(Unreachable):
            mail(plain.port, certified[1]).send(MESSAGE)
        assert plain.handler.taken == []
    finally:
        plain.stop()
    with pytest.raises(Unreachable):
        mail(plain.port, certified[1]).reach()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "told",
    [
        "a@example.org,b@example.net",
        "a@example.org b@x",
        "<a@example.org>",
        "a@x@y",
        "a@x\nBcc:b@y",
    ],
)
def test_a_telecom_that_is_more_than_one_address_is_written_to_nowhere(told: str) -> None:
    """Whoever feeds demographics sends nobody's notices to a second address beside."""
    assert contacts.of(person(f"mailto:{told}"), kinds.known("first-access")).email == ""
    assert (
        contacts.of(person("mailto:a.b+c@example.org"), kinds.known("first-access")).email
        == "a.b+c@example.org"
    )
