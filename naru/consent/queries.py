from collections.abc import Collection, Sequence
from datetime import date, datetime, time
from typing import Any, Final
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connections

from naru.consent import codec, models
from naru.consent.acts import Act
from naru.consent.snapshots import ActId, Snapshot, Standing
from naru.domain.arrangements import Relation, RelationKind
from naru.domain.korea import KST
from naru.storage.columns import day_of, keys, moment_of, places, uuid_of

_CHUNK: Final = 1000
"""Patients in one statement; below the limit of parameters of both databases."""

_KIND: Final = 7
"""Where in a row, behind the patient, a relation's columns begin; a snapshot has none."""


def snapshot(patient: UUID) -> Snapshot | None:
    """What stands for the patient now, by one read; None if they never said anything.

    Never kept between requests: a withdrawal holds for every read that begins after its commit.
    """
    return snapshots([patient]).get(patient)


def snapshots(patients: Collection[UUID]) -> dict[UUID, Snapshot]:
    """What stands for each of them now; those who never said anything are left out."""
    found = standings(patients, None)
    return {key: one.snapshot for key, one in found.items() if one.snapshot is not None}


def standings(patients: Collection[UUID], institution: UUID | None) -> dict[UUID, Standing]:
    """All that a decision on a question of `institution` reads of each, in one statement.

    Everybody who is asked for has one, also who never said anything.
    """
    asked = list(patients)
    found: dict[UUID, Standing] = {}
    for start in range(0, len(asked), _CHUNK):
        found |= _standings(asked[start : start + _CHUNK], institution)
    return found


def _standings(patients: Sequence[UUID], institution: UUID | None) -> dict[UUID, Standing]:
    snapshots: dict[UUID, Snapshot] = {}
    relations: dict[UUID, list[Relation]] = {}
    for key, *row in _rows(patients, institution):
        patient = uuid_of(key)
        if row[_KIND] is None:
            snapshots[patient] = _snapshot(patient, row)
        else:
            assert institution is not None
            relations.setdefault(patient, []).append(_relation(institution, row))
    return {
        one: Standing(snapshot=snapshots.get(one), relations=tuple(relations.get(one, ())))
        for one in patients
    }


def _rows(patients: Sequence[UUID], institution: UUID | None) -> list[tuple[Any, ...]]:
    """A row for each snapshot and, below it, for each relation with the institution."""
    asked = [*keys(patients)]
    statement = (
        "SELECT patient, act, consented, from_date, exclusions, withdrawn, until, arrangements,"  # noqa: S608  # Only placeholders are put in.
        " NULL AS kind, NULL AS reference, NULL AS since, NULL AS ends"
        f" FROM consent_snapshot WHERE patient IN {places(patients)}"
    )
    if institution is not None:
        statement += (
            " UNION ALL SELECT patient, NULL, NULL, NULL, NULL, NULL, NULL, NULL,"  # noqa: S608  # As above.
            " kind, reference, since, until"
            f" FROM consent_relation WHERE patient IN {places(patients)} AND institution = %s"
        )
        asked = [*asked, *asked, *keys([institution])]
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(statement, asked)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def _snapshot(patient: UUID, row: Sequence[Any]) -> Snapshot:
    act, consented, day, exclusions, withdrawn, until, arrangements = row[:_KIND]
    return Snapshot(
        act=ActId(uuid_of(act)),
        consented=bool(consented),
        from_date=None if day is None else day_of(day),
        exclusions=codec.open_exclusions(patient, exclusions),
        withdrawn=None if withdrawn is None else moment_of(withdrawn),
        until=None if until is None else day_of(until),
        arrangements=codec.open_arrangements(patient, arrangements),
    )


def _relation(institution: UUID, row: Sequence[Any]) -> Relation:
    kind, reference, since, until = row[_KIND:]
    return Relation(
        institution=institution,
        kind=RelationKind(kind),
        reference=reference,
        since=moment_of(since),
        until=moment_of(until),
    )


def over_between(first: date, day: date) -> dict[UUID, datetime]:
    """Whose consent was over on its last day, from `first` on and before `day`: when it ended."""
    ended = models.Snapshot.objects.filter(consented=True, until__gte=first, until__lt=day)
    return {
        patient: datetime.combine(until, time.max, KST)
        for patient, until in ended.order_by("patient").values_list("patient", "until")
        if until is not None
    }


def has_received(patients: Collection[UUID], document: str, institution: UUID) -> bool:
    """Whether the institution opened the document of any of these while it might."""
    return models.Receipt.objects.filter(
        patient__in=list(patients), document=document, institution=institution
    ).exists()


def represented_by(representatives: Collection[UUID]) -> tuple[UUID, ...]:
    """The patients for whom any of these was named; whether it stands, the snapshot says."""
    asked = keys(representatives)
    statement = f"SELECT patient FROM consent_representing WHERE representative IN {places(asked)}"  # noqa: S608  # Only placeholders.
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(f"{statement} ORDER BY id", asked)
        return tuple(dict.fromkeys(uuid_of(patient) for (patient,) in cursor.fetchall()))


def relations(patient: UUID) -> tuple[Relation, ...]:
    """Every treatment relation of the patient that is kept, the latest first; for the patient."""
    rows = models.Relation.objects.filter(patient=patient).order_by("-since", "-id")
    return tuple(
        Relation(
            institution=row.institution,
            kind=RelationKind(row.kind),
            reference=row.reference,
            since=row.since,
            until=row.until,
        )
        for row in rows
    )


def act(act_id: ActId) -> Act | None:
    """One act."""
    row = models.Act.objects.filter(act=act_id).values_list("content", flat=True).first()
    return None if row is None else codec.open_act(act_id, bytes(row))


def acts(patient: UUID) -> tuple[Act, ...]:
    """Everything that the patient said, oldest first."""
    statement = "SELECT act, content FROM consent_act WHERE patient = %s ORDER BY id"
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(statement, keys([patient]))
        rows = cursor.fetchall()
    return tuple(codec.open_act(ActId(uuid_of(act)), bytes(content)) for act, content in rows)
