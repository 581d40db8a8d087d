"""`naru patient`: how records are matched, calibrated on people whose truth is known."""

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path

PEOPLE = 20_000
FEWEST = 1_000
"""Below that hardly any error is made twice, and the weights say nothing."""


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command and its forms."""
    parser = commands.add_parser("patient", help="how records of one person are recognised")
    forms = parser.add_subparsers(metavar="FORM", required=True)
    report = forms.add_parser(
        "match-report",
        help="calibrate the weights of matching on synthetic people, and say what they do",
        description="Prints weights, thresholds, precision and recall, of nobody real. The weights"
        " of a node are those that ship with the program.",
    )
    report.add_argument("--people", type=int, default=PEOPLE, help="how many are made up")
    report.add_argument("--seed", type=int, default=1, help="the same people for the same number")
    report.add_argument(
        "--shipped", action="store_true", help="say what the shipped weights do to these people"
    )
    report.add_argument("--write", type=Path, help="write the weights found, as JSON")
    report.set_defaults(run=_report)


def _report(chosen: argparse.Namespace) -> int:
    if chosen.people < FEWEST:
        sys.stderr.write(f"naru patient: at least {FEWEST} people are needed\n")
        return 1

    from naru.patients.linkage import calibration, weights

    version = f"{datetime.now(UTC):%Y-%m-%d}"
    found = (
        weights.shipped().weights
        if chosen.shipped
        else calibration.calibrate(chosen.people, chosen.seed, version)
    )
    # Other people than those the weights were found from.
    for line in calibration.lines(calibration.report(found, chosen.people, chosen.seed + 1)):
        sys.stdout.write(f"{line}\n")
    if chosen.write:
        chosen.write.write_bytes(weights.write(found))
    return 0
