"""The provider of messages over real HTTP, asked by the channel's own driver."""

import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from naru.notifications.channels import Outgoing, provider, signed_answer
from naru.notifications.channels.provider import Form, Messages, Provider
from naru.notifications.channels.signed_answer import Answer, Unsigned, require_signed
from naru.notifications.errors import Refused, Unreachable
from naru.notifications.kinds import chat_templates, filled, known, variables
from naru.notifications.states import State
from naru.simulators import message_sender
from naru.simulators.message_sender import Simulator, signed
from naru.simulators.program import serving
from tests.ports import free_port

WORDS = known("first-access").words["ko"]
MESSAGE = Outgoing(
    key="1",
    to="00000000001",
    title="제목",
    text="글",
    short=filled(WORDS.short, {"institution": "TEST병원"}, "ko"),
    template=WORDS.template,
    variables=variables(WORDS.short, {"institution": "TEST병원"}, "ko"),
    language="ko",
)


@pytest.fixture(scope="module")
def sender() -> Iterator[Simulator]:
    program = Simulator(free_port(), report_key="TEST-reports", approved=chat_templates())
    with serving(program):
        yield program


def channel(sender: Simulator, name: str = "sms", report_key: str = "TEST-reports") -> Messages:
    form = {"chat": Form.TEMPLATE, "sms": Form.TEXT, "email": Form.MAIL}[name]
    return Messages(Provider(url=sender.at(name), key=sender.key, report_key=report_key), form)


def to(ends: str, key: str = "") -> Outgoing:
    return replace(MESSAGE, to=f"0000000{ends}", key=key or ends)


@pytest.mark.parametrize("name", ["chat", "sms", "email"])
def test_each_channel_is_taken_and_its_delivery_told_in_a_signed_answer(
    sender: Simulator, name: str
) -> None:
    way = channel(sender, name)
    way.reach()

    message = replace(MESSAGE, key=name, to=f"to-{name}")
    reference = way.send(message)

    assert way.send(message) == reference
    assert way.report(reference) == (State.DELIVERED, "")
    (taken,) = [one for one in sender.taken if one.to == message.to]
    assert taken.channel == name
    assert (taken.title, taken.text) == (("제목", "글") if name == "email" else ("", MESSAGE.short))


def test_a_report_that_the_provider_did_not_sign_is_not_believed(sender: Simulator) -> None:
    reference = channel(sender).send(replace(MESSAGE, key="unbelieved"))
    with pytest.raises(Unreachable, match="signed by somebody else"):
        channel(sender, report_key="TEST-another").report(reference)
    with (
        serving(Simulator(free_port())) as unsigned,
        pytest.raises(Unreachable, match="not signed"),
    ):
        channel(unsigned).report(channel(unsigned).send(MESSAGE))


def answer(**changed: Any) -> Answer:
    path, content = "/sms/messages/1", b'{"state":"delivered"}'
    headers = signed(200, path, content, "TEST-reports", 1_000_000)
    named = {name.lower(): value for name, value in headers.items()}
    return replace(Answer(status=200, path=path, headers=named, content=content), **changed)


def test_a_signature_holds_for_one_answer_to_one_question_and_a_while() -> None:
    require_signed(answer(), "TEST-reports", now=1_000_010)
    for wrong in (
        answer(status=202),
        answer(path="/sms/messages/2"),
        answer(content=b'{"state":"failed"}'),
        answer(headers={}),
        answer(headers=answer().headers | {"signature": "report=:AAAA:"}),
        answer(headers=answer().headers | {"signature": f"report=:{'A' * 43}:"}),
    ):
        with pytest.raises(Unsigned):
            require_signed(wrong, "TEST-reports", now=1_000_010)
    with pytest.raises(Unsigned, match="another time"):
        require_signed(answer(), "TEST-reports", now=1_000_001 + signed_answer.SECONDS)


def test_the_menu_fails_as_providers_do(sender: Simulator, monkeypatch: pytest.MonkeyPatch) -> None:
    way = channel(sender)
    with pytest.raises(Refused, match="no-such-recipient"):
        way.send(to("9991"))
    assert way.report(way.send(to("9992"))) == (State.FAILED, "blocked-by-recipient")
    slow = way.send(to("9993"))
    assert [way.report(slow) for _ in range(3)] == [None, None, (State.DELIVERED, "")]
    for _ in range(2):
        with pytest.raises(Unreachable, match="503"):
            way.send(to("9994"))
    assert way.send(to("9994"))
    with pytest.raises(Unreachable, match="503"):
        way.send(to("9995"))
    monkeypatch.setattr(provider, "SECONDS", 0.3)
    monkeypatch.setattr(message_sender, "SLOW_SECONDS", 2.0)
    with pytest.raises(Unreachable, match="TimeoutError"):
        way.send(to("9996"))


def test_its_page_shows_what_it_took_and_no_key(sender: Simulator) -> None:
    channel(sender).send(replace(MESSAGE, key="shown", to="000<b>1", short="보인 글 <i>"))
    with urllib.request.urlopen(f"{sender.address}/", timeout=10) as answered:  # Loopback.
        page, policy = answered.read().decode(), answered.headers["Content-Security-Policy"]
    assert "보인 글 &lt;i&gt;" in page
    assert "000&lt;b&gt;1" in page
    assert sender.key not in page
    assert "default-src 'none'" in policy
