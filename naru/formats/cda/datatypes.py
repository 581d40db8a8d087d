"""HL7 v3 data types as CDA R2 writes and reads them."""

import re
from datetime import date, datetime, timedelta, timezone
from datetime import time as clock_time
from functools import lru_cache
from typing import Final
from urllib.parse import quote, unquote

from lxml.etree import _Element

from naru.domain.clinical import When, in_korea
from naru.domain.korea import KST
from naru.domain.moments import in_utc
from naru.formats.cda.errors import CdaRefused, UnfitContent
from naru.formats.cda.forms import TemplateId
from naru.formats.xml.escape import escape
from naru.formats.xml.namespaces import HL7V3

_TS: Final = re.compile(r"(\d{8})(?:(\d{4}(?:\d{2})?)(?:\.(\d+))?([+-]\d{4})?)?", re.ASCII)
_BLANK: Final = re.compile(r"\s")
_MICROSECONDS: Final = 6  # Digits.
# CDA R2 datatypes, uid: an OID, a UUID or a name that HL7 reserves.
_UID: Final = re.compile(
    r"[0-2](\.(0|[1-9][0-9]*))*|[0-9a-zA-Z]{8}(-[0-9a-zA-Z]{4}){3}-[0-9a-zA-Z]{12}"
    r"|[A-Za-z][A-Za-z0-9\-]*"
)
# RFC 3966; all else is written as octets, a # too, since it would begin a fragment.
_TELEPHONE: Final = "+-.()*,;="
_BR: Final = f"{{{HL7V3}}}br"


@lru_cache(maxsize=1024)
def hl7(name: str) -> str:
    """The name in the namespace of CDA."""
    return f"{{{HL7V3}}}{name}"


@lru_cache(maxsize=1024)
def path(*names: str) -> str:
    """A path for `find`."""
    return "/".join(map(hl7, names))


def attribute(name: str, value: str) -> str:
    """The attribute; nothing where there is no value, as CDA's strings may not be empty."""
    return f' {name}="{escape(value)}"' if value else ""


def is_uid(text: str) -> bool:
    """Whether CDA takes the text for an OID or another unique id."""
    return _UID.fullmatch(text) is not None


def uid(text: str) -> str:
    """The text, where CDA takes it for an OID or another unique id. Raises UnfitContent."""
    if text and not is_uid(text):
        raise UnfitContent(("OID(숫자와 점)가 아닌 식별자",))
    return text


def ii(tag: str, root: str, extension: str = "") -> str:
    """An instance identifier."""
    return f"<{tag}{attribute('root', uid(root))}{attribute('extension', extension)}/>"


def template_ids(*templates: TemplateId) -> str:
    """TemplateId elements."""
    return "".join(ii("templateId", each.root, each.extension) for each in templates)


def bare(code: str, what: str) -> str:
    """A code or unit without blanks, which CDA's cs may not hold. Raises UnfitContent."""
    if _BLANK.search(code):
        raise UnfitContent((f"부호에 빈칸이 있습니다({what})",))
    return escape(code)


def coded(  # The parts of one CDA code, all named.
    tag: str,
    code: str,
    system: str,
    display: str = "",
    *,
    kind: str = "",
    system_name: str = "",
    inner: str = "",
) -> str:
    """A CE or CD; without a code the words alone. `system` is its OID, or it has a name only."""
    xsi = f' xsi:type="{kind}"' if kind else ""
    value = f' code="{bare(code, display or tag)}"' if code else ' nullFlavor="NI"'
    where = f"{attribute('codeSystem', system)}{attribute('codeSystemName', system_name)}"
    start = f"<{tag}{xsi}{value}{where}{attribute('displayName', display)}"
    return f"{start}>{inner}</{tag}>" if inner else f"{start}/>"


def time(tag: str, when: When) -> str:
    """A point in time, to the second with Korea's zone, or to the day."""
    return f'<{tag} value="{time_value(when)}"/>'


def time_value(when: When) -> str:
    """The text of a TS."""
    if not isinstance(when, datetime):
        return when.isoformat().replace("-", "")
    here = in_korea(when)
    clock = f"{here.hour:02}{here.minute:02}{here.second:02}"
    fraction = f".{here.microsecond:06}" if here.microsecond else ""
    return f"{here.date().isoformat().replace('-', '')}{clock}{fraction}{here:%z}"


