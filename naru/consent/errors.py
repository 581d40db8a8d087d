class InvalidPolicy(ValueError):
    """The policy's data file does not say what a policy must say."""


class ConsentRefused(ValueError):
    """An act of consent that cannot be taken; the sentence says why and names nobody."""


class WordingRefused(ConsentRefused):
    """What was signed is not the text that is to be signed."""


class BoxMissing(ConsentRefused):
    """A box is empty without which nothing may be exchanged."""


class CaseClosed(ConsentRefused):
    """Nothing can be added to a case that was closed, or that never was."""


class RepresentativeMissing(ConsentRefused):
    """Somebody consents who is too young to do so alone."""


class PatientDied(ConsentRefused):
    """Nobody says an act of consent for somebody whose death is noted."""


class NotRegisteredHere(ConsentRefused):
    """A desk serves those whom its institution has registered, nobody else."""


class NotMandated(ConsentRefused):
    """Somebody says an act for a patient who has not, or no longer, let them."""


class NotPermitted(ConsentRefused):
    """Whoever asks may not do this for this patient; they learn no more of why."""
