from datetime import date

import pytest

from naru.demo.players import players
from naru.demo.population import PATIENT, SIZE, population
from tests.conftest import PROJECT


def test_the_same_people_come_at_every_start() -> None:
    assert population() == population()
    assert population()[0] == PATIENT
    assert len(population()) == SIZE


def test_no_number_can_be_anybodys() -> None:
    numbers = [person.resident_number for person in population()]

    assert len(set(numbers)) == SIZE
    for number in numbers:
        assert len(number) == 13
        with pytest.raises(ValueError, match="month"):
            date(2000, int(number[2:4]), 1)
    assert all(person.affinity_number.startswith("TEST-") for person in population())


def test_some_have_a_surname_of_two_syllables() -> None:
    assert any(len(person.family) == 2 for person in population())


def test_the_seventh_digit_says_the_sex_and_the_century() -> None:
    for person in population():
        digit = int(person.resident_number[6])
        assert (digit % 2 == 1) == (person.gender == "M")
        assert (digit >= 3) == (person.born.year >= 2000)


def test_the_readme_counts_whom_one_can_be() -> None:
    readme = (PROJECT / "README.md").read_text("utf-8")

    assert len(players()) == 37
    assert "서른일곱 사람" in readme
    assert "thirty-seven people" in readme
