"""A consent paper takes effect by its own words, from where the patient is known."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from naru.consent import queries as consent
from naru.domain.privacy_policies import Policy, privacy_policies
from naru.domain.registry_errors import RegistryFailure
from naru.domain.xds import DocumentEntry
from naru.exchange import crossings, prove
from naru.exchange.access import Access
from naru.exchange.consent_documents import MAX_SIZE, NOTIFY_CONSENT
from naru.exchange.provide_and_register import provide_and_register
from naru.exchange.register import register
from naru.faces.iti.consent_paper import read_paper
from naru.outbox.services import take
from naru.repository.models import Document
from tests.exchange import papers
from tests.exchange.hospitals import TODAY, Hospital, Patient, a_record, bytes_of, now
from tests.registry.synthetic import in_the_name_of, submission

GRANT, WITHDRAW = Policy.CONSENT_WHOLE, Policy.WITHDRAWAL_WHOLE
LONG_AGO = date(1900, 1, 1)


def of_consent(patient: Patient, policy: Policy, day: date = TODAY) -> DocumentEntry:
    return papers.described(a_record(patient, uuid="paper"), policy, day)


def signs(  # noqa: PLR0913  # What a test may say otherwise of a paper, all named.
    hospital: Hospital,
    patient: Patient,
    policy: Policy,
    day: date = TODAY,
    *,
    signed: datetime | None = None,
    entry: DocumentEntry | None = None,
    octets: bytes | None = None,
    also: tuple[DocumentEntry, ...] = (),
) -> Access:
    """The patient signs at the hospital's desk, which sends the paper by ITI-41."""
    access = hospital.access("ITI-41")
    entry = entry or of_consent(patient, policy, day)
    octets = octets or papers.paper(
        entry.unique_id, patient.own, policy, signed=signed or access.time, from_date=day
    )
    documents = {entry.entry_uuid: bytes_of(octets)}
    documents |= {one.entry_uuid: bytes_of(b"secret") for one in also}
    sent = in_the_name_of(submission(patient.affinity_id, entry, *also), hospital.oid)
    provide_and_register(access, sent, documents, read_paper)
    return access


def refused(act: Callable[[], object]) -> str:
    with pytest.raises(RegistryFailure) as refusal:
        act()
    (error,) = refusal.value.errors
    return f"{error.code}: {error.context}"


def test_a_paper_consents_and_a_paper_withdraws() -> None:
    a, b = Hospital(), Hospital()
    patient = a.patient()
    signs(a, patient, GRANT)
    sent = a.sends(patient)
    assert b.finds(patient) == {sent.unique_id}
    signs(a, patient, WITHDRAW)
    assert b.finds(patient) == set()


@pytest.mark.parametrize("policy", [GRANT, WITHDRAW])
def test_metadata_alone_neither_consent_nor_withdraw(policy: Policy) -> None:
    a = Hospital()
    patient = a.patient()
    paper = replace(
        of_consent(patient, policy), hash="a" * 40, size=7, repository_unique_id=a.repository
    )
    sent = in_the_name_of(submission(patient.affinity_id, paper), a.oid)
    sentence = refused(lambda: register(a.access("ITI-42"), sent))
    assert sentence == (
        "XDSRegistryMetadataError: a consent document takes effect only with its bytes (ITI-41)"
    )
    assert consent.snapshot(patient.key) is None


@pytest.mark.parametrize("policy", [GRANT, WITHDRAW])
def test_a_hospital_that_does_not_know_the_patient_brings_no_paper(policy: Policy) -> None:
    a, stranger = Hospital(), Hospital()
    patient = a.patient()
    assert "only where the patient is registered" in refused(
        lambda: signs(stranger, patient, policy)
    )
    assert consent.snapshot(patient.key) is None


@pytest.mark.usefixtures("sandbox")
def test_in_a_sandbox_any_hospital_brings_a_paper() -> None:
    patient = Hospital().patient()
    signs(Hospital(), patient, WITHDRAW)
    assert consent.snapshot(patient.key) is not None


def test_a_paper_that_says_another_than_its_metadata_is_refused() -> None:
    a = Hospital()
    patient, other = a.patient(), a.patient()
    entry = of_consent(patient, GRANT)
    right: dict[str, Any] = {
        "document": entry.unique_id,
        "patient": patient.own,
        "policy": GRANT,
        "signed": now(),
        "from_date": TODAY,
    }
    wrong: dict[str, dict[str, Any]] = {
        "patient": {"patient": other.own},
        "document id": {"document": "2.999.1.1"},
        "policy": {"policy": WITHDRAW},
        "effective time": {"from_date": TODAY - timedelta(days=1)},
    }
    for what, change in wrong.items():
        octets = papers.paper(**(right | change))
        assert refused(lambda: signs(a, patient, GRANT, entry=entry, octets=octets)) == (  # noqa: B023  # Called at once.
            f"XDSRepositoryMetadataError: the metadata say another {what} "
            "than the consent paper itself"
        )
    assert consent.snapshot(patient.key) is None
    assert not Document.objects.filter(unique_id=entry.unique_id).exists()


