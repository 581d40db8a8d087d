"""People by SQL written by hand: Django's compiler costs more than the look-up itself.

Every statement asks for many at once, so that a question costs as many statements whether it finds
one person or a hundred.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connections

from naru.domain.identifiers import Identifier
from naru.domain.person import Demographics
from naru.patients import sealed
from naru.security.keys import digest_of, looked_up
from naru.storage.columns import keys, moment_of, places, uuid_of

CHUNK: Final = 1000
"""Values in one statement; below the limit of parameters of both databases."""

ALL: Final = 2**31
"""As many as there are, where a statement has a limit."""

_RECORDS: Final = """
SELECT record.id, record.key, patient.root, record.sealed, record.updated, patient.key
FROM {chosen} patients_source_record record
JOIN patients_patient patient ON patient.id = record.patient_id
{where} ORDER BY record.id LIMIT %s
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What one source told of a person, not opened yet.

    `person` is the survivor's key, `patient` that of the person under whom it was told.
    """

    id: int
    key: UUID
    person: UUID
    sealed: sealed.Stored
    updated: datetime
    patient: UUID

    def open(self) -> Demographics:
        """What it says."""
        return sealed.open_demographics(self.sealed, self.key)


def all_records(limit: int) -> list[Record]:
    """The first records of all."""
    return _records(_RECORDS.format(chosen="", where=""), [limit])


def records_of(people: Collection[UUID], groups: Sequence[set[bytes]], limit: int) -> list[Record]:
    """The first records of these people that have a search token of each group."""
    told = keys(people)
    groups = [set(looked_up(group)) for group in groups]
    having = "".join(f" AND {_has(group, 'record.id')}" for group in groups)
    where = f"WHERE patient.root IN {places(told)}{having}"
    tokens = [token for group in groups for token in sorted(group)]
    return _records(_RECORDS.format(chosen="", where=where), [*told, *tokens, limit])


def records_with(patient: UUID) -> list[Record]:
    """Every record of the person who has this key, or had it before a merge."""
    asked = "SELECT asked.root FROM patients_patient asked WHERE asked.key = %s"
    statement = _RECORDS.format(chosen="", where=f"WHERE patient.root = ({asked})")
    return _records(statement, [*keys([patient]), ALL])


def survivor(patient: UUID) -> UUID | None:
    """The survivor of all merges of whoever has this key."""
    found = _fetch("SELECT root FROM patients_patient WHERE key = %s", keys([patient]))
    return uuid_of(found[0][0]) if found else None


def records_having(lead: set[bytes], others: Sequence[set[bytes]], limit: int) -> list[Record]:
    """Records that have a search token of `lead` and of each other group, not ordered by time.

    The database reads `lead` and looks each record up in the others; it is left no choice.
    """
    lead, others = set(looked_up(lead)), [set(looked_up(group)) for group in others]
    # A limit inside is what no planner turns around; the outer one then says nothing new.
    having = "".join(f" AND {_has(group, 'lead.record_id')}" for group in others)
    chosen = (
        "(SELECT DISTINCT lead.record_id FROM patients_search_token lead"  # noqa: S608  # Only names and placeholders.
        f" WHERE lead.token IN {places(lead)}{having} LIMIT %s) chosen CROSS JOIN"
    )
    statement = _RECORDS.format(chosen=chosen, where="WHERE record.id = chosen.record_id")
    tokens = [token for group in (lead, *others) for token in sorted(group)]
    return _records(statement, [*tokens, limit, limit])


def records_numbered(numbers: Collection[bytes], limit: int) -> list[Record]:
    """The first records of which any of these numbers is told, or was before."""
    asked = sorted(looked_up(numbers))
    among = f"SELECT record_id FROM patients_resident_number WHERE token IN {places(asked)}"  # noqa: S608  # Same.
    statement = _RECORDS.format(chosen="", where=f"WHERE record.id IN ({among})")
    return _records(statement, [*asked, limit])


def own_numbers(records: Iterable[int]) -> list[tuple[int, bytes, bool]]:
    """The tokens of each record's numbers that are one person's own, the oldest first.

    Each with whether it is the number now.
    """
    return [
        (record, digest_of(token), until is None)
        for chunk in _chunks(list(records))
        for record, token, until in _fetch(
            "SELECT record_id, token, until FROM patients_resident_number"  # noqa: S608  # Same.
            f" WHERE record_id IN {places(chunk)} AND own ORDER BY id",
            chunk,
        )
    ]


def is_any_known(identifiers: Collection[bytes]) -> bool:
    """Whether an identifier is stored of which this is the token."""
    asked = sorted(looked_up(identifiers))
    sql = f"SELECT 1 FROM patients_identifier WHERE token IN {places(asked)} LIMIT 1"  # noqa: S608  # Same.
    return bool(_fetch(sql, asked))


def records_ever() -> int:
    """About how many records there are; the exact number would cost a look at all of them."""
    return int(_fetch("SELECT MAX(id) FROM patients_source_record", [])[0][0] or 0)


def count(group: set[bytes], limit: int) -> int:
    """How many records have a token of the group, as far as the limit."""
    group = set(looked_up(group))
    sql = (
        "SELECT COUNT(*) FROM (SELECT 1 FROM patients_search_token"  # noqa: S608  # Same.
        f" WHERE token IN {places(group)} LIMIT %s) counted"
    )
    return int(_fetch(sql, [*sorted(group), limit])[0][0])


def authorities(records: Iterable[int]) -> list[tuple[int, str]]:
    """The domain of each identifier that a record told, the oldest identifier first."""
    return [
        (record, oid)
        for chunk in _chunks(list(records))
        for record, oid in _fetch(
            "SELECT identifier.record_id, domain.oid FROM patients_identifier identifier"  # noqa: S608  # Same.
            " JOIN patients_domain domain ON domain.id = identifier.domain_id"
            f" WHERE identifier.record_id IN {places(chunk)} ORDER BY identifier.id",
            chunk,
        )
    ]


def identifiers(people: Iterable[UUID], domains: Sequence[str]) -> list[tuple[UUID, Identifier]]:
    """Active identifiers of surviving people in the domains, or in all; the oldest first."""
    among = f" AND domain.oid IN {places(domains)}" if domains else ""
    return [
        (uuid_of(root), sealed.open_identifier(oid, value, digest_of(token)))
        for chunk in _chunks(list(people))
        for root, oid, value, token in _fetch(
            "SELECT patient.root, domain.oid, identifier.sealed, identifier.token"  # noqa: S608  # Same.
            " FROM patients_patient patient"
            " JOIN patients_identifier identifier ON identifier.patient_id = patient.id"
            " JOIN patients_domain domain ON domain.id = identifier.domain_id"
            f" WHERE patient.root IN {places(chunk)} AND identifier.subsumed_by_id IS NULL{among}"
            " ORDER BY identifier.id",
            [*keys(chunk), *domains],
        )
    ]


def members(people: Iterable[UUID]) -> list[tuple[UUID, UUID, UUID]]:
    """`(asked, member, survivor)` for everyone who is the same person as one asked for."""
    return [
        (uuid_of(asked), uuid_of(member), uuid_of(root))
        for chunk in _chunks(list(people))
        for asked, member, root in _fetch(
            "SELECT patient.key, member.key, member.root FROM patients_patient patient"  # noqa: S608  # Same.
            " JOIN patients_patient member ON member.root = patient.root"
            f" WHERE patient.key IN {places(chunk)} ORDER BY member.id",
            keys(chunk),
        )
    ]


def _records(statement: str, parameters: Sequence[object]) -> list[Record]:
    return [
        Record(
            id=pk,
            key=uuid_of(key),
            person=uuid_of(root),
            sealed=blob,
            updated=moment_of(updated),
            patient=uuid_of(patient),
        )
        for pk, key, root, blob, updated, patient in _fetch(statement, parameters)
    ]


def _has(group: set[bytes], record: str) -> str:
    return (
        "EXISTS (SELECT 1 FROM patients_search_token other"  # noqa: S608  # Same.
        f" WHERE other.token IN {places(group)} AND other.record_id = {record} LIMIT 1 OFFSET 0)"
    )


def _chunks(values: Sequence[Any]) -> Iterable[Sequence[Any]]:
    return (values[start : start + CHUNK] for start in range(0, len(values), CHUNK))


def _fetch(statement: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(statement, parameters)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
