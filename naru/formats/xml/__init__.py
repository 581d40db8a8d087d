"""XML for every door: one hardened parser, one way to write text, one list of namespaces."""

from naru.formats.xml.errors import UnwritableCharacter, XmlReason, XmlRefused
from naru.formats.xml.escape import escape, escape_lossy
from naru.formats.xml.parse import DEFAULT, XmlLimits, parse, recovered

__all__ = [
    "DEFAULT",
    "UnwritableCharacter",
    "XmlLimits",
    "XmlReason",
    "XmlRefused",
    "escape",
    "escape_lossy",
    "parse",
    "recovered",
]
