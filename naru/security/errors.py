class KeyRefused(Exception):
    """A key file is missing, readable by others, or not a key."""


class SealBroken(Exception):
    """A sealed value was altered, belongs elsewhere, or was sealed under another key."""


class AuthorityMissing(Exception):
    """There is no certificate authority in the data folder, or its files cannot be read."""


class CertificateUnreadable(Exception):
    """What a peer showed is not a certificate that we can read."""


class RotationRefused(Exception):
    """Keys cannot be rotated or retired now; the sentence says why."""


class RequestRefused(ValueError):
    """A certificate request that is not granted; the sentence says why."""
