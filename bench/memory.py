"""Idle memory of `naru serve` with all roles: `python -m bench.memory`.

The sum of PSS of every process of the node, right after its start and after 1,000 mixed requests.
"""

import tempfile
import time
from pathlib import Path

from bench import machines
from bench.__main__ import child
from bench.driver import Job
from bench.machines import Place
from bench.messages import templates
from bench.processes import descendants, pss_megabytes
from bench.seeding import Seed

PATIENTS = 1000
SECONDS_EACH = 2.0


def main() -> None:
    """Fill, start, look, ask, look again."""
    with tempfile.TemporaryDirectory(prefix="naru-memory-") as folder:
        place = Place(folder=Path(folder) / "sqlite")
        place.fill(PATIENTS)
        with machines.serving(place, workers=2) as (port, pid):
            time.sleep(1)
            processes = len(descendants([pid]))
            print(f"{processes} processes after the start: {pss_megabytes([pid]):.0f} MB")
            answered = _ask(place, port, pid)
            time.sleep(1)
            print(f"after {answered} requests: {pss_megabytes([pid]):.0f} MB")


def _ask(place: Place, port: int, pid: int) -> int:
    answered, number, seconds = 0, int(time.time() * 1000), SECONDS_EACH
    while answered < 1000:
        for template in templates(Seed.read(place.folder)):
            job = Job(
                template=template,
                host="127.0.0.1",
                port=port,
                tls=place.folder,
                connections=8,
                seconds=seconds,
                number=number,
                trees={"server": pid},
            )
            load = child("bench.driver", job)
            answered, number = answered + load["answered"], load["next_number"]
    return answered


if __name__ == "__main__":
    main()
