from datetime import UTC, date, datetime
from typing import Final
from uuid import UUID

from django.db import connection

from naru.consent import codec, models
from naru.consent.acts import Act
from naru.consent.snapshots import ActId, Snapshot

_SNAPSHOT: Final = (
    "SELECT act, consented, from_date, exclusions, withdrawn, until"
    " FROM consent_snapshot WHERE patient = %s"
)


def snapshot(patient: UUID) -> Snapshot | None:
    """What stands for the patient now, by one read; None if they never said anything.

    Never kept between requests: a withdrawal holds for every read that begins after its commit.
    """
    native = connection.features.has_native_uuid_field
    with connection.cursor() as cursor:
        cursor.execute(_SNAPSHOT, (patient if native else patient.hex,))
        row = cursor.fetchone()
    if row is None:
        return None
    act, consented, day, exclusions, withdrawn, until = row
    return Snapshot(
        act=ActId(act if native else UUID(act)),
        consented=bool(consented),
        from_date=_day(day),
        exclusions=codec.open_exclusions(patient, exclusions),
        withdrawn=_moment(withdrawn),
        until=_day(until),
    )


def acts(patient: UUID) -> tuple[Act, ...]:
    """Everything that the patient said, oldest first."""
    rows = models.Act.objects.filter(patient=patient).order_by("id").values_list("act", "content")
    return tuple(codec.open_act(act, bytes(content)) for act, content in rows)


def _day(value: date | str | None) -> date | None:
    # SQLite keeps days as text, too.
    return date.fromisoformat(value) if isinstance(value, str) else value


def _moment(value: datetime | str | None) -> datetime | None:
    # SQLite keeps UTC and does not say so, as text or as a time without a zone.
    if value is None:
        return None
    found = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    return found if found.tzinfo else found.replace(tzinfo=UTC)
