"""Which records are opened for a question: those that have a term of each of its groups.

The groups of a question differ by four orders of magnitude: a day of birth has dozens of people in
a million, a surname two hundred thousand. So the narrowest leads, and what it proposes is looked
up in the others; no database is left to guess which that is.
"""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final, Protocol
from uuid import UUID

from django.db import connection

from naru.domain.identifiers import Identifier
from naru.domain.patient_query import PatientQuery
from naru.domain.patient_search import Clause, Holds, Is
from naru.patients import domains, sealed, terms
from naru.patients import resident_number as numbers
from naru.patients.errors import TooBroad, TooLarge
from naru.patients.feed import MAX_IDENTIFIERS
from naru.patients.models import (
    Patient,
    PatientIdentifier,
    ResidentNumber,
    SearchToken,
    SourceRecord,
)

if TYPE_CHECKING:
    from django.db.models import QuerySet

MAX_OPENED: Final = 1000
"""More records than this are not opened for one question: it must be asked more narrowly."""
NARROW: Final = 1000
"""A group of fewer records than this leads without a look at the others."""
MAX_CLAUSES: Final = 32
MAX_ALTERNATIVES: Final = 64
"""Of one parameter; whoever wants more asks again."""


class Viewer(Protocol):
    """For whom people are looked up, and what of them may be told to it."""

    def owns(self, authority: str) -> bool:
        """Whether the identifiers of this domain are the viewer's own to give."""

    def may_learn(self, patient: UUID, authority: str) -> bool:
        """Whether it may learn that the person is known in this domain."""

    def may_read(self, patient: UUID, authority: str) -> bool:
        """Whether it may read what this domain's source told of the person."""


def proposed(query: PatientQuery, viewer: Viewer) -> list[SourceRecord]:
    """The records to open, the oldest first; raises `TooBroad` and `TooLarge`."""
    _require_few_clauses(query)
    groups = [sealed.search_tokens(group) for group in terms.of_query(query)]
    among = _named(query, viewer)
    if among is not None:
        rows = SourceRecord.objects.filter(patient__root__in=among)
        for tokens in groups:
            rows = rows.filter(pk__in=_having(tokens))
    elif groups:
        rows = SourceRecord.objects.filter(pk__in=_leading(groups))
    elif query.clauses:
        rows = SourceRecord.objects.all()  # Where few are known, nothing need narrow.
    else:
        raise TooBroad("The query names nothing by which people are found.")
    found = list(rows.select_related("patient").order_by("id")[: MAX_OPENED + 1])
    if len(found) > MAX_OPENED:
        raise TooBroad("More people may match than are looked at for one question.")
    return found


def authorities(rows: list[SourceRecord]) -> dict[int, str]:
    """By whose domain the source of each record is known: its own before the common one."""
    found = dict.fromkeys((row.pk for row in rows), domains.ours())
    told = PatientIdentifier.objects.filter(record__in=rows)
    for record, oid in told.order_by("-id").values_list("record", "domain__oid"):
        if oid not in domains.affinity():
            found[record] = oid
    return found


def _require_few_clauses(query: PatientQuery) -> None:
    if len(query.identifiers) > MAX_IDENTIFIERS:
        raise TooLarge("A query names more identifiers than any person has.")
    alternatives = max(map(len, query.clauses), default=0)
    if len(query.clauses) > MAX_CLAUSES or alternatives > MAX_ALTERNATIVES:
        raise TooLarge("A query names more parameters or alternatives than are looked at.")


def _having(tokens: Iterable[bytes]) -> "QuerySet[SearchToken, Any]":
    return SearchToken.objects.filter(token__in=list(tokens)).values("record_id")


def _leading(groups: Sequence[set[bytes]]) -> list[int]:
    """The records of the narrowest group that are in all others; one too many where too many."""
    lead = _narrowest(groups)
    others = [sorted(group) for group in groups if group is not lead]
    sql = (
        f"SELECT DISTINCT lead.record_id FROM patients_search_token lead WHERE {_in('lead', lead)}"  # noqa: S608  # Only names and placeholders.
    )
    for group in others:
        # The limit says nothing new; it keeps a planner from turning the look-up around.
        sql += (
            " AND EXISTS (SELECT 1 FROM patients_search_token other"  # noqa: S608  # Same.
            f" WHERE {_in('other', group)} AND other.record_id = lead.record_id LIMIT 1 OFFSET 0)"
        )
    with connection.cursor() as cursor:
        parameters = [token for group in (sorted(lead), *others) for token in group]
        cursor.execute(f"{sql} LIMIT {MAX_OPENED + 1}", parameters)
        return [record for (record,) in cursor.fetchall()]


