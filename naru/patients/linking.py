"""What makes records of two hospitals one person's: one and the same 주민등록번호."""

from uuid import UUID

from naru.patients.models import Patient, ResidentNumber


def numbers(root: UUID) -> frozenset[bytes]:
    """The tokens of all numbers by which sources know a person now; two of them contradict."""
    current = ResidentNumber.objects.filter(record__patient__root=root, until=None)
    return frozenset(bytes(token) for token in current.values_list("token", flat=True))


def person_of(number: bytes) -> Patient | None:
    """The one person whom every source knows by this very number now; never by anything less.

    A person of whom sources tell different numbers is linked with nobody: one hospital's revision
    would else decide who is who for all.
    """
    current = ResidentNumber.objects.filter(token=number, until=None)
    roots = set(current.values_list("record__patient__root", flat=True))
    if len(roots) != 1:
        return None
    (root,) = roots
    return Patient.objects.get(key=root) if numbers(root) == {number} else None
