"""What protects records at this node, looked at anew: for the page that anybody may read.

Each control names no place and no address; what `naru doctor` looks at is looked at by its checks.
"""

import shutil
from datetime import UTC, datetime, timedelta
from typing import Final

from django.conf import settings

from naru.audit import anchors, forwarding
from naru.audit.tail import tail
from naru.consent.policy import policy
from naru.domain.korea import korean_day
from naru.domain.operation import Control, Layer, State
from naru.node import data_checks, expiries
from naru.node.options import NodeOptions
from naru.outbox import queries as outbox
from naru.statistics import queries as statistics

NEWEST: Final = 50
"""Access records whose hashes are computed again at each look."""

BEHIND: Final = timedelta(minutes=15)
"""How far what the worker does may lie behind before it is told as wrong."""

ROOM: Final = 1024**3


def look(now: datetime) -> tuple[Control, ...]:
    """Every control as it stands."""
    options: NodeOptions = settings.NARU
    return (
        _transport(options, now),
        _callers(options, now),
        _folders(options, now),
        _disk(options, now),
        _cookies(options, now),
        _consent(now),
        _keys(options, now),
        _audit(now),
        _heads(options, now),
        _worker(now),
        _forwarding(options, now),
    )


def _transport(options: NodeOptions, now: datetime) -> Control:
    ends = expiries.server(options)
    state = State.WELL if ends is not None and ends > now else State.WRONG
    return Control(
        id="transport",
        layer=Layer.NETWORK,
        state=state if options.tls_port else State.OFF,
        at=now,
        figure=f"{korean_day(ends)}" if ends is not None and options.tls_port else "",
    )


def _callers(options: NodeOptions, now: datetime) -> Control:
    state = State.OFF if options.sandbox else State.WELL
    return Control(id="callers", layer=Layer.NETWORK, state=state, at=now)


def _folders(options: NodeOptions, now: datetime) -> Control:
    well = data_checks.data_folder(options).well and data_checks.keys_folder(options).well
    return _of("folders", Layer.SERVER, now, well=well)


def _disk(options: NodeOptions, now: datetime) -> Control:
    return _of("disk", Layer.SERVER, now, well=shutil.disk_usage(options.data).free >= ROOM)


def _cookies(options: NodeOptions, now: datetime) -> Control:
    state = State.WELL if options.secure_cookies else State.OFF
    return Control(id="cookies", layer=Layer.APPLICATION, state=state, at=now)


def _consent(now: datetime) -> Control:
    found = policy(on=korean_day(now))
    well = bool(found.bases)
    return _of("consent", Layer.APPLICATION, now, well=well, figure=found.version)


def _keys(options: NodeOptions, now: datetime) -> Control:
    return _of("keys", Layer.DATA, now, well=data_checks.the_master_key(options).well)


def _audit(now: datetime) -> Control:
    found = tail(NEWEST)
    return _of("audit", Layer.DATA, now, well=found.intact, figure=str(found.looked_at))


def _heads(options: NodeOptions, now: datetime) -> Control:
    """The heads of the chains are kept beside the database, and not long ago."""
    file, newest = options.data / anchors.FILE, tail(1).newest
    kept = datetime.fromtimestamp(file.stat().st_mtime, UTC) if file.exists() else None
    # What was recorded in the last minutes may not be kept yet; before anything, nothing is.
    fresh = newest is None or newest > now - BEHIND or (kept is not None and kept > now - BEHIND)
    well = fresh or (kept is not None and newest is not None and kept >= newest)
    return _of("heads", Layer.OPERATION, now, well=well)


def _worker(now: datetime) -> Control:
    """Whatever waits is done: the worker has counted the records not long ago."""
    as_of = statistics.as_of()
    well = as_of is not None and as_of > now - BEHIND
    return _of("worker", Layer.OPERATION, now, well=well)


def _forwarding(options: NodeOptions, now: datetime) -> Control:
    if not options.audit_to:
        return Control(id="forwarding", layer=Layer.OPERATION, state=State.OFF, at=now)
    kinds = [forwarding.kind_of(one) for one in options.audit_to]
    stuck = [one for one in map(outbox.first, kinds) if one is not None and one[0] and one[1] > now]
    waiting = outbox.waiting(kinds)
    return _of("forwarding", Layer.OPERATION, now, well=not stuck, figure=str(waiting))


def _of(id_: str, layer: Layer, now: datetime, *, well: bool, figure: str = "") -> Control:
    state = State.WELL if well else State.WRONG
    return Control(id=id_, layer=layer, state=state, at=now, figure=figure)
