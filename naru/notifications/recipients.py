"""Who is told: a patient, somebody who signs in, or those of one role at an institution."""

from dataclasses import dataclass
from typing import Self
from uuid import UUID

from naru.domain.caller import Role
from naru.notifications.states import To


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whom a notice is for, by surrogate id; `role` only beside an institution's."""

    to: To
    id: UUID
    role: str = ""

    @classmethod
    def patient(cls, surrogate: UUID) -> Self:
        """The patient, by the surrogate id."""
        return cls(To.PATIENT, surrogate)

    @classmethod
    def account(cls, public_id: UUID) -> Self:
        """Somebody who signs in."""
        return cls(To.ACCOUNT, public_id)

    @classmethod
    def at_institution(cls, institution: UUID, role: Role) -> Self:
        """Everybody who has the role at the institution; they share one inbox."""
        return cls(To.INSTITUTION, institution, role.value)
