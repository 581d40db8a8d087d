"""RFC 5424 messages and the streams that carry them."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from naru.formats.atna import (
    FrameReader,
    FrameRefused,
    SyslogMessage,
    SyslogRefused,
    from_syslog,
    octet_counted,
    to_syslog,
)

TIME = datetime(2026, 11, 21, 9, 30, 15, 250_000, UTC)
names = st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=20).filter(
    lambda name: name != "-"
)


@given(
    st.builds(
        SyslogMessage,
        facility=st.integers(0, 23),
        severity=st.integers(0, 7),
        time=st.none() | st.just(TIME),
        host=names,
        app=names,
        process=names,
        message_id=names,
        structured_data=st.sampled_from([b"", b'[a@1 b="c\\"d\\]"][e]', b'[x y=""]']),
        content=st.binary(max_size=50).filter(
            lambda octets: not octets.startswith(b"\xef\xbb\xbf")
        ),
    )
)
def test_a_message_comes_back_as_it_was_written(message: SyslogMessage) -> None:
    assert from_syslog(to_syslog(message)) == message


def test_an_audit_message_has_the_header_that_iti_20_asks_for() -> None:
    written = to_syslog(SyslogMessage(time=TIME, host="a", app="naru", content=b"<AuditMessage/>"))

    assert written == (b"<85>1 2026-11-21T09:30:15.250Z a naru - IHE+RFC-3881 - <AuditMessage/>")


def test_a_byte_order_mark_is_accepted_and_not_kept() -> None:
    message = from_syslog(b"<85>1 - h a - IHE+RFC-3881 - \xef\xbb\xbf<AuditMessage/>")

    assert message.content == b"<AuditMessage/>"
    assert message.is_audit


@pytest.mark.parametrize(
    "example",
    [  # RFC 5424 section 6.5.
        b"<34>1 2003-10-11T22:14:15.003Z mymachine.example.com su - ID47 - \xef\xbb\xbf'su root'",
        b"<165>1 2003-08-24T05:14:15.000003-07:00 192.0.2.1 myproc 8710 - - %% It's time.",
        b'<165>1 2003-10-11T22:14:15Z h evntslog - ID47 [e@32473 iut="3" eventID="1011"] An app',
        b'<165>1 2003-10-11T22:14:15Z h evntslog - ID47 [e@32473 iut="3"][p@32473 class="high"]',
    ],
)
def test_the_examples_of_the_rfc_are_read(example: bytes) -> None:
    message = from_syslog(example)
    assert message.time is not None
    assert not message.is_audit


@pytest.mark.parametrize("time", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"])
def test_a_moment_that_is_none_in_utc_is_none(time: str) -> None:
    assert from_syslog(f"<34>1 {time} - - - - -".encode()).time is None


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        b"<34>Oct 11 22:14:15 mymachine su: BSD syslog",
        b"<192>1 - - - - - -",
        b"<34>0 - - - - - -",
        b"<34>1 - - - - - [broken",
        b"<34>1 - - - - " + b"x" * 33 + b" -",
        b"1 - - - - - -",
        b"{}",
    ],
)
def test_what_is_no_rfc_5424_message_is_refused(octets: bytes) -> None:
    with pytest.raises(SyslogRefused):
        from_syslog(octets)


def test_structured_data_without_end_costs_no_time() -> None:
    with pytest.raises(SyslogRefused):
        from_syslog(b"<34>1 - - - - - [a" + b' b="\\"' * 50_000)


@given(st.lists(st.binary(min_size=1, max_size=30), max_size=6), st.integers(1, 7))
def test_counted_messages_are_found_however_the_stream_is_cut(
    messages: list[bytes], size: int
) -> None:
    stream = b"".join(map(octet_counted, messages))
    reader = FrameReader()
    found = [
        message
        for start in range(0, len(stream), size)
        for message in reader.feed(stream[start : start + size])
    ]
    assert found == messages
    assert not reader.is_within


@given(st.lists(st.text("<85>1 가", min_size=1, max_size=9), max_size=6), st.integers(1, 7))
def test_lines_are_found_however_the_stream_is_cut(texts: list[str], size: int) -> None:
    lines = [f"<{text}".encode() for text in texts]
    stream = b"".join(line + b"\r\n" for line in lines)
    reader = FrameReader()
    found = [
        message
        for start in range(0, len(stream), size)
        for message in reader.feed(stream[start : start + size])
    ]
    assert found == lines


def test_a_stream_may_change_its_manner_between_messages() -> None:
    reader = FrameReader()
    assert reader.feed(b"3 <a>\n<b>\n3 <c>") == [b"<a>", b"<b>", b"<c>"]


def test_what_was_cut_off_is_given_at_the_end() -> None:
    reader = FrameReader()
    assert reader.feed(b"10 <abc") == []
    assert reader.is_within
    assert reader.end() == b"<abc"
    assert reader.feed(b"<line") == []
    assert reader.end() == b"<line"


@pytest.mark.parametrize("stream", [b"99999999999 ", b"12x", b"1000001 <", b"<" + b"a" * 1_000_001])
def test_a_message_larger_than_any_is_refused_before_it_is_held(stream: bytes) -> None:
    with pytest.raises(FrameRefused):
        FrameReader(1_000_000).feed(stream)
