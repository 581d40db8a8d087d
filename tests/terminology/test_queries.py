"""What is said of a code on a day, and which valid codes stand nearest to one that is not."""

from datetime import date, timedelta

import pytest

from naru.domain.terminology import Concept, ConceptMapping, Relation, Standing, System, Verdict
from naru.terminology import queries, services
from naru.terminology.nearest import edits
from tests.terminology.synthetic import FIRST, NOW, concept, release

pytestmark = pytest.mark.django_db

KCD = "1.2.410.100110.40.2.3.2"
NINE = date(2026, 1, 1)
EIGHT = date(2025, 12, 31)


def disease(code: str, term: str, **more: str) -> Concept:
    system = System.KCD_9 if more.pop("nine", "") else System.KCD_8
    return concept(code, term, system=system, **more)


@pytest.fixture(autouse=True)
def _kcd(db: None) -> None:
    eight = [
        disease("TEST-E11", "2형 당뇨병"),
        disease("TEST-E11.0", "혼수를 동반한 2형 당뇨병"),
        disease("TEST-E11.9", "합병증을 동반하지 않은 2형 당뇨병"),
        disease("TEST-E14", "상세불명의 당뇨병"),
        disease("TEST-U10", "이제 없는 병"),
    ]
    nine = [
        disease("TEST-E11", "2형 당뇨병", nine="9"),
        disease("TEST-E11.0", "혼수를 동반한 2형 당뇨병", nine="9"),
        disease("TEST-E11.8", "합병증을 동반한 2형 당뇨병", nine="9"),
        disease("TEST-E14", "상세불명의 당뇨병", nine="9"),
        disease("TEST-V20", "새 이름의 병", nine="9"),
    ]
    became = ConceptMapping(
        source=System.KCD_8,
        source_code="TEST-U10",
        target=System.KCD_9,
        target_code="TEST-V20",
        relation=Relation.EQUIVALENT,
        provenance="",
    )
    services.load(release(*eight, system=System.KCD_8), now=NOW)
    services.load(release(system=System.KCD_8, maps=(became,), since=NINE), now=NOW)
    services.load(release(*nine, system=System.KCD_9, since=NINE), now=NOW)


def nearest(verdict: Verdict) -> list[str]:
    return [one.code for one in verdict.nearest]


def test_an_oid_means_the_kcd_that_is_in_force() -> None:
    before, after = (queries.validate(KCD, "TEST-E11.0", on) for on in (EIGHT, NINE))
    assert (before.system, after.system) == (System.KCD_8, System.KCD_9)
    assert before.valid
    assert after.valid


def test_a_code_that_is_no_more_is_retired_with_those_near_it() -> None:
    verdict = queries.validate(KCD, "TEST-E11.9", NINE)
    assert verdict.standing is Standing.RETIRED
    assert verdict.concept is not None
    assert verdict.concept.display == "합병증을 동반하지 않은 2형 당뇨병"
    assert nearest(verdict)[0] in {"TEST-E110", "TEST-E118", "TEST-E11"}
    assert {"TEST-E110", "TEST-E118"} <= set(nearest(verdict))
    assert {one.system for one in verdict.nearest} == {System.KCD_9}


def test_what_a_map_names_in_its_place_comes_first() -> None:
    verdict = queries.validate(
        "http://www.hl7korea.or.kr/CodeSystem/kostat-kcd-8", "TEST-U10", NINE
    )
    assert verdict.standing is Standing.RETIRED
    assert nearest(verdict)[0] == "TEST-V20"


def test_a_kcd_8_code_is_retired_when_kcd_9_is_in_force_though_it_has_the_same_one() -> None:
    verdict = queries.validate("kcd-8", "TEST-E14", NINE)
    assert verdict.standing is Standing.RETIRED
    assert nearest(verdict)[0] == "TEST-E14"
    assert verdict.nearest[0].system is System.KCD_9


def test_what_the_release_itself_names_as_its_replacement_comes_first() -> None:
    old = concept("TEST-H1", "옛말", replaced_by="TEST-X9")
    new = concept("TEST-X9", "새말")
    services.load(release(old, new), now=NOW)
    services.load(release(new, since=NINE), now=NOW)
    verdict = queries.validate("kostom", "TEST-H1", NINE)
    assert (verdict.standing, nearest(verdict)[0]) == (Standing.RETIRED, "TEST-X9")


@pytest.mark.parametrize(
    ("slip", "meant"),
    [("TEST-E113", "TEST-E110"), ("TEST-E1l", "TEST-E11"), ("TEST-E41", "TEST-E14")],
)
def test_an_unknown_code_is_told_with_those_a_slip_away(slip: str, meant: str) -> None:
    verdict = queries.validate(KCD, slip, EIGHT)
    assert verdict.standing is Standing.UNKNOWN
    assert meant in nearest(verdict)
    assert len(verdict.nearest) <= 5


