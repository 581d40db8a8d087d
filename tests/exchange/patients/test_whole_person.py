"""Of somebody who was merged, pages and desk say what the doors do: the narrower holds."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from naru.accounts.values import Link, Method, Session
from naru.consent import services as consent
from naru.consent.acts import ActKind
from naru.consent.errors import NotMandated
from naru.consent.snapshots import Exclusion
from naru.domain.arrangements import Mandate, Relationship
from naru.domain.caller import Role
from naru.domain.stored_query import FindDocuments
from naru.domain.xds import AvailabilityStatus
from naru.exchange import identify, standing
from naru.exchange.access import Access
from naru.exchange.charts import own_documents
from naru.exchange.charts.own_documents import Seen
from naru.exchange.consent import mandates, representing
from naru.exchange.consent import page_acts as consent_acts
from naru.exchange.consent import proof as consent_proof
from naru.exchange.documents.stored_query import stored_query
from naru.exchange.treatment import reception
from tests.exchange.consent.test_page_acts import at, by, consents, saying
from tests.exchange.hospitals import TODAY, Hospital, Patient, now
from tests.exchange.test_decide import merge


def seen(patient: Patient) -> dict[str, Seen]:
    """What the person's own page says of each document."""
    found = own_documents.of_patient(by(patient), patient.key)
    return {one.entry.unique_id: one.seen for one in found}


def stands(patient: Patient) -> standing.Standing:
    return standing.of_patient(by(patient), patient.key)


def merged(a: Hospital) -> tuple[Patient, Patient]:
    """A survivor and who was merged into them, both of whom consented before."""
    survivor, subsumed = a.patient(), a.patient()
    survivor.consents()
    subsumed.consents()
    return survivor, subsumed


def test_a_withdrawal_of_the_absorbed_entry_is_what_page_and_desk_say() -> None:
    a, b = Hospital(), Hospital()
    survivor, subsumed = merged(a)
    sent = a.sends(survivor).unique_id
    subsumed.withdraws()
    merge(a, survivor, subsumed)

    assert b.finds(survivor) == set()
    assert seen(survivor) == {sent: Seen.NOT_CONSENTED}
    assert not stands(survivor).consented
    assert not reception.consents(at(a), survivor.key)
    assert [one.kind for one in stands(survivor).acts] == ["grant", "grant", "withdraw"]

    consents(survivor)  # Said for the whole person: it stands again, at the doors as on the page.
    after = a.sends(survivor).unique_id
    assert after in b.finds(survivor)
    assert seen(survivor)[after] is Seen.EXCHANGED
    assert stands(survivor).consented
    assert reception.consents(at(a), survivor.key)
    said = consent_proof.of_acts(by(survivor), survivor.key)
    assert [one.act.kind for one in said] == ["grant", "withdraw", "grant", "grant"]


def test_a_silent_entry_under_which_something_stood_is_no_consent_on_the_page() -> None:
    a, named, other = Hospital(), Hospital(), Hospital()
    survivor, silent = a.patient(), a.patient()
    a.sends(silent, named)
    survivor.consents()
    merge(a, survivor, silent)

    assert other.finds(survivor) == set()
    assert set(seen(survivor).values()) == {Seen.NOT_CONSENTED}
    assert not stands(survivor).consented


def test_what_either_entry_kept_out_is_hidden_on_the_page_and_lifted_for_both() -> None:
    a, b = Hospital(), Hospital()
    survivor, subsumed = merged(a)
    sent = a.sends(subsumed)
    hides = Exclusion(document=sent.unique_id)
    consent.exclude(subsumed.key, hides, by(subsumed).caller, "TEST-1", now())
    merge(a, survivor, subsumed)

    (document,) = own_documents.of_patient(by(survivor), survivor.key)
    assert (document.seen, document.hidden) == (Seen.EXCLUDED, True)
    snapshot = stands(survivor).snapshot
    assert snapshot is not None
    assert snapshot.exclusions.documents == {sent.unique_id}
    assert b.finds(survivor) == set()

    consent_acts.lift(by(survivor), survivor.key, saying(), [hides])
    assert seen(survivor) == {sent.unique_id: Seen.EXCHANGED}
    assert b.finds(survivor) == {sent.unique_id}


