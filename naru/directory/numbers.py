"""교류객체등록번호: the OIDs of institutions, each given once and never again."""

from typing import Final

from naru.directory import models
from naru.directory.errors import NoRoot
from naru.directory.queries import System
from naru.domain.identifiers import MAX_OID, is_oid, new_oid

_INSTITUTIONS: Final = "10"
"""The arc below the operator's root under which institutions stand."""


def next_oid(root: str) -> str:
    """A number that no institution has or ever had; under 2.25 where there is no root.

    For whoever holds the directory's turn. Raises NoRoot.
    """
    if not root:
        return new_oid()
    if not is_oid(root):
        raise NoRoot("The configured arc is no OID.")
    arc = f"{root}.{_INSTITUTIONS}."
    given = models.Designation.objects.filter(system=System.OID, value__startswith=arc)
    last = max((_number(value, arc) for value in given.values_list("value", flat=True)), default=0)
    number = f"{arc}{last + 1}"
    if len(number) > MAX_OID:
        raise NoRoot("The configured arc leaves no room for a number.")
    return number


def _number(value: str, arc: str) -> int:
    return int(value.removeprefix(arc).split(".")[0])
