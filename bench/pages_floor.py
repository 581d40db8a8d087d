"""The floor of a page: its own SQL on one connection, and a frame with nothing in it.

Run as `python -m bench.pages_floor FOLDER`; prints JSON by page: the milliseconds of processor
time that the program takes in one process without HTTP (`page_ms`), those of the floor
(`floor_ms`), both the median of many rounds, and how many statements read (`statements`).
"""

import gc
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

from bench.pages_seeding import PagesSeed
from naru.node.options import NodeOptions

ROUNDS = 40


def main(folder: Path) -> None:
    """Trace each page, then run its statements alone."""
    from naru.node import preparation

    preparation.enter(NodeOptions.from_environment())
    gc.freeze()  # As a server's processes begin.
    seed = PagesSeed.read(folder)
    found = {
        "portal home": _floor("/portal", seed.citizen),
        "clinic first": _floor("/clinic", seed.clinician),
    }
    print(json.dumps(found))


def _floor(path: str, cookie: str) -> dict[str, float]:
    from django.conf import settings
    from django.db import connection
    from django.template.loader import render_to_string
    from django.test import Client

    client = Client(SERVER_NAME="localhost")
    client.cookies[settings.SESSION_COOKIE_NAME] = cookie
    traced: list[tuple[str, Any]] = []

    def record(execute: Any, sql: str, params: Any, many: Any, context: Any) -> Any:
        if sql.lstrip().upper().startswith("SELECT"):
            traced.append((sql, params))
        return execute(sql, params, many, context)

    def page() -> None:
        assert client.get(path).status_code == 200

    def floor() -> None:
        with connection.cursor() as cursor:
            for sql, params in traced:
                cursor.execute(sql, params)
                cursor.fetchall()
        render_to_string("ui/not_open.html", {"room": "", "why": ""})

    page()
    with connection.execute_wrapper(record):
        page()
    return {"page_ms": _each(page), "floor_ms": _each(floor), "statements": len(traced)}


def _each(do: Callable[[], None]) -> float:
    do()
    taken = []
    for _ in range(ROUNDS):
        began = time.process_time()
        do()
        taken.append((time.process_time() - began) * 1000)
    return median(taken)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
