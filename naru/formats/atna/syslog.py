"""A syslog message (RFC 5424) and the header that ITI-20 gives it, both ways."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from naru.domain.moments import in_utc
from naru.formats.atna.errors import SyslogRefused

AUDIT_MESSAGE_ID: Final = "IHE+RFC-3881"
"""ITI TF-2 3.20.4.1.2: the MSGID of every audit message; its name is older than its content."""

SECURITY: Final = 10
NOTICE: Final = 5
WARNING: Final = 4
"""ITI TF-2 3.20.4.1.2: facility 10, severity 5, or 4 where it is due."""

_LARGEST_PRIORITY: Final = 191
_NIL: Final = "-"
_BOM: Final = b"\xef\xbb\xbf"

# RFC 5424 section 6: PRI VERSION SP TIMESTAMP SP HOSTNAME SP APP-NAME SP PROCID SP MSGID SP.
_HEADER: Final = re.compile(
    rb"<(?P<priority>[0-9]{1,3})>(?P<version>[1-9][0-9]{0,2}) "
    rb"(?P<time>-|[0-9TZ:.+-]{1,40}) "
    rb"(?P<host>[!-~]{1,255}) (?P<app>[!-~]{1,48}) (?P<process>[!-~]{1,128}) (?P<id>[!-~]{1,32}) "
)
# Section 6.3; inside a value `"`, `\` and `]` are escaped.
_STRUCTURED: Final = re.compile(
    rb'-|(?:\[[!#-<>-\\^-~]{1,32}(?: [!#-<>-\\^-~]{1,32}="(?:[^"\\\]]|\\.)*")*\])+', re.DOTALL
)
_UNPRINTABLE: Final = re.compile(r"[^!-~]")


@dataclass(frozen=True, slots=True, kw_only=True)
class SyslogMessage:
    """`content` is MSG without a byte order mark; `structured_data` is kept as it was sent."""

    facility: int = SECURITY
    severity: int = NOTICE
    time: datetime | None
    host: str = ""
    app: str = ""
    process: str = ""
    message_id: str = AUDIT_MESSAGE_ID
    structured_data: bytes = b""
    content: bytes = b""

    @property
    def is_audit(self) -> bool:
        """Whether its header says that it carries an audit message."""
        return self.message_id == AUDIT_MESSAGE_ID


def from_syslog(octets: bytes) -> SyslogMessage:
    """Read a message without its frame; raises SyslogRefused."""
    header = _HEADER.match(octets)
    structured = _STRUCTURED.match(octets, header.end()) if header else None
    if header is None or structured is None or int(header["priority"]) > _LARGEST_PRIORITY:
        raise SyslogRefused("This does not begin as a syslog message of RFC 5424.")
    facility, severity = divmod(int(header["priority"]), 8)
    rest = octets[structured.end() :]
    return SyslogMessage(
        facility=facility,
        severity=severity,
        time=_time(header["time"].decode()),
        host=_given(header["host"]),
        app=_given(header["app"]),
        process=_given(header["process"]),
        message_id=_given(header["id"]),
        structured_data=b"" if structured[0] == b"-" else structured[0],
        content=rest.removeprefix(b" ").removeprefix(_BOM),
    )


def to_syslog(message: SyslogMessage) -> bytes:
    """Write a message without a frame."""
    priority = message.facility * 8 + message.severity
    header = (
        f"<{priority}>1 {_written_time(message.time)} {_written(message.host, 255)} "
        f"{_written(message.app, 48)} {_written(message.process, 128)} "
        f"{_written(message.message_id, 32)} "
    )
    content = b" " + message.content if message.content else b""
    return header.encode() + (message.structured_data or b"-") + content


def _time(value: str) -> datetime | None:
    try:
        time = datetime.fromisoformat(value)
        # Section 6.2.3: a zone is always given.
        return in_utc(time) if time.tzinfo else None
    except ValueError:
        return None


def _written_time(time: datetime | None) -> str:
    if time is None:
        return _NIL
    return time.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _given(value: bytes) -> str:
    return "" if value == b"-" else value.decode("ascii")


def _written(value: str, longest: int) -> str:
    return _UNPRINTABLE.sub("_", value)[:longest] or _NIL
