"""Exclusive canonical XML 1.0 without comments, of an element where it stands."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from lxml import etree
from lxml.etree import _Element

from naru.formats.xmldsig.algorithms import EXCLUSIVE_C14N
from naru.formats.xmldsig.errors import SignatureReason, SignatureRefused

_INCLUSIVE: Final = f"{{{EXCLUSIVE_C14N}}}InclusiveNamespaces"
_MOST_PREFIXES: Final = 32


def canonical(element: _Element, prefixes: tuple[str, ...] = ()) -> bytes:
    """The octets that a signature is made of; what has none is refused."""
    try:
        return etree.tostring(
            element,
            method="c14n",
            exclusive=True,
            with_comments=False,
            inclusive_ns_prefixes=list(prefixes) or None,
        )
    except etree.C14NError as error:
        raise SignatureRefused(
            SignatureReason.FORM, "What is signed has no canonical form."
        ) from error


def inclusive_prefixes(method: _Element) -> tuple[str, ...]:
    """The PrefixList of a canonicalisation; the method takes no other parameter."""
    children = list(method)
    if not children:
        return ()
    prefixes = (children[0].get("PrefixList") or "").split()
    if (
        len(children) > 1
        or children[0].tag != _INCLUSIVE
        or len(children[0])
        or len(prefixes) > _MOST_PREFIXES
    ):
        raise SignatureRefused(
            SignatureReason.FORM, "A canonicalisation has a parameter it may not have."
        )
    return tuple(prefixes)


@contextmanager
def taken_out(child: _Element) -> Iterator[None]:
    """Inside, `child` is not in its tree, and the text behind it is; afterwards all is as before.

    The enveloped-signature transform (XML Signature 1.1, 6.6.4), without a copy of the tree, since
    a copy would lose the prefixes that are declared above the element.
    """
    parent, before, tail = child.getparent(), child.getprevious(), child.tail
    assert parent is not None
    place = parent.index(child)
    text = parent.text if before is None else before.tail
    joined = (text or "") + (tail or "")
    parent.remove(child)
    _set_text(parent, before, joined)
    try:
        yield
    finally:
        _set_text(parent, before, text)
        parent.insert(place, child)
        child.tail = tail


def _set_text(parent: _Element, before: _Element | None, text: str | None) -> None:
    if before is None:
        parent.text = text
    else:
        before.tail = text
