"""Why the directory refuses a change."""


class DirectoryRefused(Exception):
    """A change of the directory that is not made."""


class UnknownInstitution(DirectoryRefused):
    """There is no institution under this key."""


class AlreadyDesignated(DirectoryRefused):
    """On one of these days the OID, code or certificate is another institution's."""


class NestedOid(DirectoryRefused):
    """The OID stands under or above another institution's, whose numbers it would then give."""


class NotAHub(DirectoryRefused):
    """The institution named as 거점의료기관 is none, or a hub was to have a hub itself."""


class NotLater(DirectoryRefused):
    """A change must begin after what it replaces began."""


class UnknownCertificate(DirectoryRefused):
    """No institution holds a valid certificate of this fingerprint."""


class UnknownProvider(DirectoryRefused):
    """Nobody is trusted by this certificate."""
