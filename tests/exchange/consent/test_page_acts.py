"""An act of a page: effective at once, signed, told, and followed by its duty."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from naru.audit import queries as audit
from naru.audit.records import Outcome
from naru.consent import cases, papers, texts
from naru.consent import queries as consent
from naru.consent.acts import ActKind
from naru.consent.cases import CaseKind
from naru.consent.errors import BoxMissing, ConsentRefused, WordingRefused
from naru.consent.snapshots import Exclusion
from naru.domain.arrangements import Relationship
from naru.domain.caller import Assurance, Caller, PurposeOfUse, Role
from naru.domain.consent_document import ConsentDocument
from naru.domain.consent_paper import (
    NEEDED,
    Box,
    Identification,
    Identified,
    Representative,
    Signed,
)
from naru.domain.privacy_policies import Policy
from naru.exchange.access import Access
from naru.exchange.consent import cases as consent_cases
from naru.exchange.consent import mandates
from naru.exchange.consent import objections as consent_objections
from naru.exchange.consent import page_acts as consent_acts
from naru.exchange.consent.page_acts import Saying
from naru.exchange.operating import UNLISTED
from naru.formats.cda import read_consent
from naru.notifications.queries import Recipient, inbox
from naru.security.signed_paper import write_signed
from tests.exchange.hospitals import TODAY, Hospital, Patient, now

CARD = Identified(by=Identification.RESIDENT_CARD, signed=Signed.PAD, seen_by="접수 1")
HERSELF = Identified(by=Identification.PASSKEY)


def saying(**changed: object) -> Saying:
    plain = Saying(wording=texts.of("ko", on=TODAY).wording, identified=HERSELF, write=write_signed)
    return replace(plain, **changed)


def by(patient: Patient) -> Access:
    """The patient's own."""
    caller = Caller(
        role=Role.PATIENT,
        purpose=PurposeOfUse.PATIENT_REQUEST,
        assurance=Assurance.SESSION,
        patient=patient.key,
    )
    return Access(transaction="consent", caller=caller, time=now())


def at(hospital: Hospital) -> Access:
    """Reception staff's at a desk."""
    access = hospital.access("desk consent")
    access.caller = replace(access.caller, role=Role.RECEPTION, assurance=Assurance.SESSION)
    return access


def consents(patient: Patient, access: Access | None = None, **changed: object) -> UUID:
    return consent_acts.consent(access or by(patient), patient.key, saying(**changed), boxes=NEEDED)


def paper(act: UUID) -> ConsentDocument:
    kept = papers.of_act(act)
    assert kept is not None
    return read_consent(kept.content)


def told(patient: Patient) -> list[str]:
    return [one.kind for one in inbox([Recipient.patient(patient.key)], language="ko")]


def test_a_consent_holds_for_the_query_a_second_later_and_is_signed() -> None:
    """B03."""
    a, b = Hospital(), Hospital()
    patient = a.patient()

    act = consents(patient)
    sent = a.sends(patient)

    assert b.finds(patient) == {sent.unique_id}
    document = paper(act)
    assert document.policy is Policy.CONSENT_WHOLE
    assert document.wording == texts.of("ko", on=TODAY).wording
    assert document.identified == HERSELF
    assert told(patient) == ["consent-given"]


def test_a_hospital_that_joins_tomorrow_needs_no_second_form() -> None:
    """B05."""
    a = Hospital()
    patient = a.patient()
    consents(patient)
    sent = a.sends(patient)

    later = Hospital()

    assert later.finds(patient) == {sent.unique_id}


def test_after_a_withdrawal_the_very_next_query_finds_nothing() -> None:
    """B06, and the ten days' case of what was blocked and what the law keeps."""
    a, b = Hospital(), Hospital()
    patient = a.patient()
    consents(patient)
    a.sends(patient)

    act = consent_acts.withdraw(by(patient), patient.key, saying())

    assert b.finds(patient) == set()
    (case,) = cases.of_act(act)
    assert case.kind is CaseKind.WITHDRAWAL
    assert case.due - case.opened == timedelta(days=10)
    (_time, first) = case.entries[0]
    assert [(one.institution, one.documents) for one in first.blocked] == [(a.id, 1)]
    assert any("보존" in sentence for sentence in first.kept)
    assert paper(act).policy is Policy.WITHDRAWAL_WHOLE
    assert told(patient) == ["consent-withdrawn", "consent-given"]


def test_an_institution_as_source_and_as_viewer_is_chosen_apart() -> None:
    """B08."""
    a, b, c = Hospital(), Hospital(), Hospital()
    patient = a.patient()
    consents(patient)
    sent = a.sends(patient)

    consent_acts.keep_out(by(patient), patient.key, saying(), [Exclusion(viewer=b.id)])

    assert b.finds(patient) == set()
    assert c.finds(patient) == {sent.unique_id}

    consent_acts.keep_out(by(patient), patient.key, saying(), [Exclusion(source=a.id)])
    assert c.finds(patient) == set()

    consent_acts.lift(by(patient), patient.key, saying(), [Exclusion(source=a.id)])
    assert c.finds(patient) == {sent.unique_id}
    assert b.finds(patient) == set()


