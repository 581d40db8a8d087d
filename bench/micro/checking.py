"""Checking a referral: `python -m bench.micro.checking [--schemas DIR]`; nothing here is a test.

The floor is lxml alone on the same octets: parsing, and validating by the same schema. DIR is the
folder of CDA in HL7's package, as `naru document check` takes it.
"""

import argparse
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

from lxml import etree

from naru.formats.cda.rules import check, schema_in
from naru.formats.xml import parse
from naru.node.document_files import example, read, to_cda

DAY = date(2026, 11, 20)


def milliseconds(name: str, act: Callable[[], object], times: int = 50) -> float:
    """Print the best of forty rounds by the processor's clock, and how many that is a second."""
    best = float("inf")
    for _ in range(40):
        begun = time.process_time()
        for _ in range(times):
            act()
        best = min(best, (time.process_time() - begun) / times)
    print(f"{best * 1e3:7.3f} ms  {1 / best:8,.0f}/s  {name}")
    return best


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--schemas", type=Path)
    schemas = parser.parse_args().schemas
    for kind in ("referral", "receipt"):
        octets = to_cda(read(example(kind)))
        print(f"{kind}, {len(octets):,} octets")
        milliseconds("lxml alone: parse", lambda octets=octets: etree.fromstring(octets))
        milliseconds("our parser, within limits", lambda octets=octets: parse(octets))
        milliseconds("parse and check by rules", lambda octets=octets: check(octets, on=DAY))
        if schemas is not None:
            schema = schema_in(schemas)
            root = parse(octets)
            milliseconds("lxml alone: validate", lambda root=root, s=schema: s.validate(root))
            floor = milliseconds(
                "lxml alone: parse and validate",
                lambda octets=octets, s=schema: s.validate(etree.fromstring(octets)),
            )
            ours = milliseconds(
                "parse and check by schema and rules",
                lambda octets=octets, s=schema: check(octets, on=DAY, schema=s),
            )
            print(f"{ours / floor:7.2f} times the floor")


if __name__ == "__main__":
    main()