def _narrowest(groups: Sequence[set[bytes]]) -> set[bytes]:
    """The first group with few records, else the one with the fewest as far as they are counted."""
    if len(groups) == 1:
        return groups[0]
    limit, counted = NARROW, list[tuple[int, set[bytes]]]()
    for group in groups:
        count = _count(group, limit)
        if count < NARROW:
            return group
        counted.append((count, group))
    return min(
        ((_count(group, limit * 50), group) for _, group in counted), key=lambda one: one[0]
    )[1]


def _count(group: set[bytes], limit: int) -> int:
    sql = (
        "SELECT COUNT(*) FROM (SELECT 1 FROM patients_search_token lead"  # noqa: S608  # Same.
        f" WHERE {_in('lead', group)} LIMIT {limit}) counted"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, sorted(group))
        return int(cursor.fetchone()[0])


def _in(table: str, group: Iterable[bytes]) -> str:
    places = ", ".join(["%s"] * len(list(group)))
    return f"{table}.token IN ({places})"


def _named(query: PatientQuery, viewer: Viewer) -> set[UUID] | None:
    """Whom the question names by identifiers; `None` where it names none."""
    # ITI TF-2 3.47.4.1.2.1: all of the identifiers must match.
    named = [{root for root, _ in _holders([one], viewer)} for one in query.identifiers]
    clauses = [one for one in query.clauses if any(isinstance(each, Holds | Is) for each in one)]
    named += [_of_clause(clause, viewer) for clause in clauses]
    return set.intersection(*named) if named else None


def _of_clause(clause: Clause, viewer: Viewer) -> set[UUID]:
    keys = [one.patient for one in clause if isinstance(one, Is)]
    found = set(
        Patient.objects.filter(key__in=keys, merged_into=None).values_list("root", flat=True)
    )
    asked = [one.identifier for one in clause if isinstance(one, Holds)]
    # To find by a number that it may not learn would tell the viewer whose it is.
    return found | {
        root
        for root, authority in _holders(_of_any_authority(asked), viewer)
        if authority == domains.resident_numbers() or viewer.may_learn(root, authority)
    }


def _of_any_authority(asked: Iterable[Identifier]) -> list[Identifier]:
    """ITI TF-2 3.78.4.1.2.1: without a system, any identifier regardless of who issued it."""
    found: list[Identifier] = []
    for one in asked:
        authorities = (one.authority,) if one.authority else domains.every()
        found += [Identifier(one.value, authority) for authority in authorities]
    return found


def _holders(asked: Sequence[Identifier], viewer: Viewer) -> set[tuple[UUID, str]]:
    """Whose identifiers these are, and by which authority.

    Of a domain, resident numbers, or other numbers of theirs.
    """
    found: set[tuple[UUID, str]] = set()
    tokens, terms_of = {}, {}
    for one in asked:
        if one.authority == domains.resident_numbers() != "":
            found |= {(root, one.authority) for root in _holders_of_number(one.value, viewer)}
            continue
        tokens[sealed.identifier_token(one)] = one.authority
        (term,) = sealed.search_tokens([terms.other_identifier(one)])
        terms_of[term] = one.authority
    patients = PatientIdentifier.objects.filter(token__in=list(tokens), subsumed_by=None)
    for root, token in patients.values_list("patient__root", "token"):
        found.add((root, tokens[bytes(token)]))
    others = SearchToken.objects.filter(token__in=list(terms_of))
    for root, token in others.values_list("record__patient__root", "token"):
        found.add((root, terms_of[bytes(token)]))
    return found


def _holders_of_number(value: str, viewer: Viewer) -> set[UUID]:
    """Who has this resident number, as far as the viewer told of it itself."""
    digits = numbers.normal(value)
    if digits is None or not numbers.links(digits):
        return set()
    token = sealed.resident_number_token(digits)
    current = ResidentNumber.objects.filter(token=token, until=None).select_related(
        "record__patient"
    )
    rows = [number.record for number in current]
    told_by = authorities(rows)
    return {row.patient.root for row in rows if viewer.owns(told_by[row.pk])}
