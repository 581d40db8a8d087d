from naru.domain.records import Refused


class TicketRefused(Refused):
    """Nothing was opened or answered; no sentence names a person."""


class WordsMissing(TicketRefused):
    """A ticket and an answer need words, and not too many."""


class NotTheirs(TicketRefused):
    """There is no such ticket, record or access of whoever asks."""


class TicketClosed(TicketRefused):
    """It was closed before."""
