"""What a registry must answer, told over plain lists: the reference that the queries meet."""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace

from naru.domain import dtm
from naru.domain.codes import Code
from naru.domain.stored_query import (
    FindDocumentsByReferenceId,
    FindFolders,
    FindSubmissionSets,
    Found,
    GetAll,
    GetAssociations,
    GetDocuments,
    GetDocumentsAndAssociations,
    GetFolderAndContents,
    GetFolders,
    GetFoldersForDocument,
    GetRelatedDocuments,
    GetSubmissionSetAndContents,
    GetSubmissionSets,
    StoredQuery,
    TimeRange,
)
from naru.domain.xds import (
    Association,
    AssociationType,
    AvailabilityStatus,
    DocumentEntry,
    Folder,
    Submission,
    SubmissionSet,
)

HAS_MEMBER = AssociationType.HAS_MEMBER
REPLACING = {AssociationType.RPLC, AssociationType.XFRM_RPLC}
DEPENDENT = {AssociationType.XFRM, AssociationType.APND}

Registered = DocumentEntry | SubmissionSet | Folder | Association


@dataclass
class Model:
    """Everything registered, as it is now, in the order of registration."""

    withheld: set[str] = field(default_factory=set)
    objects: dict[str, Registered] = field(default_factory=dict)

    def take(self, kept: Submission) -> None:
        """Take what was registered; what it replaced is deprecated with what hangs on it."""
        replaced = {one.target for one in kept.associations if one.type in REPLACING}
        gone = replaced | {
            one.source for one in self.links() if one.type in DEPENDENT and one.target in replaced
        }
        for uuid in gone:
            one = self.objects[uuid]
            assert isinstance(one, DocumentEntry)
            self.objects[uuid] = replace(one, availability_status=AvailabilityStatus.DEPRECATED)
        for brought in (
            *kept.entries,
            kept.submission_set,
            *kept.folders,
            *kept.associations,
        ):
            self.objects[brought.entry_uuid] = brought

    def entries(self) -> list[DocumentEntry]:
        return [one for one in self.objects.values() if isinstance(one, DocumentEntry)]

    def sets(self) -> list[SubmissionSet]:
        return [one for one in self.objects.values() if isinstance(one, SubmissionSet)]

    def folders(self) -> list[Folder]:
        return [one for one in self.objects.values() if isinstance(one, Folder)]

    def links(self) -> list[Association]:
        return [one for one in self.objects.values() if isinstance(one, Association)]

    def visible(self, uuid: str) -> bool:
        """Whether nothing withheld is reached from the object."""
        waiting, seen = [uuid], {uuid}
        while waiting:
            at = waiting.pop()
            if at in self.withheld:
                return False
            one = self.objects[at]
            further = {link.target for link in self.members(at)}
            if isinstance(one, Association):
                further = {one.source, one.target}
            waiting += further - seen
            seen |= further
        return True

    def members(self, package: str) -> list[Association]:
        return [one for one in self.links() if one.type == HAS_MEMBER and one.source == package]

    def found(self, uuids: Collection[str]) -> Found:
        """Those of the objects that are visible, each once, in the order of registration."""

        def shown(some: Iterable[Registered]) -> set[str]:
            return {one.entry_uuid for one in some if one.entry_uuid in uuids}

        seen = {uuid for uuid in shown(self.objects.values()) if self.visible(uuid)}
        return Found(
            entries=tuple(one for one in self.entries() if one.entry_uuid in seen),
            submission_sets=tuple(one for one in self.sets() if one.entry_uuid in seen),
            folders=tuple(one for one in self.folders() if one.entry_uuid in seen),
            associations=tuple(one for one in self.links() if one.entry_uuid in seen),
        )

    def answer(self, query: StoredQuery) -> Found:
        """The answer with whole objects."""
        return self.found(self._asked(query))

    def _asked(self, query: StoredQuery) -> set[str]:  # noqa: C901, PLR0911, PLR0912  # One for each query.
        match query:
            case FindDocumentsByReferenceId():
                return {
                    one.entry_uuid
                    for one in self.entries()
                    if one.patient_id == query.patient_id
                    and one.availability_status in query.status
                    and one.object_type in query.object_types
                    and refers(one.reference_ids, query.reference_ids)
                }
            case FindSubmissionSets():
                return {
                    one.entry_uuid
                    for one in self.sets()
                    if one.patient_id == query.patient_id
                    and one.availability_status in query.status
                    and within(one.submission_time, query.submission_time)
                }
            case FindFolders():
                return {
                    one.entry_uuid
                    for one in self.folders()
                    if one.patient_id == query.patient_id
                    and one.availability_status in query.status
                    and coded(one.codes, query.codes)
                    and within(one.last_update_time, query.last_update_time)
                }
            case GetAll():
                return self._all(query)
            case GetDocuments() | GetDocumentsAndAssociations():
                named = {
                    one.entry_uuid
                    for one in self.entries()
                    if one.entry_uuid in query.entry_uuids or one.unique_id in query.unique_ids
                }
                with_links = isinstance(query, GetDocumentsAndAssociations)
                return named | (self._around(filter(self.visible, named)) if with_links else set())
            case GetFolders():
                return {
                    one.entry_uuid
                    for one in self.folders()
                    if one.entry_uuid in query.entry_uuids or one.unique_id in query.unique_ids
                }
            case GetAssociations():
                return self._around(query.uuids)
            case GetSubmissionSets():
                return self._sets_of(query)
            case GetSubmissionSetAndContents():
                return self._set_and_contents(query)
            case GetFolderAndContents():
                return self._folder_and_contents(query)
            case GetFoldersForDocument():
                documents = filter(self.visible, self._document(query))
                around = {one for uuid in documents for one in self._holders(uuid)}
                return around & {one.entry_uuid for one in self.folders()}
            case GetRelatedDocuments():
                return self._related(query)
            case _:
                raise NotImplementedError(type(query))

    def _all(self, query: GetAll) -> set[str]:
        asked = (
            (self.entries(), query.entry_status),
            (self.sets(), query.submission_set_status),
            (self.folders(), query.folder_status),
        )
        own = {
            one.entry_uuid
            for kind, status in asked
            for one in kind
            if one.patient_id == query.patient_id
            and one.availability_status in status
            and (not isinstance(one, DocumentEntry) or one.object_type in query.object_types)
            and self.visible(one.entry_uuid)
        }
        return own | self._around(own)

    def _around(self, uuids: Iterable[str]) -> set[str]:
        ends = set(uuids)
        return {one.entry_uuid for one in self.links() if ends & {one.source, one.target}}

    def _holders(self, uuid: str) -> set[str]:
        return {one.source for one in self.links() if one.type == HAS_MEMBER and one.target == uuid}

    def _sets_of(self, query: GetSubmissionSets) -> set[str]:
        sets = {one.entry_uuid for one in self.sets()}
        selected = [
            one
            for one in self.links()
            if one.type == HAS_MEMBER and one.target in query.uuids and one.source in sets
        ]
        return {uuid for one in selected for uuid in (one.entry_uuid, one.source)}

    def _set_and_contents(self, query: GetSubmissionSetAndContents) -> set[str]:
        asked = [
            one.entry_uuid
            for one in self.sets()
            if query.entry_uuid == one.entry_uuid or query.unique_id == one.unique_id
        ]
        if not asked or not self.visible(asked[0]):
            return set()
        members = self.members(asked[0])
        targets = {one.target for one in members}
        objects = {asked[0]} | {
            one.entry_uuid
            for one in (*self.entries(), *self.folders())
            if one.entry_uuid in targets and filtered(one, query)
        }
        joining = {
            one.entry_uuid
            for one in self.links()
            if one.entry_uuid in targets and {one.source, one.target} <= objects
        }
        objects |= joining
        return objects | {one.entry_uuid for one in members if one.target in objects}

    def _folder_and_contents(self, query: GetFolderAndContents) -> set[str]:
        asked = [
            one.entry_uuid
            for one in self.folders()
            if query.entry_uuid == one.entry_uuid or query.unique_id == one.unique_id
        ]
        if not asked or not self.visible(asked[0]):
            return set()
        members = [
            one for one in self.members(asked[0]) if filtered(self.objects[one.target], query)
        ]
        return {asked[0]} | {uuid for one in members for uuid in (one.entry_uuid, one.target)}

    def _document(self, query: GetFoldersForDocument | GetRelatedDocuments) -> set[str]:
        return {
            one.entry_uuid
            for one in self.entries()
            if query.entry_uuid == one.entry_uuid or query.unique_id == one.unique_id
        }

    def _related(self, query: GetRelatedDocuments) -> set[str]:
        documents = {
            one.entry_uuid
            for one in self.entries()
            if one.object_type in query.object_types and self.visible(one.entry_uuid)
        }
        near = self._document(query)
        joining = [
            one
            for one in self.links()
            if one.type in query.association_types
            and near & {one.source, one.target}
            and {one.source, one.target} <= documents
        ]
        return {uuid for one in joining for uuid in (one.entry_uuid, one.source, one.target)}


