"""HL7's validator, as HAPI FHIR carries it, over a folder of FHIR resources."""

from pathlib import Path

from tests.peers import installed
from tests.peers.exchanges import Exchanges


def judged(folder: Path, definitions: Path | None = None) -> Exchanges:
    """What is wrong with each JSON file, by the definitions of FHIR R4; `FHIR <file>` is its name.

    Packages of profiles are not on Maven Central, so what a profile adds is judged only where
    `definitions` is a folder that holds it, one resource in each file.
    """
    settings = {"folder": folder} | ({} if definitions is None else {"definitions": definitions})
    return Exchanges.run(installed.java("hapi", "naru.peers.hapi.Validate", settings))
