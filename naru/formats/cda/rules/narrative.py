"""The narrative as hostile input: what CDA's narrative block does not allow (CDA R2 4.3.5)."""

import re
from collections.abc import Iterator
from typing import Final

from lxml import etree

from naru.domain.findings import Finding
from naru.formats.cda.rules.paths import Elements
from naru.formats.cda.rules.whole import Whole
from naru.formats.xml.namespaces import HL7V3, XSI

_ELEMENTS: Final = (
    "br caption col colgroup content footnote footnoteRef item linkHtml list paragraph"
    " renderMultiMedia sub sup table tbody td tfoot th thead tr"
)
_ATTRIBUTES: Final = (
    "ID IDREF IDREFS language styleCode revised mediaType name href rel rev title listType"
    " referencedObject abbr align axis border cellpadding cellspacing char charoff colspan frame"
    " headers rowspan rules scope span summary valign width"
)


def _all_but(names: str) -> str:
    return f"not(contains(' {names} ', concat(' ', local-name(), ' ')))"


_FOREIGN: Final = Elements(
    f"//h:section/h:text//*[namespace-uri() != '{HL7V3}' or {_all_but(_ELEMENTS)}]"
)
_DECORATED: Final = Elements(
    f"//h:section/h:text//*[@*[namespace-uri() != '{XSI}' and {_all_but(_ATTRIBUTES)}]]"
)
_LINKS: Final = Elements("//h:section/h:text//h:linkHtml[@href]")
_STYLED: Final = Elements("//h:section//*[@styleCode]")
_WEB: Final = re.compile(r"(?:https?://|#|mailto:|tel:)[^\s<>\"']*", re.IGNORECASE)
_STYLE: Final = re.compile(r"[\w\s.+%#-]*")
_MOST: Final = 20


def breaches(whole: Whole) -> Iterator[Finding]:
    """Each thing in the narrative that no reader should carry out."""
    root = whole.root
    for element in _FOREIGN(root)[:_MOST]:
        yield whole.finding("narrative.element", element, element=_name(element.tag))
    for element in _DECORATED(root)[:_MOST]:
        wrong = next(name for name in map(_name, element.attrib) if name not in _ATTRIBUTES.split())
        yield whole.finding("narrative.attribute", element, attribute=wrong)
    for element in _LINKS(root):
        if _WEB.fullmatch(element.get("href", "").strip()) is None:
            yield whole.finding("narrative.link", element)
    for element in _STYLED(root):
        if _STYLE.fullmatch(element.get("styleCode", "")) is None:
            yield whole.finding("narrative.style", element)


def _name(tag: object) -> str:
    return etree.QName(str(tag)).localname
