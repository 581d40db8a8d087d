"""Of somebody who was merged, the history is of all their keys; taken apart, of each as before."""

from collections import Counter
from dataclasses import replace
from uuid import UUID, uuid4

from naru.audit.models import RecordPatient
from naru.audit.records import RecordId
from naru.domain.caller import Role
from naru.domain.xds import DocumentEntry, DocumentRequest
from naru.exchange.access import Access
from naru.exchange.audit import crossings
from naru.exchange.audit.crossings import Sought
from naru.exchange.charts import past_history
from naru.exchange.documents.retrieve import retrieve
from naru.exchange.patients import match_cases
from naru.patients import queries as patients
from tests.exchange.consent.test_page_acts import by
from tests.exchange.hospitals import Hospital, Patient
from tests.exchange.test_decide import merge

ALL = Sought(own=True)


def steward(hospital: Hospital) -> Access:
    access = hospital.access("TEST-part")
    return replace(access, caller=replace(access.caller, role=Role.STEWARD, person=uuid4()))


def seen(patient: Patient) -> dict[RecordId, tuple[str, ...]]:
    """Each access that the person is shown, with its documents; two never are one."""
    found = [one.crossing for one in crossings.who_saw(by(patient), patient.key, 100).seen]
    assert max(Counter(one.record for one in found).values(), default=1) == 1
    return {one.record: tuple(sorted(one.documents)) for one in found}


def recorded(*keys: UUID) -> set[RecordId]:
    """What the audit itself has about any of these keys, but what a patient asked."""
    rows = RecordPatient.objects.filter(patient__in=keys).select_related("record")
    return {
        RecordId(one.record.record) for one in rows if b'"role":"patient"' not in one.record.body
    }


def test_a_merged_person_sees_the_accesses_of_every_key_and_of_nobody_else() -> None:
    a, b = Hospital(), Hospital()
    survivor, subsumed, stranger = a.patient(), a.patient(), a.patient()
    sent = {}
    for one in (survivor, subsumed, stranger):
        one.consents()
        sent[one.key] = a.sends(one).unique_id
        assert b.finds(one) == {sent[one.key]}
    apart = {one.key: seen(one) for one in (survivor, subsumed, stranger)}
    assert not apart[survivor.key].keys() & apart[subsumed.key].keys()

    merge(a, survivor, subsumed)
    assert b.finds(survivor) == {sent[survivor.key], sent[subsumed.key]}

    whole = seen(survivor)
    assert whole.keys() == recorded(survivor.key, subsumed.key)
    assert whole.items() > apart[survivor.key].items() | apart[subsumed.key].items()
    both = tuple(sorted((sent[survivor.key], sent[subsumed.key])))
    assert next(iter(whole.values())) == both
    # By whichever key they are asked for, page after page and one by one.
    assert seen(subsumed) == whole
    assert paged(survivor) == list(whole)
    for record in whole:
        shown = crossings.one(by(survivor), survivor.key, record)
        assert shown is not None
        assert tuple(sorted(shown.crossing.documents)) == whole[record]
        assert crossings.one(by(stranger), stranger.key, record) is None
    assert seen(stranger) == apart[stranger.key]
    of_the_absorbed = next(iter(apart[subsumed.key]))
    crossings.question(by(survivor), survivor.key, of_the_absorbed)


def paged(patient: Patient) -> list[RecordId]:
    """One access on each page."""
    found, before = list[RecordId](), None
    while True:
        page = crossings.who_saw(by(patient), patient.key, 1, before)
        found += [one.crossing.record for one in page.seen]
        before = page.older
        if before is None:
            return found


def test_after_the_round_trip_each_sees_the_accesses_of_their_own_key_as_before() -> None:
    a, b = Hospital(), Hospital()
    survivor, subsumed = a.patient(), a.patient()
    for one in (survivor, subsumed):
        one.consents()
        a.sends(one)
        b.finds(one)
    apart = {one.key: seen(one) for one in (survivor, subsumed)}
    merge(a, survivor, subsumed)
    b.finds(survivor)
    (joined, *_) = patients.joins(survivor.key)

    match_cases.part(steward(a), survivor.key, joined.key, "시험")

    for one in (survivor, subsumed):
        now = seen(one)
        assert now.keys() == recorded(one.key)
        assert now.items() >= apart[one.key].items()


def reads(hospital: Hospital, *sent: DocumentEntry) -> None:
    """The documents, at one request."""
    asked = [
        DocumentRequest(
            repository_unique_id=one.repository_unique_id or "", document_unique_id=one.unique_id
        )
        for one in sent
    ]
    answer = retrieve(hospital.access("ITI-43"), asked)
    assert len(answer.documents) == len(sent)
    for document in answer.documents:
        document.chunks.close()


def test_what_was_read_while_they_were_one_is_shown_to_whose_document_it_was() -> None:
    """Each sees the accesses to their own documents, and nothing of those to the other's."""
    a, b = Hospital(), Hospital()
    survivor, subsumed = a.patient(), a.patient()
    sent = {}
    for one in (survivor, subsumed):
        one.consents()
        sent[one.key] = a.sends(one)
        b.receives(one)
    mine, theirs = sent[survivor.key].unique_id, sent[subsumed.key].unique_id
    merge(a, survivor, subsumed)
    before = seen(survivor).keys()
    b.finds(survivor)
    reads(b, sent[survivor.key])
    reads(b, sent[subsumed.key])
    reads(b, *sent.values())
    past_history.gather(b.access("past history"), subsumed.key)
    merged = seen(survivor)
    asked = [one for one in merged if one not in before]
    both = tuple(sorted((mine, theirs)))
    assert [set(merged[one]) for one in reversed(asked)][2:5] == [{mine}, {theirs}, set(both)]

    (joined, *_) = patients.joins(survivor.key)
    match_cases.part(steward(a), survivor.key, joined.key, "시험")

    told = {one.key: seen(one) for one in (survivor, subsumed)}
    for key, own, other in ((survivor.key, mine, theirs), (subsumed.key, theirs, mine)):
        shown = told[key]
        assert sum(own in documents for documents in shown.values()) == 5  # With its registration.
        assert not any(other in documents for documents in shown.values())
        of_the_other = [one for one in asked if set(merged[one]) == {other}]
        assert of_the_other
        assert not shown.keys() & set(of_the_other)
        for record in shown:
            one = crossings.one(by(survivor if key == survivor.key else subsumed), key, record)
            assert one is not None
            assert other not in {decided.object_id for decided in one.crossing.decisions}
