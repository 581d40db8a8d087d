"""What a steward decides about who is whom. Each is one act, with who, when and why, kept for ever.

`why` is the steward's own words and must not be empty; the words are kept sealed.
"""

from uuid import UUID

from naru.domain.identifiers import Identifier
from naru.patients import cases, joining, merging
from naru.patients.cases import Outcome
from naru.patients.errors import UnknownCase, WhyMissing
from naru.patients.joining import By, Deed
from naru.patients.models import Joining, MatchCase, Patient

MAX_WHY = 500
"""Characters of a steward's words."""


def link(case: UUID, by: By) -> UUID:
    """Make one person of the two of a case, the one known longer surviving; gives its key.

    Raises `UnknownCase` also where they are one already.
    """
    _require_why(by)
    row = cases.known(case)
    members = Patient.objects.filter(key__in=(row.one, row.other)).order_by("id")
    older, younger = members
    if older.root == younger.root:
        raise UnknownCase("They are one person already.")
    survivor = joining.join(Deed.LINKED, younger.key, older.key, by)
    made = Joining.objects.filter(patient=younger.key, into=older.key).latest("id")
    cases.decide(row, Outcome.LINKED, by, made)
    return survivor


def keep_apart(case: UUID, by: By) -> None:
    """Say that the two of a case are two; the program does not link them any more."""
    _require_why(by)
    row = cases.known(case)
    _require_two(row)
    cases.decide(row, Outcome.APART, by)


def reopen(case: UUID, by: By) -> None:
    """Ask again about a case that was decided otherwise than by a link that stands."""
    _require_why(by)
    row = cases.known(case)
    _require_two(row)
    cases.decide(row, Outcome.REOPENED, by)


def part(act: UUID, by: By) -> Joining:
    """Take a link or a merge back: everything stands as without it. Raises `NotJoined`."""
    _require_why(by)
    undone = joining.part(act, by)
    if undone.act != Deed.MERGED:
        case = cases.case_of_join(undone)
        if case is not None:
            cases.decide(case, Outcome.APART, by, undone)
    return undone


def merge(survivor: Identifier, subsumed: Identifier, by: By) -> UUID:
    """End one of two identifiers of one domain; a steward may join persons of two numbers."""
    _require_why(by)
    merging.check(survivor, subsumed)
    return merging.merge(survivor, subsumed, by, by_steward=True)


def _require_two(row: MatchCase) -> None:
    roots = Patient.objects.filter(key__in=(row.one, row.other)).values_list("root", flat=True)
    if len(set(roots)) == 1:
        raise UnknownCase("They are one person already.")


def _require_why(by: By) -> None:
    if not by.why.strip() or len(by.why) > MAX_WHY:
        raise WhyMissing("Say why in one to five hundred characters.")
