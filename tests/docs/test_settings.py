"""docs/settings.md names every setting of a node, and no other."""

import argparse
import re

from naru.node.cli import add_node_options
from naru.node.options import NodeOptions
from tests.conftest import PROJECT

PAGE = (PROJECT / "docs" / "settings.md").read_text(encoding="utf-8")


def test_every_variable_is_told() -> None:
    assert set(re.findall(r"`(NARU_[A-Z_]+)`", PAGE)) == set(NodeOptions().to_environment())


def test_every_option_of_serve_is_told() -> None:
    parser = argparse.ArgumentParser(add_help=False)
    add_node_options(parser)
    rows = [line for line in PAGE.splitlines() if line.startswith("| `NARU_")]
    told = {option for row in rows for option in re.findall(r"`(--[a-z-]+)`", row)}

    assert told == set(re.findall(r"--[a-z-]+(?=[ \]])", parser.format_usage()))
