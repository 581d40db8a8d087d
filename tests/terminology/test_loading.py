"""A release replaces by date, keeps what was, shows itself at once, and changes nothing twice."""

from dataclasses import replace
from datetime import date

import pytest

from naru.domain.terminology import (
    ConceptMapping,
    Difference,
    Relation,
    Release,
    Standing,
    System,
    Validity,
)
from naru.terminology import models, queries, services
from naru.terminology.errors import (
    ReleaseEmpty,
    ReleaseOutOfOrder,
    ReleaseOvertaken,
    ReleaseShrinks,
)
from tests.terminology.synthetic import (
    DIABETES,
    FEW,
    FIRST,
    FRACTURE,
    NEUROPATHY,
    NOW,
    TYPE_2,
    concept,
    release,
)

pytestmark = pytest.mark.django_db

SECOND = date(2023, 1, 1)
RENAMED = concept("TEST-H1", "당뇨병(개정)", "소모증")


def loaded(one: Release) -> Difference:
    return services.load(one, now=NOW)


def display(code: str, on: date) -> str | None:
    found = queries.lookup("kostom", code, on)
    return found.display if found else None


def numbers(told: Difference) -> tuple[int, int, int, int]:
    return told.added, told.changed, told.retired, told.same


def test_what_a_release_changes_holds_from_its_day_and_not_before() -> None:
    assert numbers(loaded(release(*FEW))) == (4, 0, 0, 0)
    told = loaded(release(RENAMED, TYPE_2, NEUROPATHY, concept("TEST-H9", "새"), since=SECOND))
    assert numbers(told) == (1, 1, 1, 2)
    day_before = date(2022, 12, 31)
    assert display("TEST-H1", day_before) == "당뇨병"
    assert display("TEST-H1", SECOND) == "당뇨병(개정)"
    assert display("TEST-H4", day_before) == "대퇴골 골절"
    assert display("TEST-H4", SECOND) is None
    assert display("TEST-H9", day_before) is None
    assert display("TEST-H9", SECOND) == "새"
    assert display("TEST-H1", date(2020, 12, 31)) is None


def test_the_same_release_again_changes_nothing() -> None:
    loaded(release(*FEW))
    rows = [models.Release, models.Concept, models.Term, models.Key]
    before = [list(each.objects.order_by("id").values()) for each in rows]
    told = loaded(release(*FEW))
    assert told.nothing
    assert numbers(told) == (0, 0, 0, 4)
    assert [list(each.objects.order_by("id").values()) for each in rows] == before


def test_a_release_corrected_on_its_own_day_is_as_if_loaded_at_once() -> None:
    loaded(release(*FEW))
    loaded(release(RENAMED, TYPE_2, since=SECOND))  # By mistake without the others.
    told = loaded(release(*FEW, since=SECOND, version="TEST-2"))
    assert numbers(told)[2] == 0
    for one in FEW:
        found = queries.lookup("kostom", one.code, SECOND)
        assert found is not None
        assert (found.display, found.validity) == (one.display, Validity(FIRST))


def test_releases_are_loaded_in_the_order_of_their_days() -> None:
    loaded(release(*FEW, since=SECOND))
    with pytest.raises(ReleaseOutOfOrder):
        loaded(release(*FEW, since=FIRST))


def test_an_empty_release_and_one_that_would_retire_most_are_refused() -> None:
    with pytest.raises(ReleaseEmpty):
        loaded(release())
    many = [concept(f"TEST-H{number:03}", f"말 {number}") for number in range(300)]
    loaded(release(*many))
    with pytest.raises(ReleaseShrinks):
        services.examine(release(*many[:100], since=SECOND))
    plan = services.examine(release(*many[:100], since=SECOND), shrinks=True)
    assert plan.difference.retired == 200


def test_what_is_put_in_place_is_seen_only_when_it_is_published() -> None:
    loaded(release(*FEW))
    plan = services.examine(release(RENAMED, TYPE_2, NEUROPATHY, since=SECOND))
    key = services.stage(plan, now=NOW)
    assert display("TEST-H1", SECOND) == "당뇨병"
    assert [one.term for one in queries.search("당뇨병개정", on=SECOND)] == []
    assert queries.validate("kostom", "TEST-H1", SECOND).valid
    assert len(queries.releases()) == 1
    services.publish(plan, key, now=NOW)
    assert display("TEST-H1", SECOND) == "당뇨병(개정)"


