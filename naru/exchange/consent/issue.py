"""Consent as papers that any other exchange can read (BPPC): what stands, and each act."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID, uuid5

from django.conf import settings

from naru.consent import papers, texts
from naru.consent.acts import Act, ActKind
from naru.consent.snapshots import ActId, Exclusions, Snapshot
from naru.directory import queries as directory
from naru.domain.clinical import CareInstitution, Patient
from naru.domain.consent_paper import NEEDED, Box, ConsentPaper, SignedPaper
from naru.domain.consent_text import ConsentText
from naru.domain.identifiers import Identifier
from naru.domain.korea import korean_day, korean_day_of
from naru.domain.person import Demographics, Gender
from naru.domain.privacy_policies import Policy
from naru.exchange.access import Access, reading
from naru.exchange.consent import parts as consent_parts
from naru.exchange.patients import whole_person
from naru.patients import queries as patients

WritePaper = Callable[
    [ConsentPaper, Patient, CareInstitution, ConsentText | None, datetime], SignedPaper
]
"""Writes and signs a paper; handed down by the page, which knows the wire."""

_PAPERS: Final = UUID("6f0d8c52-6f4b-4f0a-9a3c-3f2f9f0b4d0e")
"""Our name space of papers of what stands: the same last act gives a paper of the same id."""

_ACTS: Final = UUID("0c5e2a57-21ce-4b1a-8a74-1f5d2b2b7a6f")
"""Our name space of the papers of single acts."""

EXCHANGE: Final = "나루 진료정보교류"
"""Who keeps a paper that was said at no desk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """What the paper says, of whom, who keeps it, and the words that were read, if they are known.

    `keeper` is the institution at whose desk it was said, or the exchange for the patient's own.
    """

    paper: ConsentPaper
    patient: Patient
    keeper: CareInstitution
    text: ConsentText | None


def issue(access: Access, patient: UUID) -> Issued | None:
    """The paper of what stands now; None if the patient never said anything that still says so.

    None also where no institution told of the person's name and birth, which a paper must bear.
    The patient's own look, or an operator's: the paper lists what is excluded, so no institution
    is given it.
    """
    with reading(access):
        access.concerns(patient)
        snapshot = whole_person.snapshot(patient, access.time)
        acts = whole_person.acts(patient)
        identifier = patients.affinity_id(patient)
        if snapshot is None or identifier is None:
            return None
        paper = _of_what_stands(snapshot, acts, identifier, korean_day(access.time))
        return None if paper is None else _issued(paper, acts[-1], patient)


def signed_paper(access: Access, patient: UUID, act: UUID) -> SignedPaper | None:
    """The signed document of one act of this patient; None where there is none."""
    with reading(access):
        access.concerns(patient)
        theirs = (papers.acts_with_papers(each) for each in whole_person.members(patient))
        return papers.of_act(act) if any(act in each for each in theirs) else None


def keep_signed(
    access: Access,
    patient: UUID,
    act: ActId,
    write: WritePaper,
    *,
    signature: bytes = b"",
    scan: bytes = b"",
) -> bool:
    """Write, sign and keep the document of an act that was just said; False where none can be.

    Who is known by no name and birth has no paper; the act, its record and the ledger's receipt
    stand all the same, since nobody may be kept from withdrawing for want of a paper.
    """
    snapshot = whole_person.snapshot(patient, access.time)
    acts = whole_person.acts(patient)
    identifier = patients.affinity_id(patient)
    said = next(one for one in acts if one.id == act)
    if snapshot is None or identifier is None:
        return False
    paper = _of_act(said, snapshot, acts, identifier, korean_day(access.time))
    issued = None if paper is None else _issued(paper, said, patient)
    if issued is None:
        return False
    signed = replace(issued.paper, signature=signature)
    made = write(signed, issued.patient, issued.keeper, issued.text, access.time)
    papers.keep(act, patient, replace(made, scan=scan, picture=signature))
    return True


