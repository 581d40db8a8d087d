"""`naru keys`: the generations of keys, their rotation, and the root that wraps them."""

import argparse
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Final

from naru.node.institution import Refused, access_for, guarded, open_folder
from naru.node.options import NodeOptions
from naru.security import key_file
from naru.security.errors import KeyRefused, RotationRefused

WAIT_SECONDS: Final = 0.2
"""How long `--wait` waits before it looks again whether a step has lasted long enough."""


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command and its forms."""
    parser = commands.add_parser("keys", help="rotate the keys, and look how far that is")
    forms = parser.add_subparsers(metavar="FORM", required=True)
    forms.add_parser("list", help="print every generation: number, day made, what it does")
    forms.add_parser("status", help="print how far the newest rotation is, and what is left of it")
    rotate = forms.add_parser("rotate", help="make a new generation; the running node goes over")
    rotate.add_argument(
        "--settle",
        type=float,
        default=key_file.SETTLE.total_seconds(),
        help="seconds that a step lasts at least; longer than any request (default: %(default)s)",
    )
    rotate.add_argument("--wait", action="store_true", help="do the work here, and end with it")
    retire = forms.add_parser("retire", help="destroy a generation that nothing needs any more")
    retire.add_argument("number", type=int, help="as `list` prints it")
    root = forms.add_parser("root", help="wrap the generations by another root, as a KMS")
    root.add_argument("uri", help="a pkcs11: URI (RFC 7512), or file:NAME.key in the keys folder")
    for form, run in (
        ("list", _list),
        ("status", _status),
        ("rotate", _rotate),
        ("retire", _retire),
        ("root", _root),
    ):
        each = forms.choices[form]
        each.add_argument("--data", type=Path, default=NodeOptions.from_environment().data)
        each.set_defaults(run=guarded("keys", _refusing(run)))


def _refusing(run: Callable[[argparse.Namespace], None]) -> Callable[[argparse.Namespace], None]:
    def run_refusing(chosen: argparse.Namespace) -> None:
        try:
            run(chosen)
        except (KeyRefused, RotationRefused) as refused:
            raise Refused(str(refused)) from refused

    return run_refusing


def _list(chosen: argparse.Namespace) -> None:
    open_folder(chosen.data)

    from naru.security.rotation import generations

    ring, _ = key_file.read_or_first(chosen.data / "keys")
    for one in generations(ring):
        sys.stdout.write(f"{one.number}\t{one.made:%Y-%m-%d}\t{one.state}\n")


def _status(chosen: argparse.Namespace) -> None:
    open_folder(chosen.data)

    from naru.security.resealing import left

    ring, _ = key_file.read_or_first(chosen.data / "keys")
    sys.stdout.write(f"{ring.step}\tgeneration {ring.sealing} seals\troot {_named(ring.root)}\n")
    for column, rows in left(ring.sealing).items():
        sys.stdout.write(f"{rows}\t{column}\n")


def _named(uri: str) -> str:
    """The root without what says where its secret is."""
    return uri.partition("?")[0]


def _rotate(chosen: argparse.Namespace) -> None:
    if chosen.settle < key_file.SHORTEST_SETTLE.total_seconds():
        raise Refused(f"a step lasts {key_file.SHORTEST_SETTLE.total_seconds():g} seconds at least")
    options = open_folder(chosen.data)

    from naru.exchange import key_rotation

    settle = timedelta(seconds=chosen.settle)
    number = key_rotation.rotate(access_for("rotate keys"), options.keys, settle)
    sys.stdout.write(f"{number}\n")
    if chosen.wait:
        _work(options.keys)


def _work(folder: Path) -> None:
    from django.utils import timezone

    from naru.security.rotation import Rotation

    rotation = Rotation(folder, timezone.now)
    while (ring := key_file.read(folder)) and ring.step is not key_file.Step.SETTLED:
        if not rotation.go_on():
            time.sleep(WAIT_SECONDS)


def _retire(chosen: argparse.Namespace) -> None:
    options = open_folder(chosen.data)

    from naru.exchange import key_rotation

    key_rotation.retire(access_for("retire keys"), options.keys, chosen.number)


def _root(chosen: argparse.Namespace) -> None:
    options = open_folder(chosen.data)

    from naru.exchange import key_rotation

    key_rotation.change_root(access_for("change root of keys"), options.keys, chosen.uri)
