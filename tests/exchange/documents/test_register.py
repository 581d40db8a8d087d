"""Nobody reaches into another's records by registering, nor learns of them by trying."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from django.conf import settings

from naru.audit import queries as audit
from naru.domain.caller import Assurance, Caller, PurposeOfUse, Role
from naru.domain.identifiers import new_uuid_urn
from naru.domain.registry_errors import ErrorCode, RegistryFailure
from naru.domain.stored_query import FindSubmissionSets, GetAll
from naru.domain.xds import (
    Association,
    AssociationType,
    AvailabilityStatus,
    DocumentEntry,
    Submission,
    SubmissionSetStatus,
)
from naru.exchange.access import Access
from naru.exchange.documents.register import register
from naru.exchange.documents.stored_query import stored_query
from naru.registry.models import Entry
from naru.registry.values import Registered
from tests.exchange.documents.hubs import (
    BOTH,
    CONTENT,
    Hospital,
    Patient,
    addressed,
    first,
    now,
    told,
)
from tests.registry.synthetic import (
    folder,
    has_member,
    in_the_name_of,
    oid,
    relate,
    submission,
)

REPLACING = (AssociationType.RPLC, AssociationType.XFRM_RPLC)


def registers(
    hospital: Hospital,
    patient: Patient,
    *entries: DocumentEntry,
    to: Hospital | None = None,
    associations: Sequence[Association] = (),
    access: Access | None = None,
) -> Registered:
    sent = submission(patient.id, *entries, associations=associations, **addressed(to))
    return register(access or hospital.access("ITI-42"), in_the_name_of(sent, hospital.oid))


def a_folder(patient: Patient, sender: Hospital) -> Submission:
    return in_the_name_of(submission(patient.id, folders=[folder(patient.id)]), sender.oid)


def refusal(*arguments: object, **named: object) -> list[tuple[str, str]]:
    with pytest.raises(RegistryFailure) as caught:
        registers(*arguments, **named)  # type: ignore[arg-type]  # As `registers` takes them.
    return told(caught.value)


# Entries that point at another's document


def test_an_entry_names_only_the_repository_that_serves_its_sender(
    source: Hospital, other: Hospital, patient: Patient
) -> None:
    foreign = other.document(patient, repository_unique_id=source.repository)
    (error,) = refusal(other, patient, foreign)
    assert error[0] == ErrorCode.XDSRegistryMetadataError
    registers(other, patient, other.document(patient))


@pytest.mark.parametrize("consented", [True, False])
@pytest.mark.parametrize("same_patient", [True, False])
@pytest.mark.parametrize("same_bytes", [True, False])
def test_nobody_registers_another_hospitals_document_again(  # Fixtures.
    source: Hospital,
    other: Hospital,
    patient: Patient,
    neighbour: Patient,
    *,
    consented: bool,
    same_patient: bool,
    same_bytes: bool,
) -> None:
    kept = first(source.provide(patient))
    if not consented:
        patient.withdraws()
    forged = other.document(
        patient if same_patient else neighbour,
        unique_id=kept.unique_id,
        hash=kept.hash if same_bytes else "b" * 40,
        size=kept.size,
    )
    whose = patient if same_patient else neighbour
    assert refusal(other, whose, forged, to=source) == [
        (
            ErrorCode.XDSRegistryMetadataError,
            "this DocumentEntry.uniqueId cannot be registered by this sender",
        )
    ]
    with pytest.raises(RegistryFailure) as provided:
        other.provide(whose, CONTENT if same_bytes else b"x", source, unique_id=kept.unique_id)
    assert told(provided.value) == refusal(other, whose, forged, to=source)
    assert other.read(kept) == ([CONTENT] if consented else [])


def test_a_hospital_registers_its_own_document_again_but_not_for_another_patient(
    source: Hospital, patient: Patient
) -> None:
    kept = first(source.provide(patient))
    someone = source.patient("TEST-R")
    someone.consents()
    again = {"unique_id": kept.unique_id, "hash": kept.hash, "size": kept.size}
    registers(source, patient, source.document(patient, **again))
    (error,) = refusal(source, someone, source.document(someone, **again))
    assert error[0] == ErrorCode.XDSRegistryMetadataError
    (error,) = refusal(source, patient, source.document(patient, **(again | {"size": 1})))
    assert error[0] == ErrorCode.XDSNonIdenticalSize


def test_a_sandboxs_nameless_sender_registers_as_the_published_cases_do(
    source: Hospital, patient: Patient, neighbour: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "NARU", replace(settings.NARU, sandbox=True))
    caller = Caller(role=Role.SYSTEM, purpose=PurposeOfUse.TREATMENT, assurance=Assurance.NONE)

    def nameless() -> Access:
        return Access(transaction="ITI-42", caller=caller, time=now())

    sent = source.document(patient, repository_unique_id="2.999.77")
    registers(source, patient, sent, access=nameless())
    for whose in (patient, neighbour):
        again = replace(sent, patient_id=whose.id)
        registers(source, whose, again, access=nameless())
    other_bytes = replace(sent, hash="b" * 40)
    (error,) = refusal(source, patient, other_bytes, access=nameless())
    assert error[0] == ErrorCode.XDSNonIdenticalHash


# Existing objects


@pytest.mark.parametrize("kind", REPLACING)
def test_only_the_hospital_that_registered_a_document_replaces_it(
    source: Hospital, other: Hospital, patient: Patient, kind: AssociationType
) -> None:
    kept = first(source.provide(patient))
    replaces = [relate("document", kind, kept.entry_uuid)]
    (error,) = refusal(other, patient, other.document(patient), associations=replaces)
    assert error[0] == ErrorCode.XDSRegistryMetadataError
    assert Entry.objects.get(entry_uuid=kept.entry_uuid).status == 1
    appends = [relate("document", AssociationType.APND, kept.entry_uuid)]
    registers(other, patient, other.document(patient), associations=appends)
    registers(source, patient, source.document(patient), associations=replaces)
    assert Entry.objects.get(entry_uuid=kept.entry_uuid).status == 2


@pytest.mark.parametrize("kind", list(AssociationType))
def test_what_may_not_be_read_counts_as_not_there(
    source: Hospital, other: Hospital, patient: Patient, neighbour: Patient, kind: AssociationType
) -> None:
    kept = source.provide(patient)
    made = source.provide(
        patient, associations=[relate("document", AssociationType.XFRM, first(kept).entry_uuid)]
    )
    source.provide(
        patient, associations=[relate("document", AssociationType.RPLC, first(made).entry_uuid)]
    )
    patient.withdraws()
    set_uuid = kept.submission.submission_set.entry_uuid
    uuids = (first(kept).entry_uuid, first(made).entry_uuid, set_uuid, new_uuid_urn())

    def probe(uuid: str, whose: Patient, to: Hospital | None) -> list[tuple[str, str]]:
        if kind is AssociationType.HAS_MEMBER:
            named = has_member("set", uuid, SubmissionSetStatus.REFERENCE)
        else:
            named = relate("document", kind, uuid)
        return refusal(other, whose, other.document(whose), to=to, associations=[named])

    answers = [probe(uuid, neighbour, None) for uuid in uuids]
    answers += [probe(uuid, patient, source) for uuid in uuids]
    assert answers == [answers[0]] * len(answers)
    assert answers[0][0][0] == ErrorCode.UnresolvedReferenceException


def test_a_probe_of_what_may_not_be_read_is_shown_to_its_patient(
    source: Hospital, other: Hospital, patient: Patient, neighbour: Patient
) -> None:
    kept = first(source.provide(patient))
    patient.withdraws()
    appends = [relate("document", AssociationType.APND, kept.entry_uuid)]
    refusal(other, neighbour, other.document(neighbour), associations=appends)
    (crossing, *_) = audit.of_person([patient.surrogate])
    assert crossing.institution == other.id
    assert [one.permitted for one in crossing.decisions] == [False]


def test_only_its_hospital_puts_documents_into_a_folder(
    source: Hospital, other: Hospital, patient: Patient
) -> None:
    filed = register(source.access(), a_folder(patient, source))
    own = filed.submission.folders[0].entry_uuid
    joins = [has_member(own, "document", uuid="joins")]
    (error,) = refusal(other, patient, other.document(patient), associations=joins)
    assert error[0] == ErrorCode.XDSRegistryMetadataError
    registers(source, patient, source.document(patient), associations=joins)
    ask = GetAll(
        patient_id=patient.id, entry_status=BOTH, submission_set_status=BOTH, folder_status=BOTH
    )
    assert len(stored_query(source.access(), ask, leaf=True).folders) == 1


# Whose name it bears


@pytest.mark.parametrize("said", ["source", "author", "nobody"])
def test_nobody_sends_in_the_name_of_another(
    source: Hospital, other: Hospital, patient: Patient, said: str
) -> None:
    sent = submission(patient.id, source.document(patient))
    theirs = in_the_name_of(sent, other.oid)
    mine = in_the_name_of(sent, source.oid)
    forged = {
        "source": replace(mine, submission_set=theirs.submission_set),
        "author": replace(mine, entries=theirs.entries),
        "nobody": replace(mine, entries=in_the_name_of(sent, "").entries),
    }[said]

    with pytest.raises(RegistryFailure) as refused:
        register(source.access("ITI-42"), forged)

    (error,) = refused.value.errors
    assert error.code == ErrorCode.XDSRegistryMetadataError
    assert "sending institution" in error.context


# Consent


def test_without_consent_not_even_a_folder_or_a_reference_is_filed(
    source: Hospital, other: Hospital, patient: Patient, neighbour: Patient
) -> None:
    kept = first(other.provide(neighbour))
    patient.withdraws()
    access = source.access("ITI-42")
    with pytest.raises(RegistryFailure, match="XDSRegistryError"):
        register(access, a_folder(patient, source))
    assert access.decisions
    assert not any(one.permitted for one in access.decisions)
    reference = has_member("set", kept.entry_uuid, SubmissionSetStatus.REFERENCE)
    assert refusal(source, patient, associations=[reference])[0][0] == ErrorCode.XDSRegistryError


def test_an_addressed_sending_after_an_earlier_withdrawal_shows_its_set_too(
    source: Hospital, other: Hospital, patient: Patient
) -> None:
    patient.withdraws()
    kept = first(source.provide(patient, to=other))
    assert other.find(patient) == [kept.unique_id]
    ask = FindSubmissionSets(patient_id=patient.id, status=(AvailabilityStatus.APPROVED,))
    assert len(stored_query(other.access(), ask, leaf=True).submission_sets) == 1


# The record of a change


def test_the_record_of_a_refused_change_names_no_document(
    source: Hospital, patient: Patient
) -> None:
    access = source.access("ITI-42")
    taken = oid()
    registers(source, patient, source.document(patient, unique_id=taken))
    patient.withdraws()
    with pytest.raises(RegistryFailure):
        registers(source, patient, source.document(patient), access=access)
    assert access.recorded is not None
    record = audit.one(access.recorded)
    assert record is not None
    assert record.objects == ()
    assert record.errors == (ErrorCode.XDSRegistryError,)


def test_a_time_that_no_calendar_ends_is_refused_and_not_failed(
    source: Hospital, patient: Patient
) -> None:
    late = {"service_start_time": "99991231", "service_stop_time": "99991231"}
    errors = refusal(source, patient, source.document(patient, **late))
    assert {code for code, _ in errors} == {ErrorCode.XDSRegistryMetadataError}
