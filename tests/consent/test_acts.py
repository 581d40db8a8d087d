import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction

from naru.consent import models, queries, services
from naru.consent.acts import Act, ActKind, within
from naru.consent.decision import decide
from naru.consent.policy import EarliestFromDate, policy
from naru.consent.snapshots import ActId, Exclusion, Snapshot, Standing
from naru.domain.arrangements import Relation, RelationKind
from naru.domain.caller import Assurance, Caller, PurposeOfUse, Role
from naru.domain.decision import Act as Asked
from naru.domain.decision import Item, Path, Question, Requester
from naru.ledger.queries import receipt

pytestmark = pytest.mark.django_db(transaction=True)

NOW = datetime(2026, 11, 20, 1, tzinfo=UTC)
DAY = date(2026, 11, 20)
ACTOR = Caller(role=Role.PATIENT, purpose=PurposeOfUse.PATIENT_REQUEST, assurance=Assurance.SESSION)
A, B = uuid4(), uuid4()
NOTHING = ActId(uuid4())


def grant(patient: UUID, day: date = DAY) -> UUID:
    return services.grant(patient, day, ACTOR, "TEST-1", NOW)


def withdraw(patient: UUID) -> UUID:
    return services.withdraw(patient, ACTOR, "TEST-1", NOW)


def permitted(patient: UUID, day: date = DAY) -> bool:
    question = Question(
        requester=Requester(role=Role.CLINICIAN, institution=B),
        patient=patient,
        item=Item(institution=A, event_date=day, department="03"),
        act=Asked.READ,
        path=Path.QUERY,
        purpose=PurposeOfUse.TREATMENT,
        time=NOW,
    )
    treated = Relation(institution=B, kind=RelationKind.RECEPTION, since=NOW, until=NOW)
    standing = Standing(snapshot=queries.snapshot(patient), relations=(treated,))
    return decide(question, standing, policy()).permitted


def test_who_never_said_anything_has_no_snapshot() -> None:
    assert queries.snapshot(uuid4()) is None
    assert queries.acts(uuid4()) == ()


def test_consent_withdrawal_and_consent_again_begin_anew() -> None:
    patient, later = uuid4(), date(2026, 12, 1)
    grant(patient)
    assert permitted(patient)
    withdraw(patient)
    assert not permitted(patient)
    grant(patient, later)
    assert not permitted(patient)
    assert permitted(patient, later)


def test_signing_again_takes_nothing_away() -> None:
    patient = uuid4()
    grant(patient)
    grant(patient, date(2026, 12, 1))
    assert permitted(patient)


def test_a_consent_reaches_no_further_back_than_the_day_of_signing() -> None:
    patient = uuid4()
    grant(patient, date(1900, 1, 1))
    (act,) = queries.acts(patient)
    assert act.from_date == DAY
    assert not permitted(patient, date(2026, 11, 19))
    assert permitted(patient)


@pytest.mark.parametrize(
    ("before", "reaches"),
    [
        (Snapshot(consented=False, from_date=None, act=NOTHING), date(2020, 1, 1)),
        (Snapshot(consented=False, from_date=None, act=NOTHING, withdrawn=NOW), DAY),
        (Snapshot(consented=True, from_date=DAY, act=NOTHING), DAY),
    ],
    ids=["at first", "after a withdrawal", "while one stands"],
)
def test_where_older_periods_are_let_in_only_a_first_consent_states_them(
    before: Snapshot, reaches: date
) -> None:
    stated = Act(
        id=NOTHING,
        kind=ActKind.GRANT,
        patient=A,
        actor=ACTOR,
        text_version="TEST-1",
        time=NOW + timedelta(days=3),
        from_date=date(2020, 1, 1),
    )
    assert within(stated, before, EarliestFromDate.AS_STATED).from_date == reaches


