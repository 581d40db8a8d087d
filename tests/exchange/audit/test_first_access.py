"""A patient is told once of an institution that saw their records, however many look at once."""

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction
from django.utils import timezone

from naru.audit import acquaintances, services
from naru.audit.records import AccessRecord, Outcome
from naru.consent import services as consent
from naru.domain.caller import Assurance, Caller, PurposeOfUse, Role
from naru.exchange.audit import first_access
from naru.notifications import queries
from naru.notifications.recipients import Recipient
from naru.outbox import services as outbox
from naru.outbox import worker
from naru.outbox.models import Entry
from naru.ui.clock import today

pytestmark = pytest.mark.django_db(transaction=True)


def looks(patient: UUID, institution: UUID, *, seen: bool = True) -> AccessRecord:
    caller = Caller(
        role=Role.DOCTOR,
        purpose=PurposeOfUse.TREATMENT,
        assurance=Assurance.CERTIFICATE,
        institution=institution,
    )
    return AccessRecord(
        transaction="ITI-43",
        caller=caller,
        outcome=Outcome.SUCCESS,
        time=timezone.now(),
        request_id=uuid4(),
        patients=(patient,),
        seen=(patient,) if seen else (),
    )


def told(patient: UUID) -> list[str]:
    while worker.run_once(first_access.handlers()):
        pass
    inbox = queries.inbox([Recipient.patient(patient)], language="ko")
    return [one.kind for one in inbox]


def test_of_many_first_looks_at_once_the_patient_is_told_of_one() -> None:
    patient, institution = uuid4(), uuid4()

    def one(at: int) -> None:
        if at % 2:
            services.record_now(looks(patient, institution))
            return
        try:
            with transaction.atomic():
                services.record_within(looks(patient, institution))
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(one, range(32)))

    assert Entry.objects.filter(kind=acquaintances.FIRST_ACCESS).count() == 1
    assert told(patient) == ["first-access"]
    services.record_now(looks(patient, institution))
    acquaintances._known.clear()  # As in another process.
    services.record_now(looks(patient, institution))
    assert told(patient) == ["first-access"]


def test_each_institution_is_told_of_and_none_that_saw_nothing() -> None:
    patient = uuid4()
    for _ in range(2):
        services.record_now(looks(patient, uuid4()))
    services.record_now(looks(patient, uuid4(), seen=False))
    assert told(patient) == ["first-access"] * 2


def test_a_look_that_was_rolled_back_is_no_acquaintance() -> None:
    patient, institution = uuid4(), uuid4()
    with transaction.atomic():
        services.record_within(looks(patient, institution))
        transaction.set_rollback(True)
    assert told(patient) == []
    services.record_now(looks(patient, institution))
    assert told(patient) == ["first-access"]


def test_acts_of_consent_that_waited_are_told_once_and_by_the_same_key() -> None:
    patient, now = uuid4(), timezone.now()
    caller = Caller(
        role=Role.PATIENT,
        purpose=PurposeOfUse.PATIENT_REQUEST,
        assurance=Assurance.SESSION,
        patient=patient,
    )
    with transaction.atomic():
        act = consent.grant(patient, today(now), caller, "TEST/1", now)
        outbox.put(first_access.NOTIFY_CONSENT, act.bytes, key=str(act))
    assert told(patient) == ["consent-given"]