@pytest.mark.parametrize(
    "octets",
    [b"<consent/>", b"\x00", b"not xml at all", b"<!DOCTYPE a><a/>", b" " * (MAX_SIZE + 1)],
)
def test_what_is_no_consent_paper_takes_no_effect(octets: bytes) -> None:
    a = Hospital()
    patient = a.patient()
    sentence = refused(lambda: signs(a, patient, GRANT, octets=octets))
    assert sentence.startswith("XDSRepositoryMetadataError: ")
    assert consent.snapshot(patient.key) is None


def test_a_paper_of_a_part_is_refused_since_it_would_have_no_effect() -> None:
    a = Hospital()
    patient = a.patient()
    assert "only of the whole" in refused(lambda: signs(a, patient, Policy.CONSENT_PARTIAL))


def test_a_consent_reaches_no_further_back_than_the_day_of_signing() -> None:
    a = Hospital()
    patient = a.patient()
    signs(a, patient, GRANT, LONG_AGO)
    snapshot = consent.snapshot(patient.key)
    assert snapshot is not None
    assert snapshot.from_date == TODAY
    assert refused(lambda: a.sends(patient, day=TODAY - timedelta(days=1)))


def test_a_consent_may_begin_later() -> None:
    a = Hospital()
    patient, later = a.patient(), TODAY + timedelta(days=30)
    signs(a, patient, GRANT, later)
    snapshot = consent.snapshot(patient.key)
    assert snapshot is not None
    assert snapshot.from_date == later


def test_a_paper_from_before_a_withdrawal_does_not_undo_it() -> None:
    a = Hospital()
    patient = a.patient()
    patient.consents()
    patient.withdraws()
    yesterday = now() - timedelta(days=1)
    assert "was withdrawn after this paper" in refused(
        lambda: signs(a, patient, GRANT, signed=yesterday)
    )
    signs(a, patient, GRANT)
    snapshot = consent.snapshot(patient.key)
    assert snapshot is not None
    assert snapshot.consented


def test_a_consent_and_a_record_come_in_one_submission() -> None:
    a, b = Hospital(), Hospital()
    patient = a.patient()
    record = a_record(patient)
    signs(a, patient, GRANT, also=(record,))
    assert b.finds(patient) == {record.unique_id}


def test_a_consent_in_a_submission_opens_no_older_record_beside_it() -> None:
    a = Hospital()
    patient = a.patient()
    old = a_record(patient, TODAY - timedelta(days=1))
    refused(lambda: signs(a, patient, GRANT, also=(old,)))
    assert consent.snapshot(patient.key) is None


def test_one_submission_brings_one_consent_document() -> None:
    a = Hospital()
    patient = a.patient()
    more = replace(of_consent(patient, WITHDRAW), entry_uuid="another")
    entry = of_consent(patient, GRANT)
    documents = {
        each.entry_uuid: bytes_of(
            papers.paper(each.unique_id, patient.own, policy, signed=now(), from_date=TODAY)
        )
        for each, policy in ((entry, GRANT), (more, WITHDRAW))
    }
    sent = in_the_name_of(submission(patient.affinity_id, entry, more), a.oid)
    assert "at most one consent document" in refused(
        lambda: provide_and_register(a.access("ITI-41"), sent, documents, read_paper)
    )


def test_the_patient_is_told_of_an_act_at_a_desk_and_sees_it() -> None:
    a = Hospital()
    patient = a.patient()
    signs(a, patient, GRANT)
    (act,) = consent.acts(patient.key)

    (notice,) = take([NOTIFY_CONSENT], 10, timedelta(minutes=1), now())
    (seen,) = crossings.of_patient(a.access(), patient.key)

    assert UUID(bytes=notice.payload) == act.id
    assert (seen.transaction, seen.institution) == ("ITI-41", a.id)
    assert prove.evidence(seen).consent_act == act.id


def test_a_refused_paper_tells_the_patient_nothing_and_leaves_no_act() -> None:
    a = Hospital()
    patient = a.patient()
    refused(lambda: signs(a, patient, GRANT, octets=b"<consent/>"))
    assert take([NOTIFY_CONSENT], 10, timedelta(minutes=1), now()) == ()
    assert consent.acts(patient.key) == ()


def test_a_door_that_reads_no_papers_takes_none() -> None:
    a = Hospital()
    patient = a.patient()
    entry = of_consent(patient, GRANT)
    sent = in_the_name_of(submission(patient.affinity_id, entry), a.oid)
    assert privacy_policies().is_consent_document(entry)
    octets = papers.paper(entry.unique_id, patient.own, GRANT, signed=now(), from_date=TODAY)
    documents = {entry.entry_uuid: bytes_of(octets)}
    assert "no consent paper" in refused(
        lambda: provide_and_register(a.access("ITI-41"), sent, documents)
    )
