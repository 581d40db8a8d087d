class AuditMessageRefused(Exception):
    """The XML is no audit message of DICOM PS3.15 A.5; the sentence quotes nothing of it."""


class SyslogRefused(Exception):
    """The octets do not begin with a syslog header of RFC 5424."""


class FrameRefused(Exception):
    """A stream says that a message is coming which is larger than any that is taken."""
