"""Single records between hospitals, without a wire between."""

from datetime import date
from hashlib import sha256
from uuid import UUID

import pytest

from naru.domain.records import (
    Assigned,
    Change,
    Content,
    Criteria,
    Find,
    Key,
    Method,
    NoneMatches,
    NotHeld,
    NotPermitted,
    Page,
    PatientReference,
    Read,
    Record,
    Term,
    TooMany,
    UnknownPage,
    VersionConflict,
)
from naru.exchange.access import Access
from naru.exchange.records import reading as record_reading
from naru.exchange.records import single as records
from naru.ledger.models import Commitment
from naru.patients import services as patient_services
from tests.exchange.hospitals import TODAY, Hospital, Patient, now


def creating(
    patient: PatientReference | None, kind: str = "Observation", day: date | None = TODAY
) -> Change:
    def write(assigned: Assigned) -> Content:
        text = f"{assigned.key} {assigned.version}".encode()
        return Content(text=text, terms=(Term("code", "=a"),), patient=patient, event_date=day)

    return Change(method=Method.CREATE, type=kind, write=write)


def created(hospital: Hospital, patient: Patient, day: date = TODAY) -> Record:
    done = records.change_one(hospital.access("FHIR create"), creating(patient.key, day=day))
    return done.record


def found(access: Access, asked: Find) -> Page:
    page = records.look(access, asked)
    assert isinstance(page, Page)
    return page


def read(access: Access, key: Key) -> Record:
    record = records.look(access, Read(key))
    assert isinstance(record, Record)
    return record


def of(patient: Patient) -> Criteria:
    return Criteria(type="Observation", patients=(patient.key,))


def test_a_withdrawal_between_two_pages_holds_from_the_next() -> None:
    hospital, viewer = Hospital(), Hospital()
    patient = hospital.patient()
    patient.consents()
    viewer.receives(patient)
    for _ in range(3):
        created(hospital, patient)
    first = found(viewer.access(), Find(criteria=of(patient), count=2))
    assert (len(first.records), first.total) == (2, 3)
    patient.withdraws()
    second = found(viewer.access(), Find(criteria=of(patient), count=2, page=first.rest))

    assert (second.records, second.total, second.rest) == ((), 0, "")


def test_a_page_is_of_one_institution() -> None:
    hospital, other = Hospital(), Hospital()
    patient = hospital.patient()
    patient.consents()
    for _ in range(2):
        created(hospital, patient)
    first = found(hospital.access(), Find(criteria=of(patient), count=1))
    with pytest.raises(UnknownPage):
        found(other.access(), Find(criteria=of(patient), count=1, page=first.rest))


def test_a_search_leaves_one_record_that_names_the_patient_and_what_was_shown() -> None:
    hospital = Hospital()
    patient = hospital.patient()
    patient.consents()
    kept = created(hospital, patient)
    access = hospital.access("FHIR search-type")
    found(access, Find(criteria=of(patient), count=10))

    assert access.recorded is not None
    assert access.patients == [patient.key]
    assert [(one.kind, one.id, one.patient) for one in access.objects] == [
        ("record", str(kept.held.key), patient.key)
    ]


def test_without_consent_nothing_is_kept_and_the_refusal_is_recorded() -> None:
    hospital = Hospital()
    patient = hospital.patient()
    access = hospital.access("FHIR create")
    with pytest.raises(NotPermitted, match=r"^not taken; "):
        records.change(access, [creating(patient.key)])
    assert access.recorded is not None
    assert access.objects == []
    patient.consents()
    assert found(hospital.access(), Find(criteria=of(patient), count=10)).total == 0


def test_after_a_merge_both_persons_records_are_one_persons() -> None:
    hospital = Hospital()
    survivor, subsumed = hospital.patient(), hospital.patient()
    for one in (survivor, subsumed):
        one.consents()
        created(hospital, one)
    patient_services.merge(survivor=survivor.own, subsumed=subsumed.own, now=now())

    for asked in (survivor, subsumed):
        assert found(hospital.access(), Find(criteria=of(asked), count=10)).total == 2


