"""A receiver that reads a referral's paper has received the referral, whatever the door."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection

from naru.audit import queries as audit
from naru.consent import queries as consent
from naru.domain.referral_states import State
from naru.domain.referrals import ActKind, Referral
from naru.exchange.charts import past_history
from naru.exchange.documents.retrieve import retrieve
from naru.referrals import acting, queries, sending, tasks
from naru.referrals.errors import NotNow
from naru.viewer.opening import open_document
from tests.exchange.hospitals import Patient
from tests.referrals.hospitals import CHART, Hospital, draft
from tests.scheduling.emr import Emr

pytestmark = pytest.mark.django_db(transaction=True)


def sent_one(west: Hospital, east: Hospital) -> tuple[Patient, Referral]:
    patient = west.patient()
    patient.consents()
    west.chart(patient)
    return patient, sending.send(west.doctor(), draft(west, east, patient, "상세불명의 흉통"))


def stands(referral: Referral) -> Referral:
    found = queries.one(referral.id)
    assert found is not None
    return found


def acts(referral: Referral) -> list[ActKind]:
    return [one.kind for one in stands(referral).acts]


def by_itself(hospital: Hospital, referral: Referral) -> bool:
    access = hospital.access("ITI-43")
    found = retrieve(access, [acting.paper(access, referral)])
    for one in found.documents:
        b"".join(one.chunks)
    return bool(found.documents)


def by_page(hospital: Hospital, referral: Referral) -> bool:
    access = hospital.doctor()
    return open_document(access, acting.paper(access, referral)) is not None


@pytest.mark.parametrize("reads", [by_itself, by_page], ids=["ITI-43", "page"])
def test_to_read_it_is_to_receive_it_once_and_at_that_time(
    reads: Callable[[Hospital, Referral], bool],
) -> None:
    west, east = Hospital(), Hospital()
    _, sent = sent_one(west, east)
    assert reads(west, sent)  # Whoever wrote it reads its own.
    assert acts(sent) == [ActKind.SENT]

    for _ in range(2):
        assert reads(east, sent)

    received = stands(sent)
    assert received.state is State.RECEIVED
    assert acts(sent) == [ActKind.SENT, ActKind.RECEIVED]
    assert received.acts[-1].institution == east.id
    assert received.acts[-1].time > sent.time
    shown = audit.of_person([sent.patient], limit=50)
    opening = [one for one in shown if one.institution == east.id]
    assert opening[-1].time == received.acts[-1].time
    with pytest.raises(NotNow):  # A press that comes later receives it no second time.
        acting.do(east.doctor(), sent.id, ActKind.RECEIVED)
    acting.do(east.doctor(), sent.id, ActKind.ACCEPTED)
    assert reads(east, sent)
    assert stands(sent).state is State.ACCEPTED


def test_an_emr_receives_it_at_fhir(tmp_path: Path) -> None:
    west, east = Hospital(), Hospital()
    patient, sent = sent_one(west, east)
    emr = Emr(east, tmp_path)
    asked = f"DocumentReference?patient=Patient/{patient.key}&status=current"
    (listed,) = emr.found(asked)
    assert acts(sent) == [ActKind.SENT]  # To find it is not to open it.
    emr.client.headers["accept"] = "application/fhir+json"

    read = emr.reads(f"Binary/{listed['id']}")

    assert read["resourceType"] == "Binary"
    assert acts(sent) == [ActKind.SENT, ActKind.RECEIVED]


def test_a_look_at_the_chart_tells_of_it_and_opens_no_paper() -> None:
    """The page of a patient tells what all documents say; that is no reading of the referral."""
    west, east = Hospital(), Hospital()
    patient, sent = sent_one(west, east)
    east.receives(patient)
    gathered = past_history.gather(east.doctor(), patient.key)
    assert sent.document in {one.unique_id for one in gathered.found}

    assert acts(sent) == [ActKind.SENT]
    with pytest.raises(NotNow):  # Nobody gives on what they have not read.
        acting.forward(east.doctor(), sent.id, Hospital().id, sent.department)
    assert by_page(east, sent)
    assert acts(sent) == [ActKind.SENT, ActKind.RECEIVED]


def test_who_reads_what_is_not_theirs_receives_nothing() -> None:
    west, east, third = Hospital(), Hospital(), Hospital()
    patient, sent = sent_one(west, east)
    assert not by_page(third, sent)
    third.receives(patient)
    assert by_page(third, sent)  # By the consent and its own treatment.

    assert acts(sent) == [ActKind.SENT]


def test_what_an_emr_handed_over_and_was_given_on_is_received_by_the_next() -> None:
    west, east, north = Hospital(), Hospital(), Hospital()
    patient = west.patient()
    patient.consents()
    document = west.writes(patient, "referral", replace(CHART, reason="추가 검사"), to=east)
    (sent,) = queries.inbox(east.id)
    assert sent.document == document
    assert by_page(east, sent)
    given = acting.forward(east.doctor(), sent.id, north.id, sent.department)

    assert by_page(north, given)

    assert acts(given)[-2:] == [ActKind.FORWARDED, ActKind.RECEIVED]
    assert stands(given).acts[-1].institution == north.id


def test_what_is_over_is_not_received_any_more() -> None:
    west, east = Hospital(), Hospital()
    _, sent = sent_one(west, east)
    assert tasks.expire(sent.until + timedelta(seconds=1)) == 1

    assert not by_page(east, sent)

    assert acts(sent) == [ActKind.SENT, ActKind.EXPIRED]


def test_of_two_readers_at_once_one_receives_it_and_both_read() -> None:
    west, east = Hospital(), Hospital()
    patient, sent = sent_one(west, east)

    def reads() -> bool:
        try:
            return by_page(east, sent)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        found = [one.result() for one in [pool.submit(reads) for _ in range(2)]]

    assert found == [True, True]
    assert acts(sent) == [ActKind.SENT, ActKind.RECEIVED]
    assert consent.has_received([patient.key], sent.document, east.id)
