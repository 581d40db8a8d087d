"""The procedures as data, read anew for each case that begins: an edit holds from the next on."""

import json
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any, Final

from django.conf import settings

from naru.directory.errors import ProcedureBroken
from naru.domain.joining import Effect, Field, Kind, Party, Procedure, Proof, Step

LARGEST: Final = 256 * 1024
"""Octets of a data file; ours has a thirtieth of it."""


def text_of(kind: Kind) -> tuple[Procedure, str]:
    """The procedure as it stands in the file now, and its text to be kept with a case.

    Raises ProcedureBroken, naming what the file lacks.
    """
    read = _file(settings.NARU.joining, "joining.json")
    try:
        part = {
            "version": read["version"],
            "status": read["status"],
            **read[kind.value],
        }
    except KeyError as missing:
        raise ProcedureBroken(f"The file of procedures lacks {missing}.") from None
    text = json.dumps(part, ensure_ascii=False, separators=(",", ":"))
    return procedure_in(kind, text), text


def procedure_in(kind: Kind, text: str) -> Procedure:
    """The procedure in its text. Raises ProcedureBroken."""
    try:
        read = json.loads(text)
        procedure = Procedure(
            kind=kind,
            version=str(read["version"]),
            status=str(read["status"]),
            steps=tuple(_step(one) for one in read["steps"]),
            notice_days=int(read.get("notice_days", 0)),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ProcedureBroken(f"A procedure cannot be read: {error}.") from error
    _check(procedure)
    return procedure


def agreement() -> Mapping[str, Any]:
    """The text of the agreement as it stands in the file now. Raises ProcedureBroken."""
    read = _file(settings.NARU.agreement, "agreement.json")
    for name in ("version", "status", "title", "preamble", "articles"):
        if not read.get(name):
            raise ProcedureBroken(f"The file of the agreement lacks {name!r}.")
    return read


def _file(given: Path | None, ours: str) -> Mapping[str, Any]:
    file = given or resources.files("naru.directory") / "data" / ours
    try:
        content = file.read_bytes()
        if len(content) > LARGEST:
            raise ProcedureBroken(f"{file} is larger than any such file.")
        read = json.loads(content)
    except (OSError, ValueError, RecursionError) as error:
        raise ProcedureBroken(f"{file} cannot be read: {error}.") from error
    if not isinstance(read, dict):
        raise ProcedureBroken(f"{file} holds no object.")
    return read


def _step(read: Mapping[str, Any]) -> Step:
    return Step(
        id=str(read["id"]),
        korean=str(read["ko"]),
        english=str(read["en"]),
        by=tuple(Party(one) for one in read["by"]),
        fields=tuple(_field(one) for one in read.get("fields", ())),
        paper=str(read.get("paper", "")),
        signed=bool(read.get("signed", False)),
        effect=Effect(read.get("effect", "")),
        needs=tuple(Proof(one) for one in read.get("needs", ())),
        returns_to=str(read.get("returns_to", "")),
    )


def _field(read: Mapping[str, Any]) -> Field:
    return Field(
        id=str(read["id"]),
        korean=str(read["ko"]),
        english=str(read["en"]),
        required=bool(read.get("required", True)),
        agreed=bool(read.get("agreed", False)),
    )


def _check(procedure: Procedure) -> None:
    ids = [one.id for one in procedure.steps]
    if not ids or len(set(ids)) != len(ids):
        raise ProcedureBroken("A procedure has steps, each under an id of its own.")
    for place, step in enumerate(procedure.steps):
        if not step.by:
            raise ProcedureBroken(f"Nobody records the step {step.id}.")
        if step.returns_to and step.returns_to not in ids[:place]:
            raise ProcedureBroken(f"The step {step.id} gives back to no earlier step.")
    if procedure.kind is Kind.JOIN:
        _check_order([one.effect for one in procedure.steps])


def _check_order(effects: list[Effect]) -> None:
    """Nobody is let in before a signature and a number, whatever else the steps are."""
    wanted = [Effect.FILL_AGREEMENT, Effect.ISSUE_OID, Effect.ADMIT]
    if [one for one in effects if one in wanted] != wanted or effects[-1] is not Effect.ADMIT:
        raise ProcedureBroken(
            "Joining fills the agreement, then issues the number, and admits by its last step."
        )
