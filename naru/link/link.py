"""표준연계모듈: what an EMR calls. Everything goes outward over the wire (docs/link.md)."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from datetime import time as clock
from pathlib import Path
from types import TracebackType
from typing import Final, Self, TypeVar
from uuid import UUID, uuid4

from naru.domain.arrangements import EmergencyCase
from naru.domain.clinical import (
    CareInstitution,
    DocumentHeader,
    Draft,
    EncounterKind,
    Patient,
    Practitioner,
    Referral,
    in_korea,
)
from naru.domain.consent_document import ConsentDocument
from naru.domain.document_submission import CDA, DocumentFacts, document_oid
from naru.domain.identifiers import Identifier
from naru.domain.korea import KST
from naru.domain.privacy_policies import Policy, privacy_policies
from naru.domain.visit_reasons import VisitReason
from naru.domain.xds import DocumentEntry
from naru.formats.cda import Forms, FormWrong, write, write_consent
from naru.formats.cda.forms import load
from naru.link import (
    clinic_launch,
    emergency_access,
    fhir_encounter,
    iti18_find,
    iti41_provide,
    iti43_retrieve,
    iti44_feed,
    iti45_identify,
)
from naru.link.checks import (
    PLACES,
    REFERRAL_PLACES,
    Places,
    check_boxes,
    check_id,
    check_patient,
    check_recipient,
    place_of,
    writable,
    written_document,
)
from naru.link.clinic_launch import ClinicLaunch
from naru.link.codes import consent_codes, document_codes
from naru.link.config import LinkConfig, read_config
from naru.link.connection import Connections
from naru.link.emergency_access import EmergencyAccess
from naru.link.errors import ConfigurationWrong, NodeRefused, NodeUnreachable
from naru.link.iti43_retrieve import RetrievedDocument
from naru.link.soap import Document
from naru.link.submission import Prepared, prepare
from naru.link.terms import PLAIN, Terms
from naru.link.user import User, bearing, vouched

RETRIES: Final = (0.0, 1.0, 3.0)
"""Seconds before each attempt to hand a document over; an agent tries on for as long as it runs."""
_T = TypeVar("_T")
_DUPLICATE: Final = "XDSDuplicateUniqueIdInRegistry"


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """The node has answered that it holds the document; `repeated` if it already had it."""

    unique_id: str
    submission_set: str
    sha256: str
    size: int
    received: datetime
    warnings: tuple[str, ...] = ()
    repeated: bool = False


class Link:
    """The link of one institution. Safe to share between threads."""

    def __init__(
        self,
        config: LinkConfig,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        retries: tuple[float, ...] = RETRIES,
    ) -> None:
        self.config = config
        self._now = now
        self._retries = retries
        self.forms = _forms(config)
        self._connections = Connections(config)

    @classmethod
    def from_file(cls, file: str | Path) -> Self:
        """The link that a configuration file describes."""
        return cls(read_config(Path(file)))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close every connection; whoever goes on using the link opens new ones."""
        self._connections.close()

    @contextmanager
    def speaking_for(self, user: User | bytes) -> Iterator[None]:
        """Inside, the node is told with each request who asks (ITI-40).

        Given a user of the EMR, by an assertion that we sign ourselves; given octets, by the signed
        assertion that they are, as the institution's own provider made it.
        """
        assertion = user if isinstance(user, bytes) else vouched(self.config, user, self._now())
        with bearing(assertion):
            yield

    def register_patient(self, patient: Patient) -> Patient:
        """ITI-44, then ITI-45: the patient with the id by which all institutions know them."""
        check_patient(self.config, patient, self._today())
        with writable():
            iti44_feed.feed(self._connections, self.config, patient)
        return self.identify(patient)

    def identify(self, patient: Patient) -> Patient:
        """ITI-45: the same for a patient who was registered before. Raises PatientUnknown."""
        return replace(patient, affinity_id=self.affinity_id(patient.mrn))

    def affinity_id(self, mrn: str) -> Identifier:
        """ITI-45: the exchange's id of the patient with this 등록번호. Raises PatientUnknown."""
        check_id(mrn, "mrn", "환자 등록번호가")
        with writable():
            return iti45_identify.identify(self._connections, self.config, mrn)

    def in_our_domain(self, value: str) -> Identifier:
        """The exchange's id that another institution was told. Raises MessageWrong."""
        check_id(value, "affinity_id", "교류 식별자가")
        return Identifier(value, self.config.affinity_domain)

    def receive(
        self,
        patient: Patient | Identifier,
        *,
        kind: EncounterKind = EncounterKind.AMBULATORY,
        key: UUID | None = None,
    ) -> str:
        """FHIR create: the patient has come here; the id of the visit at the node.

        Empty where the visit is noted alone, since no consent lets its record be kept.

        Before it nothing that others wrote is found or opened, but what is addressed to us. It is
        said of each visit, and of an admission while it lasts; one key is one visit.
        """
        whose, visit, now = self._whose(patient), key or uuid4(), self._now()
        return self._again(
            lambda: fhir_encounter.receive(
                self._connections, self.config, whose, kind, key=visit, now=now
            )
        )

    def open_in_emergency(
        self,
        patient: Patient | Identifier,
        *,
        case: EmergencyCase,
        reason: str,
        hours: int | None = None,
    ) -> EmergencyAccess:
        """FHIR `$emergency-access`: the record of who cannot be asked, for the user who asks.

        Inside `speaking_for`, and never tried again by itself. What the same user then asks with
        the purpose ETREAT is answered, until the end that is told.
        """
        return emergency_access.begin(
            self._connections, self.config, self._whose(patient), case, reason, hours
        )

    def end_emergency(self, patient: Patient | Identifier, emergency: UUID) -> None:
        """FHIR `$end-emergency-access`: close it before its time, for the user who opened it."""
        emergency_access.end(self._connections, self.config, self._whose(patient), emergency)

    def launch(
        self, mrn: str, *, post: UUID, reason: VisitReason = VisitReason.OUTPATIENT
    ) -> ClinicLaunch:
        """FHIR `$clinic-launch`: an address that opens the node's page with our patient chosen.

        For the one person who holds the post, once and within a minute; never tried again by
        itself. Raises NodeRefused where the number or the post is nobody's of ours.
        """
        check_id(mrn, "mrn", "환자 등록번호가")
        return clinic_launch.launch(self._connections, self.config, mrn, post, reason)

    def register_consent(
        self,
        patient: Patient,
        *,
        from_date: date,
        author: Practitioner | None = None,
        terms: Terms = PLAIN,
    ) -> Receipt:
        """ITI-41: the patient consents that records from `from_date` on are exchanged.

        `terms.boxes` are what was ticked on the paper; without both that the law asks for (Box
        PERSONAL and SENSITIVE) nothing is sent: MessageWrong.
        """
        check_boxes(terms.boxes)
        return self.deliver(
            self.prepare_consent(
                patient, terms.consent, from_date=from_date, author=author, terms=terms
            )
        )

    def withdraw_consent(
        self, patient: Patient, *, author: Practitioner | None = None, terms: Terms = PLAIN
    ) -> Receipt:
        """ITI-41: the patient takes the consent back as of today, or only `terms.parts` of it."""
        today, policy = self._today(), terms.withdrawal
        return self.deliver(
            self.prepare_consent(patient, policy, from_date=today, author=author, terms=terms)
        )

    def send(self, draft: Draft) -> Receipt:
        """ITI-41: a document of any kind, addressed to its recipient where it has one.

        Raises MessageWrong before anything is sent, NodeRefused with the server's codes, or
        NodeUnreachable, after which `prepare` and `deliver` would have kept the ids.
        """
        return self.deliver(self.prepare(draft))

    def prepare(
        self,
        draft: Draft,
        *,
        key: UUID | None = None,
        written: datetime | None = None,
        places: Places = PLACES,
    ) -> Prepared:
        """The document with all its ids; the same key and time give the same octets."""
        key, patient = key or uuid4(), draft.patient
        check_patient(self.config, patient, self._today(), place_of("patient", places))
        if draft.recipient is not None:
            check_recipient(draft.recipient)
        header = self._header(key, patient, written)
        document = draft.under(header)
        form = self.forms.in_force(draft.kind, in_korea(header.time).date())
        octets = written_document(lambda: write(document, self.forms), places)
        visit = draft.encounter
        facts = DocumentFacts(
            unique_id=document.unique_id,
            title=form.title,
            time=header.time,
            service_start=header.time if visit is None else _midnight(visit.date),
            patient_id=self._known(patient),
            source_patient_id=header.patient_id,
            custodian=self.config.institution,
            codes=document_codes(self.config, form, draft.author.department),
            author=draft.author,
            recipient=draft.recipient,
        )
        return prepare(key, facts, octets)

    def check(self, draft: Draft, places: Places = PLACES) -> None:
        """Raises MessageWrong for what is wrong in it; nothing is sent, of the patient neither."""
        nobody = replace(draft.patient, affinity_id=Identifier("-", self.config.affinity_domain))
        self.prepare(replace(draft, patient=nobody), places=places)

    def send_referral(self, referral: Referral, *, to: CareInstitution) -> Receipt:
        """`send` for a referral in one piece."""
        return self.deliver(self.prepare_referral(referral, to=to))

    def prepare_referral(
        self,
        referral: Referral,
        *,
        to: CareInstitution,
        key: UUID | None = None,
        written: datetime | None = None,
    ) -> Prepared:
        """`prepare` for a referral in one piece."""
        return self.prepare(referral.to(to), key=key, written=written, places=REFERRAL_PLACES)

    def prepare_consent(  # Keyword-only; what a consent is made of.
        self,
        patient: Patient,
        policy: Policy,
        *,
        from_date: date,
        author: Practitioner | None = None,
        terms: Terms = PLAIN,
        key: UUID | None = None,
        written: datetime | None = None,
    ) -> Prepared:
        """A consent or a withdrawal with all its ids (BPPC, ITI TF-3 5.1)."""
        key = key or uuid4()
        check_patient(self.config, patient, self._today())
        header = self._header(key, patient, written)
        document = ConsentDocument(
            header=header,
            patient=patient,
            policy=policy,
            from_date=from_date,
            author=author,
            until=terms.until,
            boxes=None if terms.boxes is None else frozenset(terms.boxes),
            parts=terms.parts,
            representative=terms.representative,
            wording=terms.wording,
            identified=terms.identified,
        )
        octets = written_document(lambda: write_consent(document, self.forms))
        kind = "withdrawal" if policy.withdraws else "consent"
        form = self.forms.in_force(kind, in_korea(header.time).date())
        facts = DocumentFacts(
            unique_id=header.id,
            title=form.title,
            time=header.time,
            service_start=_midnight(from_date),
            patient_id=self._known(patient),
            source_patient_id=header.patient_id,
            custodian=self.config.institution,
            codes=consent_codes(self.config, form),
            author=author,
            event_codes=(privacy_policies().codes[policy],),
        )
        return prepare(key, facts, octets)

    def deliver(self, prepared: Prepared) -> Receipt:
        """ITI-41, again with the same ids and octets while no answer comes."""
        return self._again(lambda: self._delivered(prepared))

    def _again(self, attempt: Callable[[], _T]) -> _T:
        """What comes of it, tried again while no answer comes."""
        for last, wait in enumerate(self._retries, 1):
            time.sleep(wait)
            try:
                return attempt()
            except NodeUnreachable:
                if last == len(self._retries):
                    raise
        raise AssertionError("there is at least one attempt")

    def find(self, patient: Patient | Identifier) -> tuple[DocumentEntry, ...]:
        """ITI-18: the documents of a patient that may be shown here."""
        return iti18_find.find(self._connections, self.config, self._whose(patient))

    def look_up(self, unique_id: str) -> DocumentEntry:
        """ITI-18: the entry of one document. Raises NodeRefused where it may not be shown."""
        found = iti18_find.look_up(self._connections, self.config, unique_id)
        if not found:
            raise NodeRefused(("XDSDocumentUniqueIdError",))
        return found[0]

    def open(self, found: DocumentEntry) -> RetrievedDocument:
        """ITI-43: the document. Raises DocumentAltered unless its octets are those registered."""
        return iti43_retrieve.open_document(self._connections, self.config, found)

    def _delivered(self, prepared: Prepared) -> Receipt:
        document = Document(cid="document@naru", octets=prepared.octets, mime_type=CDA)
        try:
            warnings = iti41_provide.provide(
                self._connections, self.config, prepared.submission, (document,)
            )
        except NodeRefused as refused:
            if _DUPLICATE not in refused.codes or not self._holds(prepared):
                raise
            return self._receipt(prepared, repeated=True)
        told = tuple(f"{each.code}: {each.context}" for each in warnings)
        return self._receipt(prepared, warnings=told)

    def _holds(self, prepared: Prepared) -> bool:
        """Whether an earlier attempt, whose answer was lost, has arrived whole.

        The SubmissionSet's id is known and was made of our key, and a submission is kept whole or
        not at all; what may be seen of it must be the same. After a withdrawal nothing may be.
        """
        found = iti18_find.look_up(self._connections, self.config, prepared.unique_id)
        return not found or any(entry.hash == prepared.sha1 for entry in found)

    def _receipt(
        self, prepared: Prepared, *, warnings: tuple[str, ...] = (), repeated: bool = False
    ) -> Receipt:
        return Receipt(
            unique_id=prepared.unique_id,
            submission_set=prepared.submission.submission_set.unique_id,
            sha256=prepared.sha256,
            size=len(prepared.octets),
            received=in_korea(self._now()),
            warnings=warnings,
            repeated=repeated,
        )

    def _header(self, key: UUID, patient: Patient, written: datetime | None) -> DocumentHeader:
        return DocumentHeader(
            id=document_oid(key),
            time=in_korea(written or self._now()).replace(microsecond=0),
            patient_id=Identifier(patient.mrn, self.config.patient_id_authority),
            custodian=self.config.institution,
        )

    def _today(self) -> date:
        return in_korea(self._now()).date()

    def _whose(self, patient: Patient | Identifier) -> Identifier:
        return patient if isinstance(patient, Identifier) else self._known(patient)

    def _known(self, patient: Patient) -> Identifier:
        known = patient.affinity_id or self.affinity_id(patient.mrn)
        # An EMR may write the bare id.
        return known if known.authority else self.in_our_domain(known.value)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, clock.min, KST)


def _forms(config: LinkConfig) -> Forms:
    try:
        return load(config.forms)
    except FormWrong as wrong:
        raise ConfigurationWrong(f"exchange.forms: {wrong}") from None
