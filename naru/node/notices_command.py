"""`naru notices`: where deliveries stand, what failed sent again, letters printed."""

import argparse
import sys
from pathlib import Path
from uuid import UUID

from naru.node.institution import Refused, access_for, guarded, open_folder
from naru.node.options import NodeOptions

STATES = ("queued", "sent", "delivered", "read", "failed", "returned", "given-up")
REASONS = ("obsolete", "by-hand", "twice", "nobody")


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command and its forms."""
    parser = commands.add_parser("notices", help="what people are told, and what became of it")
    forms = parser.add_subparsers(metavar="FORM", required=True)
    listing = forms.add_parser(
        "list",
        help="print the newest deliveries, a line each",
        description="A line: delivery, time (UTC), kind, channel, state, reason.",
    )
    listing.add_argument("--state", choices=STATES, default="", help="only those")
    listing.add_argument("--limit", type=int, default=50, help="how many")
    retry = forms.add_parser("retry", help="send again what failed")
    retry.add_argument("delivery", nargs="?", type=UUID, help="one delivery (default: all)")
    given_up = forms.add_parser("give-up", help="never send again what failed")
    given_up.add_argument("delivery", type=UUID)
    given_up.add_argument("--reason", choices=REASONS, required=True)
    letters = forms.add_parser("print", help="print the letters that wait, as a PDF")
    letters.add_argument("--out", type=Path, required=True, help="a new file")
    letters.add_argument("--batch", type=UUID, help="that batch again")
    posted = forms.add_parser("posted", help="note that a batch of letters went into the post")
    posted.add_argument("batch", type=UUID)
    returned = forms.add_parser("returned", help="note that the post brought a letter back")
    returned.add_argument("delivery", type=UUID, help="as it stands at the letter's foot")
    for form, run in (
        (listing, _list),
        (retry, _retry),
        (given_up, _give_up),
        (letters, _print),
        (posted, _posted),
        (returned, _returned),
    ):
        form.add_argument("--data", type=Path, default=NodeOptions.from_environment().data)
        form.set_defaults(run=guarded("notices", run))


def _list(chosen: argparse.Namespace) -> None:
    open_folder(chosen.data)

    from naru.exchange import notices

    access = access_for("list deliveries")
    for one in notices.deliveries(access, state=chosen.state, limit=max(1, chosen.limit)):
        at = f"{one.changed:%Y-%m-%dT%H:%M:%SZ}"
        words = (str(one.delivery), at, one.kind, one.channel, one.state.value, one.reason or "-")
        sys.stdout.write("\t".join(words) + "\n")


def _retry(chosen: argparse.Namespace) -> None:
    open_folder(chosen.data)

    from naru.exchange import notices

    again = notices.retry(access_for("retry deliveries"), chosen.delivery)
    sys.stdout.write(f"{again} are sent again\n")


def _give_up(chosen: argparse.Namespace) -> None:
    open_folder(chosen.data)

    from naru.exchange import notices

    access = access_for("give up delivery")
    if not notices.give_up(access, chosen.delivery, chosen.reason):
        raise Refused("no such delivery failed")


def _print(chosen: argparse.Namespace) -> None:
    open_folder(chosen.data)
    if chosen.out.exists():
        raise Refused(f"{chosen.out} is there already")

    from naru.exchange import notices
    from naru.security.files import create_once

    printed = notices.print_letters(access_for("print letters"), chosen.batch)
    if printed is None:
        sys.stdout.write("no letter waits\n")
        return
    batch, pdf, count = printed
    create_once(chosen.out, pdf)  # For its owner's eyes alone: names and addresses stand in it.
    sys.stdout.write(f"{count} letters in {chosen.out}; when they are in the post:\n")
    sys.stdout.write(f"naru notices posted {batch} --data {chosen.data}\n")


def _posted(chosen: argparse.Namespace) -> None:
    open_folder(chosen.data)

    from naru.exchange import notices

    count = notices.posted(access_for("post letters"), chosen.batch)
    if not count:
        raise Refused("no printed letter of this batch waits for the post")
    sys.stdout.write(f"{count} letters are sent\n")


def _returned(chosen: argparse.Namespace) -> None:
    open_folder(chosen.data)

    from naru.exchange import notices

    if not notices.returned(access_for("letter returned"), chosen.delivery):
        raise Refused("no such letter was posted")
