"""What is known of a person beside what a record tells: numbers, and by whom it is known."""

from collections.abc import Iterable
from uuid import UUID

from naru.patients import looking
from naru.patients.models import PatientIdentifier, ResidentNumber


def numbers(root: UUID) -> frozenset[bytes]:
    """The tokens of all numbers by which sources know a person now; two of them contradict."""
    current = ResidentNumber.objects.filter(record__patient__root=root, until=None)
    return frozenset(bytes(token) for token in current.values_list("token", flat=True))


Numbers = tuple[bytes | None, frozenset[bytes]]


def numbers_of(records: Iterable[int]) -> dict[int, Numbers]:
    """The token of each record's number now, and of those before; none that is nobody's own."""
    found: dict[int, Numbers] = {}
    for record, token, current in looking.own_numbers(records):
        now, former = found.get(record, (None, frozenset()))
        found[record] = (token, former) if current else (now, former | {token})
    return found


def is_known_by(person: UUID, authority: str) -> bool:
    """Whether a source has an identifier of its own for the person."""
    held = PatientIdentifier.objects.filter(patient__root=person, subsumed_by=None)
    return held.filter(domain__oid=authority, record__isnull=False).exists()
