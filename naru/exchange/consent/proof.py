"""What proves an act of consent to the person who said it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Final
from uuid import UUID

from naru.consent import cases, papers
from naru.consent.acts import Act, ActKind
from naru.consent.cases import Case
from naru.domain.korea import korean_day
from naru.exchange.access import Access, reading
from naru.exchange.consent.objections import at_a_desk
from naru.exchange.patients import whole_person
from naru.exchange.treatment.reception import require_known
from naru.ledger import queries as ledger
from naru.ledger.queries import Receipt


@dataclass(frozen=True, slots=True, kw_only=True)
class ActProof:
    """An act with its receipt on the ledger, the hash of its paper, and the cases it led to.

    `paper` is the SHA-256 of the signed document in hex, "" where the act has none.
    """

    act: Act
    receipt: Receipt | None
    paper: str
    cases: tuple[Case, ...]
    at_a_desk: bool
    signature: bytes = b""
    """The picture of the signature, a PNG, where one was drawn."""


_UNTOLD: Final = frozenset({ActKind.ABUSE_FLAG, ActKind.ABUSE_FLAG_END})
"""What a patient's pages keep from whoever speaks for them."""


def of_act(access: Access, patient: UUID, act: UUID) -> ActProof | None:
    """The proof of one act of this person; None for an act that is not theirs."""
    return next((one for one in of_acts(access, patient) if one.act.id == act), None)


def of_acts(access: Access, patient: UUID) -> tuple[ActProof, ...]:
    """Every act of this person with its proof, newest first; the look is recorded."""
    with reading(access):
        access.concerns(patient)
        said = _told(whole_person.acts(patient), korean_day(access.time))
        return tuple(_proof(one) for one in reversed(said))


def _told(said: Sequence[Act], day: date) -> list[Act]:
    """The acts but those of which the law, or the patient's safety, lets nobody be told here."""
    releases = (one.release for one in said if one.release is not None)
    secret = {one.id for one in releases if one.is_untold(day)}
    return [
        one
        for one in said
        if one.kind not in _UNTOLD
        and one.ends not in secret
        and (one.release is None or one.release.id not in secret)
    ]


def _proof(act: Act) -> ActProof:
    kept = papers.of_act(act.id)
    return ActProof(
        act=act,
        receipt=ledger.receipt(act.id),
        paper="" if kept is None else sha256(kept.content).hexdigest(),
        cases=cases.of_act(act.id),
        at_a_desk=at_a_desk(act),
        signature=b"" if kept is None else kept.picture,
    )


def at_desk(access: Access, patient: UUID, act: UUID) -> ActProof | None:
    """The proof of an act that the caller's institution registered; None for any other act.

    A desk is shown what it registered itself, never what else the patient keeps out.
    """
    with reading(access):
        require_known(access, patient)
        access.concerns(patient)
        mine = access.caller.institution
        said = whole_person.acts(patient)
        found = (one for one in said if one.id == act and one.actor.institution == mine)
        return next((_proof(one) for one in found), None)
