"""FHIR JSON as it may arrive, good and bad."""

import json
import math
from decimal import Decimal
from http import HTTPStatus
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from naru.formats.fhir.json import DEFAULT, JsonLimits, from_json, read, to_json
from naru.formats.fhir.outcome import Refused

SECOND = msgspec.json.Decoder(float_hook=Decimal)
SMALL = JsonLimits(size=4096, depth=8, values=200)

HOSTILE = {
    "empty": b"",
    "blank": b" \n\t ",
    "a byte order mark": b'\xef\xbb\xbf{"resourceType":"Patient"}',
    "UTF-16": '{"resourceType":"Patient"}'.encode("utf-16"),
    "UTF-16 without a mark": '{"resourceType":"Patient"}'.encode("utf-16-le"),
    "UTF-32": '{"resourceType":"Patient"}'.encode("utf-32"),
    "Latin-1": '{"resourceType":"Patiént"}'.encode("latin-1"),
    "EUC-KR": '{"resourceType":"환자"}'.encode("euc-kr"),
    "overlong UTF-8": b'{"resourceType":"\xc0\xaf"}',
    "encoded surrogate": b'{"resourceType":"\xed\xa0\x80"}',
    "cut-off UTF-8": b'{"resourceType":"\xe2\x82"}',
    "high surrogate alone": rb'{"resourceType":"Patient","a":"\ud800"}',
    "low surrogate alone": rb'{"resourceType":"Patient","a":"\udc00"}',
    "surrogates the wrong way round": rb'{"resourceType":"Patient","a":"\udc00\ud800"}',
    "surrogate in a name": rb'{"resourceType":"Patient","\ud800":1}',
    "NUL by its number": rb'{"resourceType":"Patient","a":"\u0000"}',
    "NUL in a name": rb'{"resourceType":"Patient","\u0000":1}',
    "surrogate and text": rb'{"resourceType":"Patient","a":"\ud800x"}',
    "name twice": b'{"resourceType":"Patient","resourceType":"Patient"}',
    "name twice within": b'{"resourceType":"Patient","a":{"b":1,"b":2}}',
    "name twice in a list": b'{"resourceType":"Patient","a":[{"b":1,"b":1}]}',
    "name twice by escape": rb'{"resourceType":"Patient","a":1,"\u0061":2}',
    "NaN": b'{"resourceType":"Patient","a":NaN}',
    "Infinity": b'{"resourceType":"Patient","a":Infinity}',
    "minus Infinity": b'{"resourceType":"Patient","a":-Infinity}',
    "nan": b'{"resourceType":"Patient","a":nan}',
    "big integer": b'{"resourceType":"Patient","a":' + b"9" * 41 + b"}",
    "very big integer": b'{"resourceType":"Patient","a":' + b"9" * 4000 + b"}",
    "big exponent": b'{"resourceType":"Patient","a":1e400}',
    "very big exponent": b'{"resourceType":"Patient","a":1e999999999999999999999}',
    "small exponent": b'{"resourceType":"Patient","a":1e-400}',
    "long fraction": b'{"resourceType":"Patient","a":0.' + b"1" * 60 + b"}",
    "leading zero": b'{"resourceType":"Patient","a":01}',
    "leading plus": b'{"resourceType":"Patient","a":+1}',
    "leading point": b'{"resourceType":"Patient","a":.5}',
    "trailing point": b'{"resourceType":"Patient","a":5.}',
    "hexadecimal": b'{"resourceType":"Patient","a":0x10}',
    "other digits": '{"resourceType":"Patient","a":١}'.encode(),
    "minus alone": b'{"resourceType":"Patient","a":-}',
    "underscore": b'{"resourceType":"Patient","a":1_000}',
    "deep lists": b'{"resourceType":"Patient","a":' + b"[" * 9 + b"]" * 9 + b"}",
    "deep objects": b'{"resourceType":"Patient","a":' + b'{"a":' * 9 + b"1" + b"}" * 10,
    "depth alone": b"[" * 4000,
    "many values": b'{"resourceType":"Patient","a":[' + b"1," * 300 + b"1]}",
    "many empty lists": b'{"resourceType":"Patient","a":[' + b"[]," * 150 + b"[]]}",
    "too large": b'{"resourceType":"Patient","a":"' + b"x" * 5000 + b'"}',
    "trailing comma": b'{"resourceType":"Patient",}',
    "trailing comma in a list": b'{"resourceType":"Patient","a":[1,]}',
    "two values": b'{"resourceType":"Patient"}{"resourceType":"Patient"}',
    "text behind": b'{"resourceType":"Patient"} x',
    "cut off": b'{"resourceType":"Patient"',
    "cut off in a text": b'{"resourceType":"Pat',
    "comment": b'{"resourceType":"Patient"/* x */}',
    "line comment": b'{"resourceType":"Patient"} // x',
    "single quotes": b"{'resourceType':'Patient'}",
    "bare name": b'{resourceType:"Patient"}',
    "control character": b'{"resourceType":"Pat\x01ient"}',
    "line end in a text": b'{"resourceType":"Pat\nient"}',
    "NUL": b'{"resourceType":"Patient\x00"}',
    "NUL behind": b'{"resourceType":"Patient"}\x00',
    "bad escape": rb'{"resourceType":"Pat\xient"}',
    "short escape": rb'{"resourceType":"Pat\u00"}',
    "vertical tab": b'{"resourceType":\x0b"Patient"}',
    "no-break space": '{"resourceType":\u00a0"Patient"}'.encode(),
    "list": b'[{"resourceType":"Patient"}]',
    "text": b'"Patient"',
    "number": b"1",
    "null": b"null",
    "no resourceType": b'{"id":"1"}',
    "resourceType is no text": b'{"resourceType":1}',
    "resourceType is a list": b'{"resourceType":["Patient"]}',
    "XML": b'<Patient xmlns="http://hl7.org/fhir"/>',
    "a form": b"patient=1&status=current",
    "a name without a value": b'{"resourceType"}',
    "a value without a name": b'{"resourceType":"Patient",1}',
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_bad_is_refused_in_fhirs_words(name: str) -> None:
    with pytest.raises(Refused) as refusal:
        from_json(HOSTILE[name], limits=SMALL)

    assert refusal.value.status in {
        HTTPStatus.BAD_REQUEST,
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    }
    assert all(issue.sentence for issue in refusal.value.issues)


def test_a_refusal_quotes_nothing_of_the_document() -> None:
    for document in (b'{"resourceType":"Patient","a":"KIM NARU" x', b'{"KIM NARU":1,"KIM NARU":2}'):
        with pytest.raises(Refused) as refusal:
            from_json(document)
        assert "KIM" not in str(refusal.value.issues)


def test_decimals_keep_their_precision() -> None:
    text = b'{"resourceType":"Observation","a":[1.0,1.00,0.10,-0,100,1.5E+3,12345678901234567890]}'

    assert to_json(from_json(text)) == text


def test_signs_in_a_text_are_not_counted_as_values() -> None:
    text = ",:[{" * 500
    found = from_json(json.dumps({"resourceType": "Patient", "a": text}).encode(), limits=SMALL)

    assert found["a"] == text


def test_a_body_at_the_limit_is_read_and_one_byte_more_is_not() -> None:
    frame = len(b'{"resourceType":"Binary","data":""}')
    exact = b'{"resourceType":"Binary","data":"' + b"A" * (DEFAULT.size - frame) + b'"}'

    assert len(exact) == DEFAULT.size
    assert from_json(exact)["resourceType"] == "Binary"
    with pytest.raises(Refused):
        from_json(exact + b" ")


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**18), 10**18)
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=10),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(exclude_characters="\0"), max_size=4), inner)
    ),
    max_leaves=10,
)


@given(json_values)
def test_what_is_written_is_read_again(value: Any) -> None:
    assert read(to_json(value)) == value


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-1e9, max_value=1e9))
def test_a_decimal_is_read_as_it_was_written(value: Decimal) -> None:
    assert str(read(to_json(value))) == str(value)


fuzz = st.one_of(
    st.binary(max_size=60),
    st.text('{}[]":,\\u0123456789.eE+-truefalsn \t\n', max_size=40).map(str.encode),
    st.tuples(json_values.map(to_json), st.binary(max_size=3), st.integers(0, 60)).map(
        lambda parts: parts[0][: parts[2]] + parts[1] + parts[0][parts[2] :]
    ),
)


@given(fuzz)
def test_whatever_is_read_a_second_parser_reads_alike(data: bytes) -> None:
    try:
        found = read(data)
    except Refused:
        return
    second = SECOND.decode(data)

    assert _plain(found) == _plain(second)
    assert _plain(found) == _plain(json.loads(data))


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return value
    assert math.isfinite(value)
    return float(value)
