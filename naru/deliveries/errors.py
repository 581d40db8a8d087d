from naru.domain.records import Refused


class DeliveryRefused(Refused):
    """Nothing was submitted or shared; no sentence names a person."""


class NotSendable(DeliveryRefused):
    """A document is not the patient's, or goes to nobody, or none or too many were chosen."""


class Changed(DeliveryRefused):
    """What is to go is not what was shown before."""


class NoSuchAgency(DeliveryRefused):
    """Nobody of that name takes what patients submit."""


class NotTheirs(DeliveryRefused):
    """There is no such submission or link of whoever asks."""


class NotRecalled(DeliveryRefused):
    """All of it was opened, or its time is over, or it was recalled before."""


class NotOpen(DeliveryRefused):
    """The link opens nothing: it never was, or is over, used up or taken back."""


class WrongPasscode(DeliveryRefused):
    """The passcode is another; `left` more attempts."""

    def __init__(self, left: int) -> None:
        super().__init__()
        self.left = left