def test_one_document_is_hidden_and_the_paper_names_it() -> None:
    a, b = Hospital(), Hospital()
    patient = a.patient()
    consents(patient)
    hidden, shown = a.sends(patient), a.sends(patient)

    (act,) = consent_acts.keep_out(
        by(patient), patient.key, saying(reason="사생활"), [Exclusion(document=hidden.unique_id)]
    )

    assert b.finds(patient) == {shown.unique_id}
    document = paper(act)
    assert document.policy is Policy.WITHDRAWAL_PARTIAL
    assert [(one.document, one.reason) for one in document.parts] == [(hidden.unique_id, "사생활")]
    (case,) = cases.of_act(act)
    assert sum(one.documents for one in case.entries[0][1].blocked) == 1


@pytest.mark.parametrize("changed", [{"version": "1999-01"}, {"sha256": "f" * 64}])
def test_what_was_signed_under_other_words_is_refused_and_recorded(
    changed: dict[str, str],
) -> None:
    patient = Hospital().patient()
    wording = replace(texts.of("ko", on=TODAY).wording, **changed)

    with pytest.raises(WordingRefused):
        consents(patient, wording=wording)

    assert consent.snapshot(patient.key) is None
    (seen,) = audit.of_person([patient.key])
    assert seen.outcome is Outcome.MINOR_FAILURE
    recorded = audit.one(seen.record)
    assert recorded is not None
    assert recorded.errors == ("WordingRefused",)


@pytest.mark.parametrize("missing", sorted(NEEDED))
def test_without_a_needed_box_there_is_no_consent(missing: Box) -> None:
    patient = Hospital().patient()

    with pytest.raises(BoxMissing):
        consent_acts.consent(by(patient), patient.key, saying(), boxes=set(Box) - {missing})

    assert consent.snapshot(patient.key) is None


def test_the_other_boxes_are_refused_apart() -> None:
    patient = Hospital().patient()

    act = consent_acts.consent(by(patient), patient.key, saying(), boxes=NEEDED | {Box.IDENTIFYING})

    assert paper(act).boxes == NEEDED | {Box.IDENTIFYING}


def test_a_last_day_that_is_over_is_refused() -> None:
    patient = Hospital().patient()

    with pytest.raises(ConsentRefused):
        consent_acts.consent(
            by(patient), patient.key, saying(), boxes=NEEDED, until=TODAY - timedelta(days=1)
        )


def test_a_guardian_consents_for_an_infant_and_the_paper_names_both() -> None:
    """A43."""
    a = Hospital()
    infant = a.patient(born="20260101")
    mother = Representative(name="이어른", relationship="모")

    act = consents(infant, at(a), representative=mother, identified=CARD)

    document = paper(act)
    assert document.representative == mother
    assert document.patient.name == "김나루"
    assert document.identified == CARD
    assert document.header.custodian.oid == a.oid


def test_a_desk_s_act_is_told_and_objected_to_so_that_the_narrower_stands() -> None:
    a, b = Hospital(), Hospital()
    patient = a.patient()
    act = consents(patient, at(a), identified=CARD)
    a.sends(patient)
    assert told(patient) == ["consent-at-desk"]

    case = consent_objections.object_to(by(patient), patient.key, act)
    again = consent_objections.object_to(by(patient), patient.key, act)

    assert b.finds(patient) == set()
    assert case == again
    kept = cases.one(case)
    assert kept is not None
    assert (kept.kind, kept.institution) == (CaseKind.OBJECTION, a.id)
    officer = Recipient.at_institution(a.id, Role.PRIVACY_OFFICER)
    assert [one.kind for one in inbox([officer], language="ko")] == ["consent-objected"]
    assert len(consent.acts(patient.key)) == 2


def test_an_objection_to_a_withdrawal_leaves_it_standing() -> None:
    a, b = Hospital(), Hospital()
    patient = a.patient()
    consents(patient)
    a.sends(patient)
    act = consent_acts.withdraw(at(a), patient.key, saying(identified=CARD))

    consent_objections.object_to(by(patient), patient.key, act)

    assert b.finds(patient) == set()


def test_an_objection_to_a_second_consent_leaves_the_first_and_its_end() -> None:
    a = Hospital()
    patient = a.patient()
    ends = TODAY + timedelta(days=30)
    consent_acts.consent(by(patient), patient.key, saying(), boxes=NEEDED, until=ends)
    act = consents(patient, at(a), identified=CARD)

    consent_objections.object_to(by(patient), patient.key, act)

    stands = consent.snapshot(patient.key)
    assert stands is not None
    assert (stands.consented, stands.until) == (True, ends)


