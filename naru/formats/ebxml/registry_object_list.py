"""A RegistryObjectList: the objects of a submission or of an answer, each by what it is."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from lxml.etree import _Element

from naru.domain.xds import Association, DocumentEntry, Folder, SubmissionSet
from naru.formats.ebxml import association, document_entry, folder, submission_set
from naru.formats.ebxml import namespaces as ns
from naru.formats.ebxml.errors import invalid
from naru.formats.xml.escape import escape

_PACKAGES: Final = {submission_set.NODE, folder.NODE}


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryObjects:
    """What stood in the list, each kind in the order sent; `object_refs` are ids."""

    entries: tuple[DocumentEntry, ...] = ()
    submission_sets: tuple[SubmissionSet, ...] = ()
    folders: tuple[Folder, ...] = ()
    associations: tuple[Association, ...] = ()
    object_refs: tuple[str, ...] = ()


def from_ebxml(element: _Element) -> RegistryObjects:
    """The objects of the list; InvalidMetadata for an object that the profile does not know."""
    by_tag: dict[str, list[_Element]] = {}
    for child in element.iterchildren("*"):
        by_tag.setdefault(str(child.tag), []).append(child)
    beside = _nodes(by_tag.pop(ns.CLASSIFICATION, []))
    packages = _by_node(by_tag.pop(ns.REGISTRY_PACKAGE, []), beside)
    found = RegistryObjects(
        entries=tuple(map(document_entry.from_ebxml, by_tag.pop(ns.EXTRINSIC_OBJECT, []))),
        submission_sets=tuple(map(submission_set.from_ebxml, packages[submission_set.NODE])),
        folders=tuple(map(folder.from_ebxml, packages[folder.NODE])),
        associations=tuple(map(association.from_ebxml, by_tag.pop(ns.ASSOCIATION, []))),
        object_refs=tuple(ref.get("id", "") for ref in by_tag.pop(ns.OBJECT_REF, [])),
    )
    if by_tag:
        raise invalid("the RegistryObjectList holds an object that XDS metadata does not know")
    return found


def to_ebxml(found: RegistryObjects) -> str:
    """The objects one after another, without the list around them."""
    return "".join((
        *map(document_entry.to_ebxml, found.entries),
        *map(submission_set.to_ebxml, found.submission_sets),
        *map(folder.to_ebxml, found.folders),
        *map(association.to_ebxml, found.associations),
        *map(_object_ref, found.object_refs),
    ))  # fmt: skip  # One line per kind.


def _object_ref(identity: str) -> str:
    return f'<rim:ObjectRef id="{escape(identity)}"/>'


def _nodes(classifications: list[_Element]) -> Mapping[str, set[str]]:
    """The nodes by the id of the object that each classifies."""
    nodes: dict[str, set[str]] = {}
    for item in classifications:
        node = item.get("classificationNode")
        if node in _PACKAGES:
            nodes.setdefault(item.get("classifiedObject", ""), set()).add(node)
    return nodes


def _by_node(
    packages: list[_Element], beside: Mapping[str, set[str]]
) -> Mapping[str, list[_Element]]:
    """The packages by what they are; the node may stand inside or beside (ITI TF-3 4.2.1.1)."""
    sorted_out: dict[str, list[_Element]] = {node: [] for node in _PACKAGES}
    for package in packages:
        identity = package.get("id", "")
        inside = _nodes(list(package.iterchildren(ns.CLASSIFICATION)))
        nodes = inside.get(identity, set()) | beside.get(identity, set())
        if len(nodes) != 1:
            raise invalid(
                "a RegistryPackage must be classified as SubmissionSet or as Folder", identity
            )
        sorted_out[nodes.pop()].append(package)
    return sorted_out
