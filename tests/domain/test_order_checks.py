"""What an order meets in the past: allergies, the same drug, what was examined elsewhere."""

from datetime import UTC, date, datetime, timedelta

import pytest

from naru.domain.clinical import (
    Allergy,
    AllergyKind,
    Coding,
    Content,
    Medication,
    Reading,
    TestKind,
    TestResult,
)
from naru.domain.order_checks import (
    Alert,
    AlertKind,
    Order,
    OrderKind,
    check,
    codings_of,
)
from naru.domain.past_history import Origin, PastHistory, Source, past_history
from naru.domain.standing_alerts import standing_alerts

TODAY = date(2026, 11, 20)
ELSEWHERE = Origin(
    institution="가람병원",
    title="진료기록요약지",
    document="2.999.1.1",
    written=datetime(2026, 11, 10, tzinfo=UTC),
)
AMOXICILLIN = Coding("ATC", "J01CA04", "amoxicillin")
CO_AMOXICLAV = Coding("ATC", "J01CR02", "amoxicillin and clavulanate")
IBUPROFEN = Coding("ATC", "M01AE01", "ibuprofen")


def past(content: Content) -> PastHistory:
    return past_history([Source(ELSEWHERE, content)])


def ct(days_ago: int, site: str = "ABDOMEN") -> PastHistory:
    when = TODAY - timedelta(days=days_ago)
    read = Reading(time=when, name="복부 CT", findings="간 낭종", modality="CT", body_site=site)
    return past(Content(readings=(read,)))


def imaging(name: str = "CT 복부", **more: str) -> Order:
    return Order(kind=OrderKind.IMAGING, date=TODAY, name=name, **more)  # type: ignore[arg-type]  # Texts alone.


def drug(name: str, *ingredients: Coding) -> Order:
    return Order(kind=OrderKind.DRUG, date=TODAY, name=name, ingredients=ingredients)


def kinds(alerts: tuple[Alert, ...]) -> list[AlertKind]:
    return [one.kind for one in alerts]


def test_a_ct_ten_days_after_one_elsewhere_quotes_the_old_one() -> None:
    (alert,) = check(imaging(), ct(10), {})
    assert alert.kind is AlertKind.REPEATED_IMAGING
    assert alert.days == 10
    assert alert.on == date(2026, 11, 10)
    assert alert.words == "복부 CT: 간 낭종"
    assert alert.origin == ELSEWHERE
    assert not alert.blocking


@pytest.mark.parametrize(("days", "alerts"), [(0, 1), (30, 1), (31, 0), (-1, 0)])
def test_a_repetition_counts_for_the_days_of_its_kind(days: int, alerts: int) -> None:
    assert len(check(imaging(), ct(days), {})) == alerts


def test_another_part_of_the_body_is_no_repetition() -> None:
    assert not check(imaging(body_site="HEAD"), ct(10), {})
    assert check(imaging(body_site="abdomen"), ct(10), {})


def test_the_part_of_the_body_is_read_from_the_names_where_no_site_is_told() -> None:
    assert not check(imaging("뇌 CT"), ct(10, site=""), {})
    assert check(imaging("Abdomen & pelvis CT"), ct(10, site=""), {})
    assert check(imaging("CT"), ct(10, site=""), {})


def test_another_modality_is_no_repetition() -> None:
    assert not check(imaging("복부 초음파"), ct(3), {})


def test_an_imaging_test_without_a_reading_counts_too() -> None:
    done = TestResult(time=TODAY, kind=TestKind.IMAGING, name="뇌 MRI", result="", code="TEST-MR")
    order = Order(
        kind=OrderKind.IMAGING, date=TODAY, name="다른 이름", codes=(Coding("EDI", "TEST-MR"),)
    )
    assert kinds(check(order, past(Content(test_results=(done,))), {})) == [
        AlertKind.REPEATED_IMAGING
    ]


def prescribed(name: str, atc: str, days: str = "14") -> Medication:
    return Medication(
        time=TODAY - timedelta(days=7),
        code="TEST-D1",
        name=name,
        dose="1정",
        times="3",
        days=days,
        translations=(Coding("ATC", atc),),
    )


def test_the_same_ingredient_from_two_hospitals_is_told_while_it_lasts() -> None:
    before = past(Content(medications=(prescribed("가가정", "M01AE01"),)))
    (alert,) = check(drug("나나정", IBUPROFEN), before, {})
    assert alert.kind is AlertKind.SAME_INGREDIENT
    assert alert.words == "가가정 1정 하루 3회"
    over = past(Content(medications=(prescribed("가가정", "M01AE01", "7"),)))
    assert not check(drug("나나정", IBUPROFEN), over, {})
    assert not check(drug("나나정", AMOXICILLIN), before, {})


def test_an_ingredient_is_learned_from_the_terminology() -> None:
    bare = Medication(time=TODAY, code="TEST-D9", name="가가정", days="3")
    before = past(Content(medications=(bare,)))
    assert list(codings_of(before)) == [("KD", "TEST-D9")]
    assert not check(drug("나나정", IBUPROFEN), before, {})
    assert check(drug("나나정", IBUPROFEN), before, {("KD", "TEST-D9"): (IBUPROFEN,)})


