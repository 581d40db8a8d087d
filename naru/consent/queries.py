from collections.abc import Collection, Iterator, Sequence
from typing import Final
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connections

from naru.consent import codec, models
from naru.consent.acts import Act
from naru.consent.snapshots import ActId, Snapshot
from naru.storage.columns import day_of, keys, moment_of, places, uuid_of

_CHUNK: Final = 1000
"""Patients in one statement; below the limit of parameters of both databases."""


def snapshot(patient: UUID) -> Snapshot | None:
    """What stands for the patient now, by one read; None if they never said anything.

    Never kept between requests: a withdrawal holds for every read that begins after its commit.
    """
    return snapshots([patient]).get(patient)


def snapshots(patients: Collection[UUID]) -> dict[UUID, Snapshot]:
    """What stands for each of them now; those who never said anything are left out."""
    asked = list(patients)
    found: dict[UUID, Snapshot] = {}
    for start in range(0, len(asked), _CHUNK):
        found |= _snapshots(asked[start : start + _CHUNK])
    return found


def _snapshots(patients: Sequence[UUID]) -> Iterator[tuple[UUID, Snapshot]]:
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(
            "SELECT patient, act, consented, from_date, exclusions, withdrawn, until"  # noqa: S608  # Only placeholders are put in.
            f" FROM consent_snapshot WHERE patient IN {places(patients)}",
            keys(patients),
        )
        rows = cursor.fetchall()
    for key, act, consented, day, exclusions, withdrawn, until in rows:
        patient = uuid_of(key)
        yield (
            patient,
            Snapshot(
                act=ActId(uuid_of(act)),
                consented=bool(consented),
                from_date=None if day is None else day_of(day),
                exclusions=codec.open_exclusions(patient, exclusions),
                withdrawn=None if withdrawn is None else moment_of(withdrawn),
                until=None if until is None else day_of(until),
            ),
        )


def act(act_id: ActId) -> Act | None:
    """One act."""
    row = models.Act.objects.filter(act=act_id).values_list("content", flat=True).first()
    return None if row is None else codec.open_act(act_id, bytes(row))


def acts(patient: UUID) -> tuple[Act, ...]:
    """Everything that the patient said, oldest first."""
    rows = models.Act.objects.filter(patient=patient).order_by("id").values_list("act", "content")
    return tuple(codec.open_act(act, bytes(content)) for act, content in rows)
