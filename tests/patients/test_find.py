from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from naru.domain.identifiers import Identifier
from naru.domain.patient_query import PatientQuery
from naru.domain.person import Address, Demographics, Gender, PatientRecord, PersonName, Telecom
from naru.domain.stored_query import TimeRange
from naru.patients import proposing, queries, services
from naru.patients.errors import TooBroad, UnknownAskedDomains, UnknownDomain, UnknownIdentifier

pytestmark = pytest.mark.django_db

AFFINITY, RESIDENT = "2.999.1", "2.999.3"
RED, BLUE = "2.999.10", "2.999.11"
NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)


class Everything:
    """A viewer to whom all may be told."""

    def is_asked_of(self, _patients: Collection[UUID]) -> None:
        pass

    def owns(self, _authority: str) -> bool:
        return True

    def may_learn(self, _patient: UUID, _authority: str) -> bool:
        return True

    may_read = may_learn


EVERYTHING = Everything()
DELL = PersonName(family="Dell", given=("Dylan Jose",))


def add(value: str, name: PersonName, *, domain: str = RED, **more: object) -> UUID:
    told = Demographics(names=(name,), **more)  # type: ignore[arg-type]  # Its fields.
    record = PatientRecord(identifiers=(Identifier(value, domain),), demographics=told)
    return services.add(record, now=NOW)


def found(**query: object) -> set[str]:
    return {
        one.value
        for candidate in queries.find(PatientQuery(**query), EVERYTHING)  # type: ignore[arg-type]  # Its fields.
        for one in candidate.record.identifiers
        if one.authority == RED
    }


def named(**name: object) -> set[str]:
    return found(names=(PersonName(**name),))  # type: ignore[arg-type]  # Its fields.


def test_a_korean_name_is_found_whole_however_it_was_divided() -> None:
    add("text", PersonName(text="남궁민수"))
    add("parts", PersonName(family="남궁", given=("민수",)))
    add("blank", PersonName(text="남궁 민수"))
    add("other", PersonName(text="남궁민주"))
    everyone = {"text", "parts", "blank"}
    assert named(text="남궁민수") == everyone
    assert named(family="남궁", given=("민수",)) == everyone


def test_a_surname_of_two_syllables_is_not_cut() -> None:
    add("divided", PersonName(text="남궁민수", family="남궁", given=("민수",)))
    add("undivided", PersonName(text="남궁민수"))
    assert named(family="남궁") == {"divided", "undivided"}
    # The divided one is certainly not of the house of 남; the undivided one might be.
    assert named(family="남") == {"undivided"}


def test_an_inferred_surname_is_less_than_certain() -> None:
    add("undivided", PersonName(text="황보영"))
    add("divided", PersonName(family="황보", given=("영",)))
    scores = [
        c.score for c in queries.find(PatientQuery(names=(PersonName(family="황보"),)), EVERYTHING)
    ]
    assert scores == [100, 80]


def test_a_given_name_alone_finds_its_bearers() -> None:
    add("one", PersonName(text="김구"))
    add("two", PersonName(family="독고", given=("구",)))
    add("no", PersonName(text="김구라"))
    assert named(given=("구",)) == {"one", "two"}


def test_composed_and_decomposed_names_are_equal() -> None:
    add("one", PersonName(text="홍길동"))
    assert named(text="\u1112\u1169\u11bc\u1100\u1175\u11af\u1103\u1169\u11bc") == {"one"}


def test_latin_names_are_found_by_any_of_their_parts_without_case() -> None:
    add("one", DELL, gender=Gender.FEMALE, birth_time="19890622")
    assert named(family="DELL") == {"one"}
    assert named(given=("dylan",)) == {"one"}
    assert named(family="Dell", given=("Dylan", "Jose")) == {"one"}
    assert named(text="Dylan Jose Dell") == {"one"}
    assert named(family="Del") == set()
    assert named(family="Dell", given=("Mary",)) == set()


