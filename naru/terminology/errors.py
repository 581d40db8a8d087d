"""Why the terminology service refuses; the sentences hold no content of a file."""


class TerminologyRefused(Exception):
    """Something that is not answered or not taken."""


class UnknownSystem(TerminologyRefused):
    """The code system is none of those known here."""


class UnknownCode(TerminologyRefused):
    """The code is none of the system on that day, or nobody has loaded the system."""


class QueryTooLong(TerminologyRefused):
    """What was typed is longer than any term."""


class ReleaseOutOfOrder(TerminologyRefused):
    """A release that is in force later has been loaded: they are loaded in order of their day."""


class ReleaseEmpty(TerminologyRefused):
    """The release holds no concept: loading it would retire every code."""


class ReleaseShrinks(TerminologyRefused):
    """The release would retire more than half of what is in force; it is likely not whole."""


class ReleaseOvertaken(TerminologyRefused):
    """Another release of the system was loaded meanwhile."""


class SystemShips(TerminologyRefused):
    """The system's codes ship with Naru, and are loaded from no file."""


class UploadGone(TerminologyRefused):
    """No such file was brought in, or another took its place."""


class UploadUnagreed(TerminologyRefused):
    """The file has lines that are not taken, or retires most codes, and nobody has agreed to it."""


class UploadTaken(TerminologyRefused):
    """Another process loads the file."""
