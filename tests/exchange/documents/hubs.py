"""Hospitals that keep repositories, their patients, and what they ask of the exchange."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import count
from uuid import UUID

from naru.consent import services as consent
from naru.consent.services import Exclusion
from naru.directory import services as directory
from naru.domain.caller import Assurance, Caller, PurposeOfUse, Role
from naru.domain.identifiers import Identifier
from naru.domain.institution import InstitutionKind
from naru.domain.person import Demographics, PatientRecord, PersonName
from naru.domain.registry_errors import RegistryFailure
from naru.domain.stored_query import FindDocuments
from naru.domain.xds import Association, AvailabilityStatus, DocumentEntry, DocumentRequest
from naru.exchange.access import Access
from naru.exchange.documents.provide_and_register import provide_and_register
from naru.exchange.documents.retrieve import Retrieved, retrieve
from naru.exchange.documents.stored_query import stored_query
from naru.patients import queries as patients
from naru.patients import services as patient_services
from naru.registry.values import Registered
from naru.repository import services as repository
from tests import receptions
from tests.registry.synthetic import entry, in_the_name_of, submission

AFFINITY = "2.999.100"
BOTH = tuple(AvailabilityStatus)
CONTENT = b"what only its readers may read"
_seconds = count()


def now() -> datetime:
    """A second later at each call, so that what was said last is known."""
    return datetime(2026, 11, 20, 1, tzinfo=UTC) + timedelta(seconds=next(_seconds))


@dataclass(frozen=True)
class Hospital:
    """An admitted hub and the OID of its repository."""

    id: UUID
    oid: str
    repository: str

    @classmethod
    def admitted(cls, oid: str) -> "Hospital":
        admitted = directory.admit(
            name=f"시험 {oid}", kind=InstitutionKind.HUB, on=date(2026, 1, 1), oid=oid
        )
        repository.establish(oid=f"{oid}.9", institution=admitted.id, name=oid)
        patient_services.know_domain(oid)
        return cls(admitted.id, oid, f"{oid}.9")

    def access(self, transaction: str = "test") -> Access:
        caller = Caller(
            role=Role.SYSTEM,
            purpose=PurposeOfUse.TREATMENT,
            assurance=Assurance.CERTIFICATE,
            institution=self.id,
        )
        return Access(transaction=transaction, caller=caller, time=now())

    def patient(self, value: str) -> "Patient":
        record = PatientRecord(
            identifiers=(Identifier(value, self.oid),),
            demographics=Demographics(names=(PersonName(text="가나다"),), birth_time="19700101"),
        )
        surrogate = patient_services.add(record, now=now())
        known = patients.affinity_id(surrogate)
        assert known is not None
        return Patient(surrogate, known)

    def document(self, patient: "Patient", uuid: str = "document", **said: object) -> DocumentEntry:
        """An entry as this hospital would register it, of care given today."""
        whole: dict[str, object] = {
            "repository_unique_id": self.repository,
            "service_start_time": "20261120",
            "service_stop_time": "20261120",
        }
        return entry(patient.id, uuid, **(whole | said))

    def provide(
        self,
        patient: "Patient",
        content: bytes = CONTENT,
        to: "Hospital | None" = None,
        associations: Sequence[Association] = (),
        access: Access | None = None,
        **said: object,
    ) -> Registered:
        writer = repository.receive()
        writer.write(content)
        sent = self.document(patient, **({"hash": None, "size": None} | said))
        whole = submission(patient.id, sent, associations=associations, **addressed(to))
        whole = in_the_name_of(whole, self.oid)
        return provide_and_register(
            access or self.access("ITI-41"), whole, {sent.entry_uuid: writer.close()}
        )

    def receives(self, patient: "Patient") -> None:
        """From now on for a day it treats the patient."""
        receptions.receive(self.access("reception"), patient.surrogate)

    def find(self, patient: "Patient") -> list[str]:
        found = stored_query(
            self.access("ITI-18"), FindDocuments(patient_id=patient.id, status=BOTH), leaf=True
        )
        return [one.unique_id for one in found.entries]

    def retrieve(self, *documents: DocumentEntry) -> Retrieved:
        return retrieve(self.access("ITI-43"), map(requested, documents))

    def read(self, *documents: DocumentEntry) -> list[bytes]:
        return [b"".join(one.chunks) for one in self.retrieve(*documents).documents]


@dataclass(frozen=True)
class Patient:
    """A person's surrogate id and their id in the affinity domain."""

    surrogate: UUID
    id: Identifier

    def consents(self) -> None:
        consent.grant(self.surrogate, date(2020, 1, 1), _PATIENT, "TEST-1", now())

    def withdraws(self) -> None:
        consent.withdraw(self.surrogate, _PATIENT, "TEST-1", now())

    def excludes(self, document: str) -> None:
        consent.exclude(self.surrogate, Exclusion(document=document), _PATIENT, "TEST-1", now())


_PATIENT = Caller(
    role=Role.PATIENT, purpose=PurposeOfUse.PATIENT_REQUEST, assurance=Assurance.SESSION
)


def first(registered: Registered) -> DocumentEntry:
    return registered.submission.entries[0]


def requested(document: DocumentEntry) -> DocumentRequest:
    return DocumentRequest(
        repository_unique_id=document.repository_unique_id or "",
        document_unique_id=document.unique_id,
    )


def addressed(to: Hospital | None) -> dict[str, object]:
    return {"intended_recipients": (f"X^^^^^^^^^{to.oid}",)} if to else {}


def told(failure: RegistryFailure) -> list[tuple[str, str]]:
    """All that a refusal says, but for the sender's own ids."""
    return [(error.code, error.context) for error in failure.errors]
