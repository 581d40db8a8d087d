"""ITI-18: find what is registered of a patient, as far as the patient lets the caller see it."""

from typing import Final

from django.conf import settings

from naru.audit.queries import DOCUMENT
from naru.audit.records import AuditedObject
from naru.domain.decision import Act
from naru.domain.registry_errors import ErrorCode
from naru.domain.stored_query import (
    FindDocuments,
    FindFolders,
    FindSubmissionSets,
    Found,
    GetAll,
    StoredQuery,
)
from naru.exchange.access import Access, busy, reading
from naru.exchange.decide import Deciding
from naru.exchange.documents import community
from naru.exchange.people import People
from naru.registry import queries as registry

_OF_A_PATIENT: Final = (FindDocuments, FindSubmissionSets, FindFolders, GetAll)


def stored_query(
    access: Access, query: StoredQuery, *, leaf: bool, home_community_id: str | None = None
) -> Found:
    """Answer `query` with whole objects (`leaf`) or their ids; the access is durable on return.

    `home_community_id` is the community that is asked, where the request names one.
    Raises RegistryFailure, AuditUnavailable.
    """
    with busy(ErrorCode.XDSRegistryBusy), reading(access):
        access.patient_id = str(getattr(query, "patient_id", None) or "")
        community.require_ours(home_community_id)
        people = People()
        deciding = Deciding(access, Act.READ, people=people)
        found = registry.run(
            query,
            patients=people,
            permit=deciding.permit,
            leaf=leaf,
            refuse_unknown=settings.NARU.refuse_unknown_patients,
        )
        note(access, query, found, deciding, people)
    return found


def note(
    access: Access, query: StoredQuery, found: Found, deciding: Deciding, people: People
) -> None:
    """Note in the access record whom the question was about, and what was found."""
    # A patient is told of a question that found nothing, too.
    if not access.patients and isinstance(query, _OF_A_PATIENT):
        resolved = people.resolve(query.patient_id)
        if resolved is not None:
            access.concerns(resolved.patient)
    access.objects += [
        AuditedObject(
            DOCUMENT,
            entry.unique_id,
            entry.repository_unique_id,
            deciding.owner_of(entry.entry_uuid),
        )
        for entry in found.entries
    ]