def test_one_of_several_names_suffices() -> None:
    names = (PersonName(text="류관순"), PersonName(family="Ryu", given=("Gwansun",)))
    told = Demographics(names=names)
    services.add(PatientRecord(identifiers=(Identifier("one", RED),), demographics=told), now=NOW)
    assert named(family="Ryu") == {"one"}
    assert named(text="류관순") == {"one"}
    assert found(names=(PersonName(text="아무개"), PersonName(family="Ryu"))) == {"one"}


def test_a_birth_name_is_found_too() -> None:
    add("one", PersonName(family="Mohr", birth_family="Maiden", given=("Alice",)))
    assert named(family="Maiden", given=("Alice",)) == {"one"}


def test_likeness_is_offered_only_where_it_is_asked_for() -> None:
    add("one", PersonName(text="이민수"))
    add("two", PersonName(text="리민수"))
    assert named(text="이민수") == {"one"}
    assert named(text="이민수", use="SRCH") == {"one", "two"}
    add("three", DELL)
    assert named(family="Del", use="SRCH") == {"three"}


def test_a_hospitals_mark_is_no_part_of_a_name() -> None:
    add("one", PersonName(text="홍길동(1)"))
    add("two", PersonName(text="홍길동B"))
    assert named(text="홍길동") == {"one", "two"}


def test_parameters_are_anded() -> None:
    name = PersonName(text="홍길동")
    add("one", name, gender=Gender.MALE, birth_time="19900101")
    add("two", name, gender=Gender.FEMALE, birth_time="19900101")
    assert found(names=(name,), gender=Gender.MALE) == {"one"}
    assert found(names=(name,), birth_time="19900101") == {"one", "two"}
    assert found(names=(name,), birth_time="19900102") == set()


def test_birth_may_be_approximate_or_a_range() -> None:
    add("one", PersonName(text="홍길동"), birth_time="19891231")
    add("two", PersonName(text="홍길순"), birth_time="19900331203000+0900")
    assert found(birth_time="1990") == {"two"}
    assert found(birth_time="199003") == {"two"}
    assert found(born=TimeRange("19891201", "19900331")) == {"one", "two"}
    assert found(born=TimeRange("19900101", "19900330")) == set()
    assert found(names=(PersonName(text="홍길동"),), born=TimeRange(None, "1990")) == {"one"}


def test_a_telephone_is_the_same_however_it_is_written() -> None:
    add("one", PersonName(text="홍길동"), telecoms=(Telecom("tel:+82-10-0000-0000"),))
    assert found(telecoms=(Telecom("010 0000 0000"),)) == {"one"}
    assert found(telecoms=(Telecom("010-0000-0001"),)) == set()


def test_the_mothers_maiden_name_is_found() -> None:
    mother = PersonName(family="선우", given=("영",))
    add("one", PersonName(text="홍길동"), mothers_maiden_name=mother)
    add("two", PersonName(text="홍길순"))
    assert found(mothers_maiden_name=PersonName(family="선우")) == {"one"}


def test_an_address_must_agree_in_all_that_is_asked() -> None:
    add("one", DELL, addresses=(Address(city="Pontarlier", postal_code="25300"),))
    assert found(addresses=(Address(city="pontarlier"),)) == {"one"}
    assert found(addresses=(Address(city="Pontarlier", postal_code="25301"),)) == set()


def test_all_identifiers_must_match() -> None:
    number = Identifier("9013321234567", RESIDENT)
    add("one", DELL, other_ids=(number, Identifier("M-TEST", BLUE)))
    add("two", DELL, domain=BLUE, other_ids=(number,))
    add("three", DELL)
    red, blue = Identifier("one", RED), Identifier("two", BLUE)
    assert found(identifiers=(red, blue)) == {"one"}
    assert found(identifiers=(red, Identifier("three", RED))) == set()
    assert found(identifiers=(Identifier("M-TEST", BLUE),)) == {"one"}
    assert found(identifiers=(number,)) == {"one"}


def test_a_person_of_two_feeds_is_one_candidate() -> None:
    number = Identifier("9013321234567", RESIDENT)
    add("one", DELL, other_ids=(number,))
    add("two", DELL, domain=BLUE, other_ids=(number,))
    assert len(queries.find(PatientQuery(names=(DELL,)), EVERYTHING)) == 1