def full_name(known: Demographics) -> str:
    """The whole name, never put together from parts where it was told whole."""
    return next((name.text for name in known.names if name.text), "")


def _issued(paper: ConsentPaper, last: Act, patient: UUID) -> Issued | None:
    known = patients.demographics(patient)
    if not full_name(known) or not known.birth_time:
        return None
    return Issued(
        paper=paper,
        patient=Patient(
            mrn=paper.patient.value,
            name=full_name(known),
            birth_date=korean_day_of(known.birth_time),
            sex=known.gender or Gender.UNDIFFERENTIATED,
        ),
        keeper=_keeper(last, paper),
        text=None
        if paper.wording is None
        else texts.named(paper.wording.version, paper.wording.language),
    )


def _of_what_stands(
    snapshot: Snapshot, acts: tuple[Act, ...], patient: Identifier, today: date
) -> ConsentPaper | None:
    last = acts[-1]
    plain = _plain(last, patient, _PAPERS)
    parts = consent_parts.parts(snapshot.exclusions, on=today, domain=settings.AFFINITY_DOMAIN)
    if snapshot.consents_on(today) and snapshot.from_date is not None:
        return replace(
            plain,
            policy=Policy.CONSENT_PARTIAL if parts else Policy.CONSENT_WHOLE,
            from_date=snapshot.from_date,
            until=snapshot.until,
            boxes=_boxes(acts),
            parts=parts,
        )
    if snapshot.withdrawn is not None:
        return replace(plain, from_date=korean_day(snapshot.withdrawn))
    if snapshot.until is not None:
        return replace(plain, from_date=snapshot.until + timedelta(days=1))
    # Who never consented may still have said what is to be kept out whenever they do.
    return replace(plain, policy=Policy.WITHDRAWAL_PARTIAL, parts=parts) if parts else None


def _of_act(
    said: Act, snapshot: Snapshot, acts: tuple[Act, ...], patient: Identifier, today: date
) -> ConsentPaper | None:
    """The paper of one act: a withdrawal says itself, a consent what stands after it."""
    plain = _plain(said, patient, _ACTS)
    if said.kind is ActKind.EXCLUDE and said.exclusion is not None:
        only = Exclusions().including(said.exclusion)
        parts = consent_parts.parts(only, on=today, domain=settings.AFFINITY_DOMAIN)
        named = tuple(replace(part, reason=said.said.reason) for part in parts)
        return replace(plain, policy=Policy.WITHDRAWAL_PARTIAL, parts=named) if named else None
    stands = _of_what_stands(snapshot, acts, patient, today)
    return None if stands is None else replace(stands, document=plain.document)


def _plain(said: Act, patient: Identifier, space: UUID) -> ConsentPaper:
    return ConsentPaper(
        document=f"2.25.{uuid5(space, str(said.id)).int}",
        patient=patient,
        policy=Policy.WITHDRAWAL_WHOLE,
        signed=said.time,
        from_date=korean_day(said.time),
        representative=said.said.representative,
        wording=said.said.wording,
        identified=said.said.identified,
    )


def _boxes(acts: tuple[Act, ...]) -> frozenset[Box]:
    """What was ticked, the latest consent's own choice last."""
    granted = [act for act in acts if act.kind is ActKind.GRANT]
    if not granted:
        return NEEDED
    said = granted[-1].said
    chosen = ((Box.EVALUATION, said.evaluation), (Box.IDENTIFYING, said.identifying))
    return NEEDED | {box for box, ticked in chosen if ticked}


def _keeper(act: Act, paper: ConsentPaper) -> CareInstitution:
    desk = act.actor.institution
    known = None if desk is None else directory.by_id(desk, on=korean_day(act.time))
    if known is None or known.oid is None:
        return CareInstitution(name=EXCHANGE, oid=paper.patient.authority)
    return CareInstitution(name=known.name, oid=known.oid, code=known.code or "")
