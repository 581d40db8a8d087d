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


class KindFixed(DirectoryRefused):
    """What an institution is does not change so: its documents, patients or members hang on it."""


class NotLater(DirectoryRefused):
    """A change must begin after what it replaces began."""


class UnknownCertificate(DirectoryRefused):
    """No institution holds a valid certificate of this fingerprint."""


class UnknownProvider(DirectoryRefused):
    """Nobody is trusted by this certificate."""


class ProcedureBroken(DirectoryRefused):
    """The data file of procedures or of the agreement cannot be used; the sentence says why."""


class UnknownCase(DirectoryRefused):
    """There is no case under this key."""


class NotThisStep(DirectoryRefused):
    """The case awaits another step, or is closed."""


class NotThisParty(DirectoryRefused):
    """The step is another party's to record, or this party has signed already."""


class Incomplete(DirectoryRefused):
    """A field that the step asks for is missing, or what must be there before is not."""


class CaseOpen(DirectoryRefused):
    """A case of this kind is open for the institution already."""


class NoticeTooShort(DirectoryRefused):
    """A termination ends earlier than the days of notice allow."""


class NoRoot(DirectoryRefused):
    """The configured arc of OIDs cannot give numbers to institutions."""