def test_asked_domains_choose_the_identifiers_and_name_what_is_missing() -> None:
    add("one", DELL)
    (candidate,) = queries.find(PatientQuery(names=(DELL,), domains=(RED, BLUE)), EVERYTHING)
    assert candidate.record.identifiers == (Identifier("one", RED),)
    assert candidate.missing_domains == (BLUE,)
    (everything,) = queries.find(PatientQuery(names=(DELL,)), EVERYTHING)
    assert {one.authority for one in everything.record.identifiers} == {RED, AFFINITY}


def test_unknown_asked_domains_are_named_by_their_repetition() -> None:
    query = PatientQuery(names=(DELL,), domains=("2.999.98", RED, "2.999.99"))
    with pytest.raises(UnknownAskedDomains) as refused:
        queries.find(query, EVERYTHING)
    assert refused.value.repetitions == (1, 3)


def test_candidates_below_the_asked_degree_are_left_out() -> None:
    add("one", PersonName(text="황보영"))
    asked = PatientQuery(names=(PersonName(family="황보"),), minimum_score=90)
    assert queries.find(asked, EVERYTHING) == ()


def test_a_question_that_narrows_nothing_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(TooBroad):
        queries.find(PatientQuery(), EVERYTHING)
    with pytest.raises(TooBroad):
        queries.find(PatientQuery(addresses=(Address(lines=("세종대로 1",)),)), EVERYTHING)
    monkeypatch.setattr(proposing, "MAX_OPENED", 1)
    add("one", DELL)
    add("two", DELL)
    with pytest.raises(TooBroad):
        queries.find(PatientQuery(names=(DELL,)), EVERYTHING)


def test_after_a_revision_the_old_name_finds_nobody() -> None:
    add("one", PersonName(text="홍길동"))
    add("one", PersonName(text="홍길순"))
    assert named(text="홍길동") == set()
    assert named(text="홍길순") == {"one"}


def test_after_a_merge_both_names_find_the_survivor_once() -> None:
    add("one", PersonName(text="홍길동"))
    add("two", PersonName(text="홍길똥"))
    services.merge(
        survivor=Identifier("one", RED),
        subsumed=Identifier("two", RED),
        now=NOW + timedelta(days=1),
    )
    assert named(text="홍길똥") == {"one"}
    assert found(identifiers=(Identifier("two", RED),)) == set()


# ITI TF-2 3.45.4.2.3: the cases of an identifier query.


def linked() -> tuple[Identifier, Identifier]:
    number = Identifier("9013321234567", RESIDENT)
    add("one", DELL, other_ids=(number,))
    add("two", DELL, domain=BLUE, other_ids=(number,))
    return Identifier("one", RED), Identifier("two", BLUE)


def test_case_1_the_asked_domains_answer() -> None:
    red, blue = linked()
    assert queries.cross_references(red, (BLUE,)) == (blue,)


def test_case_2_without_domains_all_answer_but_the_one_asked_for() -> None:
    red, blue = linked()
    others = queries.cross_references(red)
    assert blue in others
    assert red not in others
    assert len(others) == 2


def test_case_3_no_identifier_in_the_asked_domains() -> None:
    add("one", DELL)
    assert queries.cross_references(Identifier("one", RED), (BLUE,)) == ()


def test_case_4_an_unknown_identifier_or_domain() -> None:
    with pytest.raises(UnknownIdentifier):
        queries.cross_references(Identifier("none", RED))
    with pytest.raises(UnknownDomain):
        queries.cross_references(Identifier("none", "2.999.99"))


def test_case_5_unknown_asked_domains() -> None:
    add("one", DELL)
    with pytest.raises(UnknownAskedDomains) as refused:
        queries.cross_references(Identifier("one", RED), (BLUE, "2.999.98", "2.999.99"))
    assert refused.value.repetitions == (2, 3)


def test_case_6_several_identifiers_in_one_domain() -> None:
    number = Identifier("9013321234567", RESIDENT)
    red, blue = linked()
    add("three", DELL, domain=BLUE, other_ids=(number,))
    assert set(queries.cross_references(red, (BLUE,))) == {blue, Identifier("three", BLUE)}
