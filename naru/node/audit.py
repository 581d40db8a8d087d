"""`naru audit`: look at what this node's audit record repository was sent, and check its chain."""

import argparse
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from naru.node.institution import Refused, access_for, guarded, open_folder
from naru.node.options import NodeOptions

if TYPE_CHECKING:
    from naru.exchange.audit.repository import ReceivedMessage


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command and its forms."""
    parser = commands.add_parser("audit", help="read what others recorded with us")
    forms = parser.add_subparsers(metavar="FORM", required=True)
    listing = forms.add_parser(
        "list",
        help="print the newest messages, a line each",
        description="A line: number, time received (UTC), transport, kind, event,"
        " outcome (0 success; 4, 8, 12 failures), source.",
    )
    listing.add_argument("--limit", type=int, default=50, help="how many")
    listing.add_argument("--about", default="", help="a patient's identifier (CX) or a uniqueId")
    listing.add_argument("--event", default="", help="a code, as ITI-18 or 110112")
    verify = forms.add_parser("verify", help="tell whether all is as it was kept")
    verify.add_argument("--heads", type=Path, help="a copy of audit-heads.jsonl kept elsewhere")
    forget = forms.add_parser("forget", help="drop what waits for a repository that gets no more")
    forget.add_argument("destination", help="as it was given to --audit-to")
    purge = forms.add_parser(
        "purge", help="take away records of access that are older than NARU_AUDIT_YEARS"
    )
    purge.add_argument(
        "--before", type=date.fromisoformat, required=True, help="the first day that is kept"
    )
    runs = ((listing, _list), (verify, _verify), (forget, _forget), (purge, _purge))
    for form, run in runs:
        form.add_argument("--data", type=Path, default=NodeOptions.from_environment().data)
        form.set_defaults(run=guarded("audit", run))


def _list(chosen: argparse.Namespace) -> None:
    open_folder(chosen.data)

    from naru.exchange.audit import repository as audit_repository
    from naru.exchange.audit.events import LOG_USED

    found = audit_repository.listing(
        access_for(LOG_USED), limit=max(1, chosen.limit), about=chosen.about, event=chosen.event
    )
    for number, message in found:
        sys.stdout.write(f"{_line(number, message)}\n")
    if not found:
        sys.stderr.write("naru audit: no such message was received (serve --audit-port receives)\n")


def _line(number: int, one: "ReceivedMessage") -> str:
    """Codes and times alone: what the message says of persons is asked for by name."""
    event = one.message.event if one.message else None
    code = next(iter(code.code for code in (*event.types, event.id))) if event else "-"
    outcome = event.outcome if event else "-"
    source = one.message.source.id if one.message else one.address
    words = (
        number,
        f"{one.time:%Y-%m-%dT%H:%M:%SZ}",
        one.transport,
        one.kind,
        code,
        outcome,
        source,
    )
    return "\t".join(map(_printable, words))


def _printable(word: object) -> str:
    # A stranger's words must not steer the operator's terminal.
    return "".join(letter if letter.isprintable() else "?" for letter in str(word))[:200]


def _verify(chosen: argparse.Namespace) -> None:
    options = open_folder(chosen.data)

    from naru.audit import anchors
    from naru.exchange.audit import repository as audit_repository
    from naru.exchange.audit.events import LOG_USED

    heads = chosen.heads or options.data / anchors.FILE
    flaws = audit_repository.verify(access_for(LOG_USED), heads)
    for flaw in flaws:
        sys.stdout.write(f"{flaw}\n")
    if flaws:
        raise Refused(f"not as it was kept, in {len(flaws)} places")
    sys.stdout.write("all is as it was kept\n")


def _forget(chosen: argparse.Namespace) -> None:
    options = open_folder(chosen.data)
    if chosen.destination in options.audit_to:
        raise Refused(f"{chosen.destination} still gets audit messages: start without it first")

    from naru.exchange.audit import destinations as audit_destinations

    access = access_for("forget audit destination")
    gone = audit_destinations.forget(access, chosen.destination)
    sys.stdout.write(f"{gone} records wait no more\n")


def _purge(chosen: argparse.Namespace) -> None:
    options = open_folder(chosen.data)

    from naru.exchange.audit import retention as audit_retention

    try:
        while parts := audit_retention.purge(
            access_for(audit_retention.PURGE), chosen.before, years=options.audit_years
        ):
            count = sum(one.count for one in parts)
            sys.stdout.write(f"{count} records of {len(parts)} chains went\n")
    except audit_retention.StillKept as refusal:
        raise Refused(str(refusal)) from None
    sys.stdout.write(f"nothing is older than {chosen.before}\n")