def test_of_a_system_that_nobody_loaded_nothing_is_said() -> None:
    assert queries.validate("atc", "A10BA02", NINE).standing is Standing.UNLOADED
    assert queries.validate("http://elsewhere", "x", NINE).standing is Standing.UNKNOWN
    edi = "1.2.410.100110.40.2.3.3"
    drug = concept("TEST-653400910", "시험 약", system=System.EDI_MEDICATION)
    services.load(release(drug, system=System.EDI_MEDICATION), now=NOW)
    assert queries.validate(edi, "TEST-653400910", NINE).valid
    assert queries.validate(edi, "TEST-653400911", NINE).standing is Standing.UNLOADED


@pytest.mark.parametrize("code", ["", " ", "%", "x" * 10_000, "\x00", "\ud800", "'--", "E11\n"])
def test_hostile_codes_are_unknown(code: str) -> None:
    verdict = queries.validate(KCD, code, EIGHT)
    assert verdict.standing is Standing.UNKNOWN
    assert queries.lookup(KCD, code, EIGHT) is None


def test_many_codes_are_judged_as_one_by_one() -> None:
    pairs = [(KCD, "TEST-E11"), ("kcd-8", "TEST-E119"), (KCD, "TEST-Z99"), ("x", "y")] * 3
    together = queries.validate_all(pairs, EIGHT)
    assert together == tuple(queries.validate(*pair, EIGHT) for pair in pairs)
    assert queries.displays(pairs, EIGHT)[KCD, "TEST-E11"] == "2형 당뇨병"


def test_children_and_ancestors_follow_the_form_of_the_code() -> None:
    assert [one.code for one in queries.children(KCD, "TEST-E11", EIGHT)] == [
        "TEST-E110",
        "TEST-E119",
    ]
    assert queries.ancestors(System.KCD_8, "TEST-E11.90", EIGHT) == ("TEST-E119", "TEST-E11")


def test_the_ingredient_of_a_drug_is_its_atc() -> None:
    drug = concept("TEST-653400910", "시험메트포르민정", system=System.EDI_MEDICATION)
    atc = concept("TEST-A10BA02", "시험 메트포르민", system=System.ATC)
    how = ConceptMapping(
        source=System.EDI_MEDICATION,
        source_code="TEST-653400910",
        target=System.ATC,
        target_code="TEST-A10BA02",
        relation=Relation.NARROWER,
        provenance="",
    )
    services.load(release(drug, system=System.EDI_MEDICATION, maps=(how,)), now=NOW)
    (bare,) = queries.ingredient_of("TEST-653400910", NINE)
    assert (bare.code, bare.display) == ("TEST-A10BA02", "")
    services.load(release(atc, system=System.ATC), now=NOW)
    (whole,) = queries.ingredient_of("test-653400910", NINE, "edi")
    assert whole.display == "시험 메트포르민"
    assert queries.ingredient_of("TEST-1", NINE) == ()
    assert queries.ingredients_of(["TEST-1", "TEST-653400910"], NINE) == {
        "TEST-653400910": (whole,)
    }


def test_pages_and_releases_tell_what_is_loaded() -> None:
    some, total = queries.page(System.KCD_8, EIGHT, offset=1, count=2)
    assert ([one.code for one in some], total) == (["TEST-E110", "TEST-E119"], 5)
    used = queries.in_use(System.KCD_9, NINE)
    assert used is not None
    assert (used.concepts, used.since) == (5, NINE)
    assert queries.in_use(System.KCD_9, FIRST) is None
    assert {(one.system, one.target) for one in queries.releases()} == {
        (System.KCD_8, None),
        (System.KCD_8, System.KCD_9),
        (System.KCD_9, None),
    }


@pytest.mark.parametrize(
    ("one", "other", "slips"),
    [("E11", "E11", 0), ("E11", "E1", 1), ("E41", "E14", 1), ("", "E", 1)],
)
def test_slips_are_counted(one: str, other: str, slips: int) -> None:
    assert edits(one, other) == edits(other, one) == slips


def test_of_days_before_the_first_release_nothing_is_said() -> None:
    services.load(release(concept("TEST-H1", "말")), now=NOW)
    before = FIRST - timedelta(days=1)
    for code in ("TEST-H1", "TEST-H2"):
        assert queries.validate("kostom", code, before).standing is Standing.UNLOADED
    assert queries.validate("kostom", "TEST-H1", FIRST).valid
    assert queries.validate("kostom", "TEST-H2", FIRST).standing is Standing.UNKNOWN
