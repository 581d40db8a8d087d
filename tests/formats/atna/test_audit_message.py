"""The DICOM audit message: round trips, the schema, what others write, and what is refused."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from naru.domain.audit_message import (
    ActiveParticipant,
    AuditMessage,
    AuditSource,
    CodedValue,
    EventActionCode,
    EventIdentification,
    NetworkAccessPointTypeCode,
    ObjectDetail,
    ParticipantObject,
)
from naru.formats.atna import AuditMessageRefused, from_xml, to_xml
from naru.formats.xml.schema import load_schema, validate

TIME = datetime(2026, 11, 21, 9, 30, 15, 250_000, UTC)
ROOM = EventIdentification(id=CodedValue("110112", "DCM", "Query"), time=TIME)

# Tokens: what an XML attribute of type xs:token gives back as it was.
words = st.text("abc가나 <>&\"'\t^|", min_size=1, max_size=12).map(lambda text: f"x{text}x")
codes = st.builds(CodedValue, words, words, words)
messages = st.builds(
    AuditMessage,
    event=st.builds(
        EventIdentification,
        id=codes,
        types=st.lists(codes, max_size=2).map(tuple),
        outcome_description=st.just("") | words,
        purposes_of_use=st.lists(codes, max_size=2).map(tuple),
        action=st.none() | st.sampled_from(EventActionCode),
        time=st.just(TIME),
        outcome=st.sampled_from([0, 4, 8, 12]),
    ),
    participants=st.lists(
        st.builds(
            ActiveParticipant,
            roles=st.lists(codes, max_size=2).map(tuple),
            user_id=st.just("") | words,
            alternative_user_id=st.just("") | words,
            user_name=st.just("") | words,
            is_requestor=st.booleans(),
            access_point=st.just("") | words,
            access_point_type=st.none() | st.sampled_from(NetworkAccessPointTypeCode),
        ),
        min_size=1,
        max_size=3,
    ).map(tuple),
    source=st.builds(
        AuditSource,
        types=st.lists(codes, max_size=2).map(tuple),
        enterprise_site=st.just("") | words,
        id=words,
    ),
    objects=st.lists(
        st.builds(
            ParticipantObject,
            id_type=codes,
            query=st.binary(min_size=1, max_size=20),
            details=st.lists(st.builds(ObjectDetail, words, st.binary(max_size=9))).map(tuple),
            id=st.just("") | words,
            type=st.sampled_from(["", "1", "2"]),
            role=st.sampled_from(["", "1", "3", "20", "24"]),
            life_cycle=st.sampled_from(["", "6"]),
            sensitivity=st.just("") | words,
        )
        | st.builds(ParticipantObject, id_type=codes, name=words),
        max_size=3,
    ).map(tuple),
)


@given(messages)
def test_a_message_comes_back_as_it_was_written(message: AuditMessage) -> None:
    assert from_xml(to_xml(message)) == message


@given(message=messages)
def test_whatever_is_written_follows_the_schema(message: AuditMessage, cases: Path) -> None:
    schema = load_schema(cases / "schemas" / "atna" / "dicom2017c.xsd")
    validate(etree.fromstring(to_xml(message)), schema)


@pytest.mark.parametrize("number", [18, 41, 43, 44, 47])
def test_the_recorded_messages_are_read_whole(number: int, cases: Path) -> None:
    recorded = cases / "ihe" / "epd-by-example" / "samples" / f"iti-{number}-log.xml"
    original = etree.fromstring(recorded.read_bytes())

    message = from_xml(recorded.read_bytes())

    assert message.event.types[0].code == f"ITI-{number}"
    objects = original.iter("ParticipantObjectIdentification")
    assert [one.id for one in message.objects] == [
        one.get("ParticipantObjectID") for one in objects
    ]
    assert [one.user_id for one in message.participants] == [
        one.get("UserID") for one in original.iter("ActiveParticipant")
    ]
    assert from_xml(to_xml(message)).objects == message.objects


def test_the_messages_of_another_implementation_are_read_and_follow_the_schema_again(
    cases: Path,
) -> None:
    schema = load_schema(cases / "schemas" / "atna" / "dicom2017c.xsd")
    files = sorted((cases / "ihe" / "ipf" / "atna").glob("*.xml"))
    assert len(files) > 5
    for file in files:
        message = from_xml(file.read_bytes())
        assert message.participants
        validate(etree.fromstring(to_xml(message)), schema)


def test_a_message_from_before_dicom_took_the_schema_over_is_read() -> None:
    message = from_xml(
        b'\xef\xbb\xbf<AuditMessage><EventIdentification EventDateTime="2020-01-01T00:00:00Z"'
        b' EventOutcomeIndicator="8"><EventID code="110112" displayName="Query"'
        b' codeSystemName="DCM"/></EventIdentification><AuditSourceIdentification'
        b' AuditSourceID="x"/></AuditMessage>'
    )

    assert message.event.id == CodedValue("110112", "DCM", "Query")
    assert message.event.outcome == 8


@pytest.mark.parametrize("time", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"])
def test_a_moment_that_is_none_in_utc_is_like_none(time: str) -> None:
    octets = to_xml(
        AuditMessage(
            event=ROOM, participants=(ActiveParticipant(user_id="x"),), source=AuditSource(id="x")
        )
    ).replace(b"2026-11-21T09:30:15.250+00:00", time.encode())
    assert time.encode() in octets
    assert from_xml(octets).event.time == datetime(1970, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        b"<AuditMessage>",
        b"<AuditMessage/>",
        b"<Other/>",
        b"<AuditMessage><EventIdentification/></AuditMessage>",
        b'<!DOCTYPE a [<!ENTITY x "y">]><AuditMessage>&x;</AuditMessage>',
        b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><AuditMessage/>',
        b"<AuditMessage>" + b"<a>" * 20 + b"</a>" * 20 + b"</AuditMessage>",
        b"<AuditMessage>" + b"<a/>" * 20_001 + b"</AuditMessage>",
        b"<AuditMessage>" + b"a" * 1_100_000 + b"</AuditMessage>",
        b"\xff\xfe\x00",
    ],
)
def test_what_is_no_audit_message_is_refused(octets: bytes) -> None:
    with pytest.raises(AuditMessageRefused):
        from_xml(octets)


@given(st.binary(max_size=200))
def test_no_octets_break_the_reader(octets: bytes) -> None:
    with pytest.raises(AuditMessageRefused):
        from_xml(octets)


def test_a_character_that_xml_cannot_carry_is_replaced_not_refused() -> None:
    message = AuditMessage(
        event=ROOM,
        participants=(ActiveParticipant(user_id="a\x00b"),),
        source=AuditSource(id="x"),
    )
    assert from_xml(to_xml(message)).participants[0].user_id == "a\ufffdb"
