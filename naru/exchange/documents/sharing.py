"""ITI-66 and ITI-67: what ITI-18 finds, with the associations that FHIR writes into a resource.

The question, the decision and the access record are those of ITI-18. What is associated with an
object is shown as far as the caller may see it; that it was looked at leaves no decision in the
record, only a refusal does.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from django.conf import settings

from naru.domain.decision import Act
from naru.domain.registry_errors import ErrorCode
from naru.domain.stored_query import (
    Found,
    GetAssociations,
    GetDocuments,
    GetFolders,
    GetSubmissionSetAndContents,
    StoredQuery,
)
from naru.domain.xds import AssociationType
from naru.exchange.access import Access, busy, reading
from naru.exchange.decide import Deciding
from naru.exchange.documents import stored_query
from naru.exchange.people import People
from naru.registry import queries as registry
from naru.registry.values import Indexed, Permit


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """What was found, all of one patient, with the associations around it.

    `registered` is by entryUUID; `documents` and `folders` are those of the members that the caller
    may see, by which a List knows what it refers to.
    """

    found: Found
    patient: UUID | None = None
    registered: Mapping[str, datetime] = field(default_factory=dict)
    documents: frozenset[str] = frozenset()
    folders: frozenset[str] = frozenset()


def find(access: Access, query: StoredQuery) -> Shared:
    """Answer `query` with whole objects; the access is durable on return.

    Raises RegistryFailure, AuditUnavailable.
    """
    return _shared(access, query, lambda people, permit: _run(query, people, permit, leaf=True))


def find_list(access: Access, entry_uuid: str) -> Shared:
    """The SubmissionSet or Folder of that id, without the contents of its documents."""
    query = GetSubmissionSetAndContents(entry_uuid=entry_uuid)

    def ask(people: People, permit: Permit) -> Found:
        return registry.package(entry_uuid, patients=people, permit=permit)

    return _shared(access, query, ask)


def members(access: Access, folder: str) -> frozenset[str]:
    """The entryUUIDs of what a Folder holds, as far as the caller may see it; noted nowhere.

    What a submission adds to the folder is decided on, and recorded, when it is registered.
    """
    people = People()
    permit = Deciding(access, Act.READ, people=people, only_refusals=True).permit
    with busy(ErrorCode.XDSRegistryBusy):
        found = _run(GetAssociations(uuids=(folder,)), people, permit, leaf=True)
    return frozenset(
        one.target
        for one in found.associations
        if one.source == folder and one.type == AssociationType.HAS_MEMBER
    )


def _shared(access: Access, query: StoredQuery, ask: Callable[[People, Permit], Found]) -> Shared:
    with busy(ErrorCode.XDSRegistryBusy), reading(access):
        people = People()
        deciding = Deciding(access, Act.READ, people=people)
        registered: dict[str, datetime] = {}

        def permit(items: Sequence[Indexed]) -> list[bool]:
            registered.update(
                (item.entry_uuid, item.registered) for item in items if item.registered
            )
            return deciding.permit(items)

        found = ask(people, permit)
        stored_query.note(access, query, found, deciding, people)
        beside = Deciding(access, Act.READ, people=people, only_refusals=True).permit
        return replace(
            _associated(found, people, beside),
            patient=access.patients[0] if access.patients else None,
            registered=registered,
        )


def _associated(found: Found, people: People, permit: Permit) -> Shared:
    lists = [
        *(one.entry_uuid for one in found.submission_sets),
        *(one.entry_uuid for one in found.folders),
    ]
    entries = [one.entry_uuid for one in found.entries]
    if not (lists or entries):
        return Shared(found=found)
    related = registry.relations(entries, patients=people, permit=permit)
    if not lists:
        return Shared(found=replace(found, associations=related))
    around = _run(GetAssociations(uuids=tuple(lists)), people, permit, leaf=True).associations
    members = {
        one.target
        for one in around
        if one.source in lists and one.type == AssociationType.HAS_MEMBER
    }
    whole = replace(found, associations=(*related, *around))
    if not members:
        return Shared(found=whole)
    wanted = tuple(members)
    documents = _run(GetDocuments(entry_uuids=wanted), people, permit, leaf=False).entries
    folders = _run(GetFolders(entry_uuids=wanted), people, permit, leaf=False).folders
    return Shared(
        found=whole,
        documents=frozenset(one.entry_uuid for one in documents),
        folders=frozenset(one.entry_uuid for one in folders),
    )


def _run(query: StoredQuery, people: People, permit: Permit, *, leaf: bool) -> Found:
    return registry.run(
        query,
        patients=people,
        permit=permit,
        leaf=leaf,
        refuse_unknown=settings.NARU.refuse_unknown_patients,
    )
