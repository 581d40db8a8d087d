"""The character encodings that a document may arrive in; all leave here as UTF-8."""

import codecs
import re
from typing import Final

from naru.formats.xml.errors import XmlReason, XmlRefused

# XML 1.0 section 2.8, XMLDecl. A reader that is told the encoding, as ours is, would pass over what
# is wrong in it, and another reader would not.
_BLANK: Final = rb"[ \t\r\n]"
_IS: Final = _BLANK + rb"*=" + _BLANK + rb"*"
_DECLARATION: Final = re.compile(
    rb"<\?xml" + _BLANK + rb"+version" + _IS + rb"(?:'[0-9.]{1,8}'|\"[0-9.]{1,8}\")"
    rb"(?:" + _BLANK + rb"+encoding" + _IS + rb"(['\"])([A-Za-z][A-Za-z0-9._-]{0,39})\1)?"
    rb"(?:" + _BLANK + rb"+standalone" + _IS + rb"(['\"])(?:yes|no)\3)?" + _BLANK + rb"*\?>"
)
_BEGINS: Final = re.compile(rb"<\?xml" + _BLANK)
_DECLARATION_REACH: Final = 256  # A declaration is short; what is longer is refused as malformed.

# Korean systems say EUC-KR and send the characters of CP949, its superset, so that is what we read.
_CODECS: Final = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "us-ascii": "ascii",
    "ascii": "ascii",
    "iso-8859-1": "latin-1",
    "euc-kr": "cp949",
    "ks_c_5601-1987": "cp949",
    "cp949": "cp949",
}
_UTF16: Final = frozenset({"utf-16", "utf-16le", "utf-16be"})
_UTF16_BOMS: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_UTF32_BOMS: Final = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)


def is_accepted_charset(name: str) -> bool:
    """Whether a MIME `charset` names an encoding that a document may arrive in."""
    return name.lower() in _CODECS or name.lower() in _UTF16


def as_utf8(data: bytes) -> bytes:
    """The document in UTF-8, without byte order mark; refuses what is not what it says it is."""
    if data.startswith(_UTF32_BOMS):
        raise XmlRefused(XmlReason.ENCODING, "UTF-32 is not accepted")
    if data.startswith(_UTF16_BOMS):
        return _from_utf16(data)
    marked = data.startswith(codecs.BOM_UTF8)
    text = data[len(codecs.BOM_UTF8) :] if marked else data
    if b"\0" in text:
        raise XmlRefused(XmlReason.NUL, "the document holds a NUL byte")
    codec = _CODECS.get(_declared(text) or "utf-8")
    if codec is None or (marked and codec != "utf-8"):
        raise XmlRefused(XmlReason.ENCODING, "the declared character encoding is not accepted")
    return text if codec == "utf-8" else _recode(text, codec)


def _from_utf16(data: bytes) -> bytes:
    utf8 = _recode(data, "utf-16")
    if (_declared(utf8) or "utf-16") not in _UTF16:
        raise XmlRefused(XmlReason.ENCODING, "the declaration contradicts the byte order mark")
    if b"\0" in utf8:
        raise XmlRefused(XmlReason.NUL, "the document holds a NUL character")
    return utf8


def _declared(data: bytes) -> str | None:
    start = data[:_DECLARATION_REACH]
    if start.startswith(codecs.BOM_UTF8):
        raise XmlRefused(XmlReason.ENCODING, "a byte order mark stands where the document begins")
    if _BEGINS.match(start) is None:
        return None
    found = _DECLARATION.match(start)
    if found is None:
        raise XmlRefused(XmlReason.ENCODING, "the XML declaration is not well-formed")
    return found[2].decode("ascii").lower() if found[2] else None


def _recode(data: bytes, codec: str) -> bytes:
    try:
        return data.decode(codec).encode()
    except UnicodeError:
        # The codec's own message would quote the bytes, which may be a name.
        raise XmlRefused(XmlReason.ENCODING, "the bytes are not in the declared encoding") from None
