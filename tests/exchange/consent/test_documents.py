"""A consent paper takes effect by its own words, from where the patient is known."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as settings_of
from hypothesis import strategies as st

from naru.consent import cases, texts
from naru.consent import queries as consent
from naru.consent.snapshots import Exclusions
from naru.domain.affinity_domain import AffinityDomain
from naru.domain.codes import Code
from naru.domain.consent_document import Scan
from naru.domain.consent_paper import NEEDED, Authority, Box, Part, Representative, Side
from naru.domain.privacy_policies import Policy, privacy_policies
from naru.domain.registry_errors import RegistryFailure
from naru.domain.stored_query import FindDocuments
from naru.domain.xds import AvailabilityStatus, DocumentEntry
from naru.exchange import prove
from naru.exchange.access import Access
from naru.exchange.audit import crossings
from naru.exchange.consent import parts as consent_parts
from naru.exchange.consent.documents import MAX_SIZE
from naru.exchange.documents.provide_and_register import provide_and_register
from naru.exchange.documents.register import register
from naru.exchange.documents.stored_query import stored_query
from naru.formats.cda.consent_paper import read_paper
from naru.notifications.queries import Message, Recipient, inbox
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


def told(patient: Patient) -> tuple[Message, ...]:
    return inbox([Recipient.patient(patient.key)], language="ko")


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


def test_where_the_domain_has_none_of_the_policies_its_papers_are_documents_like_any_other(
    settings: Any,
) -> None:
    a, b = Hospital(), Hospital()
    patient = a.patient()
    signs(a, patient, GRANT)
    settings.AFFINITY_DOMAIN = AffinityDomain(
        codes={"eventCodeList": frozenset({("other", "2.999.51")})}
    )
    paper = replace(
        of_consent(patient, WITHDRAW),
        event_codes=(Code("other", "2.999.51"),),
        hash="a" * 40,
        size=7,
        repository_unique_id=a.repository,
    )
    sent = a.sends(patient)
    register(a.access("ITI-42"), in_the_name_of(submission(patient.affinity_id, paper), a.oid))
    assert sent.unique_id in b.finds(patient)


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


def says(
    hospital: Hospital, patient: Patient, policy: Policy, *, from_date: date = TODAY, **paper: Any
) -> Access:
    """As `signs`, with all that a paper can say."""
    entry = of_consent(patient, policy, from_date)
    octets = papers.paper(
        entry.unique_id, patient.own, policy, signed=now(), from_date=from_date, **paper
    )
    return signs(hospital, patient, policy, entry=entry, octets=octets)


def stands(patient: Patient) -> bool:
    snapshot = consent.snapshot(patient.key)
    return snapshot is not None and snapshot.consents_on(TODAY)


@pytest.mark.parametrize("policy", [Policy.CONSENT_PARTIAL, Policy.WITHDRAWAL_PARTIAL])
def test_a_paper_of_a_part_that_names_none_is_refused(policy: Policy) -> None:
    a = Hospital()
    patient = a.patient()
    assert "names the parts" in refused(lambda: says(a, patient, policy))


@pytest.mark.parametrize("policy", [GRANT, WITHDRAW])
def test_a_paper_of_the_whole_that_names_a_part_is_refused(policy: Policy) -> None:
    a = Hospital()
    patient = a.patient()
    part = Part(institution=a.oid)
    assert "names the parts" in refused(lambda: says(a, patient, policy, parts=(part,)))


def test_a_partial_consent_keeps_an_institution_out_of_writing_and_looking() -> None:
    a, b, c = Hospital(), Hospital(), Hospital()
    patient = a.patient()
    says(a, patient, Policy.CONSENT_PARTIAL, parts=(Part(institution=b.oid, reason="이유"),))
    sent = a.sends(patient)
    assert c.finds(patient) == {sent.unique_id}
    assert b.finds(patient) == set()
    # What it writes is not exchanged: it is refused at the registration already.
    assert refused(lambda: b.sends(patient))
    assert [act.said.reason for act in consent.acts(patient.key)] == ["", "이유", "이유"]


def test_an_institution_may_be_kept_from_looking_alone() -> None:
    a, b = Hospital(), Hospital()
    patient = a.patient()
    viewer = Part(institution=b.oid, side=Side.VIEWER)
    says(a, patient, Policy.CONSENT_PARTIAL, parts=(viewer,))
    a.sends(patient)
    sent = b.sends(patient)
    assert b.finds(patient) == {sent.unique_id}  # Its own chart, and nothing else.
    assert sent.unique_id in a.finds(patient)


def test_a_partial_withdrawal_holds_from_the_next_request() -> None:
    a, b = Hospital(), Hospital()
    patient = a.patient()
    signs(a, patient, GRANT)
    sent = a.sends(patient)
    assert b.finds(patient) == {sent.unique_id}
    says(a, patient, Policy.WITHDRAWAL_PARTIAL, parts=(Part(document=sent.unique_id),))
    assert b.finds(patient) == set()
    assert stands(patient)


DOMAIN = AffinityDomain(
    codes={
        "practiceSettingCode": frozenset(
            {("25", "2.999.50"), ("01", "2.999.50"), ("internal", "2.999.3")}
        )
    }
)


def test_a_department_is_kept_out_by_the_code_that_entries_bear(settings: Any) -> None:
    settings.AFFINITY_DOMAIN = DOMAIN
    a, b = Hospital(), Hospital()
    patient = a.patient()
    says(a, patient, Policy.CONSENT_PARTIAL, parts=(Part(department="2500"),))
    internal, psychiatric = (
        replace(a_record(patient, uuid=f"of {each}"), practice_setting_code=Code(each, "2.999.50"))
        for each in ("01", "25")
    )
    documents = {internal.entry_uuid: bytes_of(b"secret")}
    sent = in_the_name_of(submission(patient.affinity_id, internal), a.oid)
    provide_and_register(a.access("ITI-41"), sent, documents)
    assert b.finds(patient) == {internal.unique_id}
    documents = {psychiatric.entry_uuid: bytes_of(b"secret")}
    sent = in_the_name_of(submission(patient.affinity_id, psychiatric), a.oid)
    assert refused(lambda: provide_and_register(a.access("ITI-41"), sent, documents))


stand = st.builds(
    Exclusions,
    sources=st.frozensets(st.sampled_from([0, 1, 2]), max_size=3),
    viewers=st.frozensets(st.sampled_from([0, 1, 2]), max_size=3),
    departments=st.frozensets(st.sampled_from(["25^^2.999.50", "01^^2.999.50"])),
    departments_at=st.frozensets(
        st.tuples(st.sampled_from([0, 1]), st.sampled_from(["25^^2.999.50", "01^^2.999.50"]))
    ),
    documents=st.frozensets(st.sampled_from(["2.999.1", "2.999.2^x"])),
)


@settings_of(max_examples=25)
@given(stand)
def test_what_stands_is_named_by_a_paper_and_read_back(drawn: Exclusions) -> None:
    ids = [Hospital().id for _ in range(3)]
    said = replace(
        drawn,
        sources=frozenset(ids[each] for each in drawn.sources),  # type: ignore[call-overload]
        viewers=frozenset(ids[each] for each in drawn.viewers),  # type: ignore[call-overload]
        departments_at=frozenset((ids[at], what) for at, what in drawn.departments_at),  # type: ignore[call-overload]
    )
    again = Exclusions()
    for part in consent_parts.parts(said, on=TODAY, domain=DOMAIN):
        for exclusion in consent_parts.exclusions(part, on=TODAY, domain=DOMAIN):
            again = again.including(exclusion)
    assert again == said


@pytest.mark.parametrize("part", [Part(institution="2.999.404"), Part(department="7777")])
def test_what_is_unknown_cannot_be_kept_out(part: Part, settings: Any) -> None:
    settings.AFFINITY_DOMAIN = DOMAIN
    a = Hospital()
    patient = a.patient()
    assert "unknown here" in refused(
        lambda: says(a, patient, Policy.CONSENT_PARTIAL, parts=(part,))
    )
    assert consent.acts(patient.key) == ()


@pytest.mark.parametrize("missing", sorted(NEEDED))
def test_without_a_needed_box_there_is_no_consent(missing: Box) -> None:
    a = Hospital()
    patient = a.patient()
    ticked = frozenset(Box) - {missing}
    assert "lacks the box" in refused(lambda: says(a, patient, GRANT, boxes=ticked))


def test_evaluation_may_be_refused_and_what_was_chosen_is_kept() -> None:
    a = Hospital()
    patient = a.patient()
    says(a, patient, GRANT, boxes=NEEDED)
    says(a, patient, GRANT, boxes=frozenset(Box))
    assert [act.said.evaluation for act in consent.acts(patient.key)] == [False, True]


def test_a_consent_ends_with_its_last_day() -> None:
    a, b = Hospital(), Hospital()
    patient = a.patient()
    says(a, patient, GRANT, until=TODAY)
    sent = a.sends(patient)
    assert b.finds(patient) == {sent.unique_id}
    query = FindDocuments(patient_id=patient.affinity_id, status=tuple(AvailabilityStatus))
    tomorrow = b.access()
    tomorrow.time += timedelta(days=1)
    assert tuple(stored_query(tomorrow, query, leaf=True).entries) == ()


def test_a_paper_that_has_ended_gives_no_consent() -> None:
    a = Hospital()
    patient = a.patient()
    yesterday = TODAY - timedelta(days=1)
    assert "ended already" in refused(
        lambda: says(a, patient, GRANT, from_date=yesterday, until=yesterday)
    )


def test_who_signed_for_the_patient_is_kept() -> None:
    a = Hospital()
    patient = a.patient()
    parent = Representative(
        name="김바다",
        relationship="모",
        authority=Authority.POWER_OF_ATTORNEY,
        authority_number="TEST-1",
    )
    says(a, patient, GRANT, representative=parent)
    (act,) = consent.acts(patient.key)
    assert act.said.representative == parent


def test_a_scanned_paper_takes_effect_by_the_policy_in_its_header() -> None:
    a, b = Hospital(), Hospital()
    patient = a.patient()
    says(a, patient, GRANT, scan=Scan(b"%PDF-1.4"))
    sent = a.sends(patient)
    assert b.finds(patient) == {sent.unique_id}


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

    (notice,) = told(patient)
    (seen,) = crossings.of_patient(a.access(), patient.key)

    assert notice.kind == "consent-at-desk"
    assert (seen.transaction, seen.institution) == ("ITI-41", a.id)
    assert prove.evidence(seen).consent_act == act.id


def test_a_withdrawal_on_paper_opens_its_case() -> None:
    a = Hospital()
    patient = a.patient()
    signs(a, patient, GRANT)
    a.sends(patient)
    signs(a, patient, WITHDRAW)
    act = consent.acts(patient.key)[-1]

    (case,) = cases.of_act(act.id)

    (_time, first) = case.entries[0]
    assert case.due - case.opened == timedelta(days=10)
    # The consent papers themselves were never exchanged and are not counted.
    assert [(one.institution, one.documents) for one in first.blocked] == [(a.id, 1)]


def test_a_refused_paper_tells_the_patient_nothing_and_leaves_no_act() -> None:
    a = Hospital()
    patient = a.patient()
    refused(lambda: signs(a, patient, GRANT, octets=b"<consent/>"))
    assert told(patient) == ()
    assert consent.acts(patient.key) == ()


def test_a_paper_that_was_signed_under_another_text_is_refused_with_the_reason() -> None:
    a = Hospital()
    patient = a.patient()
    right = texts.of("ko", on=TODAY).wording
    wrong = {
        "is unknown here": replace(right, version="1999-01"),
        "not those of the version": replace(right, sha256="0" * 64),
    }
    for sentence, wording in wrong.items():
        entry, moment = of_consent(patient, GRANT), now()
        octets = papers.paper(
            entry.unique_id, patient.own, GRANT, signed=moment, from_date=TODAY, wording=wording
        )
        assert sentence in refused(
            lambda entry=entry, octets=octets: signs(a, patient, GRANT, entry=entry, octets=octets)
        )
    assert consent.acts(patient.key) == ()
    entry, moment = of_consent(patient, GRANT), now()
    octets = papers.paper(
        entry.unique_id, patient.own, GRANT, signed=moment, from_date=TODAY, wording=right
    )
    signs(a, patient, GRANT, entry=entry, octets=octets)
    (act,) = consent.acts(patient.key)
    assert (act.text_version, act.said.wording) == (right.version, right)


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
