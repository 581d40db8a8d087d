"""What an EMR writes into a file or a view: a patient, a consent, a withdrawal, a document.

The schema stands in docs/link.md. One message is handled with one key, from which all its ids come.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final
from uuid import UUID

from naru.domain.clinical import (
    Answered,
    CareInstitution,
    Content,
    Draft,
    Encounter,
    Patient,
    Practitioner,
    Referral,
    in_korea,
)
from naru.formats.cda.forms import Forms, known
from naru.link.checks import PLACES, REFERRAL_PLACES, Places
from naru.link.errors import MessageWrong
from naru.link.json_values import read_json, value_of
from naru.link.link import Link, Receipt
from naru.link.submission import Prepared
from naru.link.terms import PLAIN, Terms


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientMessage:
    """`"kind": "patient"`: the patient is made known to the exchange."""

    patient: Patient


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentMessage:
    """`"kind": "consent"`: the patient consents, from a day on."""

    patient: Patient
    from_date: date
    author: Practitioner | None = None
    terms: Terms = PLAIN


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawalMessage:
    """`"kind": "withdrawal"`: the patient takes the consent back."""

    patient: Patient
    author: Practitioner | None = None
    terms: Terms = PLAIN


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralMessage:
    """`"kind": "referral"`: a referral to one institution, in one piece."""

    to: CareInstitution
    referral: Referral


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentMessage:
    """Any form by its kind: a return, a reply, a summary …; `to` is whom it is addressed to."""

    patient: Patient
    author: Practitioner
    content: Content
    to: CareInstitution | None = None
    authenticator: Practitioner | None = None
    encounter: Encounter | None = None
    number: str = ""
    answers: Answered | None = None

    def draft(self, kind: str) -> Draft:
        """The document."""
        return Draft(
            kind=kind,
            patient=self.patient,
            author=self.author,
            content=self.content,
            authenticator=self.authenticator,
            recipient=self.to,
            encounter=self.encounter,
            number=self.number,
            answers=self.answers,
        )


Message = PatientMessage | ConsentMessage | WithdrawalMessage | ReferralMessage | Draft
_KINDS: Final[dict[str, type[PatientMessage | ConsentMessage | WithdrawalMessage]]] = {
    "patient": PatientMessage,
    "consent": ConsentMessage,
    "withdrawal": WithdrawalMessage,
}
REFERRAL: Final = "referral"


def read_message(octets: bytes, among: Forms | None = None) -> Message:
    """The message that the JSON holds. Raises MessageWrong with the place of the fault."""
    data = read_json(octets)
    kind = data.pop("kind", None)
    documents = tuple(form.kind for form in (among or known()) if form.sections)
    if isinstance(kind, str) and kind in _KINDS:
        return value_of(_KINDS[kind], data)
    if kind == REFERRAL and REFERRAL in data:
        return value_of(ReferralMessage, data)
    if isinstance(kind, str) and kind in documents:
        return value_of(DocumentMessage, data).draft(kind)
    names = ", ".join(dict.fromkeys((*_KINDS, REFERRAL, *documents)))
    raise MessageWrong("kind", f"kind: {names} 중 하나여야 합니다.")


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPatient:
    """The node knows the patient by this id, which every institution may use."""

    affinity_id: str
    affinity_domain: str


def kind_of(message: Message) -> str:
    """The `kind` under which the message was written."""
    match message:
        case Draft():
            return message.kind
        case ReferralMessage():
            return REFERRAL
    return next(name for name, kind in _KINDS.items() if isinstance(message, kind))


def send(link: Link, message: Message, *, key: UUID, written: datetime) -> Receipt | KnownPatient:
    """Do what the message says; a patient alone gets the exchange's id instead of a receipt.

    The same key and time send the same octets under the same ids, so that a repetition whose first
    answer was lost gives a receipt and not a second document.
    """
    if isinstance(message, PatientMessage):
        return _registered(link, message.patient)
    return link.deliver(_prepared(link, message, key, written))


def _registered(link: Link, patient: Patient) -> KnownPatient:
    if patient.affinity_id is not None:
        # The node lets no institution tell of an id that another gave (ITI TF-2 3.44.4.1.2).
        place = "patient.affinity_id"
        sentence = f"{place}: 이미 교류 식별자가 있는 환자는 알릴 필요가 없습니다."
        raise MessageWrong(f"{place}: is known already", sentence)
    known = link.register_patient(patient).affinity_id
    assert known is not None
    return KnownPatient(affinity_id=known.value, affinity_domain=known.authority)


def _filed_under(link: Link, patient: Patient) -> Patient:
    """The patient with the exchange's id: the one that the EMR wrote, or the one we ask for."""
    return link.register_patient(patient) if patient.affinity_id is None else patient


def _prepared(
    link: Link,
    message: ConsentMessage | WithdrawalMessage | ReferralMessage | Draft,
    key: UUID,
    written: datetime,
) -> Prepared:
    match message:
        case ReferralMessage():
            draft = message.referral.to(message.to)
            return _document(link, draft, key, written, REFERRAL_PLACES)
        case Draft():
            return _document(link, message, key, written, PLACES)
        case ConsentMessage():
            patient = _filed_under(link, message.patient)
            return link.prepare_consent(
                patient,
                message.terms.consent,
                from_date=message.from_date,
                author=message.author,
                terms=message.terms,
                key=key,
                written=written,
            )
        case WithdrawalMessage():
            patient = _filed_under(link, message.patient)
            return link.prepare_consent(
                patient,
                message.terms.withdrawal,
                from_date=in_korea(written).date(),
                author=message.author,
                terms=message.terms,
                key=key,
                written=written,
            )


def _document(link: Link, draft: Draft, key: UUID, written: datetime, places: Places) -> Prepared:
    link.check(draft, places)
    known = replace(draft, patient=_filed_under(link, draft.patient))
    return link.prepare(known, key=key, written=written, places=places)
