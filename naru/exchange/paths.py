"""By which ways an item is asked for: those that something standing names, and a query."""

from collections.abc import Iterator, Sequence
from uuid import UUID

from naru.consent.snapshots import Standing
from naru.domain.arrangements import Arrangements
from naru.domain.caller import PurposeOfUse
from naru.domain.decision import Act, Item, Path
from naru.exchange.access import Access


def ways_of(
    access: Access, act: Act, item: Item, standings: Sequence[Standing]
) -> tuple[Path, ...]:
    """The ways of one item, each to be tried in turn: what one withholds another may show.

    A programme is what its purpose of use names, and nothing else. What the asker wrote itself is
    its own chart, which is kept by law whatever the patient says of the exchange. An emergency only
    where this person at this institution opened one; a delivery or a release only for what it is
    about; a query last. The decision judges all of it again.
    """
    own = access.caller.institution
    if act is Act.REGISTER:
        return (Path.ADDRESSED_SENDING if item.recipients else Path.QUERY,)
    if own is None:
        return (Path.QUERY,)
    if access.caller.programme:
        return (Path.PROGRAMME,)
    return (*_named(access, own, item, [one.arrangements for one in standings]), Path.QUERY)


def _named(
    access: Access, own: UUID, item: Item, arranged: Sequence[Arrangements]
) -> Iterator[Path]:
    """The ways that something standing names."""
    if own == item.institution:
        yield Path.OWN_CHART
    if any(_emergency(access, one, own) for one in arranged):
        yield Path.EMERGENCY
    if own in item.recipients:
        yield Path.ADDRESSED_SENDING
    if any(_delivered(access, one, own, item) for one in arranged):
        yield Path.PATIENT_DIRECTED
    if any(_released(access, one, own, item) for one in arranged):
        yield Path.STATUTORY_DEMAND


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
