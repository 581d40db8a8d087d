"""The one patient of whom an assertion or token speaks: it opens nobody else's records.

Asked by the decision on items, and wherever people themselves are looked up or told of.
"""

from collections.abc import Callable, Collection
from uuid import UUID

from naru.domain.caller import Caller
from naru.patients import queries as patients


def admits(
    caller: Caller,
    patient: UUID,
    members: Callable[[UUID], Collection[UUID]] = patients.identity_set,
) -> bool:
    """Whether the caller speaks of everybody, or of this very person by any of their keys."""
    return caller.about is None or caller.about in members(patient)
