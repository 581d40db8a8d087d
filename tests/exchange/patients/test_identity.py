"""What one institution learns of another's patients by ITI-44, ITI-45 and ITI-47."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext

from naru.consent import services as consent
from naru.consent.acts import Said
from naru.consent.snapshots import Exclusion
from naru.directory import models
from naru.directory import services as directory
from naru.domain.caller import Assurance, Caller, PurposeOfUse, Role
from naru.domain.identifiers import Identifier
from naru.domain.institution import InstitutionKind
from naru.domain.patient_messages import PatientAdd, PatientMerge
from naru.domain.patient_query import Candidate, IdentifierQuery, PatientQuery
from naru.domain.patient_search import Born, Clause, Holds, MatchGrade, Named, NamePart
from naru.domain.person import Demographics, PatientRecord, PersonName, Telecom
from naru.exchange.access import Access
from naru.exchange.patients import deaths
from naru.exchange.patients import identity as patient_identity
from naru.notifications.queries import Recipient, inbox
from naru.patients import queries
from naru.patients.errors import ForeignDomain, TooBroad, UnknownDomain, UnknownIdentifier
from tests import receptions

pytestmark = pytest.mark.django_db(transaction=True)

AFFINITY, RESIDENT = "2.999.100", "2.999.77"
NOW = datetime(2026, 11, 20, 1, tzinfo=UTC)
TODAY = date(2026, 11, 20)
NAME = PersonName(text="남궁민수")
# The thirteenth month makes it nobody's.
NUMBER = "9013321234567"
PATIENT = Caller(
    role=Role.PATIENT, purpose=PurposeOfUse.PATIENT_REQUEST, assurance=Assurance.SESSION
)


@pytest.fixture(autouse=True)
def _node_for_real_records() -> Iterator[None]:
    options = replace(
        settings.NARU, affinity_domains=(AFFINITY,), rrn_authority=RESIDENT, sandbox=False
    )
    with override_settings(NARU=options):
        yield


@dataclass(frozen=True)
class Hospital:
    id: UUID
    oid: str

    def asks(self) -> Access:
        caller = Caller(
            role=Role.SYSTEM,
            purpose=PurposeOfUse.TREATMENT,
            assurance=Assurance.CERTIFICATE,
            institution=self.id,
        )
        return Access(transaction="TEST", caller=caller, time=NOW)

    def tells(self, value: str, **more: object) -> Identifier:
        own = Identifier(value, self.oid)
        told = Demographics(names=(NAME,), birth_time="19700101", **more)  # type: ignore[arg-type]  # Its fields.
        record = PatientRecord(identifiers=(own,), demographics=told)
        patient_identity.feed(self.asks(), (PatientAdd(record=record),))
        return own

    def receives(self, identifier: Identifier) -> None:
        receptions.receive(self.asks(), person(identifier))


def hospital(oid: str) -> Hospital:
    kind = InstitutionKind.HUB
    return Hospital(directory.admit(name=oid, kind=kind, on=date(2026, 1, 1), oid=oid).id, oid)


def a_and_c() -> tuple[Hospital, Hospital]:
    """Where the person is treated, and where somebody asks; the person is known there, too."""
    a, c = hospital("2.999.1"), hospital("2.999.3")
    number = (Identifier(NUMBER, RESIDENT),)
    a.tells("TEST-A", other_ids=number, telecoms=(Telecom("010-0000-0000"),))
    own = c.tells("TEST-C", other_ids=number)
    for one in (a, c):
        one.receives(own)
    return a, c


def person(identifier: Identifier) -> UUID:
    found = queries.resolve(identifier)
    assert found is not None
    return found.patient


def domains_told(asking: Hospital, identifier: Identifier) -> set[str]:
    query = IdentifierQuery(patient=identifier)
    return {one.authority for one in patient_identity.cross_references(asking.asks(), query)}


def common(identifier: Identifier) -> Identifier:
    found = queries.affinity_id(person(identifier))
    assert found is not None
    return found


def test_without_consent_nobody_learns_whose_patient_a_person_is() -> None:
    a, c = a_and_c()
    own, foreign = Identifier("TEST-C", c.oid), Identifier("TEST-A", a.oid)
    assert domains_told(c, own) == {AFFINITY}
    assert domains_told(c, common(own)) == {c.oid}
    # To ask by the other's number is answered as if there were none.
    with pytest.raises(UnknownIdentifier):
        domains_told(c, foreign)
    assert domains_told(a, foreign) == {AFFINITY}


def test_consent_opens_a_source_and_exclusion_and_withdrawal_close_it() -> None:
    a, c = a_and_c()
    own = Identifier("TEST-C", c.oid)
    consent.grant(person(own), date(2020, 1, 1), PATIENT, "v", NOW)
    assert domains_told(c, own) == {AFFINITY, a.oid}
    assert domains_told(c, Identifier("TEST-A", a.oid)) == {AFFINITY, c.oid}
    consent.exclude(person(own), Exclusion(source=a.id), PATIENT, "v", NOW)
    assert domains_told(c, own) == {AFFINITY}
    consent.withdraw(person(own), PATIENT, "v", NOW)
    assert domains_told(c, own) == {AFFINITY}


def test_each_source_is_decided_on_and_noted() -> None:
    a, c = a_and_c()
    own = Identifier("TEST-C", c.oid)
    access = c.asks()
    patient_identity.cross_references(access, IdentifierQuery(patient=own))
    (decision,) = access.decisions
    assert (decision.permitted, decision.patient) == (False, person(own))
    assert decision.object_id == str(a.id)


def test_a_search_without_consent_gives_back_only_what_was_asked() -> None:
    a, _ = a_and_c()
    d = hospital("2.999.4")
    access = d.asks()
    (found,) = patient_identity.demographics(access, PatientQuery(names=(NAME,)))
    assert found.record.demographics == Demographics(names=(NAME,))
    assert {one.authority for one in found.record.identifiers} == {AFFINITY}
    assert found.record.updated is None
    assert access.patients == [found.patient] == [person(Identifier("TEST-A", a.oid))]


def test_a_search_gives_the_askers_own_words_and_with_consent_the_others() -> None:
    a, c = a_and_c()
    asked = PatientQuery(names=(NAME,), domains=(a.oid, c.oid))
    (found,) = patient_identity.demographics(c.asks(), asked)
    assert found.record.demographics.birth_time == "19700101"
    assert found.record.demographics.telecoms == ()
    assert found.missing_domains == (a.oid,)
    consent.grant(person(Identifier("TEST-C", c.oid)), date(2020, 1, 1), PATIENT, "v", NOW)
    d = hospital("2.999.4")
    (found,) = patient_identity.demographics(d.asks(), asked)
    assert found.missing_domains == (a.oid, c.oid)
    d.receives(Identifier("TEST-C", c.oid))
    (found,) = patient_identity.demographics(d.asks(), asked)
    assert found.missing_domains == ()
    assert found.record.demographics.birth_time == "19700101"


def test_a_search_by_anothers_number_finds_nobody_without_consent() -> None:
    a, c = a_and_c()
    foreign = Identifier("TEST-A", a.oid)
    asked = PatientQuery(identifiers=(foreign,))
    assert patient_identity.demographics(c.asks(), asked) == ()
    consent.grant(person(foreign), date(2020, 1, 1), PATIENT, "v", NOW)
    assert len(patient_identity.demographics(c.asks(), asked)) == 1


def test_a_search_leaves_its_trace_also_where_the_person_has_no_id() -> None:
    a_and_c()
    d = hospital("2.999.4")
    d.tells("TEST-D")
    access = d.asks()
    found = patient_identity.demographics(access, PatientQuery(names=(NAME,), domains=(d.oid,)))
    assert set(access.patients) == {one.patient for one in found}
    assert len(access.patients) == 2


def test_a_resident_number_finds_only_whom_the_asker_told_of() -> None:
    _, c = a_and_c()
    asked = PatientQuery(identifiers=(Identifier(NUMBER, RESIDENT),))
    assert len(patient_identity.demographics(c.asks(), asked)) == 1
    d = hospital("2.999.4")
    assert patient_identity.demographics(d.asks(), asked) == ()
    with override_settings(NARU=replace(settings.NARU, sandbox=True)):
        assert len(patient_identity.demographics(d.asks(), asked)) == 1


def test_an_open_sandbox_tells_all() -> None:
    a, c = a_and_c()
    with override_settings(NARU=replace(settings.NARU, sandbox=True)):
        assert domains_told(c, Identifier("TEST-C", c.oid)) == {AFFINITY, a.oid}


@pytest.mark.parametrize("authority", ["", RESIDENT])
def test_a_resident_number_is_never_told_whoever_is_its_authority(authority: str) -> None:
    options = replace(settings.NARU, rrn_authority=authority)
    with override_settings(NARU=options):
        a = hospital("2.999.1")
        others = (
            Identifier(NUMBER, RESIDENT),
            Identifier("901332-1234567", a.oid),
            Identifier("TEST-OLD", a.oid),
            Identifier("TEST-PASSPORT", "2.999.88"),
        )
        a.tells("TEST-A", other_ids=others)
        (found,) = patient_identity.demographics(a.asks(), PatientQuery(names=(NAME,)))
    assert found.record.demographics.other_ids == (Identifier("TEST-OLD", a.oid),)


def test_a_hub_does_not_speak_for_a_member_below_its_arc() -> None:
    hub, member = hospital("2.999.10"), hospital("2.999.11")
    # Admitted so before nested arcs were refused.
    held = models.Designation.objects.filter(value=member.oid)
    held.update(value="2.999.10.1")
    nested = Hospital(member.id, "2.999.10.1")
    one, two = nested.tells("TEST-1"), nested.tells("TEST-2")
    with pytest.raises(ForeignDomain):
        patient_identity.feed(hub.asks(), (PatientMerge(survivor=one, subsumed=two),))
    patient_identity.feed(nested.asks(), (PatientMerge(survivor=one, subsumed=two),))


def test_a_domain_that_is_no_oid_is_refused_in_a_sandbox_too() -> None:
    a = hospital("2.999.1")
    with (
        override_settings(NARU=replace(settings.NARU, sandbox=True)),
        pytest.raises(UnknownDomain),
    ):
        Hospital(a.id, "no-oid").tells("TEST-1")


def searched(access: Access, *clauses: Clause) -> tuple[Candidate, ...]:
    return patient_identity.demographics(access, PatientQuery(clauses=clauses))


def test_a_stranger_is_not_spelled_out_letter_by_letter() -> None:
    a, _ = a_and_c()
    d = hospital("2.999.4")
    whole = (Named(NamePart.WHOLE, "남궁민수"),)
    for clause in (
        (Named(NamePart.FAMILY, "남궁"),),
        (Named(NamePart.WHOLE, "남궁민"),),
        (Born("1970", "1971"),),
    ):
        assert len(searched(a.asks(), whole, clause)) == 1
        assert searched(d.asks(), whole, clause) == ()
    # Whoever knows both parts knows the whole.
    both = (Named(NamePart.FAMILY, "남궁"),), (Named(NamePart.GIVEN, "민수"),)
    assert len(searched(d.asks(), *both)) == 1
    (found_one,) = searched(d.asks(), (Named(NamePart.WHOLE, "남궁민수"),))
    assert found_one.record.demographics == Demographics(names=(NAME,))
    assert {one.authority for one in found_one.record.identifiers} == {AFFINITY}


def test_a_search_by_anothers_number_in_any_domain_finds_nobody_without_consent() -> None:
    a, c = a_and_c()
    anywhere = (Holds(Identifier("TEST-A", "")),)
    assert searched(c.asks(), anywhere) == ()
    assert len(searched(a.asks(), anywhere)) == 1
    either = (Holds(Identifier("TEST-A", a.oid)), Holds(Identifier("TEST-C", c.oid)))
    assert len(searched(c.asks(), either)) == 1


def test_a_citizen_finds_nobody_but_themselves() -> None:
    a, _ = a_and_c()
    key = person(Identifier("TEST-A", a.oid))
    for patient, number in ((key, 1), (uuid4(), 0)):
        access = Access(transaction="TEST", caller=replace(PATIENT, patient=patient), time=NOW)
        assert len(searched(access, (Named(NamePart.WHOLE, "남궁민수"),))) == number
        access = Access(transaction="TEST", caller=replace(PATIENT, patient=patient), time=NOW)
        if number:
            assert patient_identity.cross_reference(access, key).patient == key
        else:
            with pytest.raises(UnknownIdentifier):
                patient_identity.cross_reference(access, key)


def test_a_match_tells_strangers_no_more_than_they_said() -> None:
    a_and_c()
    d = hospital("2.999.4")
    said = Demographics(names=(NAME,), birth_time="19700101")
    (found,) = patient_identity.matching(d.asks(), PatientRecord(identifiers=(), demographics=said))
    assert found.grade is MatchGrade.PROBABLE
    assert found.record.demographics == said
    like = replace(said, names=(PersonName(text="남궁민주"),))
    asked = PatientRecord(identifiers=(), demographics=like)
    assert patient_identity.matching(d.asks(), asked) == ()


def test_a_feed_says_what_was_new() -> None:
    a = hospital("2.999.1")
    record = PatientRecord(identifiers=(Identifier("TEST-N", a.oid),))
    taken = [patient_identity.feed(a.asks(), (PatientAdd(record=record),))[0] for _ in range(2)]
    assert [one.created for one in taken] == [True, False]
    assert taken[0].patient == taken[1].patient


def test_many_people_cost_a_question_no_more_statements_than_one() -> None:
    a, c = hospital("2.999.1"), hospital("2.999.3")
    asked = PatientQuery(names=(NAME,))

    def ask(expected: int) -> int:
        with CaptureQueriesContext(connection) as captured:
            found = patient_identity.demographics(c.asks(), asked)
        assert len(found) == expected
        return len(captured)

    a.tells("TEST-1")
    alone = ask(1)
    for number in range(2, 8):
        a.tells(f"TEST-{number}")
    assert ask(7) == alone


def test_a_death_that_a_feed_tells_is_told_to_its_officer_once_and_ends_nothing() -> None:
    a = hospital("2.999.1")
    own = a.tells("TEST-A")
    for _ in range(2):
        a.tells("TEST-A", deceased=True)

    officer = Recipient.at_institution(a.id, Role.PRIVACY_OFFICER)
    told = [one.kind for one in inbox([officer], language="ko")]
    assert told.count("death-told") == 1
    assert not deaths.noted(person(own))


@pytest.mark.parametrize("identifying", [False, True])
def test_by_a_passport_nobody_else_finds_or_is_shown_anybody(*, identifying: bool) -> None:
    """개인정보 보호법 제24조, as the consent text says it; with the box or without."""
    passport = Identifier("TEST-M1", "2.999.88")
    a, c = hospital("2.999.1"), hospital("2.999.3")
    own = a.tells("TEST-A", other_ids=(passport,))
    said = Said(identifying=identifying)
    consent.grant(person(own), date(2020, 1, 1), PATIENT, "v", NOW, said=said)
    c.receives(own)

    by_number = PatientQuery(identifiers=(passport,))
    assert patient_identity.demographics(c.asks(), by_number) == ()
    asked = PatientRecord(identifiers=(), demographics=Demographics(other_ids=(passport,)))
    with suppress(TooBroad):
        assert patient_identity.matching(c.asks(), asked) == ()
    by_name = PatientQuery(names=(NAME,), birth_time="19700101")
    (found,) = patient_identity.demographics(c.asks(), by_name)
    assert found.record.demographics.other_ids == ()
