"""Cases as they stand: one, those that await a party, those of an institution."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q, QuerySet

from naru.directory import models, sealed
from naru.directory.errors import UnknownCase
from naru.directory.procedures import procedure_in
from naru.domain.joining import Act, Case, Entry, Kind, Party, Sheet, State


def case(key: UUID) -> Case:
    """One case with all that was recorded. Raises UnknownCase."""
    row = _rows().filter(key=key).first()
    if row is None:
        raise UnknownCase("No case has this key.")
    return case_of(row)


def request_of(key: UUID) -> bytes | None:
    """The certificate request that was kept with a case."""
    kept = models.Case.objects.filter(key=key).values_list("request", flat=True).first()
    return sealed.open_request(bytes(kept), key) if kept else None


def of_institution(institution: UUID) -> tuple[Case, ...]:
    """Every case of an institution and, where it is a hub, of its spokes; the newest first."""
    either = Q(institution__key=institution) | Q(hub__key=institution)
    return _values(_rows().filter(either))


def every(*, state: State | None = None) -> tuple[Case, ...]:
    """Every case, the newest first; of one state where it is given."""
    rows = _rows() if state is None else _rows().filter(state=state)
    return _values(rows)


def awaits(found: Case) -> tuple[Party, ...]:
    """Whose inbox the case stands in: those who can record its step and have not signed yet."""
    if found.state is not State.OPEN:
        return ()
    step = found.procedure.step(found.step)
    signed = found.signers(step.id) if step.signed else ()
    return tuple(one for one in found.parties(step) if one not in signed)


def pdf_of(sheet: UUID) -> bytes:
    """The octets of a paper. Raises UnknownCase."""
    row = models.Sheet.objects.filter(key=sheet).first()
    if row is None:
        raise UnknownCase("No paper has this key.")
    return sealed.open_sheet(bytes(row.content), row.key)


def case_of(row: models.Case) -> Case:
    """The value of a row, with its entries and papers."""
    return Case(
        id=row.key,
        procedure=procedure_in(Kind(row.kind), row.steps),
        institution=row.institution.key,
        hub=row.hub.key if row.hub else None,
        step=row.step,
        state=State(row.state),
        begun=row.begun,
        moved=row.moved,
        entries=tuple(_entry(one, row.key) for one in row.entries.order_by("id")),
        sheets=tuple(
            Sheet(
                id=one.key,
                kind=one.kind,
                holder=one.holder.key if one.holder else None,
                sha256=one.sha256,
                size=one.size,
                time=one.time,
            )
            for one in row.sheets.select_related("holder").defer("content").order_by("id")
        ),
    )


def _rows() -> QuerySet[models.Case]:
    return models.Case.objects.select_related("institution", "hub").order_by("-moved", "-id")


def _values(rows: Iterable[models.Case]) -> tuple[Case, ...]:
    return tuple(case_of(row) for row in rows)


def _entry(row: models.Entry, case_key: UUID) -> Entry:
    return Entry(
        step=row.step,
        act=Act(row.act),
        party=Party(row.party),
        person=row.person,
        time=row.time,
        content=sealed.open_content(bytes(row.content), case_key),
    )
