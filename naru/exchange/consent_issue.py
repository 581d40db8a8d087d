"""A patient's consent as it stands, for a paper of it: what any other exchange can read (BPPC)."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final
from uuid import UUID, uuid5

from django.conf import settings

from naru.consent import queries as consent
from naru.consent.acts import Act, ActKind
from naru.consent.snapshots import Snapshot
from naru.directory import queries as directory
from naru.domain.consent_paper import NEEDED, Box, ConsentPaper
from naru.domain.identifiers import Identifier
from naru.domain.institution import Institution
from naru.domain.korea import korean_day
from naru.domain.person import Demographics
from naru.domain.privacy_policies import Policy
from naru.exchange import consent_parts
from naru.exchange.access import Access, reading
from naru.patients import queries as patients

_PAPERS: Final = UUID("6f0d8c52-6f4b-4f0a-9a3c-3f2f9f0b4d0e")
"""Our name space of papers: the same last act gives a paper of the same id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """What the paper says, of whom, and at which desk it was said; None for the patient's own."""

    paper: ConsentPaper
    demographics: Demographics
    desk: Institution | None


def issue(access: Access, patient: UUID) -> Issued | None:
    """The paper of what stands now; None if the patient never said anything that still says so.

    The patient's own look, or an operator's: the paper lists what is excluded, so no institution
    is given it.
    """
    with reading(access):
        access.concerns(patient)
        snapshot, acts = consent.snapshot(patient), consent.acts(patient)
        identifier = patients.affinity_id(patient)
        if snapshot is None or identifier is None:
            return None
        last, today = acts[-1], korean_day(access.time)
        paper = _paper(snapshot, acts, identifier, today)
        if paper is None:
            return None
        return Issued(
            paper=paper,
            demographics=patients.demographics(patient),
            desk=_desk(last),
        )


def _paper(
    snapshot: Snapshot, acts: tuple[Act, ...], patient: Identifier, today: date
) -> ConsentPaper | None:
    last = acts[-1]
    plain = ConsentPaper(
        document=f"2.25.{uuid5(_PAPERS, str(last.id)).int}",
        patient=patient,
        policy=Policy.WITHDRAWAL_WHOLE,
        signed=last.time,
        from_date=korean_day(last.time),
        representative=last.said.representative,
    )
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


def _boxes(acts: tuple[Act, ...]) -> frozenset[Box]:
    """What was ticked, the latest consent's own choice last."""
    granted = [act for act in acts if act.kind is ActKind.GRANT]
    evaluation = bool(granted) and granted[-1].said.evaluation
    return NEEDED | {Box.EVALUATION} if evaluation else NEEDED


def _desk(act: Act) -> Institution | None:
    if act.actor.institution is None:
        return None
    return directory.by_id(act.actor.institution, on=korean_day(act.time))
