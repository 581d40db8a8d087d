"""All of a patient at once: their single records and what their documents say (`$everything`).

Every record and every document is decided on by itself and noted in the one access record, as if
each had been asked for alone; what is withheld is as if it were not there.
"""

from collections.abc import Iterable, Mapping
from typing import Final
from uuid import UUID

from naru.directory import queries as directory
from naru.domain.caller import Role
from naru.domain.korea import korean_day
from naru.domain.patient_query import PatientQuery
from naru.domain.patient_search import Is
from naru.domain.person import NOBODY, PatientRecord
from naru.domain.records import NotHeld, Record, TooMany
from naru.domain.whole_record import Origin, Sourced, WholeRecord
from naru.domain.xds import DocumentEntry
from naru.exchange import about
from naru.exchange.access import Access, attempting, together
from naru.exchange.charts.gathering import Gathering, request
from naru.exchange.documents.reading import open_documents
from naru.exchange.patients.viewing import Viewing
from naru.patients import queries as patients
from naru.registry.values import Indexed

RECORDS: Final = 10_000
DOCUMENTS: Final = 1_000
"""Of one patient for one answer; whoever has more is asked for by type and date."""

_CITIZENS: Final = frozenset({Role.PATIENT, Role.REPRESENTATIVE})


def whole_record(access: Access, patient: UUID, types: Iterable[str]) -> WholeRecord:
    """What the caller may see of a patient now; the access is durable on return.

    `types` are those of the single records. Raises NotHeld where the caller may not know of the
    patient, TooMany, AuditUnavailable, RegistryFailure with XDSRegistryBusy or XDSRepositoryBusy.
    """
    known = patients.named(patient)
    gathering = Gathering(access, known)
    with together(access), attempting(access):
        records = _records(gathering, types)
        found = gathering.documents()
        if len(found) > DOCUMENTS:
            raise TooMany("More documents stand than are told at once.")
        person = _person(access, patient, known)
        if person is None:
            raise NotHeld("There is no such record.")
        return WholeRecord(
            patient=known or NOBODY,
            person=person,
            records=records,
            documents=_documents(access, gathering, found),
            institutions=_names(access, (one.held.institution for one in records)),
        )


def _records(gathering: Gathering, types: Iterable[str]) -> tuple[Record, ...]:
    """The single records of these types that the caller may see. Raises TooMany."""
    found = [one for page in gathering.records(types, RECORDS) for one in page.records]
    if len(found) > RECORDS:
        raise TooMany("More records stand than are told at once: ask by type.")
    return tuple(found)


def _person(access: Access, asked: UUID, known: UUID | None) -> PatientRecord | None:
    """Who the patient is, as far as the caller may learn it: what ITI-78 tells."""
    caller = access.caller
    if known is None or not about.admits(caller, known):
        return None
    if caller.role in _CITIZENS and known != caller.patient:
        return None
    access.concerns(known)
    found = patients.find(PatientQuery(clauses=((Is(asked),),)), Viewing(access))
    return found[0].record if found else None


def _documents(
    access: Access, gathering: Gathering, found: Iterable[DocumentEntry]
) -> tuple[Sourced, ...]:
    """Each document with its origin, and all that it tells where it can be read."""
    entries = tuple(found)
    asked = map(request, (*gathering.with_content(entries), *gathering.consents(entries)))
    # Last, since what was sent to the caller by name is noted as received with the record.
    opened = open_documents(access, asked, gathering.deciding)
    names = _names(access, (gathering.row(one).institution for one in entries))
    return tuple(
        Sourced(
            origin=_origin(gathering.row(one), one, names),
            entry=one,
            opened=opened.get((one.repository_unique_id or "", one.unique_id)),
        )
        for one in entries
    )


def _origin(row: Indexed, entry: DocumentEntry, names: Mapping[UUID, str]) -> Origin:
    return Origin(
        institution=row.institution,
        institution_name=names[row.institution] if row.institution else "",
        entry_uuid=entry.entry_uuid,
        unique_id=entry.unique_id,
        title=entry.title[0].value if entry.title else "",
        event_date=row.event_date,
        registered=row.registered,
    )


def _names(access: Access, institutions: Iterable[UUID | None]) -> dict[UUID, str]:
    """What institutions are called on the day of the request."""
    on = korean_day(access.time)
    named = {one: directory.by_id(one, on=on) for one in set(institutions) if one}
    return {one: known.name if known else "" for one, known in named.items()}
