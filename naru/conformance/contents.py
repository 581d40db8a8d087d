"""`ExpectedContents`: how many objects of each kind came, which ones, and in what shape."""

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from lxml.etree import _Element

from naru.conformance.session import NotAttempted
from naru.conformance.shapes import COUNTED, SHAPES, Objects, number, of_type

_ENTRIES: Final = "DocumentEntries"
_ALLOWED: Final = {
    _ENTRIES: {"Include", "MustOnlyInclude", "Exclude", "DocumentEntryType"},
    "Include": {"DocumentEntry"},
    "MustOnlyInclude": {"DocumentEntry"},
    "Exclude": {"DocumentEntry"},
    "DocumentEntry": {"UseId", "DocumentEntryType"},
}
"""By element what may stand in it."""


def require_known(parts: Iterable[_Element]) -> None:
    """Raise NotAttempted for a shape, or a part of one, that has no check here."""
    for part in parts:
        if part.tag in COUNTED:
            if not part.get("count", "").isdecimal():
                raise NotAttempted(f"{part.tag} is expected without a count")
        elif part.tag == _ENTRIES:
            _require_known_filters(part)
        elif part.tag not in SHAPES or part.attrib or len(part):
            raise NotAttempted(f"the expected contents {part.tag} are not known")


def _require_known_filters(part: _Element) -> None:
    if not len(part):
        raise NotAttempted("DocumentEntries is expected without saying which")
    for above in part.iter("*"):
        for one in above.iterchildren("*"):
            if one.tag not in _ALLOWED.get(str(above.tag), ()):
                raise NotAttempted(f"the expected contents {above.tag}/{one.tag} are not known")
        if above.tag == "DocumentEntry" and above.find("UseId") is None:
            raise NotAttempted("a DocumentEntry is expected without saying which")


def check(
    parts: Iterable[_Element], body: _Element, id_of: Callable[[_Element], str]
) -> Iterator[str]:
    """What of the expected contents did not come; `id_of` gives the value of a `UseId`."""
    objects = Objects.of(body)
    for part in parts:
        if part.tag in COUNTED:
            yield from _counted(part, objects)
        elif part.tag == _ENTRIES:
            for each in part.iterchildren("*"):
                yield from _filtered(each, objects, id_of)
        else:
            yield from (f"{part.tag}: {fault}" for fault in SHAPES[str(part.tag)](objects))


def _counted(part: _Element, objects: Objects) -> Iterator[str]:
    name, wanted = str(part.tag), int(part.get("count", ""))
    yield from number(objects, **{name: wanted})
    if name == "ObjectRefs":  # References instead of objects, not beside them.
        yield from number(objects, Documents=0, SubmissionSets=0, Folders=0, Associations=0)


def _filtered(part: _Element, objects: Objects, id_of: Callable[[_Element], str]) -> Iterator[str]:
    if part.tag == "DocumentEntryType":
        yield from of_type(objects.documents, (part.text or "").strip())
        return
    came = {one.get("id", ""): one for one in objects.documents}
    named = list(part.iterchildren("*"))
    wanted = [(id_of(use), entry) for entry in named for use in entry.iter("UseId")]
    for id_, entry in wanted:
        if part.tag == "Exclude":
            if id_ in came:
                yield f"expected no DocumentEntry {id_}, it came"
        elif id_ not in came:
            yield f"expected DocumentEntry {id_}, it did not come"
        else:
            for kind in entry.iter("DocumentEntryType"):
                yield from of_type((came[id_],), (kind.text or "").strip())
    if part.tag == "MustOnlyInclude" and len(came) != len(wanted):
        yield f"expected these {len(wanted)} DocumentEntries alone, came {len(came)}"