def test_an_objection_to_a_lifting_keeps_the_part_out() -> None:
    a, b = Hospital(), Hospital()
    patient, out = a.patient(), Exclusion(source=a.id)
    consents(patient)
    a.sends(patient)
    consent_acts.keep_out(by(patient), patient.key, saying(), [out])
    (act,) = consent_acts.lift(at(a), patient.key, saying(identified=CARD), [out])

    consent_objections.object_to(by(patient), patient.key, act)

    assert b.finds(patient) == set()


def test_an_objection_ends_the_guardian_whom_that_desk_noted_and_no_other() -> None:
    a = Hospital()
    patient = a.patient()
    noted, given = uuid4(), uuid4()
    mandates.give(at(a), patient.key, noted, Relationship.COURT_GUARDIAN, last=None)
    mandates.give(by(patient), patient.key, given, Relationship.MANDATARY, last=TODAY)
    (act,) = [one for one in consent.acts(patient.key) if one.actor.institution == a.id]

    consent_objections.object_to(by(patient), patient.key, act.id)
    consent_objections.object_to(by(patient), patient.key, act.id)

    stands = consent.snapshot(patient.key)
    assert stands is not None
    assert [one.representative for one in stands.arrangements.mandates] == [given]
    assert consent.represented_by((noted,)) == ()
    assert [one.kind for one in consent.acts(patient.key)].count(ActKind.MANDATE_END) == 1


def test_what_a_desk_hid_stays_hidden_after_an_objection() -> None:
    a, b = Hospital(), Hospital()
    patient = a.patient()
    consents(patient)
    a.sends(patient)
    out = Exclusion(source=a.id)
    (act,) = consent_acts.keep_out(at(a), patient.key, saying(identified=CARD), [out])

    consent_objections.object_to(by(patient), patient.key, act)

    assert b.finds(patient) == set()


def test_whoever_registered_an_act_does_not_look_into_the_objection_to_it() -> None:
    a = Hospital()
    patient = a.patient()
    clerk, colleague = at(a), at(a)
    clerk.caller = replace(clerk.caller, role=Role.HEALTH_INFORMATION_MANAGER, person=uuid4())
    colleague.caller = replace(clerk.caller, person=uuid4())
    act = consents(patient, replace_access(clerk), identified=CARD)
    case = consent_objections.object_to(by(patient), patient.key, act)

    assert consent_cases.waiting(replace_access(clerk)) == ()
    with pytest.raises(ConsentRefused):
        consent_cases.note(replace_access(clerk), case, "괜찮습니다", close=True)
    assert [one.id for one in consent_cases.waiting(replace_access(colleague))] == [case]
    consent_cases.note(replace_access(colleague), case, "확인했습니다", close=True)


def test_nobody_objects_to_their_own_act_or_to_anothers() -> None:
    a = Hospital()
    patient, other = a.patient(), a.patient()
    own, foreign = consents(patient), consents(other, at(a), identified=CARD)

    for act in (own, foreign):
        with pytest.raises(ConsentRefused):
            consent_objections.object_to(by(patient), patient.key, act)


def test_a_case_is_noted_and_closed_by_whom_it_is_for() -> None:
    a = Hospital()
    patient = a.patient()
    act = consent_acts.withdraw(by(patient), patient.key, saying())
    (case,) = cases.of_act(act)
    operator = at(a)
    operator.caller = replace(operator.caller, role=Role.OPERATOR, institution=None)

    with pytest.raises(ConsentRefused):
        consent_cases.note(at(a), case.id, "done", close=True)
    assert case.id in {one.id for one in consent_cases.waiting(replace_access(operator))}
    consent_cases.note(replace_access(operator), case.id, "사본을 지웠습니다", close=True)

    closed = cases.one(case.id)
    assert closed is not None
    assert closed.closed is not None
    assert [entry.what for _time, entry in closed.entries] == ["whole", "사본을 지웠습니다"]
    with pytest.raises(ConsentRefused):
        consent_cases.note(replace_access(operator), case.id, "once more", close=False)


def replace_access(access: Access) -> Access:
    """Another request of the same caller."""
    return Access(transaction=access.transaction, caller=access.caller, time=now())


def test_a_case_that_is_due_is_told_once() -> None:
    a = Hospital()
    patient = a.patient()
    act = consents(patient, at(a), identified=CARD)
    consent_objections.object_to(by(patient), patient.key, act)
    officer = Recipient.at_institution(a.id, Role.PRIVACY_OFFICER)
    operators = Recipient.at_institution(UNLISTED, Role.OPERATOR)
    later = now() + timedelta(days=1)

    assert consent_cases.remind(later) == 1
    consent_cases.remind(later)

    # No operating body is listed here, and its people read it all the same.
    assert "withdrawal-case-due" in {one.kind for one in inbox([operators], language="ko")}

    told_to = [one.kind for one in inbox([officer], language="ko")]
    assert told_to == ["withdrawal-case-due", "consent-objected"]
