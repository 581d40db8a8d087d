"""What a consent or withdrawal says besides whose it is: until when, which boxes, what is out."""

from dataclasses import dataclass
from datetime import date

from naru.domain.consent_paper import Box, Identified, Part, Representative, Wording
from naru.domain.privacy_policies import Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """`until` is the last day; `boxes` are those ticked, which a consent must say.

    `parts` are kept out: by them a consent or a withdrawal becomes a partial one. `wording` are the
    words that were read, by the node's own version; `identified` how the desk saw who signed.
    """

    until: date | None = None
    boxes: tuple[Box, ...] | None = None
    parts: tuple[Part, ...] = ()
    representative: Representative | None = None
    wording: Wording | None = None
    identified: Identified | None = None

    @property
    def consent(self) -> Policy:
        """The policy of a consent on these terms."""
        return Policy.CONSENT_PARTIAL if self.parts else Policy.CONSENT_WHOLE

    @property
    def withdrawal(self) -> Policy:
        """The policy of a withdrawal on these terms."""
        return Policy.WITHDRAWAL_PARTIAL if self.parts else Policy.WITHDRAWAL_WHOLE


PLAIN = Terms()
"""Whole, without end, by the patient; a consent says its boxes besides."""
