"""The programmes that are approved: research, statistics, evaluation (rule 13 of the decision)."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from naru.consent.programmes import Programme, ProgrammeKind
from naru.domain.arrangements import ProgrammeConsent
from naru.domain.korea import korean_day
from naru.exchange.access import Access, reading
from naru.exchange.arranging import arranged, is_patient, law, require
from naru.exchange.consent.representing import speaks

PROGRAMMES: Final = "programmes"
"""The transaction, as the audit names it."""

JOINING: Final = "own programmes"
"""The same of the patient's own page."""


def approved(access: Access) -> tuple[Programme, ...]:
    """Those that are approved today; whose data they may see is asked elsewhere, item by item."""
    with reading(access):
        day = korean_day(access.time)
        return tuple(one for one in law(access).settings.programmes if one.goes_on(day))


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """A programme as its patient finds it. `joined` stands until they leave, or it ends.

    `programme` is None where the operator's file tells of it no more. Whoever speaks for another
    reads, and neither joins nor leaves.
    """

    code: str
    programme: Programme | None
    joined: ProgrammeConsent | None
    open: bool
    own: bool

    @property
    def by_consent(self) -> bool:
        """Whether one joins; an evaluation rests on the general consent's own box."""
        return self.programme is None or self.programme.kind is not ProgrammeKind.EVALUATION


def of_patient(access: Access, patient: UUID) -> tuple[Offered, ...]:
    """Those that are approved, and those that the patient joined. Raises NotPermitted."""
    with reading(access):
        access.concerns(patient)
        require(speaks(access, patient))
        day, own = korean_day(access.time), is_patient(access, patient)
        standing = (each for one in arranged(patient) for each in one.programmes)
        joined = {one.programme: one for one in standing if one.stands(access.time)}
        known = {one.code: one for one in law(access).settings.programmes}
        shown = [code for code, one in known.items() if one.goes_on(day) or code in joined]
        shown += [code for code in joined if code not in known]
        return tuple(
            Offered(
                code=code,
                programme=known.get(code),
                joined=joined.get(code),
                open=code in known and known[code].goes_on(day),
                own=own,
            )
            for code in shown
        )
