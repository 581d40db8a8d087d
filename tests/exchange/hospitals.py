"""Hospitals, their patients and what they send, without a wire between."""

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from uuid import UUID

from naru.consent import services as consent
from naru.directory import services as directory
from naru.domain.caller import Assurance, Caller, PurposeOfUse, Role
from naru.domain.identifiers import Identifier
from naru.domain.institution import InstitutionKind
from naru.domain.person import Demographics, PatientRecord, PersonName
from naru.domain.stored_query import FindDocuments
from naru.domain.xds import AvailabilityStatus, DocumentEntry, Submission
from naru.exchange.access import Access
from naru.exchange.documents.provide_and_register import provide_and_register
from naru.exchange.documents.stored_query import stored_query
from naru.patients import queries as patients
from naru.patients import services as patient_services
from naru.repository import services as repository
from naru.storage.objects import ObjectWriter
from tests import receptions
from tests.registry.synthetic import entry, in_the_name_of, submission

AFFINITY_DOMAIN = "2.999.100"
TODAY = date(2026, 11, 20)
_moments = (datetime(2026, 11, 20, 1, tzinfo=UTC) + timedelta(seconds=each) for each in count())
_numbers = count(1)


def now() -> datetime:
    """A second later than ever before, on one day."""
    return next(_moments)


@dataclass
class Hospital:
    """A hub that keeps its own repository."""

    oid: str = field(default_factory=lambda: f"2.999.200.{next(_numbers)}")
    id: UUID = field(init=False)

    def __post_init__(self) -> None:
        since = date(2026, 1, 1)
        self.id = directory.admit(
            name=f"시험병원 {self.oid}", kind=InstitutionKind.HUB, on=since, oid=self.oid
        ).id
        repository.establish(oid=self.repository, institution=self.id, name=self.oid)
        patient_services.know_domain(self.oid)

    @property
    def repository(self) -> str:
        return f"{self.oid}.9"

    def access(self, transaction: str = "TEST") -> Access:
        caller = Caller(
            role=Role.SYSTEM,
            purpose=PurposeOfUse.TREATMENT,
            assurance=Assurance.CERTIFICATE,
            institution=self.id,
        )
        return Access(transaction=transaction, caller=caller, time=now())

    def patient(self, *, born: str = "19700101") -> "Patient":
        """One more patient of this hospital."""
        own = Identifier(f"TEST-{next(_numbers)}", self.oid)
        told = Demographics(names=(PersonName(text="김나루"),), birth_time=born)
        record = PatientRecord(identifiers=(own,), demographics=told)
        key = patient_services.add(record, now=now())
        affinity_id = patients.affinity_id(key)
        assert affinity_id is not None
        return Patient(key, own, affinity_id)

    def receives(self, patient: "Patient") -> None:
        """From now on for a day it treats the patient."""
        receptions.receive(self.access("reception"), patient.key)

    def finds(self, patient: "Patient", *, received: bool = True) -> set[str]:
        """The uniqueIds of all that it is shown of a patient, whom it receives before."""
        if received:
            self.receives(patient)
        query = FindDocuments(patient_id=patient.affinity_id, status=tuple(AvailabilityStatus))
        return {each.unique_id for each in stored_query(self.access(), query, leaf=True).entries}

    def sends(
        self,
        patient: "Patient",
        *to: "Hospital",
        day: date = TODAY,
        content: bytes = b"secret",
    ) -> DocumentEntry:
        """A record of a day, registered by ITI-41; addressed where somebody is named."""
        said = a_record(patient, day)
        sent = in_the_name_of(submission(patient.affinity_id, said), self.oid)
        sent = addressed(sent, *(one.oid for one in to))
        documents = {said.entry_uuid: bytes_of(content)}
        kept = provide_and_register(self.access("ITI-41"), sent, documents)
        return kept.submission.entries[0]


@dataclass(frozen=True)
class Patient:
    """A patient: the key, the hospital's own number and the exchange's."""

    key: UUID
    own: Identifier
    affinity_id: Identifier

    def consents(self, day: date = TODAY) -> None:
        consent.grant(self.key, day, self._caller(), "TEST-1", now())

    def withdraws(self) -> None:
        consent.withdraw(self.key, self._caller(), "TEST-1", now())

    def _caller(self) -> Caller:
        return Caller(
            role=Role.PATIENT,
            purpose=PurposeOfUse.PATIENT_REQUEST,
            assurance=Assurance.SESSION,
            patient=self.key,
        )


def a_record(patient: Patient, day: date = TODAY, uuid: str = "document") -> DocumentEntry:
    """An entry of care on a day, as it is sent: the repository adds what it knows."""
    return entry(
        patient.affinity_id,
        uuid,
        hash=None,
        size=None,
        repository_unique_id=None,
        service_start_time=f"{day:%Y%m%d}",
        service_stop_time=f"{day:%Y%m%d}",
    )


def addressed(sent: Submission, *oids: str) -> Submission:
    """The submission to these recipients."""
    recipients = tuple(f"시험병원^^^^^^^^^{oid}" for oid in oids)
    return replace(
        sent, submission_set=replace(sent.submission_set, intended_recipients=recipients)
    )


def bytes_of(content: bytes) -> ObjectWriter:
    """A document's bytes as a door has received them."""
    writer = repository.receive()
    writer.write(content)
    return writer.close()