def element_text(tag: str, text: str) -> str:
    """An element that holds words; a null where there are none."""
    return f"<{tag}>{escape(text)}</{tag}>" if text else f'<{tag} nullFlavor="NI"/>'


def typed(kind: str, text: str) -> str:
    """A `value` that holds words, of the type ST or ED; a null where there are none."""
    rest = f">{escape(text)}</value>" if text else ' nullFlavor="NI"/>'
    return f'<value xsi:type="{kind}"{rest}'


def telecom(telephone: str) -> str:
    """A telephone number as a URL, in which blanks and Korean are written as octets."""
    if not telephone:
        return ""
    escape(telephone)  # What XML cannot carry is not carried in a URL either.
    return f'<telecom value="{escape(f"tel:{quote(telephone, safe=_TELEPHONE)}")}"/>'


def addr(address: str) -> str:
    """An address as one line: Korean addresses are not split by guessing."""
    return (
        f"<addr><streetAddressLine>{escape(address)}</streetAddressLine></addr>" if address else ""
    )


def first(element: _Element, *names: str) -> _Element | None:
    """The first element at the path."""
    if len(names) == 1:  # Half of all; `find` would take thrice as long to take its step.
        return next(element.iterchildren(hl7(names[0])), None)
    return element.find(path(*names))


def found(element: _Element, *names: str) -> _Element:
    """The element at the path; its absence refuses the document."""
    child = first(element, *names)
    if child is None:
        raise CdaRefused(f"the document has no {'/'.join(names)}")
    return child


def attribute_of(element: _Element, *names: str, name: str) -> str:
    """The attribute of the element at the path, or ""."""
    child = first(element, *names) if names else element
    return "" if child is None else child.get(name, "")


def text_of(element: _Element, *names: str) -> str:
    """The words of the element at the path, or ""."""
    child = first(element, *names)
    return "" if child is None else child.text or ""


def words_of(element: _Element | None) -> str:
    """All words inside an element, as they stand; a `br` is a line end."""
    if element is None:
        return ""
    if len(element) == 0:
        return element.text or ""
    pieces = [element.text or ""]
    for child in element:
        pieces.append("\n" if child.tag == _BR else words_of(child))
        pieces.append(child.tail or "")
    return "".join(pieces)


def telephone_of(element: _Element) -> str:
    """The telephone number, without its scheme."""
    return unquote(attribute_of(element, "telecom", name="value").removeprefix("tel:"))


def address_of(element: _Element) -> str:
    """The address as one line."""
    return text_of(element, "addr", "streetAddressLine")


def read_time(text: str) -> When:
    """A TS as a day or as an instant in Korean time."""
    match = _TS.fullmatch(text)
    if match is None:
        raise CdaRefused("a time is not YYYYMMDD[hhmm[ss]][+ZZzz]")
    day, clock, fraction, zone = match.groups()
    try:
        on = date(int(day[:4]), int(day[4:6]), int(day[6:]))
        if clock is None:
            return on
        micro = int((fraction or "")[:_MICROSECONDS].ljust(_MICROSECONDS, "0"))
        second = int(clock[4:] or "0")
        at = clock_time(int(clock[:2]), int(clock[2:4]), second, micro, _zone(zone))
        return in_utc(datetime.combine(on, at)).astimezone(KST)
    except ValueError:
        raise CdaRefused("a time does not exist") from None


def _zone(text: str | None) -> timezone:
    if text is None or text == "+0900":
        return KST
    offset = timedelta(hours=int(text[1:3]), minutes=int(text[3:]))
    return timezone(-offset if text[0] == "-" else offset)


def read_date(text: str) -> date:
    """The day of a TS."""
    when = read_time(text)
    return when.date() if isinstance(when, datetime) else when


def read_instant(text: str) -> datetime:
    """A TS that must be to the minute at least."""
    when = read_time(text)
    if not isinstance(when, datetime):
        raise CdaRefused("a time has no hour")
    return when
