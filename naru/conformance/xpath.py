"""XPath 1.0 as the plans use it: on a copy of what was sent and got, and nothing else."""

from typing import Final

from lxml import etree
from lxml.etree import _Element

from naru.conformance.session import NotAttempted

MAX_EXPRESSION: Final = 4096
"""Characters; published expressions have at most some 500."""


def first_text(root: _Element, expression: str) -> str | None:
    """The text of the first node, or the value; None where there is no node."""
    found = _evaluated(root, expression)
    if not isinstance(found, list):
        return str(found)
    if not found:
        return None
    one = found[0]
    return " ".join(str(one.xpath("string()") if isinstance(one, _Element) else one).split())


def is_true(root: _Element, expression: str) -> bool:
    """Whether the expression's value is true; a plan asserts nothing by a mere node."""
    return bool(_evaluated(root, expression) is True)


def _evaluated(root: _Element, expression: str) -> object:
    if len(expression) > MAX_EXPRESSION:
        raise NotAttempted("an XPath is too long")
    try:
        # Without EXSLT and its regular expressions, whose cost nobody bounds.
        return etree.XPath(expression, regexp=False, smart_strings=False)(root)
    except etree.XPathError as error:
        raise NotAttempted(f"an XPath cannot be evaluated: {error}") from None