def allergy(name: str, atc: str = "", code: str = "") -> PastHistory:
    told = Allergy(
        date=date(2020, 1, 1),
        kind=AllergyKind.DRUG,
        name=name,
        code=code,
        reaction="호흡곤란",
        translations=(Coding("ATC", atc),) if atc else (),
    )
    return past(Content(allergies=(told,)))


@pytest.mark.parametrize(
    ("history", "order", "kind"),
    [
        (allergy("아목시실린", "J01CA04"), drug("시험캡슐", AMOXICILLIN), AlertKind.ALLERGY),
        (allergy("페니실린계", "J01C"), drug("시험캡슐", AMOXICILLIN), AlertKind.ALLERGY),
        (allergy("암피실린", "J01CA01"), drug("시험캡슐", AMOXICILLIN), AlertKind.ALLERGY_CLASS),
        (allergy("Amoxicillin"), drug("시험캡슐", AMOXICILLIN), AlertKind.ALLERGY),
        (allergy("아스피린"), drug("아스피린 프로텍트정"), AlertKind.ALLERGY),
        (allergy("페니실린계"), drug("시험캡슐", AMOXICILLIN), AlertKind.ALLERGY),
        (allergy("페니실린 계열 항생제"), drug("시험캡슐", AMOXICILLIN), AlertKind.ALLERGY),
        (allergy("NSAIDs"), drug("시험정", IBUPROFEN), AlertKind.ALLERGY),
        (allergy("아스피린 (aspirin)"), drug("아스피린 프로텍트정"), AlertKind.ALLERGY),
        (allergy("아스피린 (aspirin)"), drug("Aspirin 100"), AlertKind.ALLERGY),
    ],
)
def test_an_allergy_told_elsewhere_meets_the_drug(
    history: PastHistory, order: Order, kind: AlertKind
) -> None:
    (alert,) = check(order, history, {})
    assert alert.kind is kind
    assert alert.blocking == (kind is AlertKind.ALLERGY)
    assert "호흡곤란" in alert.words


@pytest.mark.parametrize("kind", [AllergyKind.FOOD, AllergyKind.OTHER, AllergyKind.UNKNOWN])
def test_an_allergy_to_food_or_of_no_known_factor_meets_a_drug_made_of_it(
    kind: AllergyKind,
) -> None:
    told = past(Content(allergies=(Allergy(date=TODAY, kind=kind, name="젤라틴"),)))
    (alert,) = check(drug("젤라틴 캡슐"), told, {})
    assert alert.blocking
    assert not check(drug("시험캡슐"), told, {})


@pytest.mark.parametrize("name", ["없음", " 없음.", "해당 없음", "NKDA", "No known allergies", "-"])
def test_no_allergen_meets_no_drug(name: str) -> None:
    assert not check(drug("없음정"), allergy(name), {})
    assert not check(drug(name), allergy(name), {})


def test_what_has_nothing_to_do_with_the_drug_is_silent() -> None:
    assert not check(drug("시험캡슐", IBUPROFEN), allergy("페니실린", "J01CA04"), {})
    assert not check(drug("시험캡슐", CO_AMOXICLAV), allergy("약", "J0"), {})
    assert not check(drug("시험캡슐", AMOXICILLIN), allergy("NSAIDs"), {})
    assert not check(drug("Nasacort"), allergy("ASA"), {})


def test_a_blocking_alert_comes_first() -> None:
    content = Content(
        allergies=(Allergy(date=TODAY, kind=AllergyKind.DRUG, name="amoxicillin"),),
        medications=(prescribed("가가정", "J01CA04"),),
    )
    assert kinds(check(drug("나나캡슐", AMOXICILLIN), past(content), {})) == [
        AlertKind.ALLERGY,
        AlertKind.SAME_INGREDIENT,
    ]


def test_a_test_of_the_week_is_told() -> None:
    done = TestResult(
        time=TODAY - timedelta(days=3), name="HbA1c", result="7.1", unit="%", code="TEST-H"
    )
    order = Order(
        kind=OrderKind.TEST, date=TODAY, name="당화혈색소", codes=(Coding("EDI", "TEST-H"),)
    )
    (alert,) = check(order, past(Content(test_results=(done,))), {})
    assert alert.words == "HbA1c 7.1 %"


def test_a_drug_in_use_is_held_against_the_others_whichever_of_its_tellings_lasts() -> None:
    def told(name: str, days_ago: int, days: str, *atc: Coding) -> Medication:
        when = TODAY - timedelta(days=days_ago)
        return Medication(time=when, name=name, code=name, days=days, translations=atc)

    history = past(
        Content(
            medications=(
                told("가람정", 5, "1", AMOXICILLIN),
                *(told("가람정", ago, "90", AMOXICILLIN) for ago in range(20, 26)),
                told("누리정", 9, "90", AMOXICILLIN),
                told("누리정", 7, "1"),
                told("다온정", 200, "1", AMOXICILLIN),
            )
        )
    )
    (alert,) = standing_alerts(history, {}, TODAY)
    assert alert.kind is AlertKind.SAME_INGREDIENT
    assert {alert.order.name, alert.name} == {"가람정", "누리정"}
