"""`naru claim`: who takes part in the pilot of the referral fee, and whether a proof is genuine."""

import argparse
import sys
from datetime import date
from pathlib import Path

from naru.node.institution import Refused, access_for, guarded, open_folder
from naru.node.options import NodeOptions


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command and its forms."""
    parser = commands.add_parser("claim", help="the referral fee: its pilot and its proofs")
    forms = parser.add_subparsers(metavar="FORM", required=True)
    verify = forms.add_parser("verify", help="check a claim proof that this node signed")
    verify.add_argument("file", type=Path, help="the proof, as the clinic's page gave it")
    verify.set_defaults(run=guarded("claim", _verify))
    pilot = forms.add_parser("pilot", help="say from when an institution takes part")
    pilot.add_argument("oid", help="the institution's OID")
    pilot.add_argument("first", type=date.fromisoformat, help="the first day, as 2026-11-22")
    pilot.add_argument("--last", type=date.fromisoformat, help="the last day, if there is one")
    pilot.set_defaults(run=guarded("claim", _pilot))
    for form in (verify, pilot):
        form.add_argument("--data", type=Path, default=NodeOptions.from_environment().data)


def _verify(chosen: argparse.Namespace) -> None:
    open_folder(chosen.data)

    from naru.hira import proof

    try:
        with chosen.file.open("rb") as file:
            found = proof.verify(file.read(proof.LARGEST + 1))
    except OSError as error:
        raise Refused(f"{chosen.file} cannot be read: {error.strerror}") from error
    except proof.ProofInvalid as error:
        raise Refused(f"{chosen.file} is no proof of this node's") from error
    if not found.on_ledger:
        raise Refused(f"{chosen.file} is signed, and this node's ledger does not know it")
    place = "pending" if found.position is None else str(found.position)
    said = found.statement
    for name, value in (
        ("referral", said.referral), ("kind", said.kind), ("sender", said.sender),
        ("document", said.document), ("day", f"{said.day}"), ("conditions", said.conditions),
        ("holds", " ".join(said.holds)), ("ledger", place),
    ):  # fmt: skip
        sys.stdout.write(f"{name}\t{value}\n")


def _pilot(chosen: argparse.Namespace) -> None:
    open_folder(chosen.data)

    from naru.directory import queries as directory
    from naru.domain.korea import korean_day
    from naru.hira import services
    from naru.hira.errors import HiraRefused

    access = access_for("hira pilot")
    known = directory.by_oid(chosen.oid, on=korean_day(access.time))
    if known is None:
        raise Refused(f"there is no institution {chosen.oid}")
    try:
        services.take_part(access, known.id, chosen.first, chosen.last)
    except HiraRefused as refusal:
        raise Refused(str(refusal)) from refusal
