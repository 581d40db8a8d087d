"""The examples published with MHD, where they are present, and who is known in them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from naru.domain.identifiers import Identifier
from naru.domain.xds import Submission
from naru.formats.fhir.mhd import provide_bundle

BASE = "https://naru.example/fhir"
PATIENT = Identifier("TEST-0001", "2.999.1")

BUNDLES = (
    "Bundle-ex-comprehensiveProvideDocumentBundleSimple",
    "Bundle-ex-comprehensiveProvideDocumentBundleComplete",
    "Bundle-ex-unContainedComprehensiveProvideDocumentBundleComplete",
    "Bundle-ex-comprehensiveProvideDocumentBundleReplace",
    "Bundle-ex-ProvideDocumentBundle-addToFolder",
)

REGISTERED = {
    "DocumentReference/ex-DocumentReferenceComprehensive": "0c287d32-01e3-4d87-9953-9fc594076e3c",
    "DocumentReference/ex-documentreference": "7d5bb8ac-68ee-4926-85e7-b8aac8e1f09d",
}
"""Ids that the examples give to what is there already: here such an id is a UUID."""

HELD = {
    "Practitioner/ex-practitioner": {"resourceType": "Practitioner", "name": [{"family": "나루"}]},
    "Organization/ex-organization": {"resourceType": "Organization", "name": "nowhere"},
}


@dataclass
class Patients:
    """Knows the patient of the examples and one identifier."""

    known: dict[str, Identifier] = field(default_factory=lambda: {"ex-patient": PATIENT})

    def of(self, logical_id: str, /) -> Identifier | None:
        return self.known.get(logical_id)

    def logical_id(self, identifier: Identifier, /) -> str | None:
        return next((name for name, one in self.known.items() if one == identifier), None)

    def is_patient_id(self, identifier: Identifier, /) -> bool:
        return identifier.authority == PATIENT.authority


def example(cases: Path, name: str, registered: Mapping[str, str] = REGISTERED) -> dict[str, Any]:
    """An example whose references to registered documents have been given ids of our form."""
    text = (cases / "ihe" / "ihe-fhir" / "MHD" / f"{name}.json").read_text()
    for reference, uuid in registered.items():
        text = text.replace(f'"{reference}"', f'"DocumentReference/{uuid}"')
    found: dict[str, Any] = json.loads(text)
    return found


def held(reference: str) -> dict[str, Any] | None:
    return HELD.get(reference)


def submissions(cases: Path) -> list[Submission]:
    """What the Bundles submit, for the codes that they use."""
    return [
        provide_bundle.from_fhir(
            example(cases, name), base=BASE, patients=Patients(), held=held
        ).submission
        for name in BUNDLES
    ]
