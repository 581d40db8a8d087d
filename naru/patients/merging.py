"""Duplicates resolved (ITI TF-2 3.44.4.2, 3.8.4.2): one identifier subsumes another.

Nothing is moved: the subsumed identifier names its successor, and its patient, where it is another
than the survivor's, names the patient whose it now is. Everything keeps its own rows and keys.
"""

from uuid import UUID

from naru.domain.identifiers import Identifier
from naru.patients import domains, joining, linking, sealed, turns
from naru.patients.errors import (
    AlreadySubsumed,
    DifferentDomains,
    Part,
    ResidentNumbersDiffer,
    SameIdentifier,
    UnknownDomain,
    UnknownIdentifier,
)
from naru.patients.joining import By, Deed
from naru.patients.models import PatientIdentifier


def check(survivor: Identifier, subsumed: Identifier) -> None:
    """Refuse what is wrong whatever is stored (ITI TF-2 3.8.4.2.4)."""
    known = domains.known([survivor.authority, subsumed.authority])
    for part, identifier in ((Part.SUBSUMED, subsumed), (Part.SURVIVOR, survivor)):
        if identifier.authority not in known:
            raise UnknownDomain("The identifier is of no domain known here.", part)
    if survivor.authority != subsumed.authority:
        raise DifferentDomains("A merge joins identifiers of one domain.", Part.SUBSUMED)
    if survivor == subsumed:
        raise SameIdentifier("An identifier does not subsume itself.", Part.SUBSUMED)


def merge(survivor: Identifier, subsumed: Identifier, by: By, *, by_steward: bool = False) -> UUID:
    """Record the merge and give back the surviving patient."""
    tokens = sealed.identifier_token(survivor), sealed.identifier_token(subsumed)
    turns.take(turns.MERGES, *tokens)
    ended = _active(tokens[1], Part.SUBSUMED)
    successor = _active(tokens[0], Part.SURVIVOR)
    into, gone = successor.patient, ended.patient
    trusted = by_steward or survivor.authority in domains.affinity()
    if gone.root != into.root and not trusted:
        _require_one_person(into.root, gone.root)
    return joining.join(Deed.MERGED, gone.key, into.key, by, (successor, ended))


def _active(token: bytes, part: Part) -> PatientIdentifier:
    rows = PatientIdentifier.objects.select_related("patient")
    row = rows.filter(token=token).first()
    if row is None:
        # Both identifiers must be active and known.
        raise UnknownIdentifier("The identifier is not known.", part)
    if row.subsumed_by_id:
        raise AlreadySubsumed("The identifier was ended by an earlier merge.", part)
    return row


def _require_one_person(into: UUID, gone: UUID) -> None:
    """A hospital speaks for its own numbers: it joins no two persons of different 주민등록번호.

    Nor does it join a person of whom sources already tell different ones: a steward looks first.
    """
    if len(linking.numbers(into) | linking.numbers(gone)) > 1:
        raise ResidentNumbersDiffer("The patients have different resident numbers.")
