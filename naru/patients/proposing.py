"""Which records are opened for a question: those that have a term of each of its groups.

The groups of a question differ by four orders of magnitude: a day of birth has dozens of people in
a million, a surname two hundred thousand. So the narrowest leads, and what it proposes is looked
up in the others; no database is left to guess which that is.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Final, Protocol
from uuid import UUID

from naru.domain.identifiers import Identifier
from naru.domain.patient_query import PatientQuery
from naru.domain.patient_search import Clause, Holds, Is
from naru.patients import domains, looking, sealed, terms
from naru.patients import resident_number as numbers
from naru.patients.errors import TooBroad, TooLarge
from naru.patients.feed import MAX_IDENTIFIERS
from naru.patients.looking import Record
from naru.patients.models import Patient, PatientIdentifier, ResidentNumber, SearchToken

MAX_OPENED: Final = 1000
"""More records than this are not opened for one question: it must be asked more narrowly."""
NARROW: Final = 1000
"""A group of fewer records than this leads without a look at the others."""
MAX_CLAUSES: Final = 32
MAX_ALTERNATIVES: Final = 64
"""Of one parameter; whoever wants more asks again."""


class Viewer(Protocol):
    """For whom people are looked up, and what of them may be told to it."""

    def is_asked_of(self, patients: Collection[UUID]) -> None:
        """That it will be asked of these: what stands for them may be read at once."""

    def owns(self, authority: str) -> bool:
        """Whether the identifiers of this domain are the viewer's own to give."""

    def may_learn(self, patient: UUID, authority: str) -> bool:
        """Whether it may learn that the person is known in this domain."""

    def may_read(self, patient: UUID, authority: str) -> bool:
        """Whether it may read what this domain's source told of the person."""


def proposed(query: PatientQuery, viewer: Viewer) -> list[Record]:
    """The records to open, the oldest first; raises `TooBroad` and `TooLarge`."""
    _require_few_clauses(query)
    groups = [sealed.search_tokens(group) for group in terms.of_query(query)]
    among, limit = _named(query, viewer), MAX_OPENED + 1
    if among is not None:
        found = looking.records_of(among, groups, limit)
    elif groups:
        lead = _narrowest(groups)
        found = looking.records_having(lead, [one for one in groups if one is not lead], limit)
    elif query.clauses:
        found = looking.all_records(limit)  # Where few are known, nothing need narrow.
    else:
        raise TooBroad("The query names nothing by which people are found.")
    if len(found) > MAX_OPENED:
        raise TooBroad("More people may match than are looked at for one question.")
    return found


def authorities(records: Iterable[int]) -> dict[int, str]:
    """By whose domain the source of each record is known: its own before the common one."""
    asked = list(records)
    found = dict.fromkeys(asked, domains.ours())
    for record, oid in reversed(looking.authorities(asked)):
        if oid not in domains.affinity():
            found[record] = oid
    return found


def _require_few_clauses(query: PatientQuery) -> None:
    if len(query.identifiers) > MAX_IDENTIFIERS:
        raise TooLarge("A query names more identifiers than any person has.")
    alternatives = max(map(len, query.clauses), default=0)
    if len(query.clauses) > MAX_CLAUSES or alternatives > MAX_ALTERNATIVES:
        raise TooLarge("A query names more parameters or alternatives than are looked at.")


def _narrowest(groups: Sequence[set[bytes]]) -> set[bytes]:
    """The first group with few records, else the one with the fewest as far as they are counted."""
    if len(groups) == 1:
        return groups[0]
    limit, counted = NARROW, list[tuple[int, set[bytes]]]()
    for group in groups:
        count = looking.count(group, limit)
        if count < NARROW:
            return group
        counted.append((count, group))
    return min(
        ((looking.count(group, limit * 50), group) for _, group in counted), key=lambda one: one[0]
    )[1]


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
    current = ResidentNumber.objects.filter(token=token, until=None)
    people = dict(current.values_list("record", "record__patient__root"))
    told_by = authorities(people)
    return {root for record, root in people.items() if viewer.owns(told_by[record])}
