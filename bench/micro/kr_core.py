"""KR Core alone: `python -m bench.micro.kr_core`; nothing here is a test.

Prints what one process does in a second, each figure the best of several rounds, beside what the
JSON parser alone does with the same octets. Want: 1,000 krcore-patient judged in a second, warm.
"""

import timeit
from collections.abc import Callable

from bench.micro.cda import summary
from naru.formats.fhir.json import from_json, to_json
from naru.formats.fhir.krcore import from_bundle, to_bundle, validate
from naru.formats.fhir.krcore.profiles import Profile

ROUNDS, EACH = 5, 50


def main() -> None:
    """Print a line for each operation."""
    document = summary()
    bundle = to_bundle(document)
    octets = to_json(bundle)
    patient = bundle["entry"][1]["resource"]
    sent = to_json(patient)
    url = Profile.PATIENT.url
    for name, work in (
        ("krcore-patient parsed from JSON (floor)", lambda: from_json(sent)),
        ("krcore-patient parsed and judged", lambda: validate(from_json(sent), url)),
        ("krcore-patient judged", lambda: validate(patient, url)),
        (f"document of {len(octets)} bytes parsed from JSON (floor)", lambda: from_json(octets)),
        ("document parsed and judged", lambda: validate(from_json(octets))),
        ("document to Bundle", lambda: to_bundle(document)),
        ("Bundle to document", lambda: from_bundle(bundle)),
    ):
        print(f"{name}: {_per_second(work):,.0f}/s")


def _per_second(work: Callable[[], object]) -> float:
    work()
    return EACH / min(timeit.repeat(work, number=EACH, repeat=ROUNDS))


if __name__ == "__main__":
    main()
