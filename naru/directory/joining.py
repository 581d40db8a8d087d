"""The state machine of joining, change and termination. Each is a whole act within a transaction.

A case moves by records alone: who, which step, when, with what content. What else happens with a
step (`Effect`) is the caller's to do in the same transaction.
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

from django.db import transaction

from naru.directory import models, procedures, sealed, services
from naru.directory.cases import case_of
from naru.directory.errors import (
    CaseOpen,
    Incomplete,
    NotThisParty,
    NotThisStep,
    UnknownCase,
)
from naru.domain.joining import Act, Case, Kind, Party, State, Step

LONGEST: Final = 2_000
"""Characters of one field: a page, where a line is meant."""

ENTERED_BY: Final = "entered-by"
"""Under which word an entry says that another party typed it in; no field is called so."""

_CONTROLS: Final = frozenset(map(chr, range(32))) - {"\n", "\r", "\t"}


def begin(kind: Kind, institution: UUID, *, time: datetime) -> Case:
    """Open a case with the steps as the file has them now. Raises CaseOpen, ProcedureBroken."""
    procedure, text = procedures.text_of(kind)
    with transaction.atomic():
        services.take_turn()
        row = services.row_of(institution)
        if models.Case.objects.filter(institution=row, kind=kind, state=State.OPEN).exists():
            raise CaseOpen("A case of this kind is open for the institution already.")
        made = models.Case.objects.create(
            key=uuid4(),
            kind=kind,
            institution=row,
            hub=row.hub,
            version=procedure.version,
            steps=text,
            step=procedure.steps[0].id,
            state=State.OPEN,
            begun=time,
            moved=time,
        )
    return case_of(made)


def record(
    case: UUID,
    step: str,
    party: Party,
    content: Mapping[str, str],
    *,
    person: UUID | None,
    time: datetime,
    entered_by: Party | None = None,
) -> Case:
    """Note that a party did the awaited step; the case awaits the next, or is done.

    A step that is signed goes on once each of its parties has. `entered_by` is who typed in what
    the party handed in on paper. Raises UnknownCase, NotThisStep, NotThisParty, Incomplete.
    """
    with transaction.atomic():
        row, found = _awaited(case, step)
        doing = found.procedure.step(step)
        _require_party(found, doing, party)
        kept = _checked(doing, content)
        if entered_by is not None:
            kept[ENTERED_BY] = entered_by.value
        act = Act.SIGNED if doing.signed else Act.DONE
        _append(row, step, act, party, kept, person=person, time=time)
        if not doing.signed or _all_signed(found, doing, party):
            _go(row, found.procedure.after(step), time)
        return case_of(row)


def give_back(
    case: UUID, step: str, party: Party, reason: str, *, person: UUID | None, time: datetime
) -> Case:
    """Return a case to the step that the awaited one names, with the reason."""
    with transaction.atomic():
        row, found = _awaited(case, step)
        doing = found.procedure.step(step)
        _require_party(found, doing, party)
        if not doing.returns_to:
            raise NotThisStep("This step gives nothing back.")
        content = {"reason": _reason(reason)}
        _append(row, step, Act.RETURNED, party, content, person=person, time=time)
        _go(row, doing.returns_to, time)
        return case_of(row)


def close(case: UUID, party: Party, reason: str, *, person: UUID | None, time: datetime) -> Case:
    """End a case unfinished: the applicant withdraws it, the others refuse it.

    A termination of which notice was given stands.
    """
    with transaction.atomic():
        row = _row(case)
        if row.state != State.OPEN or row.kind == Kind.TERMINATION:
            raise NotThisStep("This case is not open to be ended.")
        act = Act.WITHDRAWN if party is Party.SPOKE else Act.REFUSED
        content = {"reason": _reason(reason)}
        _append(row, row.step, act, party, content, person=person, time=time)
        state = State.WITHDRAWN if party is Party.SPOKE else State.REFUSED
        row.step, row.state, row.moved = "", state, time
        row.save(update_fields=["step", "state", "moved"])
        return case_of(row)


def keep_request(case: UUID, request: bytes) -> None:
    """Keep the certificate request of the institution's key with its case."""
    blob = sealed.seal_request(request, case)
    if not models.Case.objects.filter(key=case, state=State.OPEN).update(request=blob):
        raise UnknownCase("No open case has this key.")


def file_sheet(case: UUID, kind: str, holder: UUID | None, pdf: bytes, *, time: datetime) -> UUID:
    """Put a paper into the store of an institution, or of the operating body; its id."""
    key = uuid4()
    with transaction.atomic():
        models.Sheet.objects.create(
            key=key,
            case=_row(case),
            holder=None if holder is None else services.row_of(holder),
            kind=kind,
            sha256=hashlib.sha256(pdf).hexdigest(),
            size=len(pdf),
            content=sealed.seal(pdf, key),
            time=time,
        )
    return key


def replace_sheets(case: UUID, kind: str) -> None:
    """Forget the papers of a kind that the case has so far: what was signed takes their place."""
    models.Sheet.objects.filter(case=_row(case), kind=kind).delete()


def _awaited(case: UUID, step: str) -> tuple[models.Case, Case]:
    row = _row(case)
    if row.state != State.OPEN or row.step != step:
        raise NotThisStep("The case awaits another step, or is closed.")
    return row, case_of(row)


def _row(case: UUID) -> models.Case:
    services.take_turn()
    row = models.Case.objects.filter(key=case).first()
    if row is None:
        raise UnknownCase("No case has this key.")
    return row


def _require_party(case: Case, step: Step, party: Party) -> None:
    if party not in case.parties(step):
        raise NotThisParty("This step is another party's to record.")
    if step.signed and party in case.signers(step.id):
        raise NotThisParty("This party has signed already.")


def _all_signed(case: Case, step: Step, last: Party) -> bool:
    return set(case.parties(step)) <= {*case.signers(step.id), last}


def _checked(step: Step, content: Mapping[str, str]) -> dict[str, str]:
    kept: dict[str, str] = {}
    for field in step.fields:
        value = content.get(field.id, "").strip()
        if (field.required and not value) or (field.agreed and value != "yes"):
            raise Incomplete(f"The step {step.id} needs {field.id!r}.")
        if len(value) > LONGEST or not _CONTROLS.isdisjoint(value):
            raise Incomplete(f"What was given for {field.id!r} cannot be taken.")
        kept[field.id] = value
    return kept


def _reason(reason: str) -> str:
    if not reason.strip() or len(reason) > LONGEST:
        raise Incomplete("A reason is needed, of a page at most.")
    return reason.strip()


def _append(
    row: models.Case,
    step: str,
    act: Act,
    party: Party,
    content: Mapping[str, str],
    *,
    person: UUID | None,
    time: datetime,
) -> None:
    models.Entry.objects.create(
        case=row,
        step=step,
        act=act,
        party=party,
        person=person,
        time=time,
        content=sealed.seal_content(content, row.key),
    )


def _go(row: models.Case, step: str, time: datetime) -> None:
    row.step, row.moved = step, time
    row.state = State.OPEN if step else State.DONE
    row.save(update_fields=["step", "moved", "state"])
