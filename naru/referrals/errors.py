from naru.consent.errors import ConsentRefused


class ReferralRefused(ConsentRefused):
    """What cannot be sent or done; the sentence says why and names nobody."""


class NoSuchReferral(ReferralRefused):
    """There is none of this id for the caller: another's is answered alike."""


class NotNow(ReferralRefused):
    """It cannot be done in this state, or not by the caller; somebody may have been faster."""


class AlreadySent(ReferralRefused):
    """The same form was sent before; `referral` is what came of it."""

    def __init__(self, referral: object) -> None:
        super().__init__("the form was sent before")
        self.referral = referral


class NotAccepted(ReferralRefused):
    """The exchange did not take the document: the patient keeps something out of it."""


class LetterClosed(ReferralRefused):
    """No letter opens by that code: wrong, used, over, or tried too often. Which is not told."""