def test_a_load_that_was_broken_off_goes_on_where_it_stopped() -> None:
    plan = services.examine(release(*FEW))
    key = services.stage(replace(plan, opening=plan.opening[:2]), now=NOW)
    again = services.examine(release(*FEW))
    assert services.stage(again, now=NOW) == key
    services.publish(again, key, now=NOW)
    assert [display(one.code, SECOND) for one in FEW] == [one.display for one in FEW]
    assert models.Concept.objects.count() == 4


def test_what_another_broken_load_left_is_taken_away() -> None:
    services.stage(services.examine(release(*FEW)), now=NOW)
    loaded(release(FRACTURE, version="TEST-2"))
    assert models.Concept.objects.count() == 1
    assert models.Release.objects.count() == 1
    assert set(models.Key.objects.values_list("term__concept__code", flat=True)) == {"TEST-H4"}


def test_of_two_loads_at_once_the_later_begun_holds() -> None:
    first = services.examine(release(*FEW))
    key = services.stage(first, now=NOW)
    loaded(release(FRACTURE, version="TEST-2"))
    with pytest.raises(ReleaseOvertaken):
        services.publish(first, key, now=NOW)
    assert models.Concept.objects.count() == 1


def test_days_that_a_file_says_of_a_code_are_kept() -> None:
    ended = replace(DIABETES, validity=Validity(None, date(2020, 1, 1)))
    begun = replace(FRACTURE, validity=Validity(date(2019, 5, 1), None))
    loaded(release(ended, begun))
    assert display("TEST-H1", date(2019, 12, 31)) == "당뇨병"
    verdict = queries.validate("kostom", "TEST-H1", FIRST)
    assert verdict.standing is Standing.RETIRED
    assert display("TEST-H4", date(2019, 5, 1)) == "대퇴골 골절"
    assert loaded(release(ended, begun)).nothing
    assert loaded(release(ended, begun, since=SECOND)).nothing


def maps(*pairs: tuple[str, str]) -> tuple[ConceptMapping, ...]:
    return tuple(
        ConceptMapping(
            source=System.KOSTOM,
            source_code=source,
            target=System.KCD_8,
            target_code=target,
            relation=Relation.EQUIVALENT,
            provenance="",
        )
        for source, target in pairs
    )


def test_maps_are_replaced_by_date_too_and_say_whence_they_come() -> None:
    loaded(release(*FEW, maps=maps(("TEST-H1", "TEST-E14"), ("TEST-H2", "TEST-E11"))))
    told = loaded(release(*FEW, maps=maps(("TEST-H1", "TEST-E149")), since=SECOND))
    assert (told.maps_added, told.maps_ended, told.same) == (1, 2, 4)

    def target(code: str, on: date) -> list[str]:
        return [one.target_code for one in queries.translate("kostom", code, "kcd-8", on=on)]

    assert target("TEST-H1", FIRST) == ["TEST-E14"]
    assert target("TEST-H1", SECOND) == ["TEST-E149"]
    assert target("TEST-H2", SECOND) == []
    (one,) = queries.translate("kostom", "TEST-H1", on=SECOND)
    assert one.provenance == "kostom TEST-1, 2023-01-01"
    (back,) = queries.translate("kcd-8", "TEST-E14.9", "kostom", on=SECOND, reverse=True)
    assert back.source_code == "TEST-H1"


def test_the_codes_that_ship_are_loaded_once() -> None:
    services.load_built_in(now=NOW)
    number = models.Release.objects.count()
    assert number == 10
    services.load_built_in(now=NOW)
    assert models.Release.objects.count() == number
    assert queries.validate("hira-department", "01", FIRST).valid
    assert queries.validate("mohw-qualification", "의지.보조기 기사 / 보조공학사", FIRST).valid
    assert [one.concept.code for one in queries.search("내과", [System.HIE_DEPARTMENT], on=FIRST)][
        :1
    ] == ["0100"]
    (egen,) = queries.translate("hira-department", "01", "egen-department", on=FIRST)
    assert (egen.target_code, egen.provenance[:16]) == ("D001", "naru departments")
