"""A stored query's values cost no more than their length, whatever they hold."""

import pytest

from naru.domain.registry_errors import ErrorCode, RegistryFailure
from naru.formats.ebxml import query_value
from tests.quickest import cpu_seconds

SECONDS = 0.5
N = query_value.MAX_LENGTH - 10


@pytest.mark.parametrize(
    "hostile",
    [
        "a" + " " * N + "(",
        "a" + " " * N + "b" + "'",
        "'" + "''" * (N // 2) + "x",
        "'a'" + " " * N + "b",
        " " * N + "(",
        "'" + "a" * N,
        "a ," * (N // 3) + "(",
    ],
)
def test_a_value_that_is_none_is_refused_in_linear_time(hostile: str) -> None:
    def refused() -> None:
        with pytest.raises(RegistryFailure):
            query_value.read("$TEST", hostile)

    assert cpu_seconds(refused, enough=SECONDS) < SECONDS


def test_a_value_longer_than_any_list_is_refused() -> None:
    with pytest.raises(RegistryFailure) as refused:
        query_value.read("$TEST", "1" * (query_value.MAX_LENGTH + 1))
    assert refused.value.errors[0].code is ErrorCode.XDSRegistryOutOfResources


def test_blanks_within_and_after_a_bare_string_are_read_as_ever() -> None:
    assert query_value.read("$TEST", "( a b  , 'it''s' , \"c\" ,1)") == ["a b", "it's", "c", "1"]


def test_a_pattern_longer_than_any_name_is_refused() -> None:
    assert query_value.pattern("$TEST", "%홍%") == "%홍%"
    with pytest.raises(RegistryFailure):
        query_value.pattern("$TEST", "%" * (query_value.MAX_PATTERN + 1))
