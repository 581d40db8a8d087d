"""What an institution opened, having been sent it by name, stays its own; nothing else does."""

from dataclasses import replace
from datetime import timedelta

from naru.audit import queries as audit
from naru.consent.snapshots import Exclusion
from naru.domain.decision import Reason
from naru.domain.stored_query import FindDocuments
from naru.domain.xds import AvailabilityStatus
from naru.exchange.charts import own_documents
from naru.exchange.consent import page_acts
from naru.exchange.documents.stored_query import stored_query
from naru.exchange.patients import match_cases
from naru.patients import queries as patients
from tests.exchange.audit.test_crossings import reads, steward
from tests.exchange.consent.test_held_sendings import opens, withdraws
from tests.exchange.consent.test_page_acts import NEEDED, by, consents, saying
from tests.exchange.hospitals import TODAY, Hospital, Patient
from tests.exchange.test_decide import merge


def recipients(patient: Patient) -> dict[str, set[object]]:
    """Of each document those to whom it is open by name, as the patient's own page says."""
    found = own_documents.of_patient(by(patient), patient.key)
    return {one.entry.unique_id: set(one.recipients) for one in found}


def test_the_recipient_reads_again_what_it_opened_before_the_withdrawal() -> None:
    a, b, c = Hospital(), Hospital(), Hospital()
    patient = a.patient()
    consents(patient)
    taken, left, queried = a.sends(patient, b, c), a.sends(patient, b), a.sends(patient)
    for hospital in (b, c):
        hospital.receives(patient)
    assert opens(b, taken)
    assert opens(c, queried)

    withdraws(patient)

    assert [opens(b, one) for one in (taken, left, queried)] == [True, False, False]
    assert not any(opens(c, one) for one in (taken, left, queried))
    assert (b.finds(patient), c.finds(patient)) == ({taken.unique_id}, set())
    assert recipients(patient) == {
        taken.unique_id: {b.id},
        left.unique_id: set(),
        queried.unique_id: set(),
    }
    assert opens(b, taken)
    last = audit.between(None, None, limit=1)[0].record
    assert [(one.reason, one.rule) for one in last.decisions] == [(Reason.LAWFULLY_RECEIVED, 3)]


def test_to_hide_it_takes_it_from_nobody_who_received_it() -> None:
    a, b = Hospital(), Hospital()
    patient = a.patient()
    consents(patient)
    taken, left = a.sends(patient, b), a.sends(patient, b)
    assert opens(b, taken)
    outs = [Exclusion(document=one.unique_id) for one in (taken, left)]
    page_acts.keep_out(by(patient), patient.key, saying(), outs)

    assert [opens(b, one) for one in (taken, left)] == [True, False]


def test_neither_does_the_consent_s_last_day() -> None:
    a, b = Hospital(), Hospital()
    patient = a.patient()
    page_acts.consent(by(patient), patient.key, saying(), boxes=NEEDED, until=TODAY)
    taken, _left = a.sends(patient, b), a.sends(patient, b)
    assert opens(b, taken)

    access = b.access("ITI-18")
    query = FindDocuments(patient_id=patient.affinity_id, status=(AvailabilityStatus.APPROVED,))
    later = replace(access, time=access.time + timedelta(days=2))
    found = stored_query(later, query, leaf=True).entries
    assert [one.unique_id for one in found] == [taken.unique_id]


def test_what_was_received_of_a_merged_person_is_so_when_they_are_taken_apart() -> None:
    """It is noted by the key under which the document stands."""
    a, b = Hospital(), Hospital()
    survivor, subsumed = a.patient(), a.patient()
    for one in (survivor, subsumed):
        consents(one)
    before, during = a.sends(subsumed, b), a.sends(subsumed, b)
    reads(b, before)
    merge(a, survivor, subsumed)
    reads(b, during)
    withdraws(survivor)
    assert [opens(b, one) for one in (before, during)] == [True, True]
    (joined, *_) = patients.joins(survivor.key)

    match_cases.part(steward(a), survivor.key, joined.key, "시험")

    assert [opens(b, one) for one in (before, during)] == [True, True]
    assert b.finds(subsumed) == {before.unique_id, during.unique_id}
