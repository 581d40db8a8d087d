"""ITI-20 on the wire: the DICOM audit message, and the syslog message and stream around it."""

from naru.formats.atna.audit_message import from_xml, to_xml
from naru.formats.atna.errors import AuditMessageRefused, FrameRefused, SyslogRefused
from naru.formats.atna.framing import FrameReader, octet_counted
from naru.formats.atna.syslog import AUDIT_MESSAGE_ID, SyslogMessage, from_syslog, to_syslog

__all__ = [
    "AUDIT_MESSAGE_ID",
    "AuditMessageRefused",
    "FrameReader",
    "FrameRefused",
    "SyslogMessage",
    "SyslogRefused",
    "from_syslog",
    "from_xml",
    "octet_counted",
    "to_syslog",
    "to_xml",
]
