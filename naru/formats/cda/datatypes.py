"""HL7 v3 data types as CDA R2 writes and reads them."""

import re
from datetime import date, datetime
from typing import Final

from lxml.etree import _Element

from naru.domain.clinical import When, in_korea
from naru.domain.korea import KST
from naru.formats.cda.errors import CdaRefused, IncompleteDocument
from naru.formats.cda.template import TemplateId
from naru.formats.xml.escape import escape
from naru.formats.xml.namespaces import HL7V3

_TS: Final = re.compile(r"(\d{8})(?:(\d{4}(?:\d{2})?)(?:\.\d+)?([+-]\d{4})?)?")
_BLANK: Final = re.compile(r"\s")
_DAY: Final = 8


def hl7(name: str) -> str:
    """The name in the namespace of CDA."""
    return f"{{{HL7V3}}}{name}"


def path(*names: str) -> str:
    """A path for `find`."""
    return "/".join(map(hl7, names))


def attribute(name: str, value: str) -> str:
    """The attribute; nothing where there is no value, as CDA's strings may not be empty."""
    return f' {name}="{escape(value)}"' if value else ""


def ii(tag: str, root: str, extension: str = "") -> str:
    """An instance identifier."""
    return f"<{tag}{attribute('root', root)}{attribute('extension', extension)}/>"


def template_ids(*templates: TemplateId) -> str:
    """TemplateId elements."""
    return "".join(ii("templateId", each.root, each.extension) for each in templates)


def coded(  # The parts of one CDA code, all named.
    tag: str, code: str, system: str, display: str = "", *, kind: str = "", reference: str = ""
) -> str:
    """A CE or CD; without a code the words alone, as an original text."""
    xsi = f' xsi:type="{kind}"' if kind else ""
    original = (
        f'<originalText><reference value="#{reference}"/></originalText>' if reference else ""
    )
    if not code:
        return f'<{tag}{xsi} nullFlavor="NI"{attribute("displayName", display)}>{original}</{tag}>'
    if _BLANK.search(code):
        raise IncompleteDocument((f"부호에 빈칸이 있습니다({display or tag})",))
    return (
        f'<{tag}{xsi} code="{escape(code)}" codeSystem="{system}"'
        f"{attribute('displayName', display)}>{original}</{tag}>"
    )


def time(tag: str, when: When) -> str:
    """A point in time, to the second with Korea's zone, or to the day."""
    return f'<{tag} value="{time_value(when)}"/>'


def time_value(when: When) -> str:
    """The text of a TS."""
    if isinstance(when, datetime):
        return in_korea(when).strftime("%Y%m%d%H%M%S%z")
    return when.strftime("%Y%m%d")


def element_text(tag: str, text: str) -> str:
    """An element that holds words; a null where there are none."""
    return f"<{tag}>{escape(text)}</{tag}>" if text else f'<{tag} nullFlavor="NI"/>'


def telecom(telephone: str) -> str:
    """A telephone number as a URL."""
    return f'<telecom value="{escape(f"tel:{telephone}")}"/>' if telephone else ""


def addr(address: str) -> str:
    """An address as one line: Korean addresses are not split by guessing."""
    return (
        f"<addr><streetAddressLine>{escape(address)}</streetAddressLine></addr>" if address else ""
    )


def found(element: _Element, *names: str) -> _Element:
    """The element at the path; its absence refuses the document."""
    child = element.find(path(*names))
    if child is None:
        raise CdaRefused(f"the document has no {'/'.join(names)}")
    return child


def attribute_of(element: _Element, *names: str, name: str) -> str:
    """The attribute of the element at the path, or ""."""
    child = element.find(path(*names)) if names else element
    return "" if child is None else child.get(name, "")


def text_of(element: _Element, *names: str) -> str:
    """The words of the element at the path, or ""."""
    return element.findtext(path(*names)) or ""


def telephone_of(element: _Element) -> str:
    """The telephone number, without its scheme."""
    return attribute_of(element, "telecom", name="value").removeprefix("tel:")


def address_of(element: _Element) -> str:
    """The address as one line."""
    return text_of(element, "addr", "streetAddressLine")


def read_time(text: str) -> When:
    """A TS as a day or as an instant in Korean time."""
    match = _TS.fullmatch(text)
    if match is None:
        raise CdaRefused("a time is not YYYYMMDD[hhmm[ss]][+ZZzz]")
    day, clock, zone = match.groups()
    try:
        if clock is None:
            return datetime.strptime(day, "%Y%m%d").replace(tzinfo=KST).date()
        moment = f"{day}{clock.ljust(6, '0')}{zone or '+0900'}"
        return datetime.strptime(moment, "%Y%m%d%H%M%S%z").astimezone(KST)
    except ValueError:
        raise CdaRefused("a time does not exist") from None


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