def mandate(patient: Patient, person: UUID) -> None:
    given = Mandate(
        id=uuid4(),
        representative=person,
        relationship=Relationship.MANDATARY,
        first=TODAY,
        last=TODAY + timedelta(days=30),
    )
    actor = by(patient).caller
    consent.perform(ActKind.MANDATE, patient.key, actor, "TEST-1", now(), mandate=given)
    consent.represents(person, patient.key, given.id)


def test_a_mandate_of_one_entry_alone_speaks_for_nobody_who_was_merged() -> None:
    a, person = Hospital(), uuid4()
    survivor, subsumed = merged(a)
    mandate(subsumed, person)
    access = by(survivor)
    access.caller = replace(access.caller, role=Role.REPRESENTATIVE, person=person)
    merge(a, survivor, subsumed)

    assert mandates.represented_by((person,), now()) == ()
    with pytest.raises(NotMandated):
        representing.require_mandate(access, survivor.key)

    mandate(survivor, person)
    assert mandates.represented_by((person,), now()) == (survivor.key,)
    representing.require_mandate(access, survivor.key)


@pytest.mark.parametrize("flagged", [0, 1])
def test_an_abuse_flag_on_either_entry_suspends_who_speaks_for_the_person(flagged: int) -> None:
    a, person = Hospital(), uuid4()
    both = merged(a)
    for each in both:
        mandate(each, person)
    actor = by(both[flagged]).caller
    consent.perform(ActKind.ABUSE_FLAG, both[flagged].key, actor, "TEST-1", now())
    assert len(mandates.represented_by((person,), now())) == 1  # Two people, until they are one.
    merge(a, *both)

    assert mandates.represented_by((person,), now()) == ()
    access = by(both[0])
    access.caller = replace(access.caller, role=Role.REPRESENTATIVE, person=person)
    with pytest.raises(NotMandated):
        representing.require_mandate(access, both[0].key)


def test_who_was_merged_since_their_sign_in_is_still_who_they_are() -> None:
    a, person = Hospital(), uuid4()
    survivor, subsumed = merged(a)
    sent = a.sends(survivor).unique_id
    mandate(survivor, person)
    mandate(subsumed, person)
    merge(a, survivor, subsumed)

    own = identify.by_session(session(subsumed.key), address="", now=now())
    assert own.patient == survivor.key
    assert sent in seen(replace(survivor, key=own.patient))
    for_them = session(None, account=person, represented=subsumed.key)
    assert identify.by_session(for_them, address="", now=now()).patient == survivor.key


def session(
    patient: UUID | None, *, account: UUID | None = None, represented: UUID | None = None
) -> Session:
    """Of somebody who signed in, as the accounts keep it."""
    return Session(
        id=uuid4(),
        account=account or uuid4(),
        method=Method.PASSKEY,
        begun=now(),
        passkey_shown=None,
        identity_shown=None,
        patient=patient,
        link=Link.LINKED,
        post=None,
        represented=represented,
    )


@pytest.mark.parametrize("since_merged", [False, True])
def test_a_mandate_to_somebody_s_patient_key_counts_in_the_decision_as_on_the_page(
    *, since_merged: bool
) -> None:
    a = Hospital()
    patient, helper = a.patient(), a.patient()
    patient.consents()
    sent = a.sends(patient).unique_id
    mandate(patient, helper.key)
    whom = helper
    if since_merged:
        whom = a.patient()
        merge(a, whom, helper)

    caller = identify.by_session(session(whom.key, represented=patient.key), address="", now=now())

    access = Access(transaction="TEST", caller=caller, time=now())
    query = FindDocuments(patient_id=patient.affinity_id, status=tuple(AvailabilityStatus))
    found = stored_query(access, query, leaf=True).entries
    assert [one.unique_id for one in found] == [sent]
    access = Access(transaction="TEST", caller=caller, time=now())
    representing.require_mandate(access, patient.key)
