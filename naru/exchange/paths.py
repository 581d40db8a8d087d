"""By which way an item is asked for: the one that something standing names, else a query."""

from collections.abc import Sequence
from uuid import UUID

from naru.consent.snapshots import Standing
from naru.domain.arrangements import Arrangements
from naru.domain.caller import PurposeOfUse
from naru.domain.decision import Act, Item, Path
from naru.exchange.access import Access


def path_of(access: Access, act: Act, item: Item, standings: Sequence[Standing]) -> Path:
    """The way of one item.

    An emergency only where this person at this institution opened one; a delivery or a release
    only for what it is about. The decision judges all of it again.
    """
    own = access.caller.institution
    if act is Act.REGISTER:
        return Path.ADDRESSED_SENDING if item.recipients else Path.QUERY
    if own is None:
        return Path.QUERY
    arranged = [one.arrangements for one in standings]
    if any(_emergency(access, one, own) for one in arranged):
        return Path.EMERGENCY
    if own in item.recipients:
        return Path.ADDRESSED_SENDING
    if any(_delivered(access, one, own, item) for one in arranged):
        return Path.PATIENT_DIRECTED
    released = any(_released(access, one, own, item) for one in arranged)
    return Path.STATUTORY_DEMAND if released else Path.QUERY


def _emergency(access: Access, arranged: Arrangements, own: UUID) -> bool:
    if access.caller.purpose is not PurposeOfUse.EMERGENCY_TREATMENT:
        return False
    return any(
        (one.institution, one.person) == (own, access.caller.person) and one.stands(access.time)
        for one in arranged.emergencies
    )


def _delivered(access: Access, arranged: Arrangements, own: UUID, item: Item) -> bool:
    return any(
        one.recipient == own and item.document in one.unopened and one.stands(access.time)
        for one in arranged.deliveries
    )


def _released(access: Access, arranged: Arrangements, own: UUID, item: Item) -> bool:
    return any(
        one.recipient == own and one.scope.covers(item) and one.stands(access.time)
        for one in arranged.releases
    )
