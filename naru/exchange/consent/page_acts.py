"""Acts of consent as pages bring them: under words that were read, by somebody who was seen.

Each act takes effect, is written and signed as a paper, told to the patient and, where it takes
something back, opened as a case for people, all in one transaction (design, section 7).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final
from uuid import UUID

from naru.consent import texts
from naru.consent.acts import Said
from naru.consent.errors import ConsentRefused
from naru.consent.snapshots import ActId, Exclusion
from naru.domain.consent_paper import Box, Identified, Representative, Wording
from naru.domain.consent_text import ConsentText
from naru.domain.korea import korean_day
from naru.exchange.access import Access, changing
from naru.exchange.consent import cases as consent_cases
from naru.exchange.consent import conditions as consent_conditions
from naru.exchange.consent.acts import (
    exclude_within,
    grant_within,
    include_within,
    withdraw_within,
)
from naru.exchange.consent.issue import WritePaper, keep_signed
from naru.exchange.consent.notices import tell
from naru.exchange.treatment import reception

MOST_REASON: Final = 200
"""Characters of a reason; it is written on the paper."""

MOST_AT_ONCE: Final = 20
"""Exclusions that one act of a page may bring."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Saying:
    """How an act is said: `signature` is a PNG, `scan` a PDF, that their reader has checked."""

    wording: Wording
    identified: Identified
    write: WritePaper
    representative: Representative | None = None
    reason: str = ""
    signature: bytes = field(default=b"", repr=False)
    scan: bytes = field(default=b"", repr=False)


def consent(
    access: Access,
    patient: UUID,
    saying: Saying,
    *,
    boxes: frozenset[Box],
    until: date | None = None,
) -> ActId:
    """Consent from today on. Raises ConsentRefused, of which WordingRefused and BoxMissing."""

    def say(said: Said) -> list[ActId]:
        consent_conditions.require_consents(
            access, patient, saying.representative, boxes=boxes, until=until
        )
        return [
            grant_within(
                access,
                patient,
                from_date=korean_day(access.time),
                text_version=saying.wording.version,
                until=until,
                said=said,
            )
        ]

    (act,) = _performed(access, patient, saying, say, boxes=boxes)
    return act


def withdraw(access: Access, patient: UUID, saying: Saying) -> ActId:
    """Take the whole consent back; holds for every request that begins after the return."""

    def say(said: Said) -> list[ActId]:
        version = saying.wording.version
        return [withdraw_within(access, patient, text_version=version, said=said)]

    (act,) = _performed(access, patient, saying, say, withdraws=())
    return act


def keep_out(
    access: Access, patient: UUID, saying: Saying, exclusions: Sequence[Exclusion]
) -> tuple[ActId, ...]:
    """Take parts out of the exchange: a partial withdrawal (일부철회)."""
    with changing(access):
        return keep_out_within(access, patient, saying, exclusions)


def keep_out_within(
    access: Access, patient: UUID, saying: Saying, exclusions: Sequence[Exclusion]
) -> tuple[ActId, ...]:
    """The same inside the caller's transaction, with what else follows from it."""
    _check_number(exclusions)

    def say(said: Said) -> list[ActId]:
        version = saying.wording.version
        return [
            exclude_within(access, patient, one, text_version=version, said=said)
            for one in exclusions
        ]

    return tuple(_performed_within(access, patient, saying, say, withdraws=tuple(exclusions)))


def lift(
    access: Access, patient: UUID, saying: Saying, exclusions: Sequence[Exclusion]
) -> tuple[ActId, ...]:
    """Let parts be exchanged again."""
    _check_number(exclusions)

    def say(said: Said) -> list[ActId]:
        version = saying.wording.version
        return [
            include_within(access, patient, one, text_version=version, said=said)
            for one in exclusions
        ]

    return tuple(_performed(access, patient, saying, say))


def _performed(
    access: Access,
    patient: UUID,
    saying: Saying,
    say: Callable[[Said], list[ActId]],
    *,
    boxes: frozenset[Box] = frozenset(),
    withdraws: tuple[Exclusion, ...] | None = None,
) -> list[ActId]:
    with changing(access):
        return _performed_within(access, patient, saying, say, boxes=boxes, withdraws=withdraws)


def _performed_within(
    access: Access,
    patient: UUID,
    saying: Saying,
    say: Callable[[Said], list[ActId]],
    *,
    boxes: frozenset[Box] = frozenset(),
    withdraws: tuple[Exclusion, ...] | None = None,
) -> list[ActId]:
    access.concerns(patient)
    reception.require_known(access, patient)
    consent_conditions.require_may_say(access, patient, saying.representative)
    if withdraws is None:
        consent_conditions.require_old_enough(access, patient, saying.representative)
    text = _read(access, saying)
    acts = say(_said(saying, boxes))
    for act in acts:
        keep_signed(
            access, patient, act, saying.write, signature=saying.signature, scan=saying.scan
        )
    if withdraws is not None:
        consent_cases.open_withdrawal(access, patient, acts[0], text, withdraws)
    tell(access, patient, acts[0], withdraws)
    return acts


def _read(access: Access, saying: Saying) -> ConsentText:
    if len(saying.reason) > MOST_REASON:
        raise ConsentRefused(f"a reason is longer than {MOST_REASON} characters")
    return texts.signed(saying.wording, on=korean_day(access.time))


def _said(saying: Saying, boxes: frozenset[Box]) -> Said:
    return Said(
        reason=saying.reason,
        representative=saying.representative,
        evaluation=Box.EVALUATION in boxes,
        identifying=Box.IDENTIFYING in boxes,
        wording=saying.wording,
        identified=saying.identified,
    )


def _check_number(exclusions: Sequence[Exclusion]) -> None:
    if not 0 < len(exclusions) <= MOST_AT_ONCE:
        raise ConsentRefused("nothing is named that could be kept out, or too much at once")
