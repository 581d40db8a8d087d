from naru.exchange.access import Refused


class HiraRefused(Refused):
    """What cannot be said, handed over or proved; the sentence names nobody."""


class NotBillable(HiraRefused):
    """A condition of the fee is missing."""


class NotConsented(HiraRefused):
    """Nothing is handed to the relay before patient and clinician consent to it."""


class NotNow(HiraRefused):
    """It was handed over before, or is not yet where this can be said of it."""
