from naru.domain.scheduling import Slot
from naru.exchange.access import Refused


class SchedulingRefused(Refused):
    """What cannot be booked or changed; the sentence says why and names nobody."""


class SlotTaken(SchedulingRefused):
    """Somebody else has the time; `following` are the next free ones of the same department."""

    def __init__(self, following: tuple[Slot, ...] = ()) -> None:
        super().__init__("the slot is taken")
        self.following = following


class NoSuchSlot(SchedulingRefused):
    """Nobody is seen at that time, or it is over, or too far ahead."""


class AlreadyBooked(SchedulingRefused):
    """The patient has an appointment that lies across that time with the same practitioner.

    Told to who may see that one alone.
    """


class NotOpen(SchedulingRefused):
    """The appointment is not there any more, or is past what was asked of it."""
