"""A system has one way to be kept and many to be named; a code likewise."""

from datetime import date

import pytest

from naru.domain.terminology import System, code_system, in_force, named, systems

KCD_OID = "1.2.410.100110.40.2.3.2"


def test_every_system_of_the_data_has_a_name_and_every_name_its_data() -> None:
    assert set(systems()) == set(System)


@pytest.mark.parametrize("one", System)
def test_a_system_is_found_by_each_of_its_urls_and_oids(one: System) -> None:
    system = code_system(one)
    ways = [one.value, *system.urls, *system.oids, *(f"urn:oid:{oid}" for oid in system.oids)]
    for way in ways:
        assert system in named(way)


def test_which_kcd_an_oid_means_is_told_by_the_day() -> None:
    meant = [in_force(KCD_OID, date(year, 12, 31)) for year in (2025, 2026)]
    assert [one.name for one in meant if one] == [System.KCD_8, System.KCD_9]
    first = in_force(KCD_OID, date(2026, 1, 1))
    assert first is not None
    assert first.name is System.KCD_9


def test_an_unknown_system_is_none() -> None:
    assert named("http://elsewhere") == ()
    assert in_force("", date(2026, 1, 1)) is None


@pytest.mark.parametrize("sent", ["E11.9", "e119", " E119 ", "E11.9†", "E11.9*"])
def test_a_kcd_code_is_kept_without_its_dot_and_shown_with_it(sent: str) -> None:
    kcd = code_system(System.KCD_9)
    assert kcd.canonical(sent) == "E119"
    assert kcd.written("E119") == "E11.9"
    assert kcd.written("E11") == "E11"
    assert kcd.has_form("E119")


def test_a_made_up_code_keeps_its_mark() -> None:
    kcd = code_system(System.KCD_9)
    assert kcd.written(kcd.canonical("TEST-E11.9")) == "TEST-E11.9"
    assert kcd.has_form("TEST-E119")


def test_codes_in_korean_words_stay_as_they_are() -> None:
    qualification = code_system(System.MOHW_QUALIFICATION)
    assert qualification.canonical("한방안.이비인후.피부과") == "한방안.이비인후.피부과"
