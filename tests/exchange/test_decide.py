"""Whose word holds, and for whom a sending is."""

from dataclasses import replace

import pytest

from naru.consent import services as consent
from naru.consent.snapshots import Exclusion
from naru.directory import services as directory
from naru.domain.decision import Reason
from naru.domain.patient_messages import PatientMerge
from naru.domain.registry_errors import RegistryFailure
from naru.domain.xds import Submission
from naru.exchange.documents.register import register
from naru.exchange.patients import identity as patient_identity
from tests.exchange.hospitals import TODAY, Hospital, Patient, a_record, addressed, now
from tests.registry.synthetic import in_the_name_of, submission


def merge(hospital: Hospital, survivor: Patient, subsumed: Patient) -> None:
    act = PatientMerge(survivor=survivor.own, subsumed=subsumed.own)
    patient_identity.feed(hospital.access("ITI-44"), (act,))


def _described(hospital: Hospital, patient: Patient) -> Submission:
    """What ITI-42 says of a record that the hospital holds."""
    record = replace(
        a_record(patient), hash="a" * 40, size=7, repository_unique_id=hospital.repository
    )
    return in_the_name_of(submission(patient.affinity_id, record), hospital.oid)


def test_a_merge_does_not_open_what_was_stored_of_one_who_never_consented() -> None:
    a, b = Hospital(), Hospital()
    silent, consented = a.patient(), a.patient()
    a.sends(silent, b)
    consented.consents()
    merge(a, consented, silent)
    assert Hospital().finds(consented) == set()


def test_a_merge_with_an_empty_entry_takes_no_consent_away() -> None:
    a, b = Hospital(), Hospital()
    empty, consented = a.patient(), a.patient()
    consented.consents()
    before = a.sends(consented).unique_id
    merge(a, empty, consented)
    after = a.sends(empty).unique_id
    assert b.finds(empty) == {before, after}


def test_who_may_not_look_may_still_send() -> None:
    a, b = Hospital(), Hospital()
    patient = a.patient()
    patient.consents()
    consent.exclude(patient.key, Exclusion(viewer=a.id), a.access().caller, "TEST-1", now())
    sent, others = a.sends(patient).unique_id, b.sends(patient).unique_id
    # What it wrote itself is its own chart.
    assert (a.finds(patient), b.finds(patient)) == ({sent}, {sent, others})


def test_a_hospital_opens_nothing_by_addressing_itself() -> None:
    a = Hospital()
    patient = a.patient()
    patient.withdraws()
    with pytest.raises(RegistryFailure, match="XDSRegistryError"):
        a.sends(patient, a)


def test_the_record_of_an_addressed_sending_says_that_its_sender_asserts_a_consent() -> None:
    a, b = Hospital(), Hospital()
    patient = a.patient()
    access = a.access("ITI-42")
    register(access, addressed(_described(a, patient), b.oid))
    # Of the document, and of the set in which it is sent.
    assert [one.reason for one in access.decisions] == [Reason.SENDER_ASSERTS_CONSENT] * 2


@pytest.mark.parametrize("recipient", ["2.999.31337", ""])
def test_a_sending_to_nobody_who_takes_part_is_refused(recipient: str) -> None:
    a, b = Hospital(), Hospital()
    patient = a.patient()
    patient.consents()
    sent = addressed(_described(a, patient), b.oid, recipient)
    with pytest.raises(RegistryFailure) as refused:
        register(a.access("ITI-42"), sent)
    assert [each.context for each in refused.value.errors] == [
        "intendedRecipient 2 names no participating institution"
    ]


def test_a_sending_to_a_suspended_institution_is_refused() -> None:
    a, b = Hospital(), Hospital()
    patient = a.patient()
    directory.suspend(b.id, on=TODAY)
    with pytest.raises(RegistryFailure, match="XDSRegistryMetadataError"):
        a.sends(patient, b)


@pytest.mark.usefixtures("sandbox")
def test_a_sandbox_leaves_out_a_recipient_whom_it_does_not_know() -> None:
    a = Hospital()
    patient = a.patient()
    sent = addressed(_described(a, patient), "2.999.31337")
    assert register(a.access("ITI-42"), sent).entries[0].recipients == ()