def filtered(one: Registered, query: GetSubmissionSetAndContents | GetFolderAndContents) -> bool:
    """Whether an object is what the query asks for of a package's contents."""
    if not isinstance(one, DocumentEntry):
        return True
    formats = [query.format_codes] if query.format_codes else []
    return (
        one.object_type in query.object_types
        and coded([one.format_code] if one.format_code else [], formats)
        and coded(one.confidentiality_codes, query.confidentiality_codes)
    )


def coded(values: Sequence[Code], groups: Sequence[Sequence[Code]]) -> bool:
    return all(any(a.same_as(b) for a in values for b in group) for group in groups)


def refers(values: Sequence[str], groups: Sequence[Sequence[str]]) -> bool:
    return all(any(sql_like(a, b) for a in values for b in group) for group in groups)


def sql_like(text: str, pattern: str) -> bool:
    parts = {"%": ".*", "_": "."}
    expression = "".join(parts.get(sign) or re.escape(sign) for sign in pattern)
    return re.fullmatch(expression, text, re.DOTALL) is not None


def within(text: str | None, times: TimeRange) -> bool:
    """From <= t < to; what has no time is not judged by it."""
    if text is None:
        return True
    at = dtm.earliest(text)
    return (times.start is None or dtm.earliest(times.start) <= at) and (
        times.end is None or at < dtm.earliest(times.end)
    )
