"""What of a question does not depend on the item, and what a rule answers to it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Self
from uuid import UUID

from naru.consent.policy import Policy, Settings
from naru.consent.snapshots import Snapshot, Standing
from naru.domain.arrangements import Arrangements
from naru.domain.caller import PurposeOfUse
from naru.domain.decision import Act, Decision, Item, Path, Question, Reason, Requester
from naru.domain.korea import korean_day

Judge = Callable[[Item], Decision | None]
"""Decides on an item, or leaves it to the next rule."""

Verdict = Decision | Judge | None
"""What a rule says of the items of one patient."""


TREATMENT_PATHS: Final = frozenset(
    {Path.OWN_CHART, Path.QUERY, Path.ADDRESSED_SENDING, Path.EMERGENCY}
)
"""The paths on which somebody asks in order to treat."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One requester's question about one patient's items, with all that it is judged by."""

    requester: Requester
    patient: UUID
    act: Act
    path: Path
    purpose: PurposeOfUse
    time: datetime
    programme: str
    standing: Standing
    policy: Policy

    @classmethod
    def of(cls, question: Question, standing: Standing, policy: Policy) -> Self:
        """The question without its item."""
        return cls(
            requester=question.requester,
            patient=question.patient,
            act=question.act,
            path=question.path,
            purpose=question.purpose,
            time=question.time,
            programme=question.programme,
            standing=standing,
            policy=policy,
        )

    @property
    def day(self) -> date:
        """The day in Korea on which it is asked."""
        return korean_day(self.time)

    @property
    def reads(self) -> bool:
        """Whether it is about reading, not entering."""
        return self.act is Act.READ

    @property
    def snapshot(self) -> Snapshot | None:
        """What the patient said; None if nothing."""
        return self.standing.snapshot

    @property
    def arrangements(self) -> Arrangements:
        """What is arranged beside the general consent."""
        return self.standing.arrangements

    @property
    def settings(self) -> Settings:
        """The policy's settings of the day."""
        return self.policy.settings

    @property
    def treats(self) -> bool:
        """Whether the requester has a role that treats patients."""
        return self.requester.role in self.policy.treatment_roles

    def wrote(self, item: Item) -> bool:
        """Whether it is the requester's own, as one that treats."""
        own = self.requester.institution
        return own is not None and own == item.institution and self.treats

    def permit(self, rule: int, reason: Reason) -> Decision:
        """A permission."""
        return self.policy.answer(rule, reason, permitted=True)

    def deny(self, rule: int, reason: Reason) -> Decision:
        """A denial."""
        return self.policy.answer(rule, reason, permitted=False)
