"""XOP (ITI TF-2 V.8.2): an xs:base64Binary element holds its octets or points to a part."""

import base64
import binascii
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, TypeVar
from urllib.parse import quote, unquote

from lxml.etree import _Element

from naru.formats.mime import Part
from naru.formats.soap.errors import SoapReason, SoapRefused, sender_refusal
from naru.formats.xml.namespaces import XOP

T = TypeVar("T")
INCLUDE: Final = f"{{{XOP}}}Include"
SMALL_INCLUDE: Final = 64 * 1024  # Octets of all certificates and signatures put back inline.
_BLANKS: Final = str.maketrans("", "", " \t\r\n")


@dataclass(frozen=True, slots=True)
class Inline:
    """The decoded octets of an element that was not optimised."""

    octets: bytes


def include(cid: str) -> str:
    """An xop:Include that points to a part by its Content-ID (RFC 2392)."""
    return f'<xop:Include xmlns:xop="{XOP}" href="cid:{quote(cid, safe="@.:-_")}"/>'


def binary_content(element: _Element, parts: Mapping[str, Part[T]]) -> Inline | Part[T]:
    """What an xs:base64Binary element holds: blanks are passed over, two contents are refused."""
    children = list(element)
    if not children:
        return Inline(_decoded(element.text or ""))
    blank = not (element.text or "").strip() and not (children[0].tail or "").strip()
    if len(children) != 1 or children[0].tag != INCLUDE or not blank:
        raise sender_refusal(
            SoapReason.INCLUDE, "A binary element holds either base64 or one xop:Include."
        )
    return included_part(children[0], parts)


def included_part(pointer: _Element, parts: Mapping[str, Part[T]]) -> Part[T]:
    """The part that an xop:Include points to."""
    href = (pointer.get("href") or "").strip()
    if len(pointer) or (pointer.text or "").strip():
        raise sender_refusal(SoapReason.INCLUDE, "An xop:Include is not empty.")
    if href[:4].lower() != "cid:":
        raise sender_refusal(SoapReason.INCLUDE, "An xop:Include does not point to a part.")
    return _part(href[4:], parts)


def _part(cid: str, parts: Mapping[str, Part[T]]) -> Part[T]:
    # RFC 2392 escapes the id in the href; some senders leave it as it is, or escape the header too.
    found = {name: parts[name] for name in (unquote(cid), cid) if name in parts}
    if len(found) != 1:
        raise sender_refusal(SoapReason.INCLUDE, "An xop:Include does not point to one part.")
    return found.popitem()[1]


def inline_small_includes(
    scope: _Element,
    parts: Mapping[str, Part[T]],
    read: Callable[[Part[T]], bytes],
    *,
    limit: int = SMALL_INCLUDE,
) -> None:
    """Puts canonical base64 back for every xop:Include below `scope`.

    A signature is made over the text and not over the pointer, so this comes before it is checked.
    """
    total = 0
    for pointer in list(scope.iter(INCLUDE)):
        part = included_part(pointer, parts)
        total += part.length  # Of all together: many pointers may share one part.
        if total > limit:
            raise sender_refusal(SoapReason.INCLUDE, f"More than {limit} octets are optimised.")
        _put_back(pointer, read(part))


def _put_back(pointer: _Element, octets: bytes) -> None:
    holder = pointer.getparent()
    text = "" if holder is None else (holder.text or "") + (pointer.tail or "")
    if holder is None or len(holder) != 1 or text.strip():
        raise sender_refusal(SoapReason.INCLUDE, "An xop:Include does not stand alone.")
    holder.remove(pointer)
    holder.text = base64.b64encode(octets).decode("ascii")


def _decoded(text: str) -> bytes:
    packed = text.translate(_BLANKS)
    if len(packed) % 4:  # Python 3.11 lets one padding sign too many pass.
        raise _not_base64()
    try:
        return binascii.a2b_base64(packed, strict_mode=True) if packed else b""
    except ValueError:
        # Not ASCII, or ASCII and not base64: binascii.Error is a ValueError.
        raise _not_base64() from None


def _not_base64() -> SoapRefused:
    return sender_refusal(SoapReason.BASE64, "A binary element does not hold base64.")
