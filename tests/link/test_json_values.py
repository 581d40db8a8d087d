import json
from dataclasses import asdict, replace
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from naru.domain.clinical import (
    Allergy,
    Appointment,
    Diagnosis,
    Draft,
    Medication,
    Procedure,
    Referral,
    TestResult,
)
from naru.link.errors import MessageWrong
from naru.link.json_values import read_json, value_of
from naru.link.message import read_message
from tests.link.emr import referral

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
days = st.dates(date(2, 1, 1), date(9998, 12, 31))
moments = st.datetimes(datetime(2, 1, 1), datetime(9998, 12, 31)) | days  # noqa: DTZ001  # As in JSON.


def listed(
    kind: type, **fields: st.SearchStrategy[object]
) -> st.SearchStrategy[tuple[object, ...]]:
    return st.lists(st.builds(kind, **fields), max_size=2).map(tuple)


referrals = st.builds(
    Referral,
    patient=st.just(referral().patient),
    author=st.just(referral().author),
    encounter=st.just(referral().encounter),
    reason=texts,
    diagnoses=listed(Diagnosis, date=days, code=texts, name=texts),
    medications=listed(Medication, time=moments, code=texts, name=texts, usage=texts),
    test_results=listed(TestResult, time=moments, name=texts, result=texts),
    procedures=listed(Procedure, date=days, name=texts),
    allergies=listed(Allergy, date=days, name=texts),
    appointments=listed(Appointment, time=moments, content=texts),
    opinion=texts,
)


def as_text(value: object) -> str:
    assert isinstance(value, date | datetime)
    return value.isoformat()


@given(referrals)
def test_every_referral_can_be_written_as_json(value: Referral) -> None:
    octets = json.dumps(asdict(value), default=as_text).encode()
    assert value_of(Referral, read_json(octets)) == value


@given(st.binary(max_size=60) | st.recursive(
    st.none() | st.booleans() | st.integers() | texts,
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(["kind", "patient", "referral", "to", "mrn"]), inner),
).map(lambda value: json.dumps(value).encode()))  # fmt: skip  # Octets, or JSON of any shape.
def test_whatever_is_no_message_is_refused_in_words(octets: bytes) -> None:
    with pytest.raises(MessageWrong) as wrong:
        read_message(octets)
    assert wrong.value.sentence.endswith(".")


def test_a_depth_that_no_message_has_is_refused() -> None:
    with pytest.raises(MessageWrong):
        read_message(b'{"a":' * 100_000)


def test_a_misspelt_name_drops_nothing_in_silence() -> None:
    data = json.loads(json.dumps(asdict(replace(referral())), default=as_text))
    data["alergies"] = data.pop("allergies")
    with pytest.raises(MessageWrong, match="alergies"):
        value_of(Referral, data)


def summary(height: str) -> bytes:
    return (
        '{"kind": "summary", "patient": {"mrn": "1", "name": "가", "birth_date": "1980-05-05"},'
        '"author": {"id": "1", "name": "나"}, "content": {"vital_signs":'
        f'[{{"time": "2026-11-20", "height": {height}}}]}}}}'
    ).encode()


@pytest.mark.parametrize(("written", "kept"), [("170.50", "170.50"), ("170", "170"), ("0", "0")])
def test_a_measure_keeps_its_zeros(written: str, kept: str) -> None:
    draft = read_message(summary(written))
    assert isinstance(draft, Draft)
    assert draft.kind == "summary"
    assert str(draft.content.vital_signs[0].height) == kept


@pytest.mark.parametrize("wrong", ["true", '"170"', "1e999", "1" * 40, "[1]", "NaN"])
def test_what_is_no_measure_is_refused(wrong: str) -> None:
    with pytest.raises(MessageWrong):
        read_message(summary(wrong))


def test_an_unknown_kind_is_answered_with_those_that_are_known() -> None:
    with pytest.raises(MessageWrong) as wrong:
        read_message(b'{"kind": "nursing"}')
    for kind in ("referral", "return", "reply", "summary", "radiology-report"):
        assert kind in wrong.value.sentence


@pytest.mark.parametrize("said", ["0001-01-01T00:00:00+14:00", "0001-01-01", "9999-12-31"])
def test_a_time_that_another_zone_has_not_is_none(said: str) -> None:
    with pytest.raises(MessageWrong):
        value_of(Allergy, {"date": said, "kind": "drug", "name": "가"})
