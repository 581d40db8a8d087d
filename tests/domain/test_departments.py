"""A department is the same, whichever of the three code systems names it."""

from datetime import date
from uuid import uuid4

import pytest

from naru.consent.snapshots import NO_EXCLUSIONS, Exclusion
from naru.domain.departments import (
    Department,
    DepartmentSystem,
    canonical,
    code_in,
    name_of,
    table,
)

HIRA, HIE, EGEN = (table().schemes[one] for one in DepartmentSystem)


@pytest.mark.parametrize(
    "written", [f"03^^{HIRA}", f"0300^^{HIE}", f"0301^^{HIE}", f"D003^^{EGEN}"]
)
def test_one_department_is_written_one_way(written: str) -> None:
    assert canonical(written) == f"03^^{HIRA}"


@pytest.mark.parametrize(
    "written",
    ["03", f"99^^{HIRA}", f"D099^^{EGEN}", "General Medicine^^elsewhere", "", "^^", "03^^"],
)
def test_what_is_unknown_stays_as_it_is(written: str) -> None:
    assert canonical(written) == written


def test_codes_and_names_are_found_by_any_code() -> None:
    assert code_in(f"D001^^{EGEN}", DepartmentSystem.HIE) == "0100"
    assert code_in(f"49^^{HIRA}", DepartmentSystem.EGEN) is None
    assert code_in("x^^y", DepartmentSystem.HIRA) is None
    assert name_of(f"0102^^{HIE}") == "순환기내과"
    assert name_of(f"0102^^{HIE}", english=True) == "Cardiology"
    assert name_of(f"D011^^{EGEN}") == "소아청소년과"
    assert name_of("x^^y") == ""


def test_each_code_means_one_department_and_the_table_says_what_it_is_worth() -> None:
    for system in DepartmentSystem:
        codes = [one.codes[system] for one in table().departments if system in one.codes]
        assert len(set(codes)) == len(codes)
    assert table().status == "unofficial"
    for code in table().branches:
        assert canonical(f"{code}^^{HIE}").endswith(f"^^{HIRA}")


def test_a_row_holds_from_its_day_until_before_the_other() -> None:
    row = Department(
        korean="가", english="a", codes={}, valid_from=date(2026, 1, 1), valid_to=date(2027, 1, 1)
    )
    days = (date(2025, 12, 31), date(2026, 1, 1), date(2026, 12, 31), date(2027, 1, 1))
    assert [row.holds(day) for day in days] == [False, True, True, False]
    assert row.holds(None)


@pytest.mark.parametrize("said", [f"03^^{HIRA}", f"0300^^{HIE}", f"D003^^{EGEN}"])
@pytest.mark.parametrize("item", [f"03^^{HIRA}", f"0301^^{HIE}", f"D003^^{EGEN}"])
def test_an_exclusion_holds_whichever_code_either_uses(said: str, item: str) -> None:
    everywhere = NO_EXCLUSIONS.including(Exclusion(department=said))
    assert canonical(item) in everywhere.departments
    source = uuid4()
    there = NO_EXCLUSIONS.including(Exclusion(source=source, department=said))
    assert (source, canonical(item)) in there.departments_at
    assert not everywhere.without(Exclusion(department=f"03^^{HIRA}")).departments
