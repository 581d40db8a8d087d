"""`notices.toml` says by what people are told; what is wrong in it is said in a sentence."""

from dataclasses import replace
from pathlib import Path

import pytest

from naru.node import notices
from naru.node.notice_checks import notice_channels
from naru.node.notices import NoticesRefused
from naru.node.options import NodeOptions
from naru.simulators.message_sender import Simulator
from naru.simulators.program import serving
from tests.ports import free_port


@pytest.fixture
def options(tmp_path: Path) -> NodeOptions:
    return replace(NodeOptions(), data=tmp_path)


def written(options: NodeOptions, text: str, *, key: str = "TEST-key", mode: int = 0o600) -> None:
    (options.data / notices.FILE).write_text(text, "utf-8")
    secret = options.data / "key"
    secret.write_text(f"{key}\n", "utf-8")
    secret.chmod(mode)


def test_without_the_file_there_is_the_inbox_alone(options: NodeOptions) -> None:
    assert notices.channels(options) == {}
    assert notice_channels(options).well


def test_each_channel_is_made_and_says_no_secret(options: NodeOptions) -> None:
    written(
        options,
        '[email]\nrelay = "smtp://mail.example.org"\nsender = "a@example.org"\n'
        'user = "a"\npassword_file = "key"\n'
        '[chat]\nurl = "https://chat.example.org/v1"\nkey_file = "key"\n'
        '[sms]\nurl = "http://127.0.0.1:9"\nkey_file = "key"\n',
    )
    channels = notices.channels(options)
    assert set(channels) == {"email", "chat", "sms"}
    assert "TEST-key" not in repr([vars(one) for one in channels.values()])


@pytest.mark.parametrize(
    "text",
    [
        "no toml",
        '[pigeon]\nurl = "https://example.org"\n',
        '[chat]\nurl = "http://chat.example.org"\nkey_file = "key"\n',
        '[chat]\nurl = "https://chat.example.org"\n',
        '[chat]\nurl = "https://chat.example.org"\nkey_file = "nothing"\n',
        '[email]\nrelay = "mail.example.org"\nsender = "a@example.org"\n',
        '[email]\nrelay = "smtp://mail.example.org"\nsender = "a@example.org"\nauthority = "key"\n',
    ],
)
def test_what_is_wrong_is_refused_and_told_by_the_doctor(options: NodeOptions, text: str) -> None:
    written(options, text)
    with pytest.raises(NoticesRefused):
        notices.channels(options)
    assert not notice_channels(options).well


def test_a_secret_that_others_may_read_is_refused(options: NodeOptions) -> None:
    written(options, '[sms]\nurl = "http://127.0.0.1:9"\nkey_file = "key"\n', mode=0o644)
    with pytest.raises(NoticesRefused, match="600"):
        notices.channels(options)


def test_the_doctor_asks_a_provider_whether_it_knows_us(options: NodeOptions) -> None:
    with serving(Simulator(free_port())) as provider:
        text = f'[chat]\nurl = "{provider.at("chat")}"\nkey_file = "key"\n'
        written(options, text)
        assert notice_channels(options).well
        written(options, text, key="TEST-wrong")
        told = notice_channels(options)
        assert not told.well
        assert "chat" in told.english
        assert "TEST-wrong" not in told.english
