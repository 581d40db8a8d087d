"""Search parameters as they may be asked."""

from datetime import UTC, datetime

import pytest

from naru.formats.fhir import values
from naru.formats.fhir.outcome import IssueType, Refused
from naru.formats.fhir.parameters import Definition, ParameterType, SortKey
from naru.formats.fhir.search_reading import defined, pairs, read_search
from naru.formats.fhir.values import Prefix, Reference, Token

DEFINITIONS = defined(
    [
        Definition("patient", ParameterType.REFERENCE, targets=("Patient",)),
        Definition("patient.identifier", ParameterType.TOKEN),
        Definition("status", ParameterType.TOKEN),
        Definition("family", ParameterType.STRING),
        Definition("date", ParameterType.DATE),
    ]
)


@pytest.mark.parametrize(
    "query",
    [
        "unknown=1",
        "family:above=x",
        "family:=x&family:exact:exact=x",
        "status:exact=current",
        "patient:Practitioner=1",
        "patient:Practitioner.identifier=1",
        "patient.name=x",
        "status=",
        "status",
        "&&",
        "=1",
        "_count=-1",
        "_count=x",
        "_count=1&_count=2",
        "_count=１",
        "_total=all",
        "_sort=unknown",
        "_include=Patient:link",
        "_include=*",
        "_has:Observation:patient:code=1",
        "_filter=x",
        "_page=../../etc",
        "family=%FF",
        "family=%ED%A0%80",
        "status=" + ",".join(["a"] * 501),
        "&".join(["status=a"] * 101),
        "status=" + "a" * 70_000,
        "a" * 80 + "=1",
        "na me=1",
        "__proto__=1",
    ],
)
def test_what_is_not_answered_is_refused(query: str) -> None:
    with pytest.raises(Refused):
        read_search(pairs(query), DEFINITIONS)


@pytest.mark.parametrize("query", ["status=a%00b", "sta%00tus=a", "%00="])
def test_a_nul_is_refused_before_a_database_sees_it(query: str) -> None:
    with pytest.raises(Refused) as refusal:
        pairs(query)

    assert refusal.value.issues[0].code is IssueType.INVALID


def test_a_lenient_client_is_told_what_was_left_out() -> None:
    search = read_search(pairs("status=current&shoe=43&_sort=hat"), DEFINITIONS, lenient=True)

    assert search.query == "status=current"
    assert [issue.expression for issue in search.remarks] == [("shoe",), ("_sort",)]


def test_a_required_parameter_is_asked_for_even_of_the_lenient() -> None:
    required = defined([Definition("status", ParameterType.TOKEN, required=True)])
    with pytest.raises(Refused) as refusal:
        read_search((), required, lenient=True)

    assert refusal.value.issues[0].expression == ("status",)


def test_alternatives_repetitions_modifiers_and_chains() -> None:
    query = r"status=a,b&status=c\,d&family:exact=%EA%B9%80&patient:Patient=1&_sort=-date,family"
    search = read_search(pairs(query + "&patient:Patient.identifier=x|1&_count=9"), DEFINITIONS)

    assert [one.values for one in search.all("status")] == [("a", "b"), (r"c\,d",)]
    family, patient = search.one("family"), search.one("patient")
    assert family is not None
    assert patient is not None
    assert (family.modifier, family.values) == ("exact", ("김",))
    assert patient.values == ("Patient/1",)
    assert search.one("patient.identifier") is not None
    assert search.sort == (SortKey("date", descending=True), SortKey("family"))
    assert search.count == 9
    assert read_search(pairs(search.query), DEFINITIONS) == search


def test_a_summary_by_count_asks_for_no_match() -> None:
    assert read_search(pairs("_summary=count"), DEFINITIONS).count == 0


@pytest.mark.parametrize(
    ("value", "meant"),
    [
        ("a", Token(None, "a")),
        ("s|a", Token("s", "a")),
        ("|a", Token("", "a")),
        ("s|", Token("s", None)),
        (r"s\|t|a\,b", Token("s|t", "a,b")),
        (r"a\|b", Token(None, "a|b")),
        (r"a\\|b", Token("a\\", "b")),
    ],
)
def test_a_token_is_read(value: str, meant: Token) -> None:
    assert values.token(value) == meant


@pytest.mark.parametrize(
    ("value", "meant"),
    [
        ("1", Reference("1", id="1")),
        ("Patient/1", Reference("Patient/1", "Patient", "1")),
        ("Patient/1/_history/2", Reference("Patient/1/_history/2", "Patient", "1")),
        (
            "https://x/fhir/Patient/1",
            Reference("https://x/fhir/Patient/1", "Patient", "1", "https://x/fhir/"),
        ),
        ("urn:uuid:1", Reference("urn:uuid:1")),
        ("https://x", Reference("https://x")),
        ("Patient/../1", Reference("Patient/../1")),
    ],
)
def test_a_reference_is_read(value: str, meant: Reference) -> None:
    assert values.reference(value) == meant


def test_a_date_means_an_interval() -> None:
    day = values.date("ge2020-02", "date")
    assert day.prefix is Prefix.GREATER_OR_EQUAL
    assert day.interval.low == datetime(2020, 2, 1, tzinfo=UTC)
    assert day.interval.high == datetime(2020, 3, 1, tzinfo=UTC)
    second = values.date("2020-02-29T09:00:00+09:00", "date").interval
    assert second.low == datetime(2020, 2, 29, tzinfo=UTC)
    assert (second.high - second.low).total_seconds() == 1


@pytest.mark.parametrize(
    "value",
    [
        "",
        "x",
        "2020-13",
        "2019-02-29",
        "0000",
        "ge",
        "2020-1-1",
        "xx2020",
        "2020-01-01T25:00",
        "2020-01-01T10:00:00+99:00",
        "2020-01-01 10:00",
        "٢٠٢٠",
    ],
)
def test_what_is_no_date_is_refused(value: str) -> None:
    with pytest.raises(Refused):
        values.date(value, "date")