def test_an_exclusion_survives_a_withdrawal_and_can_be_lifted() -> None:
    patient, psychiatry = uuid4(), Exclusion(department="03")
    grant(patient)
    services.exclude(patient, psychiatry, ACTOR, "TEST-1", NOW)
    withdraw(patient)
    grant(patient)
    assert not permitted(patient)
    services.include(patient, psychiatry, ACTOR, "TEST-1", NOW)
    assert permitted(patient)


def test_every_act_is_kept_in_order_with_who_brought_it_and_under_which_words() -> None:
    patient = uuid4()
    first, second = grant(patient), withdraw(patient)
    acts = queries.acts(patient)
    assert [(act.id, act.kind) for act in acts] == [
        (first, ActKind.GRANT),
        (second, ActKind.WITHDRAW),
    ]
    assert (acts[0].actor, acts[0].text_version, acts[0].time) == (ACTOR, "TEST-1", NOW)
    snapshot = queries.snapshot(patient)
    assert snapshot is not None
    assert snapshot.act == second


@pytest.mark.parametrize(("first", "second"), [(None, DAY), (DAY, None), (DAY, DAY)])
def test_of_the_end_of_a_consent_the_last_word_holds(
    first: date | None, second: date | None
) -> None:
    patient = uuid4()
    for until in (first, second):
        services.grant(patient, DAY, ACTOR, "TEST-1", NOW, until=until)
    snapshot = queries.snapshot(patient)
    assert snapshot is not None
    assert snapshot.until == second


def test_what_a_patient_excludes_is_stored_only_sealed() -> None:
    patient = uuid4()
    services.exclude(patient, Exclusion(department="TEST-03"), ACTOR, "TEST-1", NOW)
    row, act = models.Snapshot.objects.get(), models.Act.objects.get()
    assert row.exclusions is not None
    assert b"TEST-03" not in bytes(row.exclusions) + bytes(act.content)


def test_an_act_its_snapshot_and_its_commitment_are_kept_or_lost_together() -> None:
    patient = uuid4()
    with transaction.atomic():
        act = grant(patient)
        transaction.set_rollback(True)
    assert (queries.snapshot(patient), queries.acts(patient), receipt(act)) == (None, (), None)
    found = receipt(grant(patient))
    assert found is not None
    assert found.pending


def test_a_decision_reads_once(django_assert_num_queries: object) -> None:
    patient = uuid4()
    grant(patient)
    with django_assert_num_queries(1):  # type: ignore[operator]
        permitted(patient)


def test_acts_that_race_are_all_kept_and_none_is_lost_from_the_snapshot() -> None:
    patient = uuid4()
    grant(patient)

    def exclude(number: int) -> None:
        with transaction.atomic():
            found = Exclusion(document=f"2.999.{number}")
            services.exclude(patient, found, ACTOR, "TEST-1", NOW)
        connection.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(exclude, range(24)))
    snapshot = queries.snapshot(patient)
    assert snapshot is not None
    assert len(snapshot.exclusions.documents) == 24
    assert len(queries.acts(patient)) == 25


def test_no_read_that_begins_after_a_withdrawal_is_permitted() -> None:
    withdrawals, readers = 25, 16
    patients = [uuid4() for _ in range(withdrawals)]
    for patient in patients:
        grant(patient)
    withdrawn: set[UUID] = set()
    over = threading.Event()
    late: list[UUID] = []
    permits: list[int] = []

    def read() -> None:
        seen = 0
        while not over.is_set():
            for patient in patients:
                began_after = patient in withdrawn
                if permitted(patient):
                    seen += 1
                    if began_after:
                        late.append(patient)
        permits.append(seen)
        connection.close()

    threads = [threading.Thread(target=read) for _ in range(readers)]
    for thread in threads:
        thread.start()
    for patient in patients:
        withdraw(patient)
        withdrawn.add(patient)
    over.set()
    for thread in threads:
        thread.join()
    assert late == []
    assert sum(permits) > 0
