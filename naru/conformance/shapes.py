"""The objects of an answer, and the shapes of them that plans have names for.

The shapes are those of ITI TF-3 4.2: a submission set has its members by HasMember associations,
and the membership of a document in a folder is itself a member of the set.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from lxml.etree import _Element

from naru.domain.xds import AssociationType, AvailabilityStatus, DocumentEntryType
from naru.formats.ebxml import namespaces as ns

SUBMISSION_SET: Final = "urn:uuid:a54d6aa5-d40d-43f9-88c5-b4633d873bdd"
FOLDER: Final = "urn:uuid:d9d542f3-6cc4-48b6-8870-ea235fbc94c2"
_APPROVED, _DEPRECATED = AvailabilityStatus.APPROVED.value, AvailabilityStatus.DEPRECATED.value


@dataclass(frozen=True, slots=True)
class Objects:
    """What an answer holds, by kind."""

    documents: tuple[_Element, ...]
    sets: tuple[_Element, ...]
    folders: tuple[_Element, ...]
    associations: tuple[_Element, ...]
    references: tuple[_Element, ...]
    others: tuple[_Element, ...]

    @classmethod
    def of(cls, body: _Element) -> "Objects":
        """The direct children of the RegistryObjectList."""
        lists = body.iter(ns.REGISTRY_OBJECT_LIST)
        listed = [one for each in lists for one in each.iterchildren("*")]
        packages = [one for one in listed if one.tag == ns.REGISTRY_PACKAGE]
        sets = tuple(one for one in packages if _is_a(one, SUBMISSION_SET))
        folders = tuple(one for one in packages if _is_a(one, FOLDER))
        documents = tuple(one for one in listed if one.tag == ns.EXTRINSIC_OBJECT)
        associations = tuple(one for one in listed if one.tag == ns.ASSOCIATION)
        references = tuple(one for one in listed if one.tag == ns.OBJECT_REF)
        known = {*sets, *folders, *documents, *associations, *references}
        others = tuple(one for one in listed if one not in known)
        return cls(documents, sets, folders, associations, references, others)

    def linked(self, source: _Element, target: _Element, kind: str) -> bool:
        """Whether an association of the kind leads from the one to the other."""
        return any(
            one.get("associationType") == kind
            and one.get("sourceObject") == source.get("id")
            and one.get("targetObject") == target.get("id")
            for one in self.associations
        )


def _is_a(package: _Element, node: str) -> bool:
    return any(one.get("classificationNode") == node for one in package.iter(ns.CLASSIFICATION))


Check = Callable[[Objects], Iterator[str]]

COUNTED: Final[Mapping[str, Callable[[Objects], tuple[_Element, ...]]]] = {
    "Documents": lambda objects: objects.documents,
    "SubmissionSets": lambda objects: objects.sets,
    "Folders": lambda objects: objects.folders,
    "Associations": lambda objects: objects.associations,
    "ObjectRefs": lambda objects: objects.references,
}


def number(objects: Objects, **wanted: int) -> Iterator[str]:
    """Which kinds came in another number."""
    for name, number in wanted.items():
        came = len(COUNTED[name](objects))
        if came != number:
            yield f"expected {number} {name}, came {came}"


def of_type(documents: Iterable[_Element], kind: str) -> Iterator[str]:
    """Which of the entries are of another type."""
    for one in documents:
        if one.get("objectType") != kind:
            yield f"expected objectType {kind}, came {one.get('objectType')}"


def _approved_set(objects: Objects) -> Iterator[str]:
    if len(objects.sets) != 1:
        yield f"expected one SubmissionSet, came {len(objects.sets)}"
    yield from _all_have(objects.sets, _APPROVED)


def _members(objects: Objects, *members: _Element) -> Iterator[str]:
    for one in members:
        if not objects.linked(objects.sets[0], one, AssociationType.HAS_MEMBER):
            yield f"no HasMember association from the SubmissionSet to {one.get('id')}"


def _set_with(documents: int, *, status: bool = True) -> Check:
    def shape(objects: Objects) -> Iterator[str]:
        faults = list(
            number(objects, SubmissionSets=1, Documents=documents, Associations=documents)
        )
        yield from faults
        if not faults:
            yield from _members(objects, *objects.documents)
        if status:
            yield from _approved_set(objects)

    return shape


def _set_with_folder(documents: int, in_folder: int) -> Check:
    """Documents and a folder, of which `in_folder` documents are in it."""
    associations = documents + 1 + 2 * in_folder

    def shape(objects: Objects) -> Iterator[str]:
        faults = list(
            number(
                objects,
                SubmissionSets=1,
                Folders=1,
                Documents=documents,
                Associations=associations,
            )
        )
        yield from faults
        if faults:
            return
        folder = objects.folders[0]
        yield from _members(objects, *objects.documents, folder)
        memberships = [
            one
            for one in objects.associations
            if one.get("associationType") == AssociationType.HAS_MEMBER
            and one.get("sourceObject") == folder.get("id")
            and one.get("targetObject") in {each.get("id") for each in objects.documents}
        ]
        if len({one.get("targetObject") for one in memberships}) != in_folder:
            yield f"expected {in_folder} documents in the Folder, came {len(memberships)}"
        yield from _members(objects, *memberships)

    return shape


def _set_of_folder(objects: Objects) -> Iterator[str]:
    faults = list(number(objects, SubmissionSets=1, Documents=0, Folders=1, Associations=1))
    yield from faults or _members(objects, *objects.folders)


def _nothing(objects: Objects) -> Iterator[str]:
    yield from number(objects, SubmissionSets=0, Documents=0, Folders=0, Associations=0)
    yield from number(objects, ObjectRefs=0)


def _all_have(found: tuple[_Element, ...], status: str) -> Iterator[str]:
    for one in found:
        if one.get("status") != status:
            yield f"expected {_short(status)}, {one.get('id')} is {_short(one.get('status') or '')}"


def _every(kind: str, status: str) -> Check:
    """At least one of the kind came, and each has the status."""

    def shape(objects: Objects) -> Iterator[str]:
        found = COUNTED[kind](objects)
        if not found:
            yield f"expected {kind}, none came"
        yield from _all_have(found, status)

    return shape


def _one_document(status: str) -> Check:
    def shape(objects: Objects) -> Iterator[str]:
        came = sum(one.get("status") == status for one in objects.documents)
        if came != 1:
            yield f"expected one {_short(status)} document, came {came}"

    return shape


def _has(kind: str) -> Check:
    """An association of the kind, at most one to each document."""

    def shape(objects: Objects) -> Iterator[str]:
        targets = [
            one.get("targetObject")
            for one in objects.associations
            if one.get("associationType") == kind
        ]
        if not targets:
            yield f"no {_short(kind)} association came"
        if len(set(targets)) != len(targets):
            yield f"several {_short(kind)} associations to one document came"

    return shape


def _snapshot(objects: Objects) -> Iterator[str]:
    kind = AssociationType.IS_SNAPSHOT_OF
    found = [one for one in objects.associations if one.get("associationType") == kind]
    if len(found) != 1:
        yield f"expected one IsSnapshotOf association, came {len(found)}"
        return
    came = {one.get("id"): one for one in objects.documents}
    ends = (
        (found[0].get("sourceObject"), DocumentEntryType.STABLE),
        (found[0].get("targetObject"), DocumentEntryType.ON_DEMAND),
    )
    for id_, kind_of_entry in ends:
        if id_ not in came:
            yield f"expected DocumentEntry {id_}, it did not come"
            continue
        yield from _all_have((came[id_],), _APPROVED)
        yield from of_type((came[id_],), kind_of_entry)


def _short(name: str) -> str:
    return name.rpartition(":")[2] or "without status"


SHAPES: Final[Mapping[str, Check]] = {
    "None": _nothing,
    "NoSubmissionSet": lambda objects: number(objects, SubmissionSets=0),
    "NoDocument": lambda objects: number(objects, Documents=0),
    "SSApproved": _approved_set,
    "SSwithOneDoc": _set_with(1),
    "SSwithTwoDoc": _set_with(2),
    "SSwithOneDocOnly": _set_with(1, status=False),
    "SSwithTwoDocOnly": _set_with(2, status=False),
    "SSwithOneFol": _set_of_folder,
    "SSwithOneDocOneFol": _set_with_folder(1, 1),
    "SSwithTwoDocOneFol": _set_with_folder(2, 2),
    "SSwithTwoDocOneFolOneDocInFol": _set_with_folder(2, 1),
    "DocApp": _every("Documents", _APPROVED),
    "DocDep": _every("Documents", _DEPRECATED),
    "FolApp": _every("Folders", _APPROVED),
    "FolDep": _every("Folders", _DEPRECATED),
    "OneDocApp": _one_document(_APPROVED),
    "OneDocDep": _one_document(_DEPRECATED),
    "HasRPLC": _has(AssociationType.RPLC),
    "HasAPND": _has(AssociationType.APND),
    "HasXFRM_RPLC": _has(AssociationType.XFRM_RPLC),
    "HasSnapshotPattern": _snapshot,
}