def test_another_hospitals_record_is_as_if_it_were_not_there() -> None:
    hospital, other = Hospital(), Hospital()
    patient = hospital.patient()
    patient.consents()
    key = created(hospital, patient).held.key
    for method in (Method.UPDATE, Method.DELETE):
        change = Change(method=method, type=key.type, id=key.id, write=creating(patient.key).write)
        with pytest.raises(NotHeld):
            records.change(other.access(), [change])
    other.receives(patient)
    assert read(other.access(), key).held.version == 1


def test_a_change_of_another_version_changes_nothing() -> None:
    hospital = Hospital()
    patient = hospital.patient()
    patient.consents()
    key = created(hospital, patient).held.key
    change = Change(
        method=Method.UPDATE,
        type=key.type,
        id=key.id,
        if_version=2,
        write=creating(patient.key).write,
    )
    with pytest.raises(VersionConflict):
        records.change(hospital.access(), [change])
    assert read(hospital.access(), key).held.version == 1


def test_a_record_of_nobody_does_not_tell_who_is_known() -> None:
    hospital = Hospital()
    patient = hospital.patient()
    sent = "Patient?identifier=x"
    change = Change(
        method=Method.CREATE,
        type="Practitioner",
        references={sent: Criteria(type="Patient", patients=(patient.own,))},
        write=creating(None, "Practitioner").write,
    )
    with pytest.raises(NoneMatches):
        records.change(hospital.access(), [change])


def test_a_record_of_nobody_is_read_by_every_participant() -> None:
    hospital, other = Hospital(), Hospital()
    done = records.change_one(hospital.access(), creating(None, "Practitioner"))

    assert read(other.access(), done.record.held.key).text == done.record.text


def test_nobody_looks_through_everybodys_records() -> None:
    with pytest.raises(TooMany):
        found(Hospital().access(), Find(criteria=Criteria(type="Observation"), count=10))


def test_what_is_not_there_is_not_held() -> None:
    with pytest.raises(NotHeld):
        read(Hospital().access(), Key("Observation", "x"))


def test_how_many_are_withheld_is_told_by_no_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(record_reading, "CEILING", 2)
    hospital, other = Hospital(), Hospital()
    patient = hospital.patient()
    patient.consents()
    for _ in range(3):
        created(hospital, patient)
    other.receives(patient)
    with pytest.raises(TooMany):
        found(other.access(), Find(criteria=of(patient), count=1))
    patient.withdraws()

    assert found(other.access(), Find(criteria=of(patient), count=1)).total == 0


def test_every_version_is_committed_to_the_ledger_without_what_it_says() -> None:
    hospital = Hospital()
    patient = hospital.patient()
    patient.consents()
    key = created(hospital, patient).held.key
    update = Change(
        method=Method.UPDATE, type=key.type, id=key.id, write=creating(patient.key).write
    )
    records.change_one(hospital.access("FHIR update"), update)
    delete = Change(method=Method.DELETE, type=key.type, id=key.id)
    records.change_one(hospital.access("FHIR delete"), delete)

    rows = Commitment.objects.filter(subject=UUID(key.id)).order_by("id")
    assert [(one.contract, one.act) for one in rows] == [
        ("record", "register"),
        ("record", "change"),
        ("record", "delete"),
    ]
    assert len({one.record for one in rows}) == 1  # One name on the ledger, and not the record's.
    assert rows[0].record != rows[0].subject
    text = f"{key} 1".encode()
    assert all(sha256(text).digest() != bytes(one.mac) for one in rows)


def test_what_is_refused_is_committed_nowhere() -> None:
    before = Commitment.objects.count()
    hospital = Hospital()
    patient = hospital.patient()
    with pytest.raises(NotPermitted):
        records.change(hospital.access(), [creating(patient.key)])
    assert Commitment.objects.count() == before
